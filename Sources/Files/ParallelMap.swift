// The same work on many items, on all cores, results in order.

import Dispatch

/// Applies `transform` to every item on all cores; result i belongs to item i whatever the thread.
/// - Throws: The error of the first item that has one.
package func parallelMap<Item: Sendable, Value: Sendable, Failure: Error>(
  _ items: [Item], _ transform: @Sendable (Item) throws(Failure) -> Value
) throws(Failure) -> [Value] {
  guard items.count > 1 else { return try items.map(transform) }
  let places = Places<Result<Value, Failure>>(items.count)
  DispatchQueue.concurrentPerform(iterations: items.count) { index in
    do throws(Failure) {
      places.set(index, .success(try transform(items[index])))
    } catch {
      places.set(index, .failure(error))
    }
  }
  return try places.all.map { (result) throws(Failure) in try result.get() }
}

/// Places for results: each is written once, by the one iteration of its number, and all are read
/// after `concurrentPerform` has returned, which orders the writes before the reads.
private final class Places<Value>: @unchecked Sendable {
  private let places: UnsafeMutablePointer<Value?>
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

  func set(_ index: Int, _ value: Value) { places[index] = value }

  var all: [Value] { (0..<count).compactMap { places[$0] } }
}
