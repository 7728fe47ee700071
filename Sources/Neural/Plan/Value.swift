// Memory that a plan's steps read and write.

import COneDNN

/// A stretch of memory. Those of an arena get their address when the plan is laid out; the others
/// own theirs from the start.
final class Buffer {
  let byteCount: Int
  /// The first and the last step that touches it.
  var firstStep = Int.max
  var lastStep = -1
  private(set) var address: UnsafeMutableRawPointer?
  private let block: MemoryBlock?

  /// A buffer that lives in the plan's arena, or wherever `place` says.
  init(inArena byteCount: Int) {
    self.byteCount = byteCount
    block = nil
  }

  /// A buffer of zeros that keeps its contents between runs.
  init(persistent byteCount: Int) {
    self.byteCount = byteCount
    let block = MemoryBlock(byteCount)
    self.block = block
    address = block.address
  }

  var isPersistent: Bool { block != nil }

  func place(at address: UnsafeMutableRawPointer) { self.address = address }

  /// The contents; only after the plan was laid out.
  var floats: UnsafeMutablePointer<Float> { address!.assumingMemoryBound(to: Float.self) }
}

/// A tensor in a buffer: what primitives take as arguments.
final class Value {
  let layout: TensorLayout
  let buffer: Buffer
  /// Bytes from the buffer's start to the tensor's.
  let offset: Int
  let memory: dnnl_memory_t?

  init(_ layout: TensorLayout, in buffer: Buffer, at offset: Int = 0) {
    self.layout = layout
    self.buffer = buffer
    self.offset = offset
    var memory: dnnl_memory_t?
    var raw = layout.raw
    dnnl_memory_create(&memory, &raw, DNN.engine, buffer.address.map { $0 + offset })
    self.memory = memory
  }

  /// A tensor of zeros in memory of its own.
  convenience init(persistent layout: TensorLayout) {
    self.init(layout, in: Buffer(persistent: layout.byteCount))
  }

  deinit { dnnl_memory_destroy(memory) }

  /// The contents; only after the plan was laid out.
  private var address: UnsafeMutableRawPointer { buffer.address! + offset }
  var floats: UnsafeMutablePointer<Float> { address.assumingMemoryBound(to: Float.self) }
  var numbers: Numbers { Numbers(address: address, isHalf: layout.type == dnnl_bf16) }

  /// Tells oneDNN where the buffer came to lie.
  func bind() { dnnl_memory_set_data_handle(memory, buffer.address.map { $0 + offset }) }
}

/// The address of a tensor's numbers, floats or bfloat16, for the kernels.
struct Numbers {
  let address: UnsafeMutableRawPointer
  let isHalf: Bool

  init(address: UnsafeMutableRawPointer, isHalf: Bool) {
    self.address = address
    self.isHalf = isHalf
  }

  init(_ floats: UnsafeMutablePointer<Float>) {
    self.init(address: UnsafeMutableRawPointer(floats), isHalf: false)
  }

  var floats: UnsafeMutablePointer<Float> { address.assumingMemoryBound(to: Float.self) }
  var halves: UnsafeMutablePointer<UInt16> { address.assumingMemoryBound(to: UInt16.self) }

  /// The numbers from the one at `offset` on.
  static func + (numbers: Numbers, offset: Int) -> Numbers {
    Numbers(
      address: numbers.address + offset * (numbers.isHalf ? 2 : 4), isHalf: numbers.isHalf)
  }
}
