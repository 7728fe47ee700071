// The pooled effect of several studies: estimate, heterogeneity, prediction, leave-one-out.

/// Several studies pooled into one effect, with what is left between them.
///
/// Agrees with R's `metafor::rma(yi, vi)`; the prediction interval is metafor's (the normal's
/// quantile, or t with N − 1 degrees of freedom under Knapp–Hartung).
public struct Pooling: Sendable {
  public let model: MixedEffects

  /// Nil for fewer than two studies: one study cannot be pooled.
  public init?(
    _ effects: [Effect], method: HeterogeneityMethod = .restrictedMaximumLikelihood,
    knappHartung: Bool = false
  ) {
    guard let model = MixedEffects(effects, method: method, knappHartung: knappHartung) else {
      return nil
    }
    self.model = model
  }

  /// The pooled effect.
  public var estimate: Double { model.coefficients[0] }
  public var standardError: Double { model.standardError() }
  public var tauSquared: Double { model.tauSquared }
  public var iSquared: Double { model.iSquared }

  /// Where the mean of all such studies lies.
  public func interval(level: Double = 0.95) throws(ScoringError) -> ConfidenceInterval {
    try model.interval(level: level)
  }

  /// Where the true effect of a further study is expected: ± quantile·√(se² + τ²).
  public func predictionInterval(level: Double = 0.95) throws(ScoringError) -> ConfidenceInterval {
    let spread = (standardError * standardError + tauSquared).squareRoot()
    let half = try model.quantile(level) * spread
    return ConfidenceInterval(lower: estimate - half, upper: estimate + half, level: level)
  }

  /// Each study's share of the pooled effect; they sum to 1.
  public var weights: [Double] {
    let raw = model.effects.map { 1 / ($0.variance + tauSquared) }
    let sum = raw.reduce(0, +)
    return raw.map { $0 / sum }
  }

  /// The pooling of all studies but one, for each study; nil where fewer than two are left.
  public var leaveOneOut: [Pooling?] {
    model.effects.indices.map { index in
      var others = model.effects
      others.remove(at: index)
      return Pooling(others, method: model.method, knappHartung: model.isKnappHartung)
    }
  }
}

/// A test whether small studies report other effects than large ones.
public struct FunnelAsymmetry: Hashable, Sendable {
  /// t of Egger's regression, or z of the mixed-effects model.
  public let statistic: Double
  public let p: Double
  /// The effect that the regression gives a study without sampling error.
  public let limit: Double

  /// Egger's test (1997): effects against their standard errors, weights 1/vᵢ, t with N − 2
  /// degrees of freedom. Nil for fewer than three studies or equal standard errors.
  ///
  /// On the logit scale the error depends on the proportion itself, which alone makes a funnel
  /// lean (Peters et al. 2006): a small p is a question, not a proof of missing studies.
  public static func egger(_ effects: [Effect]) -> FunnelAsymmetry? {
    let degrees = effects.count - 2
    guard degrees > 0,
      let fit = WeightedFit(
        effects.map(\.estimate), design: effects.map { [1, $0.standardError] },
        weights: effects.map { 1 / $0.variance })
    else { return nil }
    let scale = fit.residual / Double(degrees)
    let statistic = fit.coefficients[1] / (scale * fit.covariance[1][1]).squareRoot()
    guard statistic.isFinite else { return nil }
    return FunnelAsymmetry(
      statistic: statistic,
      p: 2 * StudentT.cumulative(-abs(statistic), degrees: Double(degrees)),
      limit: fit.coefficients[0])
  }

  /// The same regression inside the random-effects model (metafor's `regtest`).
  public static func mixedEffects(
    _ effects: [Effect], method: HeterogeneityMethod = .restrictedMaximumLikelihood
  ) -> FunnelAsymmetry? {
    guard
      let model = MixedEffects(
        effects, moderators: [effects.map(\.standardError)], method: method)
    else { return nil }
    return FunnelAsymmetry(
      statistic: model.statistic(of: 1), p: model.p(of: 1), limit: model.coefficients[0])
  }
}
