// DeLong's variance of the area under the ROC curve and the test of two correlated areas.

/// The area under the ROC curve with its structural components (DeLong et al. 1988).
///
/// Components are computed from mid-ranks in O(n log n) (Sun & Xu 2014,
/// doi:10.1109/LSP.2014.2337313).
public struct DeLong: Sendable {
  /// The area.
  public let area: Double
  /// Per positive: the share of negatives it outranks, ties counting half.
  let positiveComponents: [Double]
  /// Per negative: the share of positives that outrank it.
  let negativeComponents: [Double]
  /// In the order of the samples.
  let isPositive: [Bool]

  /// Nil when one of the classes is missing.
  public init?(scores: [Double], isPositive: [Bool]) throws(ScoringError) {
    let ranking = try Ranking(scores: scores, isPositive: isPositive)
    guard case .value(let area) = ranking.rocAUC else { return nil }
    self.area = area
    self.isPositive = isPositive
    let up = zip(scores, isPositive).filter(\.1).map(\.0)
    let down = zip(scores, isPositive).filter { !$0.1 }.map(\.0)
    positiveComponents = Self.shareBelow(up, among: down)
    negativeComponents = Self.shareBelow(down, among: up).map { 1 - $0 }
  }

  private static func shareBelow(_ values: [Double], among others: [Double]) -> [Double] {
    let sorted = others.sorted()
    return values.map { value in
      let below = firstIndex(in: sorted) { $0 >= value }
      let upTo = firstIndex(in: sorted) { $0 > value }
      return (Double(below) + Double(upTo - below) / 2) / Double(sorted.count)
    }
  }

  private static func firstIndex(in sorted: [Double], where test: (Double) -> Bool) -> Int {
    var low = 0
    var high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      if test(sorted[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// The variance of the area; undefined with a single positive or negative.
  public var variance: Score {
    guard positiveComponents.count > 1 else { return .undefined(.noPositives) }
    guard negativeComponents.count > 1 else { return .undefined(.noNegatives) }
    return .value(Self.covariance(self, self))
  }

  /// area ± z·√variance, cut to 0 … 1; nil where the variance is undefined.
  /// - Parameter clusters: one number per sample, the same for samples of one patient, where several
  ///   samples come from one (see ``clusteredVariance(_:)``).
  public func interval(
    level: Double = 0.95, clusters: [Int]? = nil
  ) throws(ScoringError) -> ConfidenceInterval? {
    let z = Normal.quantile(1 - (1 - (try checked(level))) / 2)
    let found = try clusters.map { (keys) throws(ScoringError) in try clusteredVariance(keys) }
    guard let variance = (found ?? variance).value else { return nil }
    let half = z * variance.squareRoot()
    return ConfidenceInterval(
      lower: max(0, area - half), upper: min(1, area + half), level: level)
  }

  /// Tests whether two classifiers scored on the same samples have the same area.
  ///
  /// The z statistic is that of first minus second; the p value is two-sided. Nil when the variance
  /// of the difference is zero or the two do not share their samples.
  public static func test(_ first: DeLong, _ second: DeLong) -> (z: Double, p: Double)? {
    guard first.positiveComponents.count == second.positiveComponents.count,
      first.negativeComponents.count == second.negativeComponents.count,
      first.positiveComponents.count > 1, first.negativeComponents.count > 1
    else { return nil }
    let variance =
      covariance(first, first) + covariance(second, second) - 2 * covariance(first, second)
    guard variance > 0 else { return nil }
    return statistic(first.area - second.area, variance)
  }

  static func statistic(_ difference: Double, _ variance: Double) -> (z: Double, p: Double) {
    let z = difference / variance.squareRoot()
    return (z, 2 * Normal.cumulative(-abs(z)))
  }

  private static func covariance(_ first: DeLong, _ second: DeLong) -> Double {
    func part(_ left: [Double], _ right: [Double]) -> Double {
      let count = Double(left.count)
      let leftMean = left.reduce(0, +) / count
      let rightMean = right.reduce(0, +) / count
      let sum = zip(left, right).reduce(0) { $0 + ($1.0 - leftMean) * ($1.1 - rightMean) }
      return sum / (count - 1) / count
    }
    return part(first.positiveComponents, second.positiveComponents)
      + part(first.negativeComponents, second.negativeComponents)
  }
}
