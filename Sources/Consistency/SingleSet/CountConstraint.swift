// A score as a constraint on (TP, TN) of a test set whose class counts are known.

/// How a score of a two-class problem is formed from the scores of its classes.
enum TwoClassForm: Hashable, Sendable {
  /// The score of the positive class.
  case single
  /// The mean of both classes' scores.
  case macro
  /// The mean weighted by class counts.
  case weighted
  /// The harmonic mean of macro precision and macro recall.
  case f1OfMacro
  /// The harmonic mean of weighted precision and weighted recall.
  case f1OfWeighted
}

/// The requirement that a score lies in its printed interval.
///
/// Every score here is monotone in TP for fixed TN and the other way round. For MCC with x = TP + FP
/// predicted positives, d/dx of (N·TP − P·x)/√(x(N − x)) has the sign of x(TP − P/2) − N·TP/2 ≤ 0;
/// the others are quotients of linear functions or products and sums of rising ones. `bound` is
/// oriented so that it rises with both.
struct CountConstraint: Sendable {
  let kind: ScoreKind
  let form: TwoClassForm
  let interval: ScoreInterval
  let betaSquare: Double
  private let beta: DecimalNumber
  /// −1 for scores that fall when TP or TN rises.
  private let sign: Double
  /// The oriented interval, widened by more than any rounding error of ``bound(_:_:_:_:)``.
  let widenedLow: Double
  let widenedHigh: Double
  /// The oriented interval, narrowed likewise: inside it no exact test is needed.
  private let surelyLow: Double
  private let surelyHigh: Double
  /// Whether a score without a value is taken to be printed by convention (0 for most).
  private let acceptsConvention: Bool

  init(
    kind: ScoreKind, form: TwoClassForm = .single, interval: ScoreInterval,
    beta: DecimalNumber = DecimalNumber(mantissa: 1, decimals: 0), acceptsConvention: Bool = true
  ) {
    self.kind = kind
    self.form = form
    self.interval = interval
    let single = beta.double
    betaSquare = kind.usesBeta ? single * single : 1
    self.beta = kind.usesBeta ? beta : DecimalNumber(mantissa: 1, decimals: 0)
    self.acceptsConvention = acceptsConvention
    sign = kind.falls ? -1 : 1
    let low = kind.falls ? -interval.high : interval.low
    let high = kind.falls ? -interval.low : interval.high
    let margin = 1e-12
    widenedLow = low - margin * (1 + abs(low))
    widenedHigh = high + margin * (1 + abs(high))
    surelyLow = low + margin * (1 + abs(low))
    surelyHigh = high - margin * (1 + abs(high))
  }

  /// The oriented score in floating point, accurate to 1e-12·(1 + |value|).
  ///
  /// Where the score is undefined, a value that keeps the function monotone is given.
  @inline(__always)
  func bound(_ tp: Double, _ tn: Double, _ p: Double, _ n: Double) -> Double {
    form == .single ? single(tp, tn, p, n) : averaged(tp, tn, p, n)
  }

  @inline(__always)
  private func single(_ tp: Double, _ tn: Double, _ p: Double, _ n: Double) -> Double {
    switch kind {
    case .accuracy: return (tp + tn) / (p + n)
    case .errorRate: return -(p + n - tp - tn) / (p + n)
    case .precision: return quotient(tp, tp + n - tn)
    case .recall: return quotient(tp, p)
    case .specificity: return quotient(tn, n)
    case .negativePredictiveValue: return quotient(tn, tn + p - tp)
    case .falsePositiveRate: return quotient(tn, n) - 1
    case .falseNegativeRate: return quotient(tp, p) - 1
    case .falseDiscoveryRate: return quotient(tp, tp + n - tn) - 1
    case .falseOmissionRate: return quotient(tn, tn + p - tp) - 1
    case .f1: return quotient(2 * tp, tp + p + n - tn)
    case .fMinus: return quotient(2 * tn, tn + n + p - tp)
    case .fBeta:
      return quotient((1 + betaSquare) * tp, tp + betaSquare * p + n - tn)
    case .fBetaMinus:
      return quotient((1 + betaSquare) * tn, tn + betaSquare * n + p - tp)
    default: return composed(tp, tn, p, n)
    }
  }

