// Running a frozen backbone over images, through the cache.

import Files
import Foundation
import Imaging
import Neural

/// Gives the features of samples under a plan's frozen backbone.
final class FeatureExtractor {
  private let plan: RunPlan
  private let model: Neural.Model
  private let layer: String
  private let cache: FeatureCache
  private let reporter: ProgressReporter
  /// Floats per image.
  let width: Int
  /// Images computed at once, always so many: the last bits of an image's features depend on the
  /// shape of its batch, and they must not depend on which features the cache holds already.
  static let batch = 16

  init(plan: RunPlan, reporter: ProgressReporter) throws {
    self.plan = plan
    self.reporter = reporter
    // One set of initial parameters for all seeds: the backbone does not learn.
    model = try plan.model(initialSeed: 0)
    let network = plan.network
    let classifier = try network.index(of: network.classifier)
    let source = network.layers[network.layers[classifier].inputs[0]]
    layer = source.name
    width = source.shape[0]
    let normalisation = plan.preparation.normalisation
    cache = FeatureCache(
      root: plan.options.featuresFolder,
      identity: "\(network.name) \(network.inputShape) \(layer) \(plan.weights.identity) "
        + "\(plan.recipe.training.precision.value.rawValue) "
        + "\(normalisation.name) \(plan.preparation.channels) batches of \(Self.batch)",
      width: width)
  }

  /// The lock that is held while features are computed.
  var claim: String { cache.claim }

  /// The backbone's parameters, with a classifier that was never trained.
  func parameters() -> ParameterSet { model.parameters() }

  /// N × F: variant 0 is the picture as it is, others are augmented.
  func features(_ samples: [Sample], variant: Int) throws -> Tensor {
    let watch = Stopwatch()
    var keys: [String] = []
    var waiting: [(key: String, image: Image)] = []
    var computed = 0
    // Held while anything is missing, so that runs side by side do not compute the same.
    var claim: FileLock?
    var prepared: [Image] = []
    for index in samples.indices {
      if index.isMultiple(of: Self.batch) {
        let end = min(index + Self.batch, samples.count)
        prepared = try pictures(samples[index..<end], variant: variant)
      }
      let image = prepared[index % Self.batch]
      let key = FeatureCache.key(image)
      keys.append(key)
      if cache.row(key) == nil {
        if claim == nil { claim = try waitForClaim() }
        if cache.row(key) == nil, !waiting.contains(where: { $0.key == key }) {
          waiting.append((key, image))
        }
      }
      let isLast = keys.count == samples.count
      if waiting.count == Self.batch || (isLast && !waiting.isEmpty) {
        for (item, row) in zip(waiting, try compute(waiting.map(\.image))) {
          try cache.add(item.key, row)
        }
        computed += waiting.count
        waiting = []
        reporter.report(
          .features(
            done: keys.count, total: samples.count,
            imagesPerSecond: Double(computed) / max(watch.wallSeconds, 1e-9)))
      }
      if reporter.isStopRequested {
        try cache.flush()
        throw ReproduceError.interrupted(folder: plan.folder.path, epoch: 0)
      }
    }
    try cache.flush()
    withExtendedLifetime(claim) {}
    var values: [Float] = []
    values.reserveCapacity(samples.count * width)
    for key in keys { values += cache.row(key) ?? [] }
    return Tensor(shape: [samples.count, width], values: values)
  }

  /// Waits until no other run computes features of this network and weights, then reads what it left.
  /// Nil where the folder cannot be locked: then features may be computed twice, to the same bits.
  private func waitForClaim() throws -> FileLock? {
    var hasTold = false
    while true {
      do {
        let claim = try FileLock(cache.claim, wait: false)
        cache.removeHalfWritten()
        cache.refresh()
        return claim
      } catch FileError.busy {
        if !hasTold {
          reporter.report(.note("another run computes these features: waiting for it"))
        }
        hasTold = true
        if reporter.isStopRequested {
          throw ReproduceError.interrupted(folder: plan.folder.path, epoch: 0)
        }
        usleep(100_000)
      } catch { return nil }
    }
  }

  /// On all cores: the network computes nothing meanwhile.
  private func pictures(_ samples: ArraySlice<Sample>, variant: Int) throws -> [Image] {
    let onAllCores = plan.options.threads != 1
    guard variant > 0 else {
      return try plan.preparation.images(for: samples, onAllCores: onAllCores)
    }
    let pipeline = plan.recipe.augmentationPipeline
    let size = plan.preparation.size
    let first = samples.startIndex
    let places = samples.map { plan.position(of: $0) }
    return try plan.preparation.images(for: samples, onAllCores: onAllCores) { image, index in
      let changed = pipeline.apply(
        to: image, seed: 0, epoch: variant, index: places[index - first])
      return changed.size == size ? changed : changed.resized(to: size)
    }
  }

  /// Rows of at most ``batch`` images; what is missing of the batch is filled with the last one.
  private func compute(_ images: [Image]) throws -> [[Float]] {
    let filled =
      images + Array(repeating: images[images.count - 1], count: Self.batch - images.count)
    let batch = Batch(
      images: filled, labels: filled.map { _ in 0 }, indices: Array(filled.indices),
      preparation: plan.preparation)
    let tensor = Tensor(
      shape: [batch.count, batch.channels, batch.height, batch.width], values: batch.pixels)
    let output = try model.features(tensor, at: layer)
    let spatial = output.values.count / (filled.count * width)
    return images.indices.map { n in
      (0..<width).map { c in
        // A map is averaged over its places, as global pooling does.
        let first = (n * width + c) * spatial
        var sum: Float = 0
        for place in first..<(first + spatial) { sum += output.values[place] }
        return sum / Float(spatial)
      }
    }
  }
}
