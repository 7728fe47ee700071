// A network with its parameters, ready to be asked.

/// A network together with live parameters. Compiles a plan for each batch size and purpose at first
/// use and keeps it.
///
/// Not safe for use from several threads at the same time. Images are N, C, H, W tensors with the
/// network's input shape.
public final class Model {
  public let network: Network
  public let options: ComputeOptions
  let store: ParameterStore
  let ledger: AlgorithmLedger
  /// Where all plans keep their intermediate results, in turn.
  let memory = WorkMemory()
  private var plans: [(key: Key, plan: Plan)] = []
  /// Trainers whose plans hold on to the parameters' memory.
  var trainerCount = 0

  private struct Key: Equatable {
    let batch: Int
    let output: Int
  }

  /// Checks that `parameters` has exactly the network's tensors.
  public init(
    network: Network, parameters: ParameterSet, options: ComputeOptions = ComputeOptions()
  ) throws(NeuralError) {
    guard options.batch > 0 else {
      throw .badOption(name: "batch", value: "\(options.batch)", expected: "at least 1")
    }
    guard options.threads >= 0 else {
      throw .badOption(name: "threads", value: "\(options.threads)", expected: "0 (all) or more")
    }
    guard options.precision.support != .none else {
      throw .unsupportedPrecision(options.precision.rawValue)
    }
    self.network = network
    self.options = options
    store = try ParameterStore(network, parameters)
    ledger = AlgorithmLedger(options.algorithms)
  }

  // MARK: Asking

  /// The logits, N × K, of any number of images.
  public func logits(_ images: Tensor) throws(NeuralError) -> Tensor {
    let result = try output(images, network.layers.count - 1)
    return Tensor(shape: [images.shape[0], network.classes], values: result.values)
  }

  /// Softmax of the logits, N × K.
  public func probabilities(_ images: Tensor) throws(NeuralError) -> Tensor {
    Softmax.probabilities(try logits(images))
  }

  /// The output of the layer called `layer`: N × C, or N × C × H × W where it is spatial. Only the
  /// layers before it are run.
  public func features(_ images: Tensor, at layer: String) throws(NeuralError) -> Tensor {
    let index = try network.index(of: layer)
    let shape = network.layers[index].shape
    let result = try output(images, index)
    let isFlat = shape[1] * shape[2] == 1
    return Tensor(
      shape: [images.shape[0]] + (isFlat ? [shape[0]] : shape), values: result.values)
  }

  /// How long each step of one inference run takes, in order; processor time adds up all threads.
  public func profile(
    _ images: Tensor, inProcessorTime: Bool = false
  ) throws(NeuralError) -> Profile {
    try check(images)
    guard images.shape[0] > 0 else {
      throw .badOption(name: "batch", value: "0 images", expected: "at least one image")
    }
    let plan = try plan(batch: images.shape[0], output: network.layers.count - 1)
    setThreads()
    return images.values.withUnsafeBufferPointer { pointer in
      plan.run(pointer)
      return Profile(
        network: network.name, batch: images.shape[0],
        steps: plan.profile(pointer, inProcessorTime: inProcessorTime))
    }
  }

  // MARK: Parameters

  /// A copy of all parameters, running statistics included.
  public func parameters() -> ParameterSet {
    var set = ParameterSet()
    for slot in store.slots {
      set.add(slot.name, Tensor(shape: slot.specification.shape, values: slot.read()))
    }
    return set
  }

  /// Replaces all parameters; the set must have exactly the network's tensors.
  public func setParameters(_ parameters: ParameterSet) throws(NeuralError) {
    var checked = self.parameters()
    try checked.load(parameters)
    for slot in store.slots { slot.write(checked[slot.name]!.values) }
  }

  /// A copy of one parameter.
  public func parameter(_ name: String) throws(NeuralError) -> Tensor {
    let slot = try store.slot(named: name)
    return Tensor(shape: slot.specification.shape, values: slot.read())
  }

  /// Replaces one parameter by a tensor of the same shape.
  public func setParameter(_ name: String, to tensor: Tensor) throws(NeuralError) {
    let slot = try store.slot(named: name)
    guard tensor.shape == slot.specification.shape else {
      throw .shapeMismatch(
        name: name, expected: slot.specification.shape, found: tensor.shape)
    }
    slot.write(tensor.values)
  }

  /// Which convolutions run as Winograd's, so far; given back as `.recorded` it repeats a run.
  public var algorithms: [String: Bool] { ledger.decisions }

  // MARK: Plans

  func check(_ images: Tensor) throws(NeuralError) {
    guard images.shape.count == 4, Array(images.shape.dropFirst()) == network.inputShape else {
      throw .shapeMismatch(
        name: "images", expected: [images.shape.first ?? 0] + network.inputShape,
        found: images.shape)
    }
  }

  func setThreads() {
    Kernels.setThreads(options.threads == 0 ? Machine.processors : options.threads)
  }

  /// Forgets all plans, so that the parameters' layouts may change.
  func releasePlans() {
    plans = []
    memory.trim()
    if trainerCount == 0 { for slot in store.slots { slot.isBound = false } }
  }

  func plan(batch: Int, output: Int) throws(NeuralError) -> Plan {
    let key = Key(batch: batch, output: output)
    if let found = plans.first(where: { $0.key == key }) { return found.plan }
    setThreads()
    let plan = try Plan(
      network, store, batch: batch, purpose: PlanPurpose(outputs: [output]),
      algorithms: ledger, precision: options.precision, memory: memory)
    if plans.count >= 4 { plans.removeFirst() }
    plans.append((key, plan))
    return plan
  }

  private func output(_ images: Tensor, _ index: Int) throws(NeuralError) -> Tensor {
    try check(images)
    let count = images.shape[0]
    let size = network.inputShape.reduce(1, *)
    let width = network.layers[index].shape.reduce(1, *)
    var values: [Float] = []
    values.reserveCapacity(count * width)
    guard count > 0 else { return Tensor(shape: [0, width], values: []) }
    let plan = try plan(batch: min(count, options.batch), output: index)
    setThreads()
    images.values.withUnsafeBufferPointer { pointer in
      var start = 0
      while start < count {
        let part = min(plan.batch, count - start)
        plan.run(UnsafeBufferPointer(rebasing: pointer[start * size..<(start + part) * size]))
        values.append(contentsOf: plan.result(index).prefix(part * width))
        start += part
      }
    }
    return Tensor(shape: [count, width], values: values)
  }
}
