// Gradients of what a network says with respect to what it saw on the way: for explanations.

import COneDNN

/// Runs a network as in inference and tells how any weighting of its output changes with the output
/// of an earlier layer, the images included.
///
/// Normalisation uses the running statistics, dropout does nothing, no parameter changes. The
/// parameters are copied, so a probe is independent of the model they come from. Not safe for use
/// from several threads at the same time.
///
/// ```swift
/// let probe = try GradientProbe(network, parameters, at: "layer4")
/// let result = try probe.run(images) { logits in
///   // How does the second class's logit depend on the output of layer4?
///   var weights = Tensor(zeros: logits.shape)
///   for image in 0..<logits.shape[0] { weights.values[image * logits.shape[1] + 1] = 1 }
///   return weights
/// }
/// ```
public final class GradientProbe {
  /// What one run found.
  public struct Result: Sendable {
    /// The output of the output layer, N × C × H × W (N × K for logits).
    public let output: Tensor
    /// The output of the probed layer, N × C × H × W.
    public let activation: Tensor
    /// The gradient of Σ weights · output with respect to `activation`, in its shape.
    public let gradient: Tensor
  }

  /// The name of the probed layer, where a group was asked for its last one.
  public let layer: String
  /// Images per run.
  public let batch: Int
  private let threads: Int
  private let inputShape: [Int]
  private let output: Value
  private let outputShape: [Int]
  private let activation: Value
  private let seed: Value
  private let gradient: Value
  private let input: Value
  private let preparations: [Preparation]
  private let steps: [Step]
  private let forwardCount: Int
  private let arena: Arena
  private let stream: Stream

  /// Compiles for batches of `batch` images.
  /// - Parameters:
  ///   - layer: the layer or group whose output is probed; "input" for the images.
  ///   - output: the layer whose output is weighted; nil for the logits.
  ///   - threads: threads of the machine to use; 0 means all.
  /// - Throws: ``NeuralError`` for unknown names, parameters that do not fit, or an output that does
  ///   not depend on the layer.
  public init(
    _ network: Network, _ parameters: ParameterSet, at layer: String, output: String? = nil,
    batch: Int = 1, threads: Int = 0
  ) throws(NeuralError) {
    guard batch > 0 else {
      throw .badOption(name: "batch", value: "\(batch)", expected: "at least 1")
    }
    let target = try network.lastIndex(ofGroup: layer)
    let last = try output.map { name throws(NeuralError) in try network.index(of: name) }
    let probed = try network.probed(after: target, through: last ?? network.layers.count - 1)
    var own = ParameterSet()
    for (name, _) in probed.parameterShapes {
      if let tensor = parameters[name] { own.add(name, tensor) }
    }
    self.layer = network.layers[target].name
    self.batch = batch
    self.threads = threads
    inputShape = network.inputShape
    Kernels.setThreads(threads == 0 ? Machine.processors : threads)
    let store = try ParameterStore(probed, own)
    let probe = target + 1
    let end = probed.layers.count - 1
    let compiler = PlanCompiler(
      probed, store, batch: batch,
      purpose: PlanPurpose(
        outputs: [probe, end],
        training: PlanPurpose.Training(frozenThrough: probe, frozenStatistics: true),
        probe: probe), algorithms: AlgorithmLedger(.direct))
    let recorder = compiler.recorder
    try compiler.lowerForward()
    func kept(_ index: Int) throws(NeuralError) -> Value {
      let value = compiler.values[compiler.roots[index]]!
      let copy = recorder.persistent(.plain(value.layout.extents))
      recorder.layer = probed.layers[index].name
      try recorder.reorder(value, to: copy)
      return copy
    }
    activation = try kept(probe)
    let result = try kept(end)
    self.output = result
    outputShape = last == nil ? [network.classes] : probed.layers[end].shape
    forwardCount = recorder.steps.count
    seed = recorder.persistent(result.layout)
    compiler.contribute(seed, to: compiler.roots[end], isExclusive: false)
    let gradient = recorder.persistent(activation.layout)
    self.gradient = gradient
    // The probed layer's own backward step becomes a copy of the gradient that reached it.
    guard
      let place = compiler.backward.firstIndex(where: { $0.layer == probed.layers[probe].name })
    else { throw .unsupported(layer: layer, reason: "its output has no gradient") }
    compiler.backward[place].record = { [unowned compiler] () throws(NeuralError) in
      guard let found = try compiler.gradient(of: probe) else {
        throw .unsupported(layer: layer, reason: "the output does not depend on it")
      }
      try recorder.reorder(found.value, to: gradient)
    }
    try compiler.lowerBackward()
    guard let input = compiler.values[0] else {
      throw .unsupported(layer: layer, reason: "it does not depend on the images")
    }
    self.input = input
    preparations = compiler.preparations
    steps = recorder.steps
    stream = recorder.stream
    arena = recorder.layOut()
  }

  /// Runs `batch` images forward, asks `weights` how the output counts, and runs backward.
  /// - Parameter weights: given the output, a tensor of the same shape.
  public func run(
    _ images: Tensor, weights: (Tensor) -> Tensor
  ) throws(NeuralError) -> Result {
    guard images.shape == [batch] + inputShape else {
      throw .shapeMismatch(
        name: "images", expected: [batch] + inputShape, found: images.shape)
    }
    Kernels.setThreads(threads == 0 ? Machine.processors : threads)
    for preparation in preparations { preparation.refresh() }
    stream.wait()
    input.floats.update(from: images.values, count: images.count)
    for step in steps[..<forwardCount] { step.run() }
    stream.wait()
    let found = tensor(output, [batch] + outputShape)
    let seeds = weights(found)
    guard seeds.shape == found.shape else {
      throw .shapeMismatch(name: "weights", expected: found.shape, found: seeds.shape)
    }
    seed.floats.update(from: seeds.values, count: seeds.count)
    for step in steps[forwardCount...] { step.run() }
    stream.wait()
    let shape = activation.layout.extents
    return Result(
      output: found, activation: tensor(activation, shape), gradient: tensor(gradient, shape))
  }

  private func tensor(_ value: Value, _ shape: [Int]) -> Tensor {
    withExtendedLifetime(arena) {
      Tensor(
        shape: shape,
        values: Array(UnsafeBufferPointer(start: value.floats, count: value.layout.count)))
    }
  }
}

extension Network {
  /// The network up to layer `end`, with a layer after `target` that changes nothing and that all
  /// readers of `target` read instead; nothing is random any more.
  func probed(after target: Int, through end: Int) throws(NeuralError) -> Network {
    guard target < end else {
      throw .unsupported(
        layer: layers[target].name, reason: "it lies not before '\(layers[end].name)'")
    }
    var result: [Layer] = []
    for (index, layer) in layers[...end].enumerated() {
      let operation: Operation =
        switch layer.operation {
        case .dropout: .dropout(0)
        case .stochasticDepth: .stochasticDepth(0)
        default: layer.operation
        }
      result.append(
        Layer(
          name: layer.name, operation: operation,
          inputs: layer.inputs.map { $0 < target ? $0 : $0 + 1 }, shape: layer.shape))
      if index == target {
        result.append(
          Layer(
            name: "\(layer.name) (probe)", operation: .scaling(1), inputs: [target],
            shape: layer.shape))
      }
    }
    return Network(
      name: name, inputShape: inputShape, layers: result, classifier: classifier,
      initialisation: initialisation)
  }
}
