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
    return contradictsIdentity(scores) ? .infeasible(.inequality) : searchRates(scores)
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
    return smallest ? .unknown : .infeasible(.enumeration)
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
      return meet([precision, recall, f1, accuracy]) ? .unknown : .infeasible(.inequality)
    case .weighted, .f1OfWeightedAverages:
      if !meet([recall, accuracy]) { return .infeasible(.inequality) }
    default:
      if hypothesis.accuracy == .balanced, !meet([recall, interval(.accuracy)]) {
        return .infeasible(.inequality)
      }
    }
    guard let precision, let recall, let f1 else { return .unknown }
    func harmonic(_ first: Double, _ second: Double) -> Double {
      first + second > 0 ? 2 * first * second / (first + second) : 0
    }
    // F1 is concave in (P, R), so the mean of F1 is at most the harmonic mean of the means; and
    // 2PR/(P + R) ≥ P + R − 1 on the unit square.
    if f1.low > harmonic(precision.high, recall.high) + slack { return .infeasible(.inequality) }
    switch hypothesis.averaging {
    case .f1OfMacroAverages, .f1OfWeightedAverages:
      return f1.high < harmonic(precision.low, recall.low) - slack
        ? .infeasible(.inequality) : .unknown
    default:
      return f1.high < precision.low + recall.low - 1 - slack ? .infeasible(.inequality) : .unknown
    }
  }
}
