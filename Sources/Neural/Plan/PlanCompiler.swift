// From a network, a batch size and a purpose to a plan: which layers run together, in which order,
// on which memory. What each kind of layer does stands in the extensions.

import CNeuralKernels
import COneDNN

/// Compiles one plan. Lowering a layer records its forward steps and, where a gradient has to pass,
/// keeps a closure that records its backward steps; these run in reverse order at the end.
final class PlanCompiler {
  let network: Network
  let store: ParameterStore
  let batch: Int
  let purpose: PlanPurpose
  let algorithms: AlgorithmLedger
  /// What convolutions and linear layers multiply, and intermediate results are kept as.
  let type: dnnl_data_type_t
  let recorder = StepRecorder()
  let context = StepContext()

  /// What each layer's output is; nil for layers fused into another or not needed.
  var values: [Value?]
  /// Work to redo when parameters change.
  var preparations: [Preparation] = []
  var backward: [(layer: String, record: () throws(NeuralError) -> Void)] = []
  /// Learned parameters of the trained part, in layer order.
  private(set) var trained: [ParameterSlot] = []
  /// Those whose update is recorded.
  private var finished: Set<ObjectIdentifier> = []

  /// The layer whose output each layer's output is: itself, unless it does nothing here.
  let roots: [Int]
  let needed: [Bool]
  /// How many layers (and wanted outputs) read each root's output.
  let consumers: [[Int]]
  let isOutput: [Bool]
  let needsGradient: [Bool]
  private var absorbed: Set<Int> = []
  /// Outputs of depthwise convolutions fused into the 1×1 convolution before them.
  var afterDepthwise: Set<Int> = []
  /// Layers whose forward steps are recorded already.
  private(set) var lowered: Set<Int> = []
  var gradients: [[Gradient]]
  /// Layers whose gradient may come in parts: what squeeze and excitation leaves of it.
  var acceptsGating: Set<Int> = []
  var gatings: [Int: Gating] = [:]
  /// Outputs that a convolution cut off by itself, at 0 and at this limit.
  var clipped: [Int: Float] = [:]
  /// Maximum poolings that apply the mask of the cut before them to their own gradient.
  var masking: Set<Int> = []

  /// A share of the gradient of a layer's output. An exclusive one may be overwritten.
  struct Gradient {
    var value: Value
    var isExclusive: Bool
  }

  /// The gradient of a layer's output before it is put together: gradient · gate + pooled / pixels.
  struct Gating {
    var gradient: Gradient
    var gate: Value
    var pooled: Value?
  }

  /// How to compute again what forward does not keep for the backward steps.
  private var recipes: [ObjectIdentifier: () -> Value] = [:]
  private var remade: [ObjectIdentifier: Value] = [:]
  /// Whether normalised outputs are worth computing again: reading and writing them takes some
  /// hundredths of the convolutions' time where each number stands for many multiplications.
  let remakesOutputs: Bool
  /// Whether inference keeps to blocks of 16 channels, as training does. oneDNN prefers channels last
  /// for inference, which Winograd's algorithm does not have: copies between the two then cost more
  /// than the faster code saves. Networks of depthwise convolutions have it faster channels last.
  let keepsBlocks: Bool

