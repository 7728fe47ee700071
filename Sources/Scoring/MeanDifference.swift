// Differences of means over seeds: paired, and of groups that share nothing.

/// A difference of two means with its t interval and p value.
public struct MeanDifference: Hashable, Sendable {
  /// Mean of the second minus mean of the first.
  public let difference: Double
  public let standardError: Double
  public let degrees: Double

  /// Of pairs: the i-th values belong together. Nil with fewer than two pairs.
  /// - Parameter testShare: test samples per training sample, where every pair comes from a random
  ///   split of the same samples. Such splits overlap, so that n of them tell less than n pairs: the
  ///   variance of the mean is s²·(1/n + share) (Nadeau & Bengio 2003,
  ///   doi:10.1023/A:1024068626366). 0 where pairs are independent.
  public static func paired(
    _ first: [Double], _ second: [Double], testShare: Double = 0
  ) -> MeanDifference? {
    guard first.count == second.count, first.count > 1 else { return nil }
    let (mean, variance) = spread(zip(first, second).map { $1 - $0 })
    let n = Double(first.count)
    return MeanDifference(
      difference: mean, standardError: (variance * (1 / n + testShare)).squareRoot(),
      degrees: n - 1)
  }

  /// Of two groups with variances of their own (Welch 1947, doi:10.1093/biomet/34.1-2.28). Nil where
  /// a group has fewer than two values.
  public static func unpaired(_ first: [Double], _ second: [Double]) -> MeanDifference? {
    guard first.count > 1, second.count > 1 else { return nil }
    let (a, b) = (spread(first), spread(second))
    let (n, m) = (Double(first.count), Double(second.count))
    let (u, v) = (a.variance / n, b.variance / m)
    let degrees =
      u + v > 0 ? (u + v) * (u + v) / (u * u / (n - 1) + v * v / (m - 1)) : n + m - 2
    return MeanDifference(
      difference: b.mean - a.mean, standardError: (u + v).squareRoot(), degrees: degrees)
  }

  /// difference ± t·standard error.
  public func interval(level: Double = 0.95) throws(ScoringError) -> ConfidenceInterval {
    let t = StudentT.quantile(1 - (1 - (try checked(level))) / 2, degrees: degrees)
    return ConfidenceInterval(
      lower: difference - t * standardError, upper: difference + t * standardError, level: level)
  }

  /// The two-sided p value of no difference; nil where nothing varies.
  public var p: Double? {
    guard standardError > 0 else { return nil }
    return 2 * StudentT.cumulative(-abs(difference / standardError), degrees: degrees)
  }

  private static func spread(_ values: [Double]) -> (mean: Double, variance: Double) {
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    return (mean, values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1))
  }
}
