// McNemar's test where samples come in clusters: several images of one patient.

/// Two classifiers on the same samples, of which several come from one patient.
///
/// Images of a patient are right or wrong together, so that McNemar's test, which takes them as
/// independent, finds differences that are none. Here whole patients count: were the two classifiers
/// equally good, a patient's gain (images that the second alone gets right, minus those that the
/// first alone does) would have either sign alike. With one sample in each cluster both p values are
/// those of ``McNemar``.
public struct ClusteredMcNemar: Hashable, Sendable {
  /// Samples that the first alone gets right.
  public let firstOnly: Int
  /// Samples that the second alone gets right.
  public let secondOnly: Int
  /// All samples.
  public let count: Int
  /// How many clusters they come from.
  public let clusters: Int
  /// Per cluster: its samples, and the second's right answers minus the first's.
  private let tallies: [Tally]

  private struct Tally: Hashable {
    var size = 0
    var gain = 0
  }

  /// Counts the samples; all lists are in the same order of samples.
  /// - Parameter cluster: the same number for samples of one patient.
  public init(
    firstIsRight: [Bool], secondIsRight: [Bool], cluster: [Int]
  ) throws(ScoringError) {
    guard cluster.count == firstIsRight.count else {
      throw .lengthsDiffer(firstIsRight.count, cluster.count)
    }
    let whole = try McNemar(firstIsRight: firstIsRight, secondIsRight: secondIsRight)
    firstOnly = whole.firstOnly
    secondOnly = whole.secondOnly
    count = whole.count
    var tallies: [Int: Tally] = [:]
    for index in cluster.indices {
      tallies[cluster[index], default: Tally()].size += 1
      tallies[cluster[index], default: Tally()].gain +=
        (secondIsRight[index] ? 1 : 0) - (firstIsRight[index] ? 1 : 0)
    }
    clusters = tallies.count
    self.tallies = tallies.keys.sorted().compactMap { tallies[$0] }
  }

  /// Accuracy of the second minus that of the first.
  public var difference: Double { Double(secondOnly - firstOnly) / Double(count) }

  /// The two-sided p value over all 2ᴷ choices of the clusters' signs, exact.
  public var exact: Double { tails.atLeast }

  /// The same with half of the probability of what was seen, as ``McNemar/midP``.
  public var midP: Double {
    secondOnly == firstOnly ? 1 : max(0, tails.atLeast - tails.equal / 2)
  }

  /// difference ± t·√variance with the variance between clusters, K − 1 degrees of freedom
  /// (Obuchowski 1998, doi:10.1002/(SICI)1097-0258(19980715)17:13<1495::AID-SIM863>3.0.CO;2-I);
  /// nil with a single cluster or where all clusters gain alike.
  public func interval(level: Double = 0.95) throws(ScoringError) -> ConfidenceInterval? {
    let upper = 1 - (1 - (try checked(level))) / 2
    guard clusters > 1 else { return nil }
    let k = Double(clusters)
    let squares = tallies.reduce(0.0) { sum, tally in
      let excess = Double(tally.gain) - Double(tally.size) * difference
      return sum + excess * excess
    }
    let error = (k / (k - 1) * squares).squareRoot() / Double(count)
    guard error > 0 else { return nil }
    let half = StudentT.quantile(upper, degrees: k - 1) * error
    return ConfidenceInterval(
      lower: max(-1, difference - half), upper: min(1, difference + half), level: level)
  }

  /// P(|T| ≥ |t|) and P(|T| = |t|) for the sum T of the clusters' gains with random signs.
  private var tails: (atLeast: Double, equal: Double) {
    let gains = tallies.map { abs($0.gain) }.filter { $0 > 0 }
    let reach = gains.reduce(0, +)
    // The chance of every sum from −reach to reach, one cluster after the other.
    var chances = [Double](repeating: 0, count: 2 * reach + 1)
    chances[reach] = 1
    var span = 0
    for gain in gains {
      var next = [Double](repeating: 0, count: 2 * reach + 1)
      for sum in -span...span where chances[reach + sum] > 0 {
        let half = chances[reach + sum] / 2
        next[reach + sum + gain] += half
        next[reach + sum - gain] += half
      }
      chances = next
      span += gain
    }
    let seen = abs(secondOnly - firstOnly)
    guard seen > 0 else { return (1, chances[reach]) }
    let beyond = (reach + seen)..<chances.count
    return (min(1, 2 * chances[beyond].reduce(0, +)), 2 * chances[reach + seen])
  }
}
