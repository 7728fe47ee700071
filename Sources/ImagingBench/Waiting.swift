// How long a network waits for its pictures: the loader's part of the time of real training.
import Imaging
import Neural

/// A network fed by a loader as a run feeds it: one worker beside the engine's threads.
struct FedNetwork {
  /// What the engine does with each batch.
  enum Work: String { case features, training }

  let name: String
  let work: Work
  /// Whether JPEGs may be decoded at half size.
  let isReduced: Bool
  /// Whether both take turns on all cores instead: all prepare a batch, then all compute with it.
  let takesTurns: Bool
  /// Threads that prepare batches beside the engine's, where they do not take turns.
  let workers: Int

  struct Result {
    /// Share of the time that the engine waited for a batch, the first one left out.
    let waiting: Double
    let imagesPerSecond: Double
    /// What the engine does of batches that are there already.
    let engineAlone: Double
  }

  /// `CASE` is `features-NETWORK`, `training-NETWORK`, with `fast-` in front for reduced decoding,
  /// and `turns-` or `two-` (workers) before that.
  init?(case text: String) {
    var rest = text[...]
    func takes(_ word: String) -> Bool {
      guard rest.hasPrefix(word) else { return false }
      rest = rest.dropFirst(word.count)
      return true
    }
    takesTurns = takes("turns-")
    workers = takes("two-") ? 2 : 1
    isReduced = takes("fast-")
    let parts = rest.split(separator: "-", maxSplits: 1)
    guard parts.count == 2, let work = Work(rawValue: String(parts[0])) else { return nil }
    self.work = work
    name = String(parts[1])
  }

  func measure(_ samples: [Sample], seconds: Double) throws -> Result {
    let network = try Architectures.named(name, classes: 7, inputShape: [3, 224, 224])
    var generator = Neural.SeededGenerator(seed: 1)
    let model = try Model(
      network: network, parameters: network.initialParameters(using: &generator),
      options: ComputeOptions(threads: 2, batch: 32))
    let trainer = work == .training ? try Trainer(model: model, options: TrainingOptions()) : nil
    func take(_ batch: Batch) throws {
      let images = Tensor(
        shape: [batch.count, batch.channels, batch.height, batch.width], values: batch.pixels)
      if let trainer {
        let targets = Targets.classes(batch.labels.map { Int($0) })
        _ = try trainer.step(images, targets, learningRate: 1e-4)
      } else {
        _ = try model.features(images, at: network.featureLayer)
      }
    }
    let preparation = Preparation(size: PixelSize(224), usesReducedDecoding: isReduced)
    if takesTurns { return try inTurns(samples, preparation, take, seconds: seconds) }
    let loader = try BatchLoader(
      samples: samples, preparation: preparation,
      augmentation: AugmentationPipeline(
        work == .training ? [.flipHorizontal(probability: 0.5), .rotate(from: -15, to: 15)] : []),
      batchSize: 32, order: .shuffled(seed: 1), dropsLast: true, workers: workers, cacheBytes: 0)
    let clock = ContinuousClock()
    let batches = loader.epoch(0)
    guard let first = try batches.next() else { fail("too few pictures for a batch") }
    for _ in 0..<3 { try take(first) }
    var start = clock.now
    var alone = 0
    while clock.now - start < .seconds(seconds / 3) {
      try take(first)
      alone += 1
    }
    let engineAlone = Double(alone * first.count) / ((clock.now - start) / .seconds(1))
    // What was made ahead meanwhile is used up before the clock starts.
    for _ in 0..<4 { if let batch = try batches.next() { try take(batch) } }
    let before = batches.waited
    start = clock.now
    var done = 0
    while clock.now - start < .seconds(seconds), let batch = try batches.next() {
      try take(batch)
      done += batch.count
    }
    let passed = clock.now - start
    return Result(
      waiting: (batches.waited - before) / passed,
      imagesPerSecond: Double(done) / (passed / .seconds(1)), engineAlone: engineAlone)
  }

  /// As features are computed in runs: no batch is made while the engine computes.
  private func inTurns(
    _ samples: [Sample], _ preparation: Preparation, _ take: (Batch) throws -> Void,
    seconds: Double
  ) throws -> Result {
    func batch(_ start: Int) throws -> Batch {
      let part = samples[start..<start + 32]
      let images = try preparation.images(for: part, onAllCores: true)
      return Batch(
        images: images, labels: part.map { Int32($0.label) }, indices: Array(part.indices),
        preparation: preparation)
    }
    let first = try batch(0)
    for _ in 0..<3 { try take(first) }
    let clock = ContinuousClock()
    var start = clock.now
    var alone = 0
    while clock.now - start < .seconds(seconds / 3) {
      try take(first)
      alone += 1
    }
    let engineAlone = Double(alone * first.count) / ((clock.now - start) / .seconds(1))
    var (done, waited) = (0, Duration.zero)
    start = clock.now
    while clock.now - start < .seconds(seconds), done + 32 <= samples.count {
      let asked = clock.now
      let next = try batch(done)
      waited += clock.now - asked
      try take(next)
      done += next.count
    }
    let passed = clock.now - start
    return Result(
      waiting: waited / passed, imagesPerSecond: Double(done) / (passed / .seconds(1)),
      engineAlone: engineAlone)
  }
}