  private func composed(_ tp: Double, _ tn: Double, _ p: Double, _ n: Double) -> Double {
    let fp = n - tn
    let fn = p - tp
    switch kind {
    case .balancedAccuracy: return (quotient(tp, p) + quotient(tn, n)) / 2
    case .informedness: return quotient(tp, p) + quotient(tn, n) - 1
    case .markedness: return quotient(tp, tp + fp) + quotient(tn, tn + fn) - 1
    case .matthews:
      let root = ((tp + fp) * p).squareRoot() * ((tn + fn) * n).squareRoot()
      return quotient(tp * tn - fp * fn, root)
    case .kappa: return quotient(2 * (tp * tn - fp * fn), (tp + fp) * n + p * (tn + fn))
    case .jaccard: return quotient(tp, p + fp)
    case .geometricMean: return (quotient(tp, p) * quotient(tn, n)).squareRoot()
    case .fowlkesMallows: return quotient(tp, (p * (tp + fp)).squareRoot())
    case .positiveLikelihoodRatio: return tp == 0 ? 0 : tp * n / (fp * p)
    case .negativeLikelihoodRatio: return tn == 0 ? -.infinity : -(fn * n) / (tn * p)
    case .diagnosticOddsRatio: return tp * tn == 0 ? 0 : tp * tn / (fp * fn)
    case .prevalenceThreshold:
      if tp == 0 { return -1 }
      let alarms = (fp / n).squareRoot()
      return -alarms / ((tp / p).squareRoot() + alarms)
    case .unifiedPerformanceMeasure:
      return quotient(4 * tp * tn, 4 * tp * tn + (tp + tn) * (fp + fn))
    default: return single(tp, tn, p, n)
    }
  }

  @inline(__always)
  private func quotient(_ numerator: Double, _ denominator: Double) -> Double {
    denominator == 0 ? 0 : numerator / denominator
  }

  private func averaged(_ tp: Double, _ tn: Double, _ p: Double, _ n: Double) -> Double {
    switch form {
    case .single: return single(tp, tn, p, n)
    case .macro: return (single(tp, tn, p, n) + single(tn, tp, n, p)) / 2
    case .weighted: return (p * single(tp, tn, p, n) + n * single(tn, tp, n, p)) / (p + n)
    case .f1OfMacro, .f1OfWeighted:
      let weights = form == .f1OfMacro ? (0.5, 0.5) : (p / (p + n), n / (p + n))
      let precision =
        weights.0 * quotient(tp, tp + n - tn) + weights.1 * quotient(tn, tn + p - tp)
      let recall = weights.0 * quotient(tp, p) + weights.1 * quotient(tn, n)
      return quotient(2 * precision * recall, precision + recall)
    }
  }

  /// The score itself, not oriented, in floating point.
  @inline(__always)
  func value(_ tp: Int, _ tn: Int, _ p: Int, _ n: Int) -> Double {
    sign * bound(Double(tp), Double(tn), Double(p), Double(n))
  }

  /// The score itself from real-valued shares of samples.
  func rate(_ tp: Double, _ tn: Double, _ p: Double, _ n: Double) -> Double {
    sign * bound(tp, tn, p, n)
  }

  /// The exact score of these counts.
  func exactValue(_ tp: Int, _ tn: Int, _ p: Int, _ n: Int) -> ExactCounts.Value {
    let root = WideFraction(beta.mantissa, DecimalNumber.integerPower(beta.decimals))
    return ExactCounts(tp: tp, tn: tn, p: p, n: n)
      .value(kind, form, root * root, convention: acceptsConvention)
  }

  /// Whether the score of exactly these counts prints as reported. Exact: no rounding error.
  @inline(__always)
  func contains(_ tp: Int, _ tn: Int, _ p: Int, _ n: Int) -> Bool {
    let value = bound(Double(tp), Double(tn), Double(p), Double(n))
    if value > surelyLow && value < surelyHigh && !touchesEdge(tp, tn, p, n) { return true }
    if value < widenedLow || value > widenedHigh {
      // A convention never moves a value into the interval, save where the score has no value.
      return touchesEdge(tp, tn, p, n) && exactContains(tp, tn, p, n)
    }
    return exactContains(tp, tn, p, n)
  }

  /// Whether some score might be undefined here.
  @inline(__always)
  private func touchesEdge(_ tp: Int, _ tn: Int, _ p: Int, _ n: Int) -> Bool {
    (tp == 0 && tn == n) || (tn == 0 && tp == p) || p == 0 || n == 0
      || (sign < 0 || kind == .positiveLikelihoodRatio || kind == .diagnosticOddsRatio)
        && (tp == 0 || tn == 0 || tp == p || tn == n)
      || tp == 0 && tn == 0
  }

  private func exactContains(_ tp: Int, _ tn: Int, _ p: Int, _ n: Int) -> Bool {
    switch exactValue(tp, tn, p, n) {
    case .number(let value): return value.isInside(interval)
    case .undecidable: return true
    case .undefined:
      // With an empty class nothing can be said about what a paper printed.
      return acceptsConvention && (p == 0 || n == 0)
    }
  }
}
