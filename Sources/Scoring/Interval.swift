// Confidence intervals of proportions.

/// A confidence interval.
public struct ConfidenceInterval: Hashable, Sendable {
  public let lower: Double
  public let upper: Double
  /// The confidence level, 0.95 for a 95 % interval.
  public let level: Double

  public init(lower: Double, upper: Double, level: Double) {
    self.lower = lower
    self.upper = upper
    self.level = level
  }
}

/// A number of successes out of a number of trials: accuracy, sensitivity, specificity, …
public struct Proportion: Hashable, Sendable {
  public let successes: Int
  public let trials: Int

  /// Throws unless 0 ≤ successes ≤ trials and trials > 0.
  public init(successes: Int, trials: Int) throws(ScoringError) {
    guard trials > 0, successes >= 0, successes <= trials else {
      throw .countsOutOfRange(successes: successes, trials: trials)
    }
    self.successes = successes
    self.trials = trials
  }

  /// successes / trials.
  public var estimate: Double { Double(successes) / Double(trials) }

  /// Wilson's score interval, which keeps its level near 0 and 1 (Wilson 1927).
  public func wilson(level: Double = 0.95) throws(ScoringError) -> ConfidenceInterval {
    let z = Normal.quantile(1 - (1 - (try checked(level))) / 2)
    let n = Double(trials)
    let middle = estimate + z * z / (2 * n)
    let half = z * (estimate * (1 - estimate) / n + z * z / (4 * n * n)).squareRoot()
    let scale = 1 + z * z / n
    return ConfidenceInterval(
      lower: successes == 0 ? 0 : (middle - half) / scale,
      upper: successes == trials ? 1 : (middle + half) / scale, level: level)
  }

  /// The exact interval of Clopper and Pearson (1934), never below its level.
  public func clopperPearson(level: Double = 0.95) throws(ScoringError) -> ConfidenceInterval {
    let tail = (1 - (try checked(level))) / 2
    let x = Double(successes)
    let n = Double(trials)
    return ConfidenceInterval(
      lower: successes == 0 ? 0 : Beta.quantile(tail, x, n - x + 1),
      upper: successes == trials ? 1 : Beta.quantile(1 - tail, x + 1, n - x), level: level)
  }
}

/// A confidence level, or an error when it is not between 0 and 1.
func checked(_ level: Double) throws(ScoringError) -> Double {
  guard level > 0, level < 1 else { throw .levelOutOfRange(level) }
  return level
}
