// Decides scores when nothing is known of the numbers of samples.
import Scoring

/// Branch and prune over sensitivity, specificity and prevalence as real numbers.
///
/// What no rates can give, no counts can give: 'infeasible' is a proof for every test set. A feasible
/// point is turned into counts of a large test set and compared exactly.
struct CountlessDecision {
  let hypothesis: Hypothesis
  /// The number of boxes after which the search gives up.
  var effort = 100_000

  /// A range of rates.
  struct Span {
    var low: Double
    var high: Double
    var width: Double { high - low }
    var middle: Double { low + (high - low) / 2 }
  }

  private struct Box {
    var recall: Span
    var specificity: Span
    var prevalence: Span
  }

  func decide(_ scores: [ReportedScore]) -> Feasibility {
    guard hypothesis.averaging == .binary else { return compareAverages(scores) }
    return contradictsIdentity(scores) ? .infeasible : searchRates(scores)
  }

  // MARK: Identities of one class

  /// Scores that are functions of precision and recall of one class must follow from them.
  ///
  /// F1, F-beta, Jaccard and Fowlkes–Mallows rise with both, so the corners of the printed intervals
  /// bound them; the same holds for the negative class.
  private func contradictsIdentity(_ scores: [ReportedScore]) -> Bool {
    let views: [(precision: ScoreKind, recall: ScoreKind, functions: [ScoreKind])] = [
      (.precision, .recall, [.f1, .fBeta, .jaccard, .fowlkesMallows]),
      (.negativePredictiveValue, .specificity, [.fMinus, .fBetaMinus]),
    ]
    for view in views {
      guard let precision = scores.first(where: { $0.kind == view.precision })?.interval,
        let recall = scores.first(where: { $0.kind == view.recall })?.interval
      else { continue }
      for score in scores where view.functions.contains(score.kind) {
        let square = score.kind.usesBeta ? score.beta.double * score.beta.double : 1
        let low = Self.function(
          score.kind, max(0, precision.low), max(0, recall.low), square)
        let high = Self.function(
          score.kind, min(1, precision.high), min(1, recall.high), square)
        if score.interval.low > high + 1e-12 || score.interval.high < low - 1e-12 { return true }
      }
    }
    return false
  }

  private static func function(
    _ kind: ScoreKind, _ precision: Double, _ recall: Double, _ betaSquare: Double
  ) -> Double {
    let product = precision * recall
    guard product > 0 else { return 0 }
    switch kind {
    case .jaccard: return product / (precision + recall - product)
    case .fowlkesMallows: return product.squareRoot()
    default: return (1 + betaSquare) * product / (betaSquare * precision + recall)
    }
  }

  // MARK: One class

  private func searchRates(_ scores: [ReportedScore]) -> Feasibility {
    let constraints = BinaryDecision(
      hypothesis: hypothesis, acceptsConvention: true, budget: 0
    ).constraints(scores)
    let unit = Span(low: 0, high: 1)
    // Both classes must occur; a class rarer than one in a billion is no test set.
    var stack = [
      Box(recall: unit, specificity: unit, prevalence: Span(low: 1e-9, high: 1 - 1e-9))
    ]
    var steps = 0
    var smallest = false
    while let box = stack.popLast() {
      steps += 1
      if steps > effort { return .unknown }
      var worst = 0.0
      var isPossible = true
      for constraint in constraints {
        let range = Self.range(constraint, box.recall, box.specificity, box.prevalence)
        let low = constraint.interval.low
        let high = constraint.interval.high
        if range.high < low - 1e-10 * (1 + abs(low)) || range.low > high + 1e-10 * (1 + abs(high)) {
          isPossible = false
          break
        }
        worst = max(worst, range.width / max(high - low, 1e-12))
      }
      if !isPossible { continue }
      if let counts = Self.counts(box.recall.middle, box.specificity.middle, box.prevalence.middle),
        constraints.allSatisfy({
          $0.contains(
            counts.truePositives, counts.trueNegatives, counts.positives, counts.negatives)
        })
      {
        return .feasible(.counts(counts))
      }
      let widths = [box.recall.width, box.specificity.width, box.prevalence.width]
      if (widths.max() ?? 0) < 1e-8 {
        smallest = true
        continue
      }
      split(box, widths, constraints, onto: &stack)
    }
    return smallest ? .unknown : .infeasible
  }

