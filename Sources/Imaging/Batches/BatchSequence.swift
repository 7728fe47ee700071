// The worker threads of one epoch, and the batches they hand over in order.
import Dispatch
import Synchronization

/// The batches of one epoch in order; dropped early, it stops its workers.
package final class BatchSequence {
  private let shared: Shared
  private var taken = 0
  /// How long the caller has waited for batches so far: next to nothing where the workers keep ahead.
  package private(set) var waited = Duration.zero

  /// One batch in the making: written by the one worker that claimed its number, before `ready` is
  /// signalled, and read by the consumer after it.
  private final class Slot: @unchecked Sendable {
    let ready = DispatchSemaphore(value: 0)
    var result: Result<Batch?, ImagingError>?
  }

  /// What the consumer and the workers share.
  private final class Shared: Sendable {
    let loader: BatchLoader
    let epoch: Int
    let visits: [BatchLoader.Visit]
    let count: Int
    let room: DispatchSemaphore
    let slots: [Slot]
    let progress = Mutex((claimed: 0, isStopped: false))

    init(loader: BatchLoader, epoch: Int) {
      self.loader = loader
      self.epoch = epoch
      var turns: [Int: Int] = [:]
      visits = loader.visits(epoch: epoch).map { index in
        let turn = turns[index, default: 0]
        turns[index] = turn + 1
        return BatchLoader.Visit(index: index, turn: turn)
      }
      count =
        loader.dropsLast
        ? visits.count / loader.batchSize
        : (visits.count + loader.batchSize - 1) / loader.batchSize
      room = DispatchSemaphore(value: 0)
      slots = (0..<count).map { _ in Slot() }
    }

    func make(_ number: Int) -> Result<Batch?, ImagingError> {
      let start = number * loader.batchSize
      let slice = visits[start..<min(start + loader.batchSize, visits.count)]
      do throws(ImagingError) {
        return .success(try loader.batch(slice, epoch: epoch, number: number))
      } catch {
        return .failure(error)
      }
    }

    /// A worker's life: wait for room, claim the next number, make it.
    func work() {
      while true {
        room.wait()
        let number = progress.withLock { progress -> Int? in
          guard !progress.isStopped, progress.claimed < count else { return nil }
          progress.claimed += 1
          return progress.claimed - 1
        }
        guard let number else { return }
        slots[number].result = make(number)
        slots[number].ready.signal()
      }
    }
  }

  init(loader: BatchLoader, epoch: Int) {
    let shared = Shared(loader: loader, epoch: epoch)
    self.shared = shared
    guard loader.workers > 0 else { return }
    let queue = DispatchQueue(label: "imaging.batches", attributes: .concurrent)
    for _ in 0..<loader.workers { queue.async { shared.work() } }
    for _ in 0..<loader.workers + 2 { shared.room.signal() }
  }

  deinit {
    shared.progress.withLock { $0.isStopped = true }
    for _ in 0..<shared.loader.workers { shared.room.signal() }
  }

  /// The next batch, or nil at the end of the epoch.
  package func next() throws(ImagingError) -> Batch? {
    while taken < shared.count {
      let number = taken
      taken += 1
      let result: Result<Batch?, ImagingError>
      if shared.loader.workers == 0 {
        result = shared.make(number)
      } else {
        let clock = ContinuousClock()
        let asked = clock.now
        shared.slots[number].ready.wait()
        waited += clock.now - asked
        result = shared.slots[number].result ?? .success(nil)
        shared.slots[number].result = nil
        shared.room.signal()
      }
      if let batch = try result.get() { return batch }
    }
    return nil
  }
}
