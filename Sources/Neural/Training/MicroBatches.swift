// Training within a memory limit: a batch in several parts whose gradients are added up.

/// How a batch is computed under a memory limit.
public struct MicroBatches: Sendable, Equatable {
  /// Images computed at a time, in order; one entry when the batch fits as a whole.
  public let sizes: [Int]
  /// What a step takes at its peak.
  public let estimate: MemoryEstimate
  /// How the result differs from that of the whole batch beyond rounding, as a sentence for the
  /// record; nil when it does not.
  ///
  /// Gradients are sums over images, so parts give the same result, with one exception: where
  /// normalisation uses the batch's statistics, those become each part's own.
  public let deviation: String?
}

extension Trainer {
  /// How a batch of `batch` images is computed: as a whole, or in as few parts of nearly equal size
  /// as `TrainingOptions.memoryLimit` asks for. Compiles plans but runs nothing.
  ///
  /// - Throws: `memoryLimit` when not even a single image fits.
  public func microBatches(for batch: Int) throws(NeuralError) -> MicroBatches {
    guard batch > 0 else {
      throw .badOption(name: "batch", value: "\(batch)", expected: "at least 1")
    }
    if let known = microBatchesBySize[batch] { return known }
    let whole = try memoryEstimate(batch: batch)
    var found: MicroBatches?
    if let limit = options.memoryLimit, whole.total > limit {
      found = try split(batch, whole, limit)
    }
    let result = found ?? MicroBatches(sizes: [batch], estimate: whole, deviation: nil)
    microBatchesBySize[batch] = result
    return result
  }

  /// What a step on `batch` images computed at once takes. Compiles the plan but runs nothing.
  public func memoryEstimate(batch: Int) throws(NeuralError) -> MemoryEstimate {
    try memoryEstimate(batch: batch, accumulates: false)
  }

  /// Likewise; or what a step on several batches takes whose gradients are added up.
  func memoryEstimate(batch: Int, accumulates: Bool) throws(NeuralError) -> MemoryEstimate {
    let plan = try plan(batch: batch, updates: !accumulates)
    var estimate = plan.estimate
    let gradients = plan.trained.reduce(0) { $0 + $1.layout.byteCount }
    estimate.parameters = model.store.byteCount
    estimate.gradients = accumulates ? 2 * gradients : 0
    estimate.optimizerState = options.optimizer.stateCount * gradients
    return estimate
  }

  /// What is in use at the fullest step of a batch computed at once, parameters and the optimiser's
  /// state aside.
  public func memoryPeak(batch: Int) throws(NeuralError) -> MemoryPeak {
    try plan(batch: batch, updates: true).peak
  }

  private func split(
    _ batch: Int, _ whole: MemoryEstimate, _ limit: Int
  ) throws(NeuralError) -> MicroBatches {
    var size = batch
    var estimate = whole
    estimate.gradients = 2 * whole.optimizerState / options.optimizer.stateCount
    repeat {
      guard size > 1 else {
        throw .memoryLimit(
          network: model.network.name, limit: limit, needed: estimate.total)
      }
      // Activations grow with the images, the rest stays; a quarter more, as neither holds exactly.
      let room = max(limit - (estimate.total - estimate.activations), 0)
      let guess = Int(Double(size) * Double(room) / Double(max(estimate.activations, 1)))
      size = Self.sizes(of: batch, atMost: max(1, min(size - 1, guess + guess / 4 + 1)))[0]
      releasePlans()
      estimate = try memoryEstimate(batch: size, accumulates: true)
    } while estimate.total > limit
    let sizes = Self.sizes(of: batch, atMost: size)
    return MicroBatches(
      sizes: sizes, estimate: estimate,
      deviation: usesBatchStatistics
        ? """
        batch normalisation took its statistics from \(sizes.count) parts of at most \(size) \
        images, not from all \(batch), to stay within the memory limit
        """ : nil)
  }

  /// As few nearly equal parts as possible, or up to half as many more where that makes them equal:
  /// one plan is enough then.
  static func sizes(of batch: Int, atMost most: Int) -> [Int] {
    let fewest = (batch + most - 1) / most
    let parts =
      (fewest...max(fewest, fewest * 3 / 2)).first { $0 <= batch && batch % $0 == 0 } ?? fewest
    return (0..<parts).map { batch / parts + ($0 < batch % parts ? 1 : 0) }
  }

  /// Whether some normalisation in the trained part works with the batch's statistics.
  var usesBatchStatistics: Bool {
    guard options.batchNorm == .batchStatistics else { return false }
    let layers = model.network.layers
    return layers.indices.contains { index in
      guard index > frozenThrough, case .batchNorm = layers[index].operation else { return false }
      return true
    }
  }
}
