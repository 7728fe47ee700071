// The random-effects model with moderators: τ² by REML or DerSimonian–Laird, then the coefficients.

/// How the variance between studies is estimated.
public enum HeterogeneityMethod: String, Hashable, Sendable, CaseIterable {
  /// Restricted maximum likelihood, by Fisher scoring (Viechtbauer 2005).
  case restrictedMaximumLikelihood = "REML"
  /// The moment estimator of DerSimonian and Laird (1986).
  case derSimonianLaird = "DL"
  /// No variance between studies: one common effect.
  case common = "CE"
}

/// yᵢ = xᵢβ + uᵢ + eᵢ with var uᵢ = τ² and var eᵢ known; the first column of x is 1.
///
/// Agrees with R's `metafor::rma(yi, vi, mods = …)`.
public struct MixedEffects: Sendable {
  public let effects: [Effect]
  public let method: HeterogeneityMethod
  /// Intercept first, then one coefficient per moderator.
  public let coefficients: [Double]
  /// The covariance of the coefficients, scaled by the residual mean square under Knapp–Hartung.
  public let covariance: [[Double]]
  /// The variance between studies, never negative.
  public let tauSquared: Double
  /// The standard error of τ²; 0 for the common effect.
  public let tauSquaredError: Double
  /// Cochran's Q of the residuals, with weights 1/vᵢ.
  public let q: Double
  /// N − P.
  public let degrees: Int
  /// Whether tests and intervals are Knapp and Hartung's (2003), with t instead of the normal.
  public let isKnappHartung: Bool
  /// tr(P) with weights 1/vᵢ, from which the typical sampling variance comes.
  private let commonTrace: Double
  private let design: [[Double]]

  /// - Parameter moderators: one array of N numbers per moderator.
  ///
  /// Nil when there are not more studies than coefficients, or moderators are collinear.
  public init?(
    _ effects: [Effect], moderators: [[Double]] = [], method: HeterogeneityMethod,
    knappHartung: Bool = false
  ) {
    let degrees = effects.count - moderators.count - 1
    guard degrees > 0, moderators.allSatisfy({ $0.count == effects.count }) else { return nil }
    let design = effects.indices.map { index in [1.0] + moderators.map { $0[index] } }
    let outcomes = effects.map(\.estimate)
    func fit(_ tauSquared: Double) -> WeightedFit? {
      WeightedFit(
        outcomes, design: design, weights: effects.map { 1 / ($0.variance + tauSquared) })
    }
    guard let common = fit(0) else { return nil }
    let trace = common.trace
    let moment = max(0, (common.residual - Double(degrees)) / trace)
    var tauSquared = 0.0
    var error = 0.0
    switch method {
    case .common: break
    case .derSimonianLaird:
      tauSquared = moment
      let spread = 2 * Double(degrees) + 4 * moment * trace
      error = ((spread + 2 * moment * moment * common.squaredTrace)).squareRoot() / trace
    case .restrictedMaximumLikelihood:
      tauSquared = Self.restrictedMaximum(from: moment, fit)
      guard let last = fit(tauSquared) else { return nil }
      error = (2 / last.squaredTrace).squareRoot()
    }
    guard let final = fit(tauSquared) else { return nil }
    let scale = knappHartung ? final.residual / Double(degrees) : 1
    self.effects = effects
    self.method = method
    coefficients = final.coefficients
    covariance = final.covariance.map { $0.map { $0 * scale } }
    self.tauSquared = tauSquared
    tauSquaredError = error
    q = common.residual
    self.degrees = degrees
    isKnappHartung = knappHartung
    commonTrace = trace
    self.design = design
  }

  /// Fisher scoring: τ² += (y′PPy − tr P)/tr PP, halving steps that leave τ² ≥ 0.
  private static func restrictedMaximum(
    from start: Double, _ fit: (Double) -> WeightedFit?
  ) -> Double {
    func step(_ tauSquared: Double) -> Double {
      guard let fit = fit(tauSquared) else { return 0 }
      return (fit.squaredResidual - fit.trace) / fit.squaredTrace
    }
    var tauSquared = start
    for _ in 0..<1_000 {
      var change = step(tauSquared)
      if tauSquared + change < 0 {
        if step(0) <= 0 { return 0 }
        while tauSquared + change < 0 { change /= 2 }
      }
      tauSquared += change
      if abs(change) <= 1e-14 * (1 + tauSquared) { break }
    }
    return tauSquared
  }

