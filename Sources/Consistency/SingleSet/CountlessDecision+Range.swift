// Bounds of scores over ranges of sensitivity, specificity and prevalence.

extension CountlessDecision {
  /// Bounds of a score over a box of rates.
  static func range(
    _ constraint: CountConstraint, _ recall: Span, _ specificity: Span, _ prevalence: Span
  ) -> Span {
    func at(_ kind: ScoreKind, _ se: Double, _ sp: Double, _ share: Double) -> Double {
      let probe = CountConstraint(kind: kind, interval: constraint.interval)
      return probe.rate(share * se, (1 - share) * sp, share, 1 - share)
    }
    func corners(_ kind: ScoreKind, _ shareLow: Double, _ shareHigh: Double) -> Span {
      Span(
        low: at(kind, recall.low, specificity.low, shareLow),
        high: at(kind, recall.high, specificity.high, shareHigh))
    }
    let (low, high) = (prevalence.low, prevalence.high)
    switch constraint.kind {
    case .recall, .specificity, .balancedAccuracy, .informedness, .geometricMean,
      .positiveLikelihoodRatio, .diagnosticOddsRatio:
      return corners(constraint.kind, low, low)
    case .falseNegativeRate, .falsePositiveRate, .negativeLikelihoodRatio, .prevalenceThreshold:
      return Span(
        low: at(constraint.kind, recall.high, specificity.high, low),
        high: at(constraint.kind, recall.low, specificity.low, low))
    // Rise with prevalence.
    case .precision, .f1, .jaccard, .fowlkesMallows: return corners(constraint.kind, low, high)
    case .fBeta:
      return Span(
        low: constraint.rate(low * recall.low, (1 - low) * specificity.low, low, 1 - low),
        high: constraint.rate(high * recall.high, (1 - high) * specificity.high, high, 1 - high))
    case .fBetaMinus:
      return Span(
        low: constraint.rate(high * recall.low, (1 - high) * specificity.low, high, 1 - high),
        high: constraint.rate(low * recall.high, (1 - low) * specificity.high, low, 1 - low))
    // Fall with prevalence.
    case .negativePredictiveValue, .fMinus: return corners(constraint.kind, high, low)
    case .falseDiscoveryRate:
      let other = corners(.precision, low, high)
      return Span(low: 1 - other.high, high: 1 - other.low)
    case .falseOmissionRate:
      let other = corners(.negativePredictiveValue, high, low)
      return Span(low: 1 - other.high, high: 1 - other.low)
    case .accuracy, .errorRate:
      // Linear in prevalence.
      let least = min(
        at(.accuracy, recall.low, specificity.low, low),
        at(.accuracy, recall.low, specificity.low, high))
      let most = max(
        at(.accuracy, recall.high, specificity.high, low),
        at(.accuracy, recall.high, specificity.high, high))
      return constraint.kind == .accuracy
        ? Span(low: least, high: most) : Span(low: 1 - most, high: 1 - least)
    case .markedness, .matthews, .unifiedPerformanceMeasure, .kappa:
      return composed(
        constraint.kind, recall, specificity, prevalence, corners(.precision, low, high),
        corners(.negativePredictiveValue, high, low))
    }
  }

  /// Scores made of sensitivity, specificity and both predictive values.
  private static func composed(
    _ kind: ScoreKind, _ recall: Span, _ specificity: Span, _ prevalence: Span,
    _ precision: Span, _ negative: Span
  ) -> Span {
    let parts = [recall, specificity, precision, negative]
    switch kind {
    case .markedness:
      return Span(low: precision.low + negative.low - 1, high: precision.high + negative.high - 1)
    case .matthews:
      // √(Se·Sp·PPV·NPV) − √((1 − Se)(1 − Sp)(1 − PPV)(1 − NPV)).
      func value(_ pick: (Span) -> Double) -> Double {
        parts.reduce(1) { $0 * pick($1) }.squareRoot()
          - parts.reduce(1) { $0 * (1 - pick($1)) }.squareRoot()
      }
      return Span(low: value(\.low), high: value(\.high))
    case .unifiedPerformanceMeasure:
      // Their harmonic mean.
      func value(_ pick: (Span) -> Double) -> Double {
        parts.contains { pick($0) <= 0 } ? 0 : 4 / parts.reduce(0) { $0 + 1 / pick($1) }
      }
      return Span(low: value(\.low), high: value(\.high))
    default:
      // κ = 2x·J/(q(1 − π) + π(1 − q)) with x = π(1 − π), J = Se + Sp − 1, q = predicted share;
      // the denominator equals x(1 + J) + (1 − π)²(1 − Sp) + π²(1 − Se).
      func pair(_ a: Span, _ b: Span) -> Span {
        let all = [a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high]
        return Span(low: all.min() ?? 0, high: all.max() ?? 0)
      }
      let informedness = Span(
        low: recall.low + specificity.low - 1, high: recall.high + specificity.high - 1)
      let odds = Span(
        low: prevalence.low / (1 - prevalence.low), high: prevalence.high / (1 - prevalence.high))
      // Divided by x: 1 + J + (1 − Sp)/odds + (1 − Se)·odds.
      let first = pair(
        Span(low: 1 - specificity.high, high: 1 - specificity.low),
        Span(low: 1 / odds.high, high: 1 / odds.low))
      let second = pair(Span(low: 1 - recall.high, high: 1 - recall.low), odds)
      let bottom = Span(
        low: max(1e-12, 1 + informedness.low + first.low + second.low),
        high: 1 + informedness.high + first.high + second.high)
      let top = Span(low: 2 * informedness.low, high: 2 * informedness.high)
      let inverse = Span(low: 1 / bottom.high, high: 1 / bottom.low)
      let product = pair(top, inverse)
      return Span(low: max(-1, product.low), high: min(1, product.high))
    }
  }
}
