// What is pooled: one estimate per study on a scale where errors are about normal.

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A study's estimate with the variance of its sampling error.
public struct Effect: Hashable, Sendable {
  public let estimate: Double
  public let variance: Double

  /// Nil unless the estimate is finite and the variance finite and positive.
  public init?(estimate: Double, variance: Double) {
    guard estimate.isFinite, variance.isFinite, variance > 0 else { return nil }
    self.estimate = estimate
    self.variance = variance
  }

  private init(checked estimate: Double, _ variance: Double) {
    self.estimate = estimate
    self.variance = variance
  }

  public var standardError: Double { variance.squareRoot() }

  /// A proportion on the logit scale: log(x/(n − x)) with variance 1/x + 1/(n − x).
  ///
  /// Where x is 0 or n, both x and n − x get ½ added, as metafor's `escalc(measure="PLO")` does.
  public static func logit(of proportion: Proportion) -> Effect {
    let failures = proportion.trials - proportion.successes
    let added = proportion.successes == 0 || failures == 0 ? 0.5 : 0
    let x = Double(proportion.successes) + added
    let y = Double(failures) + added
    return Effect(checked: log(x / y), 1 / x + 1 / y)
  }
}

/// The logit scale: log(p/(1 − p)) and back.
public enum Logit {
  /// log(p/(1 − p)); ±∞ at 1 and 0.
  public static func of(_ probability: Double) -> Double { log(probability / (1 - probability)) }

  /// The probability whose logit is `x`.
  public static func probability(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
}
