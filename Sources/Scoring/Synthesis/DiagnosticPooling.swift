// Sensitivity and specificity pooled together: the bivariate model and its summary ROC curve.

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The bivariate model of Reitsma et al. (2005) by restricted maximum likelihood.
///
/// Logit sensitivity and logit false positive rate of N studies are normal about a common mean
/// with covariance Ψ; their sampling errors are independent. Agrees with R's `mada::reitsma`.
public struct DiagnosticPooling: Sendable {
  /// A 2 × 2 symmetric matrix over (sensitivity, false positive rate), both on the logit scale.
  public struct Covariance: Hashable, Sendable {
    public let sensitivity: Double
    public let falsePositiveRate: Double
    public let both: Double

    var determinant: Double { sensitivity * falsePositiveRate - both * both }

    var inverse: Covariance {
      Covariance(
        sensitivity: falsePositiveRate / determinant, falsePositiveRate: sensitivity / determinant,
        both: -both / determinant)
    }

    static func + (left: Self, right: Self) -> Self {
      Covariance(
        sensitivity: left.sensitivity + right.sensitivity,
        falsePositiveRate: left.falsePositiveRate + right.falsePositiveRate,
        both: left.both + right.both)
    }

    func applied(to vector: (Double, Double)) -> (Double, Double) {
      (
        sensitivity * vector.0 + both * vector.1,
        both * vector.0 + falsePositiveRate * vector.1
      )
    }
  }

  /// One study as the model sees it.
  public struct Study: Hashable, Sendable {
    public let sensitivity: Effect
    public let falsePositiveRate: Effect
  }

  public let studies: [Study]
  /// The means on the logit scale.
  public let logitSensitivity: Double
  public let logitFalsePositiveRate: Double
  /// The covariance of the two means.
  public let covariance: Covariance
  /// Ψ, the covariance between studies.
  public let between: Covariance
  /// The restricted log-likelihood, with the constants of R's `mvmeta`.
  public let logLikelihood: Double

  /// Nil for fewer than two studies, or a study without positives or without negatives.
  ///
  /// Where any count of any study is 0, all counts get ½ added (mada's default).
  public init?(_ counts: [BinaryCounts]) {
    guard counts.count >= 2, counts.allSatisfy({ $0.positives > 0 && $0.negatives > 0 }) else {
      return nil
    }
    let hasZero = counts.contains {
      [$0.truePositives, $0.falseNegatives, $0.falsePositives, $0.trueNegatives].contains(0)
    }
    let added = hasZero ? 0.5 : 0
    func effect(_ hits: Int, _ misses: Int) -> Effect? {
      let (x, y) = (Double(hits) + added, Double(misses) + added)
      return Effect(estimate: log(x / y), variance: 1 / x + 1 / y)
    }
    let studies = counts.compactMap { count -> Study? in
      guard let up = effect(count.truePositives, count.falseNegatives),
        let down = effect(count.falsePositives, count.trueNegatives)
      else { return nil }
      return Study(sensitivity: up, falsePositiveRate: down)
    }
    self.studies = studies
    let start = Self.start(studies)
    let root = simplexMinimum(from: start, step: 0.5) {
      -Self.fit(studies, between: Self.square($0)).logLikelihood
    }
    between = Self.square(root)
    let fit = Self.fit(studies, between: between)
    logitSensitivity = fit.means.0
    logitFalsePositiveRate = fit.means.1
    covariance = fit.covariance
    logLikelihood = fit.logLikelihood
  }

  /// The Cholesky factor (l₁₁, l₂₁, l₂₂) of Ψ from the two univariate estimates.
  private static func start(_ studies: [Study]) -> [Double] {
    let deviation = { (effects: [Effect]) in
      let tau = MixedEffects(effects, method: .derSimonianLaird)?.tauSquared ?? 0
      return max(tau, 0.01).squareRoot()
    }
    return [deviation(studies.map(\.sensitivity)), 0, deviation(studies.map(\.falsePositiveRate))]
  }

