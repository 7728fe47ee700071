// Memory from the system, and the block that all plans of a model take turns in.

#if canImport(Glibc)
  import Glibc
#endif

/// Zeros that cost nothing before they are touched, where there are many of them.
final class MemoryBlock {
  let byteCount: Int
  let address: UnsafeMutableRawPointer
  /// What came from `mmap`; small blocks come from the heap.
  private let mapping: (start: UnsafeMutableRawPointer, byteCount: Int)?

  private static let small = 1 << 16
  private static let hugePage = 1 << 21

  init(_ byteCount: Int) {
    self.byteCount = byteCount
    guard byteCount > Self.small else {
      let size = (max(byteCount, 1) + 63) / 64 * 64
      let pointer = aligned_alloc(64, size)
      precondition(pointer != nil, "out of memory: \(size) bytes")
      memset(pointer!, 0, size)
      address = pointer!
      mapping = nil
      return
    }
    let isHuge = byteCount >= Self.hugePage
    let size = byteCount + (isHuge ? Self.hugePage : 0)
    let pointer = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    precondition(
      pointer != nil && pointer != UnsafeMutableRawPointer(bitPattern: -1),
      "out of memory: \(size) bytes")
    mapping = (pointer!, size)
    guard isHuge else {
      address = pointer!
      return
    }
    let start = (Int(bitPattern: pointer!) + Self.hugePage - 1) / Self.hugePage * Self.hugePage
    address = UnsafeMutableRawPointer(bitPattern: start)!
    // Huge pages: fewer faults and address translations; only advice, so a refusal is no error.
    madvise(address, byteCount / Self.hugePage * Self.hugePage, MADV_HUGEPAGE)
  }

  deinit {
    if let mapping { munmap(mapping.start, mapping.byteCount) } else { free(address) }
  }
}

/// The one block that the plans of a model use in turn: they never run at the same time, and nothing
/// in it has to last from one run to the next.
final class WorkMemory {
  private var block: MemoryBlock?
  private var users: [WeakArena] = []

  private struct WeakArena { weak var arena: Arena? }

  /// Bytes of the largest plan so far.
  var byteCount: Int { block?.byteCount ?? 0 }

  /// Gives an arena its place; where the block is too small for it, all move to a larger one.
  func admit(_ arena: Arena) {
    users.removeAll { $0.arena == nil }
    users.append(WeakArena(arena: arena))
    if let block, arena.byteCount <= block.byteCount { return arena.move(to: block) }
    block = nil
    let larger = MemoryBlock(arena.byteCount)
    for user in users { user.arena?.move(to: larger) }
    block = larger
  }

  /// Gives the block back if no plan is left.
  func trim() {
    users.removeAll { $0.arena == nil }
    if users.isEmpty { block = nil }
  }
}
