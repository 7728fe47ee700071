// Whether probabilities mean what they say: reliability bins, expected calibration error, Brier.

/// Probabilities beside what happened, in bins of equal width.
public struct Calibration: Hashable, Sendable {
  /// One bin that holds samples.
  public struct Bin: Hashable, Sendable {
    /// From `lower` (excluded, but for the first bin) to `upper`.
    public let lower: Double
    public let upper: Double
    public let count: Int
    /// The mean probability that was given.
    public let confidence: Double
    /// The share of samples for which it came true.
    public let frequency: Double
  }

  /// The bins that hold samples, by probability.
  public let bins: [Bin]
  /// The mean of |frequency − confidence| over samples (Guo et al. 2017, arXiv:1706.04599).
  public let expectedError: Double
  /// The mean of (probability − outcome)².
  public let brier: Double

  /// Throws when lengths differ or a probability is not within 0…1; nil without samples.
  public init?(
    probabilities: [Double], outcomes: [Bool], binCount: Int = 10
  ) throws(ScoringError) {
    guard probabilities.count == outcomes.count else {
      throw .lengthsDiffer(probabilities.count, outcomes.count)
    }
    if let index = probabilities.firstIndex(where: { !(0...1).contains($0) }) {
      throw .notFinite(index)
    }
    guard !probabilities.isEmpty, binCount > 0 else { return nil }
    var counts = [Int](repeating: 0, count: binCount)
    var sums = [Double](repeating: 0, count: binCount)
    var hits = counts
    var squares = 0.0
    for (p, isTrue) in zip(probabilities, outcomes) {
      let bin = min(binCount - 1, max(0, Int((p * Double(binCount)).rounded(.up)) - 1))
      counts[bin] += 1
      sums[bin] += p
      hits[bin] += isTrue ? 1 : 0
      squares += (p - (isTrue ? 1 : 0)) * (p - (isTrue ? 1 : 0))
    }
    let total = Double(probabilities.count)
    var bins: [Bin] = []
    var error = 0.0
    for bin in 0..<binCount where counts[bin] > 0 {
      let n = Double(counts[bin])
      let found = Bin(
        lower: Double(bin) / Double(binCount), upper: Double(bin + 1) / Double(binCount),
        count: counts[bin], confidence: sums[bin] / n, frequency: Double(hits[bin]) / n)
      error += n / total * abs(found.frequency - found.confidence)
      bins.append(found)
    }
    self.bins = bins
    expectedError = error
    brier = squares / total
  }
}
