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
  /// Bytes that a step may take (`MemoryEstimate.total`); larger batches are computed in parts. Nil
  /// sets no limit.
  public var memoryLimit: Int?

  public init(
    optimizer: Optimizer = .sgd(), loss: Loss = .crossEntropy(), frozenThrough: String? = nil,
    batchNorm: BatchNormMode = .batchStatistics, seed: UInt64 = 0, memoryLimit: Int? = nil
  ) {
    self.optimizer = optimizer
    self.loss = loss
    self.frozenThrough = frozenThrough
    self.batchNorm = batchNorm
    self.seed = seed
    self.memoryLimit = memoryLimit
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
  /// Whether normalised outputs are computed again in backward instead of kept; nil decides by the
  /// network. The result is the same to the last bit.
  var remakesOutputs: Bool?
  /// Whether steps keep all gradients and update afterwards. The result is the same to the last bit.
  var keepsGradients = false
  private let purpose: PlanPurpose
  private var plans: [PlanKey: Plan] = [:]
  var microBatchesBySize: [Int: MicroBatches] = [:]
  /// The last layer that is frozen.
  var frozenThrough: Int { purpose.training!.frozenThrough }

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
    let run = try run(images, targets, learningRate: learningRate)
    return StepResult(loss: run.loss, logits: run.logits)
  }

  /// Changes one parameter, or the part of it that has this gradient, from number `first` on.
  private func update(
    _ slot: ParameterSlot, by gradient: Value, from first: Int = 0, _ learningRate: Float
  ) {
    options.optimizer.update(
      slot.value.floats + first, gradient.floats, state: state(of: slot).map { $0.floats + first },
      count: gradient.layout.count, step: stepCount, learningRate: learningRate)
    slot.version += 1
  }

  /// The loss and the gradient of every parameter that learns, without changing any (running
  /// statistics excepted).
  public func gradients(
    _ images: Tensor, _ targets: Targets
  ) throws(NeuralError) -> (loss: Float, gradients: ParameterSet) {
    let run = try run(images, targets)
    var set = ParameterSet()
    for slot in run.trained {
      set.add(
        slot.name, Tensor(shape: slot.specification.shape, values: slot.read(slot.makeGradient())))
    }
    return (run.loss, set)
  }

  /// How long each part of one training step takes (without the update), in order. The batch is
  /// computed as a whole.
  public func profile(
    _ images: Tensor, _ targets: Targets, inProcessorTime: Bool = false
  ) throws(NeuralError) -> Profile {
    try check(images, targets)
    let plan = try plan(batch: images.shape[0], updates: false)
    model.setThreads()
    prepare(plan, targets)
    return images.values.withUnsafeBufferPointer {
      plan.run($0, targets: targets)
      return Profile(
        network: model.network.name, batch: images.shape[0],
        steps: plan.profile($0, targets: targets, inProcessorTime: inProcessorTime))
    }
  }

  private struct Run {
    var loss: Float = 0
    var logits: Tensor
    /// The parameters whose gradients are ready.
    var trained: [ParameterSlot] = []
  }

  private func check(_ images: Tensor, _ targets: Targets) throws(NeuralError) {
    try model.check(images)
    guard images.shape[0] > 0 else {
      throw .badOption(name: "batch", value: "0 images", expected: "at least one image")
    }
    try options.loss.check(targets, images: images.shape[0], classes: model.network.classes)
  }

  /// Sets what a plan's run is part of.
  private func prepare(
    _ plan: Plan, _ targets: Targets, key: UInt64 = 0, first: Int = 0, parts: Int = 1
  ) {
    plan.context.key = key
    plan.context.firstImage = first
    plan.context.parts = parts
    plan.context.lossTotal = options.loss.total(of: targets)
  }

  /// Forward, loss and backward, in as many parts as the memory limit asks for; and, given a learning
  /// rate, the update: inside backward where there is one part.
  private func run(
    _ images: Tensor, _ targets: Targets, learningRate: Float? = nil
  ) throws(NeuralError) -> Run {
    try check(images, targets)
    let count = images.shape[0]
    let sizes = options.memoryLimit == nil ? [count] : try microBatches(for: count).sizes
    let updates = learningRate != nil && sizes.count == 1 && !keepsGradients
    let key = generator.next()
    let imageSize = model.network.inputShape.reduce(1, *)
    var run = Run(logits: Tensor(shape: [0, model.network.classes], values: []))
    var logits: [Float] = []
    var first = 0
    for (part, size) in sizes.enumerated() {
      let plan = try plan(batch: size, updates: updates)
      model.setThreads()
      prepare(plan, targets, key: key, first: first, parts: sizes.count)
      if let learningRate, updates {
        stepCount += 1
        plan.context.update = { [unowned self] in update($0, by: $1, from: $2, learningRate) }
      }
      let range = first..<first + size
      run.loss += images.values.withUnsafeBufferPointer { pixels in
        plan.run(
          UnsafeBufferPointer(
            rebasing: pixels[range.lowerBound * imageSize..<range.upperBound * imageSize]),
          targets: sizes.count == 1 ? targets : targets.rows(range))
      }
      logits.append(contentsOf: plan.result(model.network.layers.count - 1))
      if sizes.count > 1 {
        for slot in plan.trained { slot.accumulate(part: part, of: sizes.count) }
      }
      run.trained = plan.trained
      first += size
    }
    if let learningRate, !updates {
      stepCount += 1
      for slot in run.trained { update(slot, by: slot.makeGradient(), learningRate) }
    }
    run.logits = Tensor(shape: [count, model.network.classes], values: logits)
    return run
  }

  private struct PlanKey: Hashable {
    let batch: Int
    let updates: Bool
    var order: Int { updates ? 1 : 0 }
  }

  /// The plan for batches of one size, which updates parameters or leaves their gradients; compiled at
  /// first use.
  func plan(batch: Int, updates: Bool) throws(NeuralError) -> Plan {
    let key = PlanKey(batch: batch, updates: updates)
    if let plan = plans[key] { return plan }
    model.setThreads()
    if plans.isEmpty && model.trainerCount == 1 {
      // No training plan holds the parameters yet: let this one choose their layouts.
      model.trainerCount = 0
      model.releasePlans()
      model.trainerCount = 1
    }
    var purpose = purpose
    purpose.training?.updates = updates
    let plan = try Plan(
      model.network, model.store, batch: batch, purpose: purpose, algorithms: model.ledger,
      precision: model.options.precision, memory: model.memory, loss: options.loss,
      remakes: remakesOutputs)
    if plans.count >= 2,
      let least = plans.keys.min(by: { ($0.batch, $0.order) < ($1.batch, $1.order) })
    {
      plans[least] = nil
    }
    plans[key] = plan
    return plan
  }

  /// Forgets all plans, so that the next one chooses the parameters' layouts.
  func releasePlans() { plans = [:] }

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
