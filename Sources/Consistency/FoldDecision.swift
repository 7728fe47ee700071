// Decides means of binary scores over folds and data sets.
import Scoring

/// One fold with its weight 1/divisor in the mean.
struct FoldUnit: Hashable {
  let counts: ClassCounts
  let divisor: Int
  let dataset: Int
}

/// Means of scores over folds, folds known or not.
struct FoldDecision {
  let datasets: [FoldedDataset]
  let datasetBounds: [ScoreBound]
  let hypothesis: Hypothesis
  let acceptsConvention: Bool
  let effort: Int

  func decide(_ scores: [ReportedScore]) -> Feasibility {
    let constraints = BinaryDecision(
      hypothesis: hypothesis, acceptsConvention: acceptsConvention, budget: effort
    ).constraints(scores)
    if violatesConcavity(scores) { return .infeasible }
    let isUnknown = datasets.contains {
      if case .unknown = $0.folds { return true }
      return false
    }
    if isUnknown {
      return UnknownFolds(
        datasets: datasets, effort: effort,
        decide: { units, isQuick in decide(units, constraints, isQuick: isQuick) }
      ).decide(constraints)
    }
    var units: [FoldUnit] = []
    for (index, dataset) in datasets.enumerated() {
      guard case .known(let folds) = dataset.folds else { continue }
      units += folds.map {
        FoldUnit(counts: $0, divisor: datasets.count * folds.count, dataset: index)
      }
    }
    return decide(units, constraints, isQuick: false)
  }

  /// F1 is concave in precision and recall, so its mean is at most the harmonic mean of theirs.
  private func violatesConcavity(_ scores: [ReportedScore]) -> Bool {
    guard hypothesis.averaging == .binary else { return false }
    func end(_ kind: ScoreKind) -> Double? {
      scores.first { $0.kind == kind }.map { min(1, $0.interval.high) }
    }
    guard let f1 = scores.first(where: { $0.kind == .f1 })?.interval.low,
      let precision = end(.precision), let recall = end(.recall), precision + recall > 0
    else { return false }
    return f1 > 2 * precision * recall / (precision + recall) + 1e-9
  }

  private var hasBounds: Bool {
    !datasetBounds.isEmpty || datasets.contains { !$0.foldBounds.isEmpty }
  }

  /// Decides for known folds; `isQuick` leaves out the slow proofs, for one of many configurations.
  private func decide(
    _ units: [FoldUnit], _ constraints: [CountConstraint], isQuick: Bool
  ) -> Feasibility {
    let linear = LinearFolds(units: units, constraints: constraints)
    guard let linear else { return .infeasible }
    let curved = constraints.filter { !LinearFolds.isLinear($0) }
    var candidate: [CountPair]
    if hasBounds {
      let program = FoldProgram(
        units: units, forms: linear, foldBounds: datasets.map(\.foldBounds),
        datasetBounds: datasetBounds)
      switch program.solve(nodes: 2_000) {
      case .feasible(let pairs): candidate = pairs
      case .infeasible: return .infeasible
      case .unknown: return .unknown
      }
    } else {
      switch linear.solve(nodes: isQuick ? 100 : 2_000, dives: isQuick ? 10 : 40) {
      case .feasible(let pairs): candidate = pairs
      case .infeasible: return .infeasible
      case .unknown: return .unknown
      }
    }
    if curved.isEmpty {
      return holds(candidate, units, constraints) ? .feasible(witness(candidate, units)) : .unknown
    }
    if !hasBounds,
      HullSeparation(units: units, constraints: constraints).provesInfeasible(
        rounds: isQuick ? 40 : 300)
    {
      return .infeasible
    }
    var search = FoldLocalSearch(units: units, constraints: constraints, start: candidate)
    if !hasBounds, search.run(steps: isQuick ? 2_000 : 200_000),
      holds(search.pairs, units, constraints)
    {
      return .feasible(witness(search.pairs, units))
    }
    if holds(candidate, units, constraints) { return .feasible(witness(candidate, units)) }
    if hasBounds || isQuick { return .unknown }
    var exhaustive = ExhaustiveFolds(
      units: units, constraints: constraints, budget: effort / 10,
      holds: { holds($0, units, constraints) })
    let answer = exhaustive.run()
    if let pairs = answer.pairs { return .feasible(witness(pairs, units)) }
    return answer.isComplete ? .infeasible : .unknown
  }

  private func witness(_ pairs: [CountPair], _ units: [FoldUnit]) -> Witness {
    .folds(
      zip(pairs, units).map {
        BinaryDecision.counts($0, $1.counts.positives, $1.counts.negatives)
      })
  }

  /// Whether the means of these folds' scores print as reported, exactly.
  private func holds(
    _ pairs: [CountPair], _ units: [FoldUnit], _ constraints: [CountConstraint]
  ) -> Bool {
    constraints.allSatisfy { constraint in
      var mean = 0.0
      for (pair, unit) in zip(pairs, units) {
        mean +=
          constraint.value(pair.tp, pair.tn, unit.counts.positives, unit.counts.negatives)
          / Double(unit.divisor)
      }
      let margin = 1e-10 * (1 + abs(mean))
      if mean.isFinite, mean > constraint.interval.low + margin,
        mean < constraint.interval.high - margin
      {
        return true
      }
      if mean < constraint.interval.low - margin || mean > constraint.interval.high + margin {
        return false
      }
      var exact = WideFraction(0)
      for (pair, unit) in zip(pairs, units) {
        switch constraint.exactValue(
          pair.tp, pair.tn, unit.counts.positives, unit.counts.negatives)
        {
        case .number(.fraction(let value)):
          exact = exact + value * WideFraction(1, unit.divisor)
        case .undefined: return false
        default: return true
        }
      }
      return ExactNumber.fraction(exact).isInside(constraint.interval)
    }
  }
}
