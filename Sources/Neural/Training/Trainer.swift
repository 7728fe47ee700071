// Training a model step by step.

/// Whether normalisation layers use the batch's statistics in training.
public enum BatchNormMode: Sendable, Equatable {
  /// Batch statistics, updating the running ones: ordinary training.
  case batchStatistics
  /// The running statistics, unchanged; scale and shift still learn.
  case frozenStatistics
}

/// How a model is trained.
public struct TrainingOptions: Sendable, Equatable {
  public var optimizer: Optimizer
  public var loss: Loss
  /// A layer or group ("layer3", "features.12"): everything up to its end keeps its parameters and
  /// runs as in inference. Nil trains all.
  public var frozenThrough: String?
  public var batchNorm: BatchNormMode
  /// Where dropout's and stochastic depth's random numbers start.
  public var seed: UInt64

  public init(
    optimizer: Optimizer = .sgd(), loss: Loss = .crossEntropy(), frozenThrough: String? = nil,
    batchNorm: BatchNormMode = .batchStatistics, seed: UInt64 = 0
  ) {
    self.optimizer = optimizer
    self.loss = loss
    self.frozenThrough = frozenThrough
    self.batchNorm = batchNorm
    self.seed = seed
  }
}

/// Changes a model's parameters to make a loss small. Plans are compiled per batch size at first use.
///
/// The same seed, parameters, batches and thread count give the same bits.
public final class Trainer {
  public let model: Model
  public let options: TrainingOptions
  /// Steps taken so far.
  public internal(set) var stepCount = 0
  var generator: SeededGenerator
  var states: [String: [Value]] = [:]
  private let purpose: PlanPurpose
  private var plans: [Int: Plan] = [:]

  /// What one step found before it changed the parameters.
  public struct StepResult: Sendable {
    /// The mean loss of the batch.
    public let loss: Float
    /// N × K, as the network computed them in training mode.
    public let logits: Tensor
  }

  public init(model: Model, options: TrainingOptions) throws(NeuralError) {
    self.model = model
    self.options = options
    generator = SeededGenerator(seed: options.seed)
    let last = model.network.layers.count - 1
    let frozen = try options.frozenThrough.map { name throws(NeuralError) in
      try model.network.lastIndex(ofGroup: name)
    }
    purpose = PlanPurpose(
      outputs: [last],
      training: PlanPurpose.Training(
        frozenThrough: frozen ?? 0, frozenStatistics: options.batchNorm == .frozenStatistics))
    guard trainedNames.isEmpty == false else {
      throw .badOption(
        name: "frozenThrough", value: options.frozenThrough ?? "nothing",
        expected: "a layer before the last one with parameters")
    }
    model.releasePlans()
    model.trainerCount += 1
  }

  deinit { model.trainerCount -= 1 }

  /// The names of the parameters that learn.
  public var trainedNames: [String] {
    let network = model.network
    return network.layers.indices
      .filter { $0 > purpose.training!.frozenThrough }
      .flatMap { network.specifications(ofLayer: $0) }
      .filter(\.isLearned).map(\.name)
  }

  /// How many numbers learn.
  public var trainableParameterCount: Int {
    let names = Set(trainedNames)
    return model.store.slots.filter { names.contains($0.name) }
      .reduce(0) { $0 + $1.specification.shape.reduce(1, *) }
  }

  /// One step on a batch of any size: forward, loss, backward, update.
  public func step(
    _ images: Tensor, _ targets: Targets, learningRate: Float
  ) throws(NeuralError) -> StepResult {
    let plan = try runPlan(images, targets)
    stepCount += 1
    for slot in plan.loss.plan.trained {
      let state = state(of: slot).map(\.floats)
      options.optimizer.update(
        slot.value.floats, slot.makeGradient().floats, state: state,
        count: slot.layout.floatCount, step: stepCount, learningRate: learningRate)
      slot.version += 1
    }
    return StepResult(loss: plan.loss.value, logits: plan.logits)
  }

  /// The loss and the gradient of every parameter that learns, without changing any (running
  /// statistics excepted).
  public func gradients(
    _ images: Tensor, _ targets: Targets
  ) throws(NeuralError) -> (loss: Float, gradients: ParameterSet) {
    let run = try runPlan(images, targets)
    var set = ParameterSet()
    for slot in run.loss.plan.trained {
      set.add(
        slot.name, Tensor(shape: slot.specification.shape, values: slot.read(slot.makeGradient())))
    }
    return (run.loss.value, set)
  }

  /// How long each part of one training step takes (without the update), in order.
  public func profile(
    _ images: Tensor, _ targets: Targets, inProcessorTime: Bool = false
  ) throws(NeuralError) -> [LayerTime] {
    let plan = try runPlan(images, targets).loss.plan
    return images.values.withUnsafeBufferPointer {
      plan.profile($0, targets: targets, inProcessorTime: inProcessorTime).map(LayerTime.init)
    }
  }

  /// Bytes of intermediate results for a batch of this size (parameters come on top).
  public func workspaceByteCount(batch: Int) throws(NeuralError) -> Int {
    try plan(batch: batch).arenaByteCount
  }

  private func runPlan(
    _ images: Tensor, _ targets: Targets
  ) throws(NeuralError) -> (loss: (plan: Plan, value: Float), logits: Tensor) {
    try model.check(images)
    let (count, classes) = (images.shape[0], model.network.classes)
    guard count > 0 else {
      throw .badOption(name: "batch", value: "0 images", expected: "at least one image")
    }
    try options.loss.check(targets, images: count, classes: classes)
    let plan = try plan(batch: count)
    model.setThreads()
    plan.randomness.key = generator.next()
    let loss = images.values.withUnsafeBufferPointer { plan.run($0, targets: targets) }
    let logits = Array(plan.result(model.network.layers.count - 1))
    return ((plan, loss), Tensor(shape: [count, classes], values: logits))
  }

  private func plan(batch: Int) throws(NeuralError) -> Plan {
    if let plan = plans[batch] { return plan }
    model.setThreads()
    if plans.isEmpty && model.trainerCount == 1 {
      // No training plan holds the parameters yet: let this one choose their layouts.
      model.trainerCount = 0
      model.releasePlans()
      model.trainerCount = 1
    }
    let plan = try Plan(
      model.network, model.store, batch: batch, purpose: purpose, algorithms: model.ledger,
      loss: options.loss)
    if plans.count >= 2, let oldest = plans.keys.sorted().first { plans[oldest] = nil }
    plans[batch] = plan
    return plan
  }

  /// The optimiser's memory for a parameter, zeros at first.
  func state(of slot: ParameterSlot) -> [Value] {
    if let state = states[slot.name], state[0].layout == slot.layout { return state }
    let fresh = (0..<options.optimizer.stateCount).map { _ in
      Value(slot.layout, in: Buffer(persistent: slot.layout.byteCount))
    }
    if let old = states[slot.name] {
      for (from, to) in zip(old, fresh) { try? ParameterSlot.copy(from, to: to) }
    }
    states[slot.name] = fresh
    return fresh
  }
}
