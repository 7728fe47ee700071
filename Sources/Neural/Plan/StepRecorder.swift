// Recording a plan's steps, with the memory each one touches.

import COneDNN

/// One thing a plan does.
struct Step {
  let layer: String
  /// What kind of work, for profiles: "convolution", "reorder", …
  let label: String
  /// Floating-point operations, bytes of the tensors at hand, the library's implementation: for
  /// profiles.
  let operations: Int
  let bytes: Int
  let implementation: String
  let run: () -> Void
}

/// Collects steps in order and the lifetimes of the buffers they touch.
final class StepRecorder {
  private(set) var steps: [Step] = []
  private(set) var buffers: [Buffer] = []
  private(set) var values: [Value] = []
  /// Bytes of the tensors that keep their contents, and how many primitives were compiled.
  private(set) var persistentByteCount = 0
  private(set) var primitiveCount = 0
  let stream = Stream()
  /// The layer that steps are being recorded for.
  var layer = ""

  /// A new tensor in the arena.
  func value(_ layout: TensorLayout) -> Value {
    let buffer = Buffer(inArena: layout.byteCount)
    buffers.append(buffer)
    return view(of: buffer, layout)
  }

  /// A new tensor that keeps its contents between runs.
  func persistent(_ layout: TensorLayout) -> Value {
    persistentByteCount += layout.byteCount
    return view(of: Buffer(persistent: layout.byteCount), layout)
  }

  /// A tensor that another plan keeps too.
  func shared(_ value: Value) -> Value {
    persistentByteCount += value.layout.byteCount
    return view(of: value.buffer, value.layout)
  }

  /// A tensor in memory that the caller of a run owns: the plan places it before each run.
  func external(_ layout: TensorLayout) -> Value {
    view(of: Buffer(inArena: layout.byteCount), layout)
  }

  /// Another layout of memory that exists already, from byte `offset` of it on.
  func view(of buffer: Buffer, _ layout: TensorLayout, at offset: Int = 0) -> Value {
    let value = Value(layout, in: buffer, at: offset)
    values.append(value)
    return value
  }

  /// Records a step that touches `touched`.
  func record(
    _ label: String, _ touched: [Value], operations: Int = 0, implementation: String = "",
    _ run: @escaping () -> Void
  ) {
    for value in touched {
      value.buffer.firstStep = min(value.buffer.firstStep, steps.count)
      value.buffer.lastStep = max(value.buffer.lastStep, steps.count)
    }
    let tensors = touched.enumerated().filter { index, value in
      !touched[..<index].contains { $0 === value }
    }
    steps.append(
      Step(
        layer: layer, label: label, operations: operations,
        bytes: tensors.reduce(0) { $0 + $1.element.layout.byteCount },
        implementation: implementation, run: run))
  }

  /// Records the execution of a primitive on `arguments`.
  func record(
    _ label: String, _ descriptor: PrimitiveDescriptor, _ arguments: [(Int32, Value)],
    operations: Int = 0
  ) throws(NeuralError) {
    let (run, scratch) = try call(descriptor, arguments)
    let tensors = arguments.map(\.1)
    record(
      label, tensors, operations: operations, implementation: descriptor.implementation, run)
    for value in scratch { touch(value) }
  }

  /// Extends the last step's memory by what it works in.
  private func touch(_ value: Value) {
    value.buffer.firstStep = min(value.buffer.firstStep, steps.count - 1)
    value.buffer.lastStep = max(value.buffer.lastStep, steps.count - 1)
  }

  /// A closure that executes a primitive, and the scratch memory it needs.
  func call(
    _ descriptor: PrimitiveDescriptor, _ arguments: [(Int32, Value)]
  ) throws(NeuralError) -> (run: () -> Void, scratch: [Value]) {
    let primitive = try Primitive(descriptor, layer: layer)
    primitiveCount += 1
    var scratch: [Value] = []
    var all = arguments
    if let layout = descriptor.layout(dnnl_query_scratchpad_md) {
      scratch = [value(layout)]
      all.append((DNNL_ARG_SCRATCHPAD, scratch[0]))
    }
    // The values are captured: their memory handles live as long as the step.
    let packed = all.map { dnnl_exec_arg_t(arg: $0.0, memory: $0.1.memory) }
    let stream = stream
    let run = {
      withExtendedLifetime(all) {
        let status = packed.withUnsafeBufferPointer {
          dnnl_primitive_execute(
            primitive.handle, stream.handle, Int32($0.count), $0.baseAddress)
        }
        precondition(status == dnnl_success, "a planned primitive failed: \(status.rawValue)")
      }
    }
    return (run, scratch)
  }

  /// `value` in `layout`: itself when it already is, a planned copy otherwise.
  func aligned(_ value: Value, to layout: TensorLayout) throws(NeuralError) -> Value {
    if value.layout == layout { return value }
    let copy = self.value(layout)
    try reorder(value, to: copy)
    return copy
  }

  /// Records a copy between layouts.
  func reorder(
    _ source: Value, to target: Value, label: String = "reorder"
  ) throws(NeuralError) {
    try record(
      label, Self.reorderDescriptor(source.layout, target.layout, layer: layer),
      [(DNNL_ARG_FROM, source), (DNNL_ARG_TO, target)])
  }

  static func reorderDescriptor(
    _ source: TensorLayout, _ target: TensorLayout, layer: String
  ) throws(NeuralError) -> PrimitiveDescriptor {
    var (from, to) = (source.raw, target.raw)
    var handle: dnnl_primitive_desc_t?
    let attributes = PrimitiveAttributes()
    let status = withExtendedLifetime(attributes) {
      dnnl_reorder_primitive_desc_create(
        &handle, &from, DNN.engine, &to, DNN.engine, attributes.handle)
    }
    try DNN.check(status, layer, "reorder_primitive_desc_create")
    return PrimitiveDescriptor(taking: handle)
  }

  /// Places all arena buffers in `memory` and tells oneDNN their addresses.
  func layOut(in memory: WorkMemory = WorkMemory()) -> Arena {
    let arena = Arena(placing: buffers, for: values)
    memory.admit(arena)
    return arena
  }
}
