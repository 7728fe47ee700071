// McNemar's test of two classifiers on the same samples, exact and mid-p.

#if canImport(Glibc)
  import Glibc
#endif

/// Two classifiers on the same samples, by the samples that one of them alone gets right (McNemar
/// 1947, doi:10.1007/BF02295996).
public struct McNemar: Hashable, Sendable {
  /// Samples that the first alone gets right.
  public let firstOnly: Int
  /// Samples that the second alone gets right.
  public let secondOnly: Int
  /// All samples.
  public let count: Int

  /// Throws unless the counts are possible.
  public init(firstOnly: Int, secondOnly: Int, count: Int) throws(ScoringError) {
    guard firstOnly >= 0, secondOnly >= 0, count > 0, count - firstOnly >= secondOnly else {
      throw .countsOutOfRange(successes: firstOnly, trials: count)
    }
    self.firstOnly = firstOnly
    self.secondOnly = secondOnly
    self.count = count
  }

  /// Counts the samples; both lists are in the same order of samples.
  public init(firstIsRight: [Bool], secondIsRight: [Bool]) throws(ScoringError) {
    guard firstIsRight.count == secondIsRight.count else {
      throw .lengthsDiffer(firstIsRight.count, secondIsRight.count)
    }
    let pairs = zip(firstIsRight, secondIsRight)
    try self.init(
      firstOnly: pairs.count { $0 && !$1 }, secondOnly: pairs.count { !$0 && $1 },
      count: firstIsRight.count)
  }

  /// Accuracy of the second minus that of the first.
  public var difference: Double { Double(secondOnly - firstOnly) / Double(count) }

  /// The two-sided p value of the exact binomial test; 1 where the two never disagree.
  public var exact: Double { min(1, 2 * lowerTail) }

  /// The two-sided mid-p value, less conservative than the exact one (Fagerland et al. 2013,
  /// doi:10.1186/1471-2288-13-91); 1 where the two never disagree.
  public var midP: Double { min(1, 2 * lowerTail - point) }

  /// The interval of ``difference``: Wald with one sample added to each kind of disagreement
  /// (Bonett & Price 2012, doi:10.3102/1076998611411915).
  public func interval(level: Double = 0.95) throws(ScoringError) -> ConfidenceInterval {
    let z = Normal.quantile(1 - (1 - (try checked(level))) / 2)
    let n = Double(count) + 2
    let up = (Double(secondOnly) + 1) / n
    let down = (Double(firstOnly) + 1) / n
    let half = z * ((up + down - (up - down) * (up - down)) / n).squareRoot()
    return ConfidenceInterval(
      lower: max(-1, up - down - half), upper: min(1, up - down + half), level: level)
  }

  private var disagreements: Int { firstOnly + secondOnly }
  private var fewer: Int { min(firstOnly, secondOnly) }

  /// P(X ≤ the smaller count) with X binomial (disagreements, ½).
  private var lowerTail: Double {
    guard disagreements > 0 else { return 0.5 }
    return Beta.cumulative(0.5, Double(disagreements - fewer), Double(fewer) + 1)
  }

  /// P(X = the smaller count).
  private var point: Double {
    guard disagreements > 0 else { return 0 }
    let (n, k) = (Double(disagreements), Double(fewer))
    return exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) - n * log(2))
  }
}
