// One block of memory for all of a plan's intermediate results.

#if canImport(Glibc)
  import Glibc
#endif

/// Places buffers so that those alive at the same step never overlap, the largest first, each at the
/// lowest free address.
final class Arena {
  let byteCount: Int
  private let base: UnsafeMutableRawPointer

  init(placing buffers: [Buffer]) {
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
    let page = 1 << 21
    let size = (max(total, 1) + page - 1) / page * page
    let pointer = aligned_alloc(page, size)
    precondition(pointer != nil, "out of memory: \(size) bytes")
    base = pointer!
    // Huge pages: fewer faults and address translations; only advice, so a refusal is no error.
    madvise(base, size, MADV_HUGEPAGE)
    for entry in placed { entry.buffer.place(at: base + entry.start) }
  }

  deinit { free(base) }
}