  /// LL′: every point of the search is a covariance, its edge (no variance) included.
  private static func square(_ root: [Double]) -> Covariance {
    Covariance(
      sensitivity: root[0] * root[0], falsePositiveRate: root[1] * root[1] + root[2] * root[2],
      both: root[0] * root[1])
  }

  /// Generalised least squares for a given Ψ, with the restricted log-likelihood:
  /// −½[(2N − 2)·log 2π − log|X′X| + Σ log|Vᵢ| + Σ rᵢ′Vᵢ⁻¹rᵢ + log|Σ Vᵢ⁻¹|].
  private static func fit(
    _ studies: [Study], between: Covariance
  ) -> (means: (Double, Double), covariance: Covariance, logLikelihood: Double) {
    var precision = Covariance(sensitivity: 0, falsePositiveRate: 0, both: 0)
    var target = (0.0, 0.0)
    var logDeterminants = 0.0
    let inverses = studies.map { study in
      let total =
        between
        + Covariance(
          sensitivity: study.sensitivity.variance,
          falsePositiveRate: study.falsePositiveRate.variance, both: 0)
      let inverse = total.inverse
      logDeterminants += log(total.determinant)
      precision = precision + inverse
      let part = inverse.applied(
        to: (study.sensitivity.estimate, study.falsePositiveRate.estimate))
      target = (target.0 + part.0, target.1 + part.1)
      return inverse
    }
    let covariance = precision.inverse
    let means = covariance.applied(to: target)
    var squares = 0.0
    for (study, inverse) in zip(studies, inverses) {
      let error = (
        study.sensitivity.estimate - means.0, study.falsePositiveRate.estimate - means.1
      )
      let weighted = inverse.applied(to: error)
      squares += error.0 * weighted.0 + error.1 * weighted.1
    }
    let count = Double(studies.count)
    let constant = (2 * count - 2) * log(2 * Double.pi) - 2 * log(count)
    let logLikelihood =
      -0.5 * (constant + logDeterminants + squares + log(precision.determinant))
    return (means, covariance, logLikelihood)
  }

  /// The correlation between studies of logit sensitivity and logit false positive rate; undefined
  /// where one of them does not vary between studies.
  public var correlation: Score {
    let product = between.sensitivity * between.falsePositiveRate
    return product < 1e-14
      ? .undefined(.zeroDenominator) : .value(between.both / product.squareRoot())
  }

  public var sensitivity: Double { Logit.probability(logitSensitivity) }
  public var specificity: Double { 1 - Logit.probability(logitFalsePositiveRate) }

  public func sensitivityInterval(level: Double = 0.95) throws(ScoringError) -> ConfidenceInterval {
    try Self.interval(logitSensitivity, covariance.sensitivity, level)
  }

  public func specificityInterval(level: Double = 0.95) throws(ScoringError) -> ConfidenceInterval {
    try Self.interval(-logitFalsePositiveRate, covariance.falsePositiveRate, level)
  }

  private static func interval(
    _ middle: Double, _ variance: Double, _ level: Double
  ) throws(ScoringError) -> ConfidenceInterval {
    let half = Normal.quantile(1 - (1 - (try checked(level))) / 2) * variance.squareRoot()
    return ConfidenceInterval(
      lower: Logit.probability(middle - half), upper: Logit.probability(middle + half),
      level: level)
  }

  /// The odds ratio of a positive result between those with and without the condition.
  public var diagnosticOddsRatio: Double { exp(logitSensitivity - logitFalsePositiveRate) }
  /// Sensitivity over false positive rate.
  public var positiveLikelihoodRatio: Double { sensitivity / (1 - specificity) }
  /// (1 − sensitivity) over specificity.
  public var negativeLikelihoodRatio: Double { (1 - sensitivity) / specificity }
}
