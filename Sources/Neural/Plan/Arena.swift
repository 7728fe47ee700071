// Where in one block of memory each of a plan's intermediate results lies.

/// Places buffers so that those alive at the same step never overlap, the largest first, each at the
/// lowest free address. The block itself comes later, from a `WorkMemory`.
final class Arena {
  let byteCount: Int
  private let places: [(buffer: Buffer, start: Int)]
  private let values: [Value]
  private var block: MemoryBlock?

  /// - Parameter values: the tensors to tell their addresses.
  init(placing buffers: [Buffer], for values: [Value]) {
    let used = buffers.enumerated().filter { $0.element.lastStep >= 0 }
    let order = used.sorted {
      ($0.element.byteCount, $1.offset) > ($1.element.byteCount, $0.offset)
    }
    var placed: [(start: Int, end: Int, buffer: Buffer)] = []
    var total = 0
    for (_, buffer) in order {
      let size = (buffer.byteCount + 127) / 128 * 128
      var start = 0
      for other in placed
      where other.buffer.firstStep <= buffer.lastStep && buffer.firstStep <= other.buffer.lastStep {
        if other.start >= start + size { break }
        start = max(start, other.end)
      }
      let slot = placed.firstIndex { $0.start > start } ?? placed.count
      placed.insert((start, start + size, buffer), at: slot)
      total = max(total, start + size)
    }
    byteCount = total
    places = placed.map { ($0.buffer, $0.start) }
    self.values = values.filter { !$0.buffer.isPersistent && $0.buffer.lastStep >= 0 }
  }

  /// The step at which the most bytes are in use, and the buffers that hold them, largest first.
  func fullest() -> (step: Int, buffers: [Buffer]) {
    func held(_ step: Int) -> [Buffer] {
      places.map(\.buffer).filter { $0.firstStep <= step && step <= $0.lastStep }
    }
    let steps = Set(places.map(\.buffer.firstStep)).sorted()
    let sums = steps.map { step in held(step).reduce(0) { $0 + $1.byteCount } }
    guard let most = sums.indices.max(by: { sums[$0] < sums[$1] }) else { return (0, []) }
    return (steps[most], held(steps[most]).sorted { $0.byteCount > $1.byteCount })
  }

  /// Moves everything to `block`, which is kept alive; contents are lost.
  func move(to block: MemoryBlock) {
    self.block = block
    for place in places { place.buffer.place(at: block.address + place.start) }
    for value in values { value.bind() }
  }

  /// Gives the block up; nothing may run before the next `move`.
  func leave() { block = nil }
}
