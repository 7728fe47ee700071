// Proportions whose numbers of trials nobody prints: their plain mean on the logit scale.

/// The unweighted mean of proportions on the logit scale, with intervals from their spread alone.
///
/// Where no study says how many units it evaluated, nothing is known of each value's sampling error:
/// studies count alike, and the spread between values holds sampling error and heterogeneity
/// together, so that there is neither τ² nor I². The interval of the mean, ± t·s/√k, and that of one
/// further study, ± t·s·√(1 + 1/k), need no n.
public struct UnweightedPooling: Hashable, Sendable {
  public let count: Int
  /// The mean logit.
  public let estimate: Double
  /// Of the logits, k − 1 in the denominator.
  public let deviation: Double

  /// Nil for fewer than two values, and where one is not between 0 and 1, both left out.
  public init?(_ probabilities: [Double]) {
    guard probabilities.count > 1, probabilities.allSatisfy({ $0 > 0 && $0 < 1 }) else {
      return nil
    }
    let logits = probabilities.map(Logit.of)
    let k = Double(logits.count)
    let mean = logits.reduce(0, +) / k
    let squares = logits.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    count = logits.count
    estimate = mean
    deviation = (squares / (k - 1)).squareRoot()
  }

  /// Of the mean, as probabilities.
  public func interval(level: Double = 0.95) throws(ScoringError) -> ConfidenceInterval {
    try around(times: (1 / Double(count)).squareRoot(), level)
  }

  /// Where one further study would fall, as probabilities.
  public func predictionInterval(level: Double = 0.95) throws(ScoringError) -> ConfidenceInterval {
    try around(times: (1 + 1 / Double(count)).squareRoot(), level)
  }

  private func around(
    times factor: Double, _ level: Double
  ) throws(ScoringError) -> ConfidenceInterval {
    let t = StudentT.quantile(
      1 - (1 - (try checked(level))) / 2, degrees: Double(count) - 1)
    let half = t * deviation * factor
    return ConfidenceInterval(
      lower: Logit.probability(estimate - half), upper: Logit.probability(estimate + half),
      level: level)
  }
}
