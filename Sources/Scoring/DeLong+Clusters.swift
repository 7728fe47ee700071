// The area's variance where samples come in clusters: several images of one patient.

extension DeLong {
  /// The variance of the area when samples of one cluster depend on each other (Obuchowski 1997,
  /// doi:10.2307/2533958); that of DeLong with one sample in each cluster.
  ///
  /// Undefined where fewer than two clusters have a positive, or a negative.
  /// - Parameter clusters: one number per sample, the same for samples of one patient.
  public func clusteredVariance(_ clusters: [Int]) throws(ScoringError) -> Score {
    try Self.variance(of: positiveComponents, negativeComponents, mean: area, self, clusters)
  }

  /// Tests whether two classifiers scored on the same samples, several of them of one patient, have
  /// the same area; as ``test(_:_:)`` with the variance between clusters.
  public static func test(
    _ first: DeLong, _ second: DeLong, clusters: [Int]
  ) throws(ScoringError) -> (z: Double, p: Double)? {
    guard first.isPositive == second.isPositive else { return nil }
    // The difference of two areas has the difference of their components.
    let score = try variance(
      of: zip(first.positiveComponents, second.positiveComponents).map { $0 - $1 },
      zip(first.negativeComponents, second.negativeComponents).map { $0 - $1 },
      mean: first.area - second.area, first, clusters)
    guard let variance = score.value, variance > 0 else { return nil }
    return statistic(first.area - second.area, variance)
  }

  /// S₁₀/M + S₀₁/N + 2·S₁₁/(M·N) of the sums of each cluster's deviations from the mean.
  private static func variance(
    of positive: [Double], _ negative: [Double], mean: Double, _ sample: DeLong, _ clusters: [Int]
  ) throws(ScoringError) -> Score {
    guard clusters.count == sample.isPositive.count else {
      throw .lengthsDiffer(sample.isPositive.count, clusters.count)
    }
    var sums: [Int: (up: Double, down: Double, ups: Int, downs: Int)] = [:]
    var (up, down) = (0, 0)
    for (cluster, isPositive) in zip(clusters, sample.isPositive) {
      var sum = sums[cluster] ?? (0, 0, 0, 0)
      if isPositive {
        sum.up += positive[up] - mean
        sum.ups += 1
        up += 1
      } else {
        sum.down += negative[down] - mean
        sum.downs += 1
        down += 1
      }
      sums[cluster] = sum
    }
    let all = sums.keys.sorted().compactMap { sums[$0] }
    let withPositives = Double(all.count { $0.ups > 0 })
    let withNegatives = Double(all.count { $0.downs > 0 })
    guard withPositives > 1 else { return .undefined(.noPositives) }
    guard withNegatives > 1 else { return .undefined(.noNegatives) }
    let (m, n, k) = (Double(up), Double(down), Double(all.count))
    let s10 = withPositives / (withPositives - 1) * all.reduce(0) { $0 + $1.up * $1.up }
    let s01 = withNegatives / (withNegatives - 1) * all.reduce(0) { $0 + $1.down * $1.down }
    let s11 = k / (k - 1) * all.reduce(0) { $0 + $1.up * $1.down }
    return .value(max(0, s10 / (m * m) + s01 / (n * n) + 2 * s11 / (m * n)))
  }
}
