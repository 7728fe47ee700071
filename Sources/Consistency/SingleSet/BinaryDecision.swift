// Decides scores of one binary test set whose counts are known, bounded, or known as a total.
import Scoring

/// Two-class scores on one test set.
struct BinaryDecision {
  let hypothesis: Hypothesis
  let acceptsConvention: Bool
  let budget: Int

  /// What each score demands of (TP, TN) under the hypothesis.
  func constraints(_ scores: [ReportedScore]) -> [CountConstraint] {
    scores.map { score in
      let (kind, form) = meaning(of: score.kind)
      return CountConstraint(
        kind: kind, form: form, interval: score.interval, beta: score.beta,
        acceptsConvention: acceptsConvention)
    }
  }

  private func meaning(of kind: ScoreKind) -> (ScoreKind, TwoClassForm) {
    switch kind {
    case .accuracy: return (hypothesis.accuracy == .balanced ? .balancedAccuracy : kind, .single)
    // Scores of the whole matrix, the same under every averaging.
    case .errorRate, .matthews, .kappa, .balancedAccuracy, .informedness, .markedness,
      .geometricMean, .unifiedPerformanceMeasure:
      return (kind, .single)
    default: break
    }
    switch hypothesis.averaging {
    case .binary: return (kind, .single)
    case .macro, .f1OfMacroAverages:
      // The mean recall of two classes is balanced accuracy.
      if kind == .recall || kind == .specificity { return (.balancedAccuracy, .single) }
      let isHarmonic = kind == .f1 && hypothesis.averaging == .f1OfMacroAverages
      return (kind, isHarmonic ? .f1OfMacro : .macro)
    case .weighted, .f1OfWeightedAverages:
      if kind == .recall { return (.accuracy, .single) }
      let isHarmonic = kind == .f1 && hypothesis.averaging == .f1OfWeightedAverages
      return (kind, isHarmonic ? .f1OfWeighted : .weighted)
    case .micro:
      switch kind {
      case .falsePositiveRate, .falseNegativeRate, .falseDiscoveryRate, .falseOmissionRate:
        return (.errorRate, .single)
      case .precision, .recall, .specificity, .negativePredictiveValue, .f1, .fBeta, .fMinus,
        .fBetaMinus, .fowlkesMallows:
        return (.accuracy, .single)
      default: return (kind, .single)
      }
    }
  }

  /// Decides over all allowed class counts.
  func decide(
    positives: CountRange, negatives: CountRange, _ scores: [ReportedScore]
  ) -> Feasibility {
    let constraints = constraints(scores)
    var left = budget
    for p in stride(from: positives.lower, through: positives.upper, by: 1) {
      for n in stride(from: negatives.lower, through: negatives.upper, by: 1) {
        if let answer = step(p, n, constraints, &left) { return answer }
      }
    }
    return .infeasible(.enumeration)
  }

  /// Decides when only the total number of samples is known; both classes occur.
  func decide(total: CountRange, _ scores: [ReportedScore]) -> Feasibility {
    let constraints = constraints(scores)
    var left = budget
    for size in stride(from: max(2, total.lower), through: total.upper, by: 1) {
      // Balanced sets first: they are the likelier explanations.
      for distance in 0..<size {
        let p = size / 2 + (distance % 2 == 0 ? distance / 2 : -(distance / 2) - 1)
        guard p >= 1, p < size else { continue }
        if let answer = step(p, size - p, constraints, &left) { return answer }
      }
    }
    return .infeasible(.enumeration)
  }

  private func step(
    _ p: Int, _ n: Int, _ constraints: [CountConstraint], _ left: inout Int
  ) -> Feasibility? {
    let result = CountSearch.run(
      positives: p, negatives: n, constraints, budget: min(left, 50_000_000))
    left -= result.effort
    if let pair = result.witness { return .feasible(.counts(Self.counts(pair, p, n))) }
    return result.isExhausted || left <= 0 ? .unknown : nil
  }

  /// How many (TP, TN) pairs give the scores; nil when there are too many to count cheaply.
  func countSolutions(_ p: Int, _ n: Int, _ scores: [ReportedScore]) -> Int? {
    CountSearch.run(
      positives: p, negatives: n, constraints(scores), counting: true, budget: 2_000_000
    ).count
  }

  static func counts(_ pair: CountPair, _ p: Int, _ n: Int) -> BinaryCounts {
    BinaryCounts(
      truePositives: pair.tp, falsePositives: n - pair.tn, trueNegatives: pair.tn,
      falseNegatives: p - pair.tp)
  }
}
