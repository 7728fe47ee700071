// The live parameters of a model, in the layouts that its plans work on.

import COneDNN

/// One parameter's memory.
final class ParameterSlot {
  let specification: ParameterSpecification
  /// The extents oneDNN knows it by: groups apart, a linear layer's input as C, H, W.
  private(set) var value: Value
  /// Made when a plan trains it; always in the layout of `value`.
  private(set) var gradient: Value?
  /// The sum of several runs' gradients.
  private var gradientSum: Value?
  /// Copies in other layouts that plans hold.
  private var copies: [(layout: TensorLayout, value: WeakValue, preparation: WeakPreparation)] = []
  /// Grows with every change.
  var version = 0
  /// Set once a plan holds on to `value`: its layout is fixed from then on.
  var isBound = false

  var name: String { specification.name }
  var layout: TensorLayout { value.layout }

  init(_ specification: ParameterSpecification, extents: [Int], _ tensor: Tensor) {
    self.specification = specification
    let layout = TensorLayout.plain(extents)
    value = Value(layout, in: Buffer(persistent: layout.byteCount))
    write(tensor.values)
  }

  /// Moves the parameter to `layout` if no plan depends on the present one.
  func adopt(_ layout: TensorLayout) throws(NeuralError) {
    guard !isBound, layout != self.layout else { return }
    let old = value
    gradient = nil
    gradientSum = nil
    value = Value(layout, in: Buffer(persistent: layout.byteCount))
    try ParameterSlot.copy(old, to: value)
  }

  /// The gradient's memory, made at the first call.
  func makeGradient() -> Value {
    if let gradient { return gradient }
    let made = Value(layout, in: Buffer(persistent: layout.byteCount))
    gradient = made
    return made
  }

  /// Adds the gradient of part `part` of `parts` to those before it; the last part leaves the sum in
  /// `gradient`.
  func accumulate(part: Int, of parts: Int) {
    let (gradient, count) = (makeGradient(), layout.count)
    let sum = gradientSum ?? Value(layout, in: Buffer(persistent: layout.byteCount))
    gradientSum = sum
    if part == 0 {
      Kernels.scale(sum.numbers, gradient.numbers, by: 1, count)
    } else if part < parts - 1 {
      Kernels.accumulate(sum.numbers, gradient.numbers, count)
    } else {
      Kernels.accumulate(gradient.numbers, sum.numbers, count)
    }
  }

  /// The copy in `layout` that another plan holds, with what refreshes it.
  func copy(in layout: TensorLayout) -> (value: Value, preparation: Preparation)? {
    copies.removeAll { $0.preparation.object == nil }
    for copy in copies where copy.layout == layout {
      if let value = copy.value.object, let preparation = copy.preparation.object {
        return (value, preparation)
      }
    }
    return nil
  }

  /// Lets other plans find a copy.
  func share(_ value: Value, _ preparation: Preparation) {
    copies.append((value.layout, WeakValue(object: value), WeakPreparation(object: preparation)))
  }

  private struct WeakValue { weak var object: Value? }
  private struct WeakPreparation { weak var object: Preparation? }

  /// Calls `body` with the row-major numbers, without a copy where they lie so.
  func withPlain(_ body: (UnsafePointer<Float>) -> Void) {
    if layout == .plain(layout.extents) { return body(value.floats) }
    read().withUnsafeBufferPointer { body($0.baseAddress!) }
  }

  /// Row-major copies in and out; `other` is another array in this parameter's layout.
  func read(_ other: Value? = nil) -> [Float] {
    let source = other ?? value
    let plain = TensorLayout.plain(layout.extents)
    if layout == plain {
      return Array(UnsafeBufferPointer(start: source.floats, count: plain.count))
    }
    let copy = Value(plain, in: Buffer(persistent: plain.byteCount))
    try? ParameterSlot.copy(source, to: copy)
    return Array(UnsafeBufferPointer(start: copy.floats, count: plain.count))
  }

  func write(_ values: [Float], to other: Value? = nil) {
    let target = other ?? value
    let plain = TensorLayout.plain(layout.extents)
    precondition(values.count == plain.count, "\(name): \(values.count) values")
    if layout == plain {
      target.floats.update(from: values, count: values.count)
    } else {
      let copy = Value(plain, in: Buffer(persistent: plain.byteCount))
      copy.floats.update(from: values, count: values.count)
      try? ParameterSlot.copy(copy, to: target)
    }
    if other == nil { version += 1 }
  }

  /// Copies between layouts at once, outside any plan.
  static func copy(_ source: Value, to target: Value) throws(NeuralError) {
    let recorder = StepRecorder()
    let descriptor = try StepRecorder.reorderDescriptor(
      source.layout, target.layout, layer: "parameters")
    let (run, scratch) = try recorder.call(
      descriptor, [(DNNL_ARG_FROM, source), (DNNL_ARG_TO, target)])
    for value in scratch {
      value.buffer.firstStep = 0
      value.buffer.lastStep = 0
    }
    let arena = recorder.layOut()
    withExtendedLifetime(arena) {
      run()
      recorder.stream.wait()
    }
  }
}

/// Work to redo when parameters change: copies of them in other layouts, or folded.
final class Preparation {
  let slots: [ParameterSlot]
  private let run: () -> Void
  private var seen: [Int]

  init(slots: [ParameterSlot], run: @escaping () -> Void) {
    self.slots = slots
    self.run = run
    seen = slots.map { _ in -1 }
  }

  /// Does the work if a parameter changed since it was done last.
  func refresh() {
    let versions = slots.map(\.version)
    guard versions != seen else { return }
    run()
    seen = versions
  }
}

/// All parameters of one network.
final class ParameterStore {
  let slots: [ParameterSlot]
  private let indices: [String: Int]

  var byteCount: Int { slots.reduce(0) { $0 + $1.layout.byteCount } }

  init(_ network: Network, _ parameters: ParameterSet) throws(NeuralError) {
    try parameters.check(has: network.parameterShapes)
    var slots: [ParameterSlot] = []
    for (index, layer) in network.layers.enumerated() {
      for specification in network.specifications(ofLayer: index) {
        slots.append(
          ParameterSlot(
            specification, extents: Self.extents(of: specification, layer, in: network),
            parameters[specification.name]!))
      }
    }
    self.slots = slots
    indices = Dictionary(
      uniqueKeysWithValues: slots.enumerated().map { ($0.element.name, $0.offset) })
  }

  private static func extents(
    of specification: ParameterSpecification, _ layer: Layer, in network: Network
  ) -> [Int] {
    let shape = specification.shape
    guard specification.role == .weight else { return shape }
    switch layer.operation {
    case .convolution(let convolution) where convolution.groups > 1:
      return [convolution.groups, shape[0] / convolution.groups] + shape.dropFirst()
    case .linear:
      let input = network.layers[layer.inputs[0]].shape
      return input[1] * input[2] > 1 ? [shape[0]] + input : shape
    default: return shape
    }
  }

  /// The slot of a parameter that the network is known to have.
  func slot(_ layer: String, _ suffix: String) -> ParameterSlot? {
    indices["\(layer).\(suffix)"].map { slots[$0] }
  }

  func slot(named name: String) throws(NeuralError) -> ParameterSlot {
    guard let index = indices[name] else {
      throw .unknownParameter(name: name, nearest: nearestName(to: name, among: slots.map(\.name)))
    }
    return slots[index]
  }
}
