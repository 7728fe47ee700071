// Optimisers and learning-rate schedules.

import CNeuralKernels

#if canImport(Glibc)
  import Glibc
#endif

/// How gradients change parameters; formulas and defaults are PyTorch's.
public enum Optimizer: Sendable, Equatable {
  /// Stochastic gradient descent; `momentum` 0 is the plain method.
  case sgd(momentum: Float = 0.9, nesterov: Bool = false, weightDecay: Float = 0)
  /// doi 10.48550/arXiv.1412.6980; weight decay is added to the gradient.
  case adam(
    beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8, weightDecay: Float = 0)
  /// doi 10.48550/arXiv.1711.05101; weights are shrunk directly.
  case adamW(
    beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8, weightDecay: Float = 0.01)
  case rmsProp(
    decay: Float = 0.99, momentum: Float = 0, epsilon: Float = 1e-8, weightDecay: Float = 0)

  /// How many numbers the optimiser keeps for each parameter.
  var stateCount: Int {
    switch self {
    case .sgd: 1
    case .adam, .adamW, .rmsProp: 2
    }
  }

  /// Changes `count` parameters by one step; `step` counts from 1.
  func update(
    _ weights: UnsafeMutablePointer<Float>, _ gradients: UnsafePointer<Float>,
    state: [UnsafeMutablePointer<Float>], count: Int, step: Int, learningRate: Float
  ) {
    switch self {
    case .sgd(let momentum, let nesterov, let decay):
      nk_sgd(
        weights, gradients, state[0], learningRate, momentum, decay, nesterov ? 1 : 0,
        step == 1 ? 1 : 0, count)
    case .adam(let beta1, let beta2, let epsilon, let decay):
      nk_adam(
        weights, gradients, state[0], state[1], learningRate, beta1, beta2, epsilon, decay, 0,
        1 - pow(beta1, Float(step)), 1 - pow(beta2, Float(step)), count)
    case .adamW(let beta1, let beta2, let epsilon, let decay):
      nk_adam(
        weights, gradients, state[0], state[1], learningRate, beta1, beta2, epsilon, decay, 1,
        1 - pow(beta1, Float(step)), 1 - pow(beta2, Float(step)), count)
    case .rmsProp(let alpha, let momentum, let epsilon, let decay):
      nk_rmsprop(
        weights, gradients, state[0], state[1], learningRate, alpha, epsilon, momentum, decay,
        count)
    }
  }
}

/// The learning rate of each epoch.
public enum Schedule: Sendable, Equatable {
  case constant
  /// Times `factor` after every `every` epochs.
  case step(every: Int, factor: Float)
  /// Times `factor` at each of these epochs, counted from 0.
  case milestones([Int], factor: Float)
  /// Half a cosine from the base rate to `minimum` over `epochs` (doi 10.48550/arXiv.1608.03983).
  case cosine(epochs: Int, minimum: Float)

  /// The learning rate of `epoch`, counted from 0.
  public func rate(base: Float, epoch: Int) -> Float {
    switch self {
    case .constant: base
    case .step(let every, let factor): base * pow(factor, Float(epoch / max(every, 1)))
    case .milestones(let epochs, let factor):
      base * pow(factor, Float(epochs.count { $0 <= epoch }))
    case .cosine(let epochs, let minimum):
      minimum + (base - minimum)
        * (1 + cos(.pi * Float(min(epoch, epochs)) / Float(max(epochs, 1)))) / 2
    }
  }
}
