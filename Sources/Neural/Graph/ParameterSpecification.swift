// Which parameters each layer has, and how fresh ones are drawn.

/// One named array that a layer owns.
struct ParameterSpecification: Equatable {
  enum Role { case weight, bias, scale, shift, runningMean, runningVariance }
  let name: String
  let role: Role
  let shape: [Int]
  /// Running statistics are updated by training but are not learned.
  var isLearned: Bool { role != .runningMean && role != .runningVariance }
}

/// How fresh weights are drawn; a network's authors' own choice, as torchvision has it.
public struct Initialisation: Sendable, Equatable {
  public enum Convolutions: Sendable {
    /// Normal with variance 2 / (outputs · kernel) (He et al., doi 10.1109/ICCV.2015.123).
    case kaimingFanOut
    /// Uniform within ± 1 / √(inputs · kernel): PyTorch's default.
    case uniformFanIn
  }
  public enum Linears: Sendable, Equatable {
    /// Uniform within ± 1 / √inputs: PyTorch's default.
    case uniformFanIn
    /// Normal with this deviation, zero bias.
    case normal(Float)
    /// Uniform within ± 1 / √outputs, zero bias.
    case uniformFanOut
  }
  public var convolutions: Convolutions
  public var linears: Linears

  /// PyTorch's defaults.
  public static let uniform = Initialisation(convolutions: .uniformFanIn, linears: .uniformFanIn)
  /// torchvision's ResNets.
  public static let residual = Initialisation(convolutions: .kaimingFanOut, linears: .uniformFanIn)
}

extension Network {
  /// The parameters of layer `index`.
  func specifications(ofLayer index: Int) -> [ParameterSpecification] {
    let layer = layers[index]
    func own(_ suffix: String, _ role: ParameterSpecification.Role, _ shape: [Int])
      -> ParameterSpecification
    {
      ParameterSpecification(name: "\(layer.name).\(suffix)", role: role, shape: shape)
    }
    switch layer.operation {
    case .convolution(let convolution):
      let inputs = layers[layer.inputs[0]].shape[0]
      let weight = own(
        "weight", .weight,
        [
          convolution.outputs, inputs / convolution.groups, convolution.kernel.height,
          convolution.kernel.width,
        ])
      return convolution.bias ? [weight, own("bias", .bias, [convolution.outputs])] : [weight]
    case .linear(let outputs, let bias):
      let inputs = layers[layer.inputs[0]].shape.reduce(1, *)
      let weight = own("weight", .weight, [outputs, inputs])
      return bias ? [weight, own("bias", .bias, [outputs])] : [weight]
    case .batchNorm(let norm):
      let shape = [layer.shape[0]]
      let affine = [own("weight", .scale, shape), own("bias", .shift, shape)]
      return (norm.scale ? affine : [affine[1]]) + [
        own("running_mean", .runningMean, shape), own("running_var", .runningVariance, shape),
      ]
    default: return []
    }
  }

  /// All parameters in layer order.
  var specifications: [ParameterSpecification] {
    layers.indices.flatMap(specifications(ofLayer:))
  }

  /// Names and shapes of all parameters, running statistics included.
  public var parameterShapes: [(name: String, shape: [Int])] {
    specifications.map { ($0.name, $0.shape) }
  }

  /// Fresh parameters, drawn in layer order from `generator`.
  public func initialParameters(using generator: inout SeededGenerator) -> ParameterSet {
    var set = ParameterSet()
    for index in layers.indices {
      let specifications = specifications(ofLayer: index)
      for specification in specifications {
        let fanIn = specifications[0].shape.dropFirst().reduce(1, *)
        var isConvolution = false
        if case .convolution = layers[index].operation { isConvolution = true }
        set.add(
          specification.name,
          draw(specification, fanIn: fanIn, isConvolution: isConvolution, using: &generator))
      }
    }
    return set
  }

  private func draw(
    _ specification: ParameterSpecification, fanIn: Int, isConvolution: Bool,
    using generator: inout SeededGenerator
  ) -> Tensor {
    let shape = specification.shape
    func uniform(_ bound: Double) -> Tensor {
      Tensor(
        shape: shape,
        values: (0..<shape.reduce(1, *)).map { _ in
          Float((2 * generator.uniform() - 1) * bound)
        })
    }
    func normal(_ deviation: Double) -> Tensor {
      Tensor(
        shape: shape,
        values: [Float](unsafeUninitializedCapacity: shape.reduce(1, *)) { buffer, count in
          count = shape.reduce(1, *)
          generator.fillNormal(
            UnsafeMutableBufferPointer(rebasing: buffer[..<count]), deviation: deviation)
        })
    }
    switch specification.role {
    case .scale, .runningVariance: return Tensor(shape: shape, filledWith: 1)
    case .shift, .runningMean: return Tensor(zeros: shape)
    case .weight where isConvolution:
      switch initialisation.convolutions {
      case .kaimingFanOut:
        return normal((2 / Double(shape[0] * shape.dropFirst(2).reduce(1, *))).squareRoot())
      case .uniformFanIn: return uniform(1 / Double(fanIn).squareRoot())
      }
    case .bias where isConvolution:
      return initialisation.convolutions == .kaimingFanOut
        ? Tensor(zeros: shape) : uniform(1 / Double(fanIn).squareRoot())
    case .weight, .bias:
      switch initialisation.linears {
      case .uniformFanIn: return uniform(1 / Double(fanIn).squareRoot())
      case .normal(let deviation):
        return specification.role == .bias ? Tensor(zeros: shape) : normal(Double(deviation))
      case .uniformFanOut:
        return specification.role == .bias
          ? Tensor(zeros: shape) : uniform(1 / Double(shape[0]).squareRoot())
      }
    }
  }
}
