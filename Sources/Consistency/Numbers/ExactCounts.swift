// Exact values of scores, for the comparisons that floating point cannot decide.

/// A score's exact value: a fraction, or the signed square root of one, or its √ρ/(1 + √ρ).
enum ExactNumber {
  case fraction(WideFraction)
  case squareRoot(WideFraction)
  case prevalence(WideFraction)

  /// Whether the number lies in the interval, its ends counting as the rounding model says.
  func isInside(_ interval: ScoreInterval) -> Bool {
    let below = sign(minus: WideFraction(interval.lower, interval.scale))
    let above = sign(minus: WideFraction(interval.upper, interval.scale))
    return (below > 0 || (below == 0 && interval.includesLower))
      && (above < 0 || (above == 0 && interval.includesUpper))
  }

  private func sign(minus end: WideFraction) -> Int {
    switch self {
    case .fraction(let value): return value.sign(minus: end)
    case .squareRoot(let value): return value.signOfSquareRoot(minus: end)
    case .prevalence(let ratio):
      // √ρ/(1 + √ρ) < 1 always; below that, compare √ρ with end/(1 − end).
      let rest = WideFraction(1) + (-end)
      guard rest.sign(minus: WideFraction(0)) > 0 else { return -1 }
      return ratio.signOfSquareRoot(minus: end / rest)
    }
  }
}

/// The four counts, for exact evaluation.
struct ExactCounts {
  enum Value {
    case number(ExactNumber)
    case undefined
    /// A sum of square roots, which this module does not compare exactly.
    case undecidable
  }

  let tp: Int
  let tn: Int
  let p: Int
  let n: Int

  private var fp: Int { n - tn }
  private var fn: Int { p - tp }
  private var swapped: ExactCounts { ExactCounts(tp: tn, tn: tp, p: n, n: p) }

  func value(
    _ kind: ScoreKind, _ form: TwoClassForm, _ betaSquare: WideFraction, convention: Bool
  ) -> Value {
    switch form {
    case .single: return single(kind, betaSquare, convention)
    case .macro: return mean(kind, betaSquare, convention, 1, 1)
    case .weighted: return mean(kind, betaSquare, convention, p, n)
    case .f1OfMacro, .f1OfWeighted:
      let weights = form == .f1OfMacro ? (1, 1) : (p, n)
      guard
        case .number(.fraction(let precision)) = mean(
          .precision, betaSquare, convention, weights.0, weights.1),
        case .number(.fraction(let recall)) = mean(
          .recall, betaSquare, convention, weights.0, weights.1)
      else { return .undefined }
      let sum = precision + recall
      guard !sum.numerator.isZero else { return .number(.fraction(WideFraction(0))) }
      return .number(.fraction(WideFraction(2) * precision * recall / sum))
    }
  }

  private func mean(
    _ kind: ScoreKind, _ betaSquare: WideFraction, _ convention: Bool, _ first: Int, _ second: Int
  ) -> Value {
    switch (single(kind, betaSquare, convention), swapped.single(kind, betaSquare, convention)) {
    case (.undefined, _), (_, .undefined): return .undefined
    case (.number(.fraction(let left)), .number(.fraction(let right))):
      let sum = WideFraction(first) * left + WideFraction(second) * right
      return .number(.fraction(sum / WideFraction(first + second)))
    default: return .undecidable
    }
  }

