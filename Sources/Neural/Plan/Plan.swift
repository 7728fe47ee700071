// A compiled network: steps in order on memory that was laid out beforehand.

import COneDNN

/// Everything needed to run a network on batches of one size for one purpose. Nothing is allocated
/// or decided while it runs.
final class Plan {
  let batch: Int
  let purpose: PlanPurpose
  /// Learned parameters; a run leaves their gradients in their slots, or updates them by itself.
  let trained: [ParameterSlot]
  let context: StepContext
  /// What the plan itself takes; parameters, gradients and the optimiser's state come on top.
  let estimate: MemoryEstimate

  private let steps: [Step]
  private let preparations: [Preparation]
  private let arena: Arena
  private let stream: Stream
  private let input: Value
  /// All tensors in the images' memory where that is the caller's; otherwise none.
  private let inputViews: [Value]
  private let results: [Int: Value]
  private let lossStep: LossStep?

  /// Compiles without touching the memory it asks for. `loss` is needed exactly when `purpose` is
  /// training. `remakes` overrides whether backward steps compute normalised outputs again.
  init(
    _ network: Network, _ store: ParameterStore, batch: Int, purpose: PlanPurpose,
    algorithms: AlgorithmLedger, precision: Precision, memory: WorkMemory, loss: Loss? = nil,
    remakes: Bool? = nil
  ) throws(NeuralError) {
    let compiler = PlanCompiler(
      network, store, batch: batch, purpose: purpose, algorithms: algorithms,
      precision: precision, remakes: remakes)
    let recorder = compiler.recorder
    try compiler.lowerForward()
    var results: [Int: Value] = [:]
    for output in purpose.outputs {
      let value = compiler.values[compiler.roots[output]]!
      let result = recorder.persistent(.plain(value.layout.extents))
      recorder.layer = network.layers[output].name
      try recorder.reorder(value, to: result)
      results[output] = result
    }
    var lossStep: LossStep?
    if let loss, let logits = results[network.layers.count - 1] {
      let step = LossStep(loss, batch: batch, classes: network.classes)
      let gradient = recorder.value(logits.layout)
      recorder.layer = "loss"
      let context = compiler.context
      recorder.record("loss", [logits, gradient]) {
        step.run(
          logits: logits.floats, gradient: gradient.floats, total: context.lossTotal)
      }
      compiler.contribute(
        gradient, to: compiler.roots[network.layers.count - 1], isExclusive: true)
      try compiler.lowerBackward()
      lossStep = step
    }
    self.batch = batch
    self.purpose = purpose
    self.results = results
    self.lossStep = lossStep
    trained = compiler.trained
    context = compiler.context
    preparations = compiler.preparations
    steps = recorder.steps
    stream = recorder.stream
    guard let input = compiler.values[0] else {
      throw .unsupported(layer: network.layers[0].name, reason: "no output depends on the images")
    }
    self.input = input
    let isOwn = recorder.buffers.contains { $0 === input.buffer }
    inputViews = isOwn ? [] : recorder.values.filter { $0.buffer === input.buffer }
    arena = recorder.layOut(in: memory)
    estimate = MemoryEstimate(
      copies: recorder.persistentByteCount, activations: arena.byteCount,
      code: recorder.primitiveCount * MemoryEstimate.bytesPerPrimitive)
  }

  /// What is in use when the most is; copies that are kept, parameters and so on come on top.
  var peak: MemoryPeak {
    let (step, buffers) = arena.fullest()
    func name(_ index: Int) -> String { "\(steps[index].layer) \(steps[index].label)" }
    return MemoryPeak(
      step: name(step),
      held: buffers.map { MemoryPeak.Held(name: name($0.firstStep), bytes: $0.byteCount) })
  }

  /// The output of layer `index`, row-major, after a run.
  func result(_ index: Int) -> UnsafeBufferPointer<Float> {
    let value = results[index]!
    return UnsafeBufferPointer(start: value.floats, count: value.layout.count)
  }

  /// Runs forward (and backward, in training) on `batch` images; fewer are padded with zeros.
  @discardableResult
  func run(_ images: UnsafeBufferPointer<Float>, targets: Targets? = nil) -> Float {
    load(images, targets)
    for step in steps { step.run() }
    stream.wait()
    return lossStep?.loss ?? 0
  }

  /// As `run`, with the seconds each step took.
  func profile(
    _ images: UnsafeBufferPointer<Float>, targets: Targets? = nil, inProcessorTime: Bool
  ) -> [LayerTime] {
    load(images, targets)
    return steps.map { step in
      let start = inProcessorTime ? Clock.processorSeconds : Clock.seconds
      step.run()
      stream.wait()
      let end = inProcessorTime ? Clock.processorSeconds : Clock.seconds
      return LayerTime(
        layer: step.layer, work: step.label, seconds: end - start, operations: step.operations,
        bytes: step.bytes, implementation: step.implementation)
    }
  }

  private func load(_ images: UnsafeBufferPointer<Float>, _ targets: Targets?) {
    for preparation in preparations { preparation.refresh() }
    stream.wait()
    let count = input.layout.count
    precondition(images.count <= count, "\(images.count) numbers for a batch of \(count)")
    if let base = images.baseAddress, !inputViews.isEmpty {
      precondition(images.count == count, "\(images.count) numbers for a batch of \(count)")
      input.buffer.place(at: UnsafeMutableRawPointer(mutating: base))
      for view in inputViews { view.bind() }
    } else if let base = images.baseAddress {
      input.floats.update(from: base, count: images.count)
    }
    if images.count < count {
      (input.floats + images.count).update(repeating: 0, count: count - images.count)
    }
    if let targets { lossStep?.targets = targets }
  }
}
