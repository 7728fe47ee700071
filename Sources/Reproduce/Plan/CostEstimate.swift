// What a run will cost, from its network's counts and a short calibration.

import Foundation
import Imaging
import Neural

/// The cost of a run before it starts.
package struct CostEstimate: Sendable {
  package let images: Int
  package let train: Int
  package let validation: Int
  package let test: Int
  package let folds: Int
  package let seeds: Int
  package let epochs: Int
  /// Of one image, forward.
  package let multiplyAdds: Int
  package let parameters: Int
  /// Of the engine as its plans say, decoded images and the program itself; with no calibration and
  /// no limit a rough count without compiling a plan.
  package let memoryBytes: Int
  /// In how many parts a batch is computed to stay within the memory limit.
  package let parts: Int
  /// Measured for two seconds on random images; nil when only the counts were asked for.
  package let imagesPerSecond: Double?
  package let seconds: Double?

  /// Counts, and with `calibrating` two seconds of the real work on random images.
  package init(_ plan: RunPlan, calibrating: Bool) throws {
    let split = try plan.split(seed: 1)
    let recipe = plan.recipe
    let summary = plan.network.summary()
    let isFrozen = [.featureExtraction, .evaluationOnly].contains(recipe.model.strategy.value)
    images = plan.dataset.samples.count
    train = split.folds[0].train.count
    validation = split.folds[0].validation.count
    test = split.folds[0].test.count
    folds = split.folds.count
    seeds = recipe.evaluation.seeds.value
    epochs = recipe.training.epochs.value
    multiplyAdds = summary.multiplyAdds
    parameters = summary.parameterCount
    memoryBytes =
      calibrating || plan.options.memoryLimit != nil
      ? try Self.exactMemory(plan) : Self.memory(plan, summary)
    parts = plan.microBatches?.sizes.count ?? 1
    guard calibrating else {
      imagesPerSecond = nil
      seconds = nil
      return
    }
    let (forward, both) = try Self.calibrate(plan, trains: !isFrozen)
    let load = try Self.secondsToLoad(plan)
    if recipe.model.strategy.value == .featureExtraction {
      imagesPerSecond = forward
      let work = try Self.frozenWork(plan)
      seconds = Double(work.features) / forward + Double(work.loads) * load
    } else {
      imagesPerSecond = isFrozen ? forward : both
      let selects = recipe.training.selection.value != .last
      let evaluated = validation + (selects ? test / 2 : 0)
      let epoch = Double(train) / both + Double(evaluated) / forward
      let tested = Double(test) * max(1 / forward, load)
      // Images are read beside the training, and once where they fit in memory.
      let side = recipe.preprocessing.size.value
      let fits = images * plan.preparation.channels * side * side <= plan.options.imageCache
      let reading = Double(train + validation) * load
      let first = max(epoch, reading)
      let rest = Double(max(0, epochs - 1)) * (fits ? epoch : first)
      seconds = Double(seeds * folds) * ((isFrozen || epochs == 0 ? 0 : first + rest) + tested)
    }
  }

  /// How many features a frozen backbone computes, and how often an image is read for them: features
  /// are computed once for each image and variant, while every seed and fold reads its images.
  private static func frozenWork(_ plan: RunPlan) throws -> (features: Int, loads: Int) {
    let recipe = plan.recipe
    let variants =
      recipe.augmentation.operations.value.isEmpty ? 0 : recipe.augmentation.variants.value
    var used = Set<String>()
    var trained = Set<String>()
    var loads = 0
    for seed in plan.seeds {
      for fold in try plan.split(seed: seed).folds {
        trained.formUnion(fold.train)
        used.formUnion(fold.train + fold.validation + fold.test)
        loads += fold.train.count * (1 + variants) + fold.validation.count + fold.test.count
      }
    }
    return (used.count + trained.count * variants, loads)
  }

  /// Reading and preparing one image, measured on some that are spread over the whole set.
  private static func secondsToLoad(_ plan: RunPlan) throws -> Double {
    let samples = plan.dataset.samples
    let watch = Stopwatch()
    var count = 0
    for index in stride(from: 0, to: samples.count, by: max(1, samples.count / 24)) {
      _ = FeatureCache.key(try plan.preparation.image(for: samples[index]))
      count += 1
      if watch.wallSeconds > 0.5 { break }
    }
    return watch.wallSeconds / Double(max(count, 1))
  }

  /// The engine's own estimate for a batch, plus images and program.
  private static func exactMemory(_ plan: RunPlan) throws -> Int {
    let recipe = plan.recipe
    let model = try plan.model(initialSeed: 1)
    let batch = min(recipe.training.batch.value, plan.dataset.samples.count)
    let engine: Int
    switch recipe.model.strategy.value {
    case .featureExtraction: engine = try model.memoryEstimate(batch: FeatureExtractor.batch).total
    case .evaluationOnly: engine = try model.memoryEstimate(batch: batch).total
    default:
      let trainer = try Trainer(
        model: model,
        options: recipe.trainingOptions(
          classCounts: plan.dataset.classCounts, seed: 1,
          frozenThrough: plan.stages.last?.frozenThrough, memoryLimit: plan.engineLimit))
      // The validation images pass through a plan of their own.
      engine =
        try trainer.microBatches(for: batch).estimate.total
        + model.memoryEstimate(batch: batch).code
    }
    let side = recipe.preprocessing.size.value
    let picture = plan.preparation.channels * side * side
    // Features are computed once and leave no image behind; training keeps what fits, and some
    // batches of numbers wait for their turn.
    let pictures =
      recipe.model.strategy.value == .featureExtraction
      ? 0
      : min(plan.dataset.samples.count * picture, plan.options.imageCache)
        + waitingBatches * batch * picture * 4
    // The weights are held once more outside the engine while it starts.
    let parameters = plan.network.summary().parameterCount
    let isTrained = ![.featureExtraction, .evaluationOnly].contains(recipe.model.strategy.value)
    // Grad-CAM of the first seed holds the tested network beside the frozen one: its parameters, and
    // those of a plan that goes forward and backward. Trained networks have left by then.
    return engine + parameters * 4
      + (isTrained ? RunOptions.checkpointBytes(parameters) : 3 * parameters * 4)
      // The best epoch's network is kept, and encoded once more while it is written.
      + (isTrained && recipe.training.selection.value != .last ? 2 * parameters * 4 : 0)
      + pictures + imagesInMemory(plan.dataset) + RunOptions.programBytes
  }

  /// Batches that wait as numbers, with what the allocator keeps of earlier ones: as many as the peak of
  /// a small network's training on 224 pixels showed.
  private static let waitingBatches = 5

  /// Bytes of the images that a dataset holds itself: an array file's, or drawn ones.
  private static func imagesInMemory(_ dataset: ImageDataset) -> Int {
    dataset.samples.reduce(0) { sum, sample in
      guard case .memory(let store, _) = sample.source else { return sum }
      return sum + store.width * store.height * store.channels
    }
  }

  private static func memory(_ plan: RunPlan, _ summary: NetworkSummary) -> Int {
    let recipe = plan.recipe
    let activations = summary.rows.reduce(0) { $0 + $1.outputShape.reduce(1, *) }
    let isFrozen = recipe.model.strategy.value == .featureExtraction
    let batch = isFrozen ? FeatureExtractor.batch : recipe.training.batch.value
    let pictures =
      isFrozen
      ? 0
      : min(
        plan.dataset.samples.count * plan.preparation.channels * recipe.preprocessing.size.value
          * recipe.preprocessing.size.value, 512 << 20)
    let perValue = isFrozen ? 1 : 2
    return summary.parameterCount * (isFrozen ? 20 : 24) + activations * batch * 4 * perValue
      + pictures + 64 << 20
  }

  /// Images a second in inference and in training.
  private static func calibrate(
    _ plan: RunPlan, trains: Bool
  ) throws -> (forward: Double, both: Double) {
    let model = try plan.model(initialSeed: 1)
    let batch =
      plan.recipe.model.strategy.value == .featureExtraction
      ? FeatureExtractor.batch
      : min(plan.recipe.training.batch.value, plan.dataset.samples.count)
    let shape = [batch] + plan.network.inputShape
    var generator = Imaging.SeededGenerator(seed: 1)
    let images = Tensor(
      shape: shape,
      values: (0..<shape.reduce(1, *)).map { _ in Float(generator.unit()) - 0.5 })
    var both = 1.0
    if trains {
      let trainer = try Trainer(
        model: model,
        options: plan.recipe.trainingOptions(
          classCounts: plan.dataset.classCounts, seed: 1,
          frozenThrough: plan.stages.last?.frozenThrough, memoryLimit: plan.engineLimit))
      let targets = plan.outputs.targets(plan.dataset.samples.prefix(batch))
      both = try measure(batch, seconds: 1.3) {
        _ = try trainer.step(images, targets, learningRate: 1e-6)
      }
    }
    let forward = try measure(batch, seconds: trains ? 0.7 : 2) {
      _ = try model.logits(images)
    }
    return (forward, both)
  }

  private static func measure(
    _ batch: Int, seconds: Double, _ work: () throws -> Void
  ) rethrows -> Double {
    try work()
    let watch = Stopwatch()
    var count = 0
    repeat {
      try work()
      count += batch
    } while watch.wallSeconds < seconds
    return Double(count) / watch.wallSeconds
  }

  /// Refuses a plan that will not fit.
  package func checkMemory(limit: Int?) throws {
    guard let available = limit ?? RunRecord.Machine.availableMemory else { return }
    guard memoryBytes <= available else {
      throw ReproduceError.notEnoughMemory(needed: memoryBytes, available: available)
    }
  }
}