  init(
    _ network: Network, _ store: ParameterStore, batch: Int, purpose: PlanPurpose,
    algorithms: AlgorithmLedger, precision: Precision = .float32, remakes: Bool? = nil
  ) {
    self.network = network
    self.store = store
    self.batch = batch
    self.purpose = purpose
    self.algorithms = algorithms
    type = precision == .bfloat16 ? dnnl_bf16 : dnnl_f32
    let layers = network.layers
    values = Array(repeating: nil, count: layers.count)
    gradients = Array(repeating: [], count: layers.count)

    let frontier = purpose.training?.frozenThrough ?? layers.count
    var roots: [Int] = []
    for (index, layer) in layers.enumerated() {
      let doesNothing: Bool =
        switch layer.operation {
        case .dropout(let rate), .stochasticDepth(let rate): index <= frontier || rate == 0
        case .globalAveragePooling, .adaptiveAveragePooling:
          layers[layer.inputs[0]].shape == layer.shape
        default: false
        }
      roots.append(doesNothing ? roots[layer.inputs[0]] : index)
    }
    self.roots = roots

    var needed = Array(repeating: false, count: layers.count)
    for output in purpose.outputs { needed[roots[output]] = true }
    for index in layers.indices.reversed() where needed[index] {
      for input in layers[index].inputs { needed[roots[input]] = true }
    }
    self.needed = needed
    var consumers = Array(repeating: [Int](), count: layers.count)
    for index in layers.indices where needed[index] && roots[index] == index {
      for input in layers[index].inputs { consumers[roots[input]].append(index) }
    }
    self.consumers = consumers
    isOutput = layers.indices.map { index in
      purpose.outputs.contains { roots[$0] == index }
    }
    var needsGradient: [Bool] = []
    for (index, layer) in layers.enumerated() {
      let learns =
        index > frontier
        && network.specifications(ofLayer: index).contains(where: \.isLearned)
      needsGradient.append(
        learns || index == purpose.probe || layer.inputs.contains { needsGradient[$0] })
    }
    self.needsGradient = needsGradient
    let normalised = layers.reduce(0) { sum, layer in
      if case .batchNorm = layer.operation { sum + layer.shape.reduce(1, *) } else { sum }
    }
    keepsBlocks = !layers.contains { layer in
      if case .convolution(let convolution) = layer.operation {
        convolution.groups > 1
      } else {
        false
      }
    }
    remakesOutputs = remakes ?? (network.summary().multiplyAdds >= 150 * normalised)
  }

  /// Whether layer `index` runs as in training.
  func isTrained(_ index: Int) -> Bool {
    purpose.training.map { index > $0.frozenThrough } ?? false
  }

  /// Lowers every needed layer, forward.
  func lowerForward() throws(NeuralError) {
    for index in network.layers.indices
    where needed[index] && roots[index] == index && !absorbed.contains(index) {
      recorder.layer = network.layers[index].name
      lowered.insert(index)
      try lower(index)
    }
  }

  /// Records the backward steps, last layer first.
  func lowerBackward() throws(NeuralError) {
    for entry in backward.reversed() {
      recorder.layer = entry.layer
      try entry.record()
    }
    // What no gradient reached has zeros for one: weight decay changes it all the same.
    for slot in trained where !finished.contains(ObjectIdentifier(slot)) {
      finish(slot, slot.makeGradient())
    }
  }

  private func lower(_ index: Int) throws(NeuralError) {
    let layer = network.layers[index]
    switch layer.operation {
    case .input:
      // Training reads the images where the caller has them; inference may have to fill a batch up.
      let layout = TensorLayout.plain([batch] + layer.shape)
      let isWhole = purpose.training != nil && purpose.probe == nil
      values[index] = isWhole ? recorder.external(layout) : recorder.value(layout)
      recorder.record("input", [values[index]!]) {}
    case .convolution(let convolution): try lowerConvolution(index, convolution)
    case .batchNorm(let norm): try lowerBatchNorm(index, norm)
    case .activation(let kind): try lowerActivation(index, kind)
    case .scaling(let factor): try lowerScaling(index, factor)
    case .pooling(let pooling): try lowerPooling(index, PoolingWindow(pooling, layer, network))
    case .globalAveragePooling:
      try lowerPooling(index, PoolingWindow(globalOver: network.layers[layer.inputs[0]].shape))
    case .adaptiveAveragePooling: try lowerAdaptivePooling(index)
    case .linear(let outputs, _): try lowerLinear(index, outputs: outputs)
    case .dropout(let rate): try lowerDropout(index, rate)
    case .stochasticDepth(let rate): try lowerStochasticDepth(index, rate)
    case .add: try lowerAdd(index)
    case .concat: try lowerConcat(index)
    case .channelScale: try lowerChannelScale(index)
    case .localResponseNorm(let norm): try lowerLocalResponseNorm(index, norm)
    }
  }

  // MARK: Looking around in the graph

  /// The output that input number `position` of layer `index` reads.
  func input(_ index: Int, _ position: Int = 0) -> Int {
    roots[network.layers[index].inputs[position]]
  }

  /// N, C, H, W of a layer's output.
  func extents(_ index: Int) -> [Int] { [batch] + network.layers[index].shape }

  /// The only reader of layer `index`, if there is just one and nobody else wants the output.
  func soleConsumer(_ index: Int) -> Int? {
    guard !isOutput[index], consumers[index].count == 1 else { return nil }
    return consumers[index][0]
  }

  /// The activation that directly follows as only reader.
  func soleActivation(after index: Int) -> (index: Int, kind: Activation)? {
    guard let next = soleConsumer(index),
      case .activation(let kind) = network.layers[next].operation
    else { return nil }
    return (next, kind)
  }