  private func single(
    _ kind: ScoreKind, _ betaSquare: WideFraction, _ convention: Bool
  ) -> Value {
    /// What a score without a value is printed as by convention.
    func ratio(_ numerator: Int, _ denominator: Int, _ otherwise: Int? = 0) -> Value {
      if denominator != 0 { return .number(.fraction(WideFraction(numerator, denominator))) }
      guard convention, let otherwise else { return .undefined }
      return .number(.fraction(WideFraction(otherwise)))
    }
    func sum(_ left: Value, _ right: Value, minus offset: Int, over divisor: Int = 1) -> Value {
      guard case .number(.fraction(let first)) = left, case .number(.fraction(let second)) = right
      else { return .undefined }
      return .number(
        .fraction((first + second + WideFraction(-offset)) / WideFraction(divisor)))
    }
    func beta(_ hits: Int, _ size: Int, _ alarms: Int) -> Value {
      let top = (WideFraction(1) + betaSquare) * WideFraction(hits)
      let bottom = WideFraction(hits + alarms) + betaSquare * WideFraction(size)
      if bottom.numerator.isZero { return ratio(0, 0) }
      return .number(.fraction(top / bottom))
    }
    switch kind {
    case .accuracy: return ratio(tp + tn, p + n, nil)
    case .errorRate: return ratio(fp + fn, p + n, nil)
    case .precision: return ratio(tp, tp + fp)
    case .recall: return ratio(tp, p)
    case .specificity: return ratio(tn, n)
    case .negativePredictiveValue: return ratio(tn, tn + fn)
    case .falsePositiveRate: return ratio(fp, n, 1)
    case .falseNegativeRate: return ratio(fn, p, 1)
    case .falseDiscoveryRate: return ratio(fp, tp + fp, 1)
    case .falseOmissionRate: return ratio(fn, tn + fn, 1)
    case .f1: return ratio(2 * tp, tp + p + fp)
    case .fMinus: return ratio(2 * tn, tn + n + fn)
    case .fBeta: return beta(tp, p, fp)
    case .fBetaMinus: return beta(tn, n, fn)
    case .jaccard: return ratio(tp, p + fp)
    case .balancedAccuracy:
      return sum(ratio(tp, p, nil), ratio(tn, n, nil), minus: 0, over: 2)
    case .informedness: return sum(ratio(tp, p, nil), ratio(tn, n, nil), minus: 1)
    case .markedness: return sum(ratio(tp, tp + fp), ratio(tn, tn + fn), minus: 1)
    default: return ratioOfProducts(kind, convention)
    }
  }

  private func ratioOfProducts(_ kind: ScoreKind, _ convention: Bool) -> Value {
    func wide(_ factors: Int...) -> WideInteger {
      factors.reduce(WideInteger(1)) { $0 * WideInteger($1) }
    }
    func ratio(_ numerator: WideInteger, _ denominator: WideInteger) -> Value {
      if denominator.isZero { return .undefined }
      return .number(.fraction(WideFraction(numerator, denominator)))
    }
    func root(_ numerator: WideInteger, _ denominator: WideInteger) -> Value {
      if !denominator.isZero {
        return .number(.squareRoot(WideFraction(numerator, denominator)))
      }
      return convention ? .number(.fraction(WideFraction(0))) : .undefined
    }
    let agreement = wide(tp, tn) - wide(fp, fn)
    switch kind {
    case .matthews:
      let square = agreement * agreement
      return root(
        agreement.isNegative ? -square : square, wide(tp + fp, p) * wide(tn + fn, n))
    case .kappa:
      return ratio(WideInteger(2) * agreement, wide(tp + fp, n) + wide(p, tn + fn))
    case .geometricMean: return p * n == 0 ? .undefined : root(wide(tp, tn), wide(p, n))
    case .fowlkesMallows: return root(wide(tp, tp), wide(p, tp + fp))
    case .positiveLikelihoodRatio: return ratio(wide(tp, n), wide(fp, p))
    case .negativeLikelihoodRatio: return ratio(wide(fn, n), wide(tn, p))
    case .diagnosticOddsRatio: return ratio(wide(tp, tn), wide(fp, fn))
    case .unifiedPerformanceMeasure:
      // The harmonic mean of four rates that are all 0 when nothing is right.
      if tp + tn == 0, convention { return .number(.fraction(WideFraction(0))) }
      return ratio(wide(4, tp, tn), wide(4, tp, tn) + wide(tp + tn, fp + fn))
    case .prevalenceThreshold:
      guard p > 0, n > 0, tp + fp > 0 else { return .undefined }
      guard tp > 0 else { return .number(.fraction(WideFraction(1))) }
      return .number(.prevalence(WideFraction(wide(fp, p), wide(n, tp))))
    default: return .undefined
    }
  }
}