  /// Halves the longest side; the half whose middle comes closer to the scores is searched first.
  private func split(
    _ box: Box, _ widths: [Double], _ constraints: [CountConstraint], onto stack: inout [Box]
  ) {
    func halves(_ span: Span) -> (Span, Span) {
      (Span(low: span.low, high: span.middle), Span(low: span.middle, high: span.high))
    }
    var first = box
    var second = box
    if widths[0] >= widths[1], widths[0] >= widths[2] {
      (first.recall, second.recall) = halves(box.recall)
    } else if widths[1] >= widths[2] {
      (first.specificity, second.specificity) = halves(box.specificity)
    } else {
      (first.prevalence, second.prevalence) = halves(box.prevalence)
    }
    if Self.miss(first, constraints) < Self.miss(second, constraints) { swap(&first, &second) }
    stack.append(first)
    stack.append(second)
  }

  /// How far the scores at a box's middle are from their intervals, in widths of these.
  private static func miss(_ box: Box, _ constraints: [CountConstraint]) -> Double {
    let share = box.prevalence.middle
    let tp = share * box.recall.middle
    let tn = (1 - share) * box.specificity.middle
    return constraints.reduce(0) { sum, constraint in
      let value = constraint.rate(tp, tn, share, 1 - share)
      let interval = constraint.interval
      let gap = max(0, interval.low - value, value - interval.high)
      return sum + gap / max(interval.high - interval.low, 1e-12)
    }
  }

  /// Counts of ten million samples at these rates; nil when a class would be empty.
  private static func counts(
    _ recall: Double, _ specificity: Double, _ prevalence: Double
  ) -> BinaryCounts? {
    let total = 10_000_000
    let p = Int((prevalence * Double(total)).rounded())
    let n = total - p
    guard p > 0, n > 0 else { return nil }
    let tp = Int((recall * Double(p)).rounded())
    let tn = Int((specificity * Double(n)).rounded())
    return BinaryCounts(
      truePositives: tp, falsePositives: n - tn, trueNegatives: tn, falseNegatives: p - tp)
  }

  /// Bounds of a score over a box of rates.
  private static func range(
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

  // MARK: Averages over an unknown number of classes

  /// What holds for averages whatever the number of classes and their sizes.
  private func compareAverages(_ scores: [ReportedScore]) -> Feasibility {
    let slack = 1e-12
    func interval(_ kinds: ScoreKind...) -> ScoreInterval? {
      scores.first { kinds.contains($0.kind) }?.interval
    }
    /// Whether all intervals share a value.
    func meet(_ intervals: [ScoreInterval?]) -> Bool {
      let given = intervals.compactMap { $0 }
      guard let low = given.map(\.low).max(), let high = given.map(\.high).min() else {
        return true
      }
      return low <= high + slack
    }
    let precision = interval(.precision)
    let recall = interval(.recall)
    let f1 = interval(.f1)
    let accuracy = hypothesis.accuracy == .overall ? interval(.accuracy) : nil
    switch hypothesis.averaging {
    case .micro:
      return meet([precision, recall, f1, accuracy]) ? .unknown : .infeasible
    case .weighted, .f1OfWeightedAverages:
      if !meet([recall, accuracy]) { return .infeasible }
    default:
      if hypothesis.accuracy == .balanced, !meet([recall, interval(.accuracy)]) {
        return .infeasible
      }
    }
    guard let precision, let recall, let f1 else { return .unknown }
    func harmonic(_ first: Double, _ second: Double) -> Double {
      first + second > 0 ? 2 * first * second / (first + second) : 0
    }
    // F1 is concave in (P, R), so the mean of F1 is at most the harmonic mean of the means; and
    // 2PR/(P + R) ≥ P + R − 1 on the unit square.
    if f1.low > harmonic(precision.high, recall.high) + slack { return .infeasible }
    switch hypothesis.averaging {
    case .f1OfMacroAverages, .f1OfWeightedAverages:
      return f1.high < harmonic(precision.low, recall.low) - slack ? .infeasible : .unknown
    default: return f1.high < precision.low + recall.low - 1 - slack ? .infeasible : .unknown
    }
  }
}
