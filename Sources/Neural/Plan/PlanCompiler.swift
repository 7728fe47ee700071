// From a network, a batch size and a purpose to a plan: which layers run together, in which order,
// on which memory. What each kind of layer does stands in the extensions.

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
  var trained: [ParameterSlot] = []
  /// Those whose update is recorded.
  var finished: Set<ObjectIdentifier> = []

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
  /// Whether images scaled by squeeze and excitation are: one multiplication for each number.
  let remakesScaled: Bool
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
    remakesScaled = remakes ?? true
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
}