  /// Marks a layer as computed by another's steps.
  func absorb(_ index: Int) {
    absorbed.insert(index)
    lowered.insert(index)
  }

  /// Whether the output of `index`, read by `reader`, may be overwritten by it: nobody else reads
  /// it and the step that made it does not need it for its gradient.
  func mayOverwrite(_ index: Int, by reader: Int) -> Bool {
    guard soleConsumer(index) == reader, !masking.contains(index) else { return false }
    switch network.layers[index].operation {
    case .input: return false
    case .activation, .localResponseNorm: return !needsGradient[index]
    case .dropout, .stochasticDepth: return true
    default: return true
    }
  }

  // MARK: Values in the layout a step wants

  /// A value seen as N, C, H, W.
  func spatial(_ index: Int) throws(NeuralError) -> Value {
    let value = values[index]!
    if value.layout.raw.ndims == 4 { return value }
    return recorder.view(of: value.buffer, value.layout.reshaped(extents(index))!)
  }

  // MARK: Outputs computed again

  /// Lets backward steps compute `value` again instead of keeping it.
  func remake(_ value: Value, by recipe: @escaping () -> Value) {
    recipes[ObjectIdentifier(value)] = recipe
  }

  func isRemade(_ value: Value) -> Bool { recipes[ObjectIdentifier(value)] != nil }

  /// A value that forward computed, for a backward step to read.
  func kept(_ value: Value) -> Value {
    let key = ObjectIdentifier(value)
    if let done = remade[key] { return done }
    guard let recipe = recipes[key] else { return value }
    let fresh = recipe()
    remade[key] = fresh
    return fresh
  }

  /// Whether backward steps read the output of `index` as convolutions' input, if at all.
  func feedsConvolutions(_ index: Int) -> Bool {
    guard !isOutput[index] else { return false }
    var isRead = false
    for consumer in consumers[index] {
      switch network.layers[consumer].operation {
      case .convolution: isRead = true
      case .add, .concat, .pooling, .globalAveragePooling: break
      default: return false
      }
    }
    return isRead
  }

  // MARK: Gradients

  /// Adds a share to the gradient of layer `index`'s output.
  func contribute(_ gradient: Value, to index: Int, isExclusive: Bool) {
    guard needsGradient[index] else { return }
    var value = gradient
    let wanted = values[index]!.layout
    if wanted.raw.ndims != value.layout.raw.ndims,
      let layout = value.layout.reshaped(wanted.extents)
    {
      value = recorder.view(of: value.buffer, layout)
    }
    gradients[index].append(Gradient(value: value, isExclusive: isExclusive))
  }

  /// The whole gradient of layer `index`'s output in the layout of the output itself; nil when none
  /// flows here.
  func gradient(of index: Int) throws(NeuralError) -> Gradient? {
    let layout = values[index]!.layout
    var shares: [Gradient] = []
    for share in gradients[index] {
      let value = try recorder.aligned(share.value, to: layout)
      shares.append(Gradient(value: value, isExclusive: share.isExclusive || value !== share.value))
    }
    gradients[index] = []
    guard var total = shares.first else { return nil }
    guard shares.count > 1 else { return total }
    let target = shares.firstIndex(where: \.isExclusive)
    let count = layout.count
    if let target {
      total = shares.remove(at: target)
    } else {
      let (a, b) = (shares.removeFirst().value, shares.removeFirst().value)
      let sum = recorder.value(layout)
      recorder.record("gradient sum", [a, b, sum]) {
        Kernels.add(sum.numbers, a.numbers, b.numbers, count)
      }
      total = Gradient(value: sum, isExclusive: true)
    }
    for share in shares {
      let (sum, other) = (total.value, share.value)
      recorder.record("gradient sum", [sum, other]) {
        Kernels.accumulate(sum.numbers, other.numbers, count)
      }
    }
    return total
  }

  /// Memory for a gradient computed from `gradient` element by element: its own if possible.
  func target(for gradient: Gradient) -> Value {
    gradient.isExclusive ? gradient.value : recorder.value(gradient.value.layout)
  }

  // MARK: Parameters in the layout a step wants

