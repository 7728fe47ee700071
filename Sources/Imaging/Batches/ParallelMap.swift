// The same work on many items, on all cores, results in order.
import Dispatch

/// Applies `transform` to 0..<count on all cores; result i is in place i whatever the thread.
func parallelMap<Result: Sendable>(
  _ count: Int, _ transform: @Sendable (Int) -> Result
) -> [Result] {
  guard count > 1 else { return (0..<count).map(transform) }
  let slots = ResultSlots<Result>(count)
  DispatchQueue.concurrentPerform(iterations: count) { slots.set($0, transform($0)) }
  return slots.all
}

/// Places for results: each is written once, by the one iteration of its number, and all are read
/// after `concurrentPerform` has returned, which orders the writes before the reads.
private final class ResultSlots<Result>: @unchecked Sendable {
  private let places: UnsafeMutablePointer<Result?>
  private let count: Int

  init(_ count: Int) {
    self.count = count
    places = .allocate(capacity: count)
    places.initialize(repeating: nil, count: count)
  }

  deinit {
    places.deinitialize(count: count)
    places.deallocate()
  }

  func set(_ index: Int, _ result: Result) { places[index] = result }

  var all: [Result] { (0..<count).compactMap { places[$0] } }
}
