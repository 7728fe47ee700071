// Scores as quotients of 128-bit integers, to check enclosures of thousands of them exactly.

/// A score's exact value: numerator/denominator, or the signed root of it.
struct ExactRatio {
  var numerator: Int128
  /// Positive.
  var denominator: Int128
  var isRoot = false

  init(_ numerator: Int128, _ denominator: Int128, isRoot: Bool = false) {
    self.numerator = numerator
    self.denominator = denominator
    self.isRoot = isRoot
  }

  /// Enclosures are whole numbers of 2⁻³⁶.
  static let bits: Int128 = 36

  /// The greatest whole number t that is surely such that the value lies in t ... t + 3 units of
  /// 2⁻³⁶; nil when the numbers are too large to tell. `near` is the value up to rounding errors.
  func enclosure(near value: Double, times factor: Int = 1, over divisor: Int = 1) -> Int? {
    let scaled = value * Double(factor) / Double(divisor)
    guard abs(scaled) < 0x1p24, numerator.magnitude < 1 << 52, denominator < 1 << 52,
      factor < 1 << 18, divisor < 1 << 18
    else { return nil }
    let least = Int((scaled * 0x1p36).rounded(.down)) - 1
    let (low, high) = (Int128(least), Int128(least + 3))
    if !isRoot {
      let whole = numerator * Int128(factor) << Self.bits
      let part = denominator * Int128(divisor)
      return low * part <= whole && whole <= high * part ? least : nil
    }
    // Squares are compared with their signs kept, in fewer bits: roots here are at most 1.
    guard abs(scaled) <= 2, numerator.magnitude < 1 << 44, denominator < 1 << 44 else { return nil }
    func square(_ number: Int128) -> Int128 { number < 0 ? -(number * number) : number * number }
    guard factor == 1, divisor == 1 else {
      // The root itself first, then its share.
      guard let own = ExactRatio(numerator, denominator, isRoot: true).enclosure(near: value) else {
        return nil
      }
      let ends = [Int128(own), Int128(own + 3)].map { $0 * Int128(factor) }
      return low * Int128(divisor) <= ends[0] && ends[1] <= high * Int128(divisor) ? least : nil
    }
    let whole = numerator << (2 * Self.bits)
    // low² ≤ 2⁷⁶, the denominator < 2⁴⁴.
    return square(low) * denominator <= whole && whole <= square(high) * denominator
      ? least : nil
  }

  static func + (left: ExactRatio, right: ExactRatio) -> ExactRatio {
    ExactRatio(
      left.numerator * right.denominator + right.numerator * left.denominator,
      left.denominator * right.denominator)
  }
}

extension CountConstraint {
  /// A whole number t such that the score times factor/divisor lies in t ... t + 3 units of 2⁻³⁶,
  /// checked in integers; nil where that is not possible.
  func enclosure(
    _ tp: Int, _ tn: Int, _ p: Int, _ n: Int, times factor: Int = 1, over divisor: Int = 1
  ) -> Int? {
    ratio(tp, tn, p, n)?
      .enclosure(near: value(tp, tn, p, n), times: factor, over: divisor)
  }

  /// The score as ``value(_:_:_:_:)`` defines it, a score without a value included.
  private func ratio(_ tp: Int, _ tn: Int, _ p: Int, _ n: Int) -> ExactRatio? {
    guard p + n < 1 << 20 else { return nil }
    switch form {
    case .single: return single(Int128(tp), Int128(tn), Int128(p), Int128(n))
    case .macro, .weighted:
      guard let own = single(Int128(tp), Int128(tn), Int128(p), Int128(n)),
        let other = single(Int128(tn), Int128(tp), Int128(n), Int128(p)), !own.isRoot
      else { return nil }
      let weights = form == .macro ? (1, 1) : (p, n)
      let sum =
        ExactRatio(own.numerator * Int128(weights.0), own.denominator)
        + ExactRatio(other.numerator * Int128(weights.1), other.denominator)
      return ExactRatio(sum.numerator, sum.denominator * Int128(weights.0 + weights.1))
    case .f1OfMacro, .f1OfWeighted: return nil
    }
  }

  private func single(_ tp: Int128, _ tn: Int128, _ p: Int128, _ n: Int128) -> ExactRatio? {
    let fp = n - tn
    let fn = p - tp
    func ratio(_ top: Int128, _ bottom: Int128, otherwise: Int128 = 0) -> ExactRatio {
      bottom == 0 ? ExactRatio(otherwise, 1) : ExactRatio(top, bottom)
    }
    let agreement = tp * tn - fp * fn
    switch kind {
    case .accuracy: return ratio(tp + tn, p + n)
    case .errorRate: return ratio(fp + fn, p + n)
    case .precision: return ratio(tp, tp + fp)
    case .recall: return ratio(tp, p)
    case .specificity: return ratio(tn, n)
    case .negativePredictiveValue: return ratio(tn, tn + fn)
    case .falsePositiveRate: return ratio(fp, n, otherwise: 1)
    case .falseNegativeRate: return ratio(fn, p, otherwise: 1)
    case .falseDiscoveryRate: return ratio(fp, tp + fp, otherwise: 1)
    case .falseOmissionRate: return ratio(fn, tn + fn, otherwise: 1)
    case .f1: return ratio(2 * tp, tp + p + fp)
    case .fMinus: return ratio(2 * tn, tn + n + fn)
    case .jaccard: return ratio(tp, p + fp)
    case .balancedAccuracy: return half(ratio(tp, p) + ratio(tn, n))
    case .informedness: return ratio(tp, p) + ratio(tn, n) + ExactRatio(-1, 1)
    case .markedness:
      return ratio(tp, tp + fp) + ratio(tn, tn + fn) + ExactRatio(-1, 1)
    case .kappa: return ratio(2 * agreement, (tp + fp) * n + p * (tn + fn))
    case .matthews:
      let bottom = (tp + fp) * p * (tn + fn) * n
      return root(agreement < 0 ? -agreement * agreement : agreement * agreement, bottom)
    case .geometricMean: return root(tp * tn, p * n)
    case .fowlkesMallows: return root(tp * tp, p * (tp + fp))
    case .unifiedPerformanceMeasure:
      return ratio(4 * tp * tn, 4 * tp * tn + (tp + tn) * (fp + fn))
    case .positiveLikelihoodRatio where tp == 0, .diagnosticOddsRatio where tp * tn == 0:
      return ExactRatio(0, 1)
    case .positiveLikelihoodRatio: return fp * p > 0 ? ratio(tp * n, fp * p) : nil
    case .negativeLikelihoodRatio: return tn * p > 0 ? ratio(fn * n, tn * p) : nil
    case .diagnosticOddsRatio: return fp * fn > 0 ? ratio(tp * tn, fp * fn) : nil
    case .fBeta, .fBetaMinus, .prevalenceThreshold: return nil
    }
  }

  private func half(_ ratio: ExactRatio) -> ExactRatio {
    ExactRatio(ratio.numerator, 2 * ratio.denominator)
  }

  private func root(_ top: Int128, _ bottom: Int128) -> ExactRatio {
    bottom == 0 ? ExactRatio(0, 1) : ExactRatio(top, bottom, isRoot: true)
  }
}