  /// The gradient memory of a learned parameter, which is trained from now on. Whoever records the
  /// step that fills it calls `finish` afterwards.
  func trainedGradient(_ slot: ParameterSlot) -> Value {
    if !trained.contains(where: { $0 === slot }) { trained.append(slot) }
    slot.isBound = true
    return updates ? recorder.value(slot.layout) : slot.makeGradient()
  }

  var updates: Bool { purpose.training?.updates == true }

  /// Records that the gradient of a parameter (of the part from its number `first` on) is complete and
  /// its old value read for the last time.
  func finish(_ slot: ParameterSlot, _ gradient: Value, at first: Int = 0) {
    guard updates else { return }
    finished.insert(ObjectIdentifier(slot))
    let context = context
    recorder.record("update", [gradient]) { context.update?(slot, gradient, first) }
  }

  /// A parameter in `layout`: itself, or a copy that is refreshed when it changes.
  func prepared(_ slot: ParameterSlot, as layout: TensorLayout) throws(NeuralError) -> Value {
    slot.isBound = true
    if slot.layout == layout { return slot.value }
    if let shared = slot.copy(in: layout) {
      preparations.append(shared.preparation)
      return recorder.shared(shared.value)
    }
    let copy = recorder.persistent(layout)
    let preparation = Preparation(slots: [slot], run: try copying(slot, to: copy))
    preparations.append(preparation)
    slot.share(copy, preparation)
    return copy
  }

  /// A trained parameter in `layout`: itself, or a copy made right here in the plan's own memory. It
  /// changes with every step, so a copy that is kept would be made as often and hold memory besides.
  func transient(_ slot: ParameterSlot, as layout: TensorLayout) throws(NeuralError) -> Value {
    slot.isBound = true
    if slot.layout == layout { return slot.value }
    let copy = recorder.value(layout)
    let isWinograd = layout.raw.format_kind == dnnl_format_kind_wino
    let isDirect =
      !isWinograd
      && (try? StepRecorder.reorderDescriptor(slot.layout, layout, layer: recorder.layer)) != nil
    if isDirect {
      try recorder.reorder(slot.value, to: copy, label: "weights")
      return copy
    }
    // Transformed weights are made from plain ones only, while training keeps weights in blocks.
    let extents = slot.layout.extents
    var plain = slot.value
    if plain.layout != .plain(extents) {
      plain = recorder.value(.plain(extents))
      try recorder.reorder(slot.value, to: plain, label: "weights")
    }
    guard let winograd = layout.winograd else {
      try recorder.reorder(plain, to: copy, label: "weights")
      return copy
    }
    recorder.record("weights", [plain, copy]) {
      nk_winograd_weights(copy.floats, plain.floats, nil, extents[0], extents[1], winograd)
    }
    return copy
  }

  /// A compiled copy of a parameter into another layout, independent of this plan's memory.
  private func copying(_ slot: ParameterSlot, to copy: Value) throws(NeuralError) -> () -> Void {
    if let winograd = copy.layout.winograd {
      let extents = slot.layout.extents
      return {
        slot.withPlain {
          nk_winograd_weights(copy.floats, $0, nil, extents[0], extents[1], winograd)
        }
      }
    }
    let own = StepRecorder()
    own.layer = recorder.layer
    guard
      let descriptor = try? StepRecorder.reorderDescriptor(
        slot.layout, copy.layout, layer: recorder.layer)
    else {
      return try copyingThroughPlain(slot, to: copy)
    }
    try own.record("copy", descriptor, [(DNNL_ARG_FROM, slot.value), (DNNL_ARG_TO, copy)])
    let arena = own.layOut()
    return {
      withExtendedLifetime(arena) {
        own.steps[0].run()
        own.stream.wait()
      }
    }
  }

  /// The same in two copies: Winograd's transformed weights are made from plain ones only, while
  /// training keeps weights in blocks: oneDNN then has no direct copy (status 3, unimplemented).
  private func copyingThroughPlain(
    _ slot: ParameterSlot, to copy: Value
  ) throws(NeuralError) -> () -> Void {
    let own = StepRecorder()
    own.layer = recorder.layer
    let plain = own.value(.plain(copy.layout.extents))
    try own.reorder(plain, to: copy)
    let arena = Arena(placing: own.buffers, for: own.values)
    return {
      arena.move(to: MemoryBlock(arena.byteCount))
      plain.floats.update(from: slot.read(), count: plain.layout.count)
      own.steps[0].run()
      own.stream.wait()
      // The plain copy is needed rarely: its memory is not kept.
      arena.leave()
    }
  }
}
