// Decoding, preparing and augmenting samples, batch by batch, with a cache.
import Synchronization

/// What is done about a picture that cannot be read.
package enum UnreadablePolicy: String, Codable, Sendable {
  /// The epoch ends with its error.
  case fail
  /// It is left out of its batch, and listed in `BatchLoader.skipped`.
  case skip
}

/// The order in which an epoch visits the samples.
package enum SampleOrder: Codable, Hashable, Sendable {
  case asGiven
  /// A new order every epoch, from (seed, epoch).
  case shuffled(seed: UInt64)
  /// Every class as often as the largest, repeats drawn anew every epoch, then shuffled.
  case oversampled(seed: UInt64)
  /// Every class as often as the smallest, drawn anew every epoch, then shuffled.
  case undersampled(seed: UInt64)
}

/// Serves batches of some samples, epoch after epoch.
///
/// The same settings give the same batches whatever the number of workers. Prepared 8-bit pictures
/// are kept in memory up to `cacheBytes`, so that later epochs do not decode again.
package final class BatchLoader: Sendable {
  package let samples: [Sample]
  package let preparation: Preparation
  package let augmentation: AugmentationPipeline
  package let mixing: BatchMixing
  package let batchSize: Int
  package let order: SampleOrder
  package let seed: UInt64
  package let dropsLast: Bool
  package let workers: Int
  package let unreadable: UnreadablePolicy
  package let limits: DecodingLimits
  private let classCount: Int
  private let cacheBytes: Int
  private let state = Mutex(State())

  private struct State {
    var cache: [Int: Image] = [:]
    var cachedBytes = 0
    var failures: [Int: ImagingError] = [:]
  }

  /// `seed` drives augmentation and mixing. With `workers` 0 all is done on the caller's thread.
  package init(
    samples: [Sample], preparation: Preparation, augmentation: AugmentationPipeline = .none,
    mixing: BatchMixing = .none, batchSize: Int, order: SampleOrder = .asGiven, seed: UInt64 = 0,
    dropsLast: Bool = false, workers: Int = 2, cacheBytes: Int = 512 << 20,
    unreadable: UnreadablePolicy = .fail, limits: DecodingLimits = DecodingLimits()
  ) throws(ImagingError) {
    try preparation.validate()
    try augmentation.validate()
    try mixing.validate()
    guard batchSize >= 1 else {
      throw .badSetting(name: "batch size", value: "\(batchSize)", expected: "1 or more")
    }
    guard !samples.isEmpty else {
      throw .badSetting(name: "samples", value: "none", expected: "at least one")
    }
    self.samples = samples
    self.preparation = preparation
    self.augmentation = augmentation
    self.mixing = mixing
    self.batchSize = batchSize
    self.order = order
    self.seed = seed
    self.dropsLast = dropsLast
    self.workers = max(0, min(workers, 64))
    self.cacheBytes = cacheBytes
    self.unreadable = unreadable
    self.limits = limits
    classCount = (samples.map(\.label).max() ?? 0) + 1
  }

  /// Batches that an epoch has, before any unreadable picture is left out.
  package var batchesPerEpoch: Int {
    let count = visits(epoch: 0).count
    return dropsLast ? count / batchSize : (count + batchSize - 1) / batchSize
  }

  /// Pictures left out so far with the reason for each, in sample order.
  package var skipped: [(sample: Sample, error: ImagingError)] {
    state.withLock { state in
      state.failures.keys.sorted().compactMap { index in
        state.failures[index].map { (samples[index], $0) }
      }
    }
  }

  /// Positions in `samples` in the order in which an epoch visits them.
  package func visits(epoch: Int) -> [Int] {
    let labels = samples.map(\.label)
    let stream = UInt64(truncatingIfNeeded: epoch)
    switch order {
    case .asGiven: return Array(samples.indices)
    case .shuffled(let seed):
      var generator = SeededGenerator(seed: seed, stream)
      var indices = Array(samples.indices)
      generator.shuffle(&indices)
      return indices
    case .oversampled(let seed):
      var generator = SeededGenerator(seed: seed, stream)
      return ClassBalancing.oversample(labels, &generator)
    case .undersampled(let seed):
      var generator = SeededGenerator(seed: seed, stream)
      return ClassBalancing.undersample(labels, &generator)
    }
  }

  /// The batches of one epoch; augmentation is drawn from (seed, epoch, sample, repeat).
  package func epoch(_ epoch: Int) -> BatchSequence { BatchSequence(loader: self, epoch: epoch) }

  /// The prepared picture of a sample, from memory where it is kept. Nil where it is unreadable
  /// and such pictures are skipped.
  package func preparedImage(_ index: Int) throws(ImagingError) -> Image? {
    let known = state.withLock { ($0.cache[index], $0.failures[index]) }
    if let image = known.0 { return image }
    if known.1 != nil { return nil }
    do throws(ImagingError) {
      let image = try preparation.image(for: samples[index], limits: limits)
      state.withLock { state in
        guard state.cachedBytes + image.pixels.count <= cacheBytes,
          state.cache.updateValue(image, forKey: index) == nil
        else { return }
        state.cachedBytes += image.pixels.count
      }
      return image
    } catch {
      guard unreadable == .skip else { throw error }
      state.withLock { $0.failures[index] = error }
      return nil
    }
  }

  struct Visit {
    let index: Int
    /// How often the epoch visited this sample before.
    let turn: Int
  }

  /// Builds one batch; nil where none of its pictures could be read.
  func batch(_ visits: ArraySlice<Visit>, epoch: Int, number: Int) throws(ImagingError) -> Batch? {
    var images: [Image] = []
    var labels: [Int32] = []
    var indices: [Int] = []
    for visit in visits {
      guard let image = try preparedImage(visit.index) else { continue }
      var generator = SeededGenerator(
        seed: seed, UInt64(truncatingIfNeeded: epoch), UInt64(visit.index), UInt64(visit.turn))
      let changed = augmentation.apply(to: image, &generator)
      images.append(
        changed.size == preparation.size ? changed : changed.resized(to: preparation.size))
      labels.append(Int32(samples[visit.index].label))
      indices.append(visit.index)
    }
    guard !images.isEmpty else { return nil }
    let plain = Batch(images: images, labels: labels, indices: indices, preparation: preparation)
    var generator = SeededGenerator(
      seed: seed, UInt64(truncatingIfNeeded: epoch), UInt64(number), 0x4D49_58)
    return mixing.apply(to: plain, classes: classCount, &generator)
  }
}