  /// The standard error of a coefficient.
  public func standardError(of coefficient: Int = 0) -> Double {
    covariance[coefficient][coefficient].squareRoot()
  }

  /// A coefficient over its standard error.
  public func statistic(of coefficient: Int = 0) -> Double {
    coefficients[coefficient] / standardError(of: coefficient)
  }

  /// The two-sided p of a coefficient being 0: normal, or t with N − P degrees of freedom.
  public func p(of coefficient: Int = 0) -> Double {
    let statistic = -abs(statistic(of: coefficient))
    return isKnappHartung
      ? 2 * StudentT.cumulative(statistic, degrees: Double(degrees))
      : 2 * Normal.cumulative(statistic)
  }

  /// coefficient ± quantile · standard error.
  public func interval(
    of coefficient: Int = 0, level: Double = 0.95
  ) throws(ScoringError) -> ConfidenceInterval {
    let half = try quantile(level) * standardError(of: coefficient)
    let middle = coefficients[coefficient]
    return ConfidenceInterval(lower: middle - half, upper: middle + half, level: level)
  }

  /// The quantile that intervals of this level use.
  func quantile(_ level: Double) throws(ScoringError) -> Double {
    let probability = 1 - (1 - (try checked(level))) / 2
    return isKnappHartung
      ? StudentT.quantile(probability, degrees: Double(degrees)) : Normal.quantile(probability)
  }

  /// P(χ² > Q): how surprising the spread is without heterogeneity.
  public var qP: Double { ChiSquared.upperTail(q, degrees: Double(degrees)) }

  /// The sampling variance of a typical study (Higgins & Thompson 2002).
  public var typicalVariance: Double { Double(degrees) / commonTrace }

  /// I² as a fraction: the share of the variance that is between studies.
  public var iSquared: Double {
    method == .common
      ? (q > 0 ? max(0, (q - Double(degrees)) / q) : 0)
      : tauSquared / (tauSquared + typicalVariance)
  }

  /// H²: the whole variance over the sampling variance.
  public var hSquared: Double {
    method == .common ? q / Double(degrees) : 1 + tauSquared / typicalVariance
  }

  /// The interval of τ² by the Q profile (Viechtbauer 2007), exact under normality.
  public func tauSquaredInterval(level: Double = 0.95) throws(ScoringError) -> ConfidenceInterval {
    let tail = (1 - (try checked(level))) / 2
    let outcomes = effects.map(\.estimate)
    func generalisedQ(_ tauSquared: Double) -> Double {
      let weights = effects.map { 1 / ($0.variance + tauSquared) }
      return WeightedFit(outcomes, design: design, weights: weights)?.residual ?? 0
    }
    /// The τ² at which Q falls to the quantile of χ² with this upper tail; 0 when it starts below.
    func root(upperTail: Double) -> Double {
      let target = chiSquaredQuantile(upperTail: upperTail, degrees: Double(degrees))
      guard generalisedQ(0) > target else { return 0 }
      var high = max(typicalVariance, tauSquared)
      while generalisedQ(high) > target, high < 1e12 { high *= 2 }
      return bisect(-target, low: 0, high: high) { -generalisedQ($0) }
    }
    return ConfidenceInterval(
      lower: root(upperTail: tail), upper: root(upperTail: 1 - tail), level: level)
  }
}

/// The x with P(χ² > x) = `upperTail`.
func chiSquaredQuantile(upperTail: Double, degrees: Double) -> Double {
  var high = max(1, degrees)
  while ChiSquared.upperTail(high, degrees: degrees) > upperTail { high *= 2 }
  return bisect(-upperTail, low: 0, high: high) { -ChiSquared.upperTail($0, degrees: degrees) }
}
