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
    if violatesConcavity(scores) { return .infeasible(.inequality) }
    let isUnknown = datasets.contains {
      if case .unknown = $0.folds { return true }
      return false
    }
    if isUnknown {
      return UnknownFolds(
        datasets: datasets, effort: effort,
        decide: { units, isQuick in decide(units, constraints, isQuick: isQuick) },
        witness: { pairs, units in
          holds(pairs, units, constraints) ? witness(pairs, units) : nil
        }
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
    // What a paper printed for folds without one of the classes is not known.
    let provable = constraints.filter { constraint in
      units.allSatisfy { constraint.isDefined($0.counts) }
    }
    if provable.count == constraints.count { return decideDefined(units, constraints, isQuick) }
    let answer = decideDefined(units, constraints, isQuick)
    if case .feasible = answer { return answer }
    guard !provable.isEmpty, case .infeasible(let proof) = decideDefined(units, provable, isQuick)
    else { return .unknown }
    return .infeasible(proof)
  }

  private func decideDefined(
    _ units: [FoldUnit], _ constraints: [CountConstraint], _ isQuick: Bool
  ) -> Feasibility {
    guard
      let linear = LinearFolds(units: units, constraints: constraints, byDataset: hasBounds)
    else {
      return .infeasible(.inequality)
    }
    let answer: LinearFolds.Answer
    if hasBounds {
      answer = FoldProgram(
        units: units, forms: linear, foldBounds: datasets.map(\.foldBounds),
        datasetBounds: datasetBounds
      ).solve(nodes: isQuick ? 100 : max(50, min(2_000, effort / 5_000)))
    } else {
      answer = linear.solve(nodes: isQuick ? 100 : 2_000, dives: isQuick ? 10 : 40)
    }
    var start: [CountPair]
    switch answer {
    case .infeasible(let proof): return .infeasible(proof)
    case .feasible(let pairs):
      start = pairs
      if holds(pairs, units, constraints) { return .feasible(witness(pairs, units)) }
    case .unknown:
      start = units.map { CountPair(tp: $0.counts.positives, tn: $0.counts.negatives) }
    }
    let search = CurvedFolds(
      units: units, constraints: constraints, foldBounds: datasets.map(\.foldBounds),
      datasetBounds: datasetBounds, holds: { holds($0, units, constraints) })
    switch search?.decide(from: start, linear, isQuick: isQuick) ?? .unknown {
    case .feasible(let pairs): return .feasible(witness(pairs, units))
    case .infeasible(let proof): return .infeasible(proof)
    case .unknown: break
    }
    // Trying all counts is for few and small folds.
    let choices = units.reduce(1.0) {
      $0 * Double(($1.counts.positives + 1) * ($1.counts.negatives + 1))
    }
    if hasBounds || choices > (isQuick ? 1e5 : 1e12) { return .unknown }
    var exhaustive = ExhaustiveFolds(
      units: units, constraints: constraints, budget: isQuick ? 200_000 : effort / 20,
      holds: { holds($0, units, constraints) })
    let last = exhaustive.run()
    if let pairs = last.pairs { return .feasible(witness(pairs, units)) }
    return last.isComplete ? .infeasible(.enumeration) : .unknown
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
    holdsBounds(pairs, units) && constraints.allSatisfy { holds($0, pairs, units) }
  }

  private func holdsBounds(_ pairs: [CountPair], _ units: [FoldUnit]) -> Bool {
    guard hasBounds else { return true }
    let single = zip(pairs, units).allSatisfy { pair, unit in
      datasets[unit.dataset].foldBounds.allSatisfy { $0.allows(pair.tp, pair.tn, unit.counts) }
    }
    guard single else { return false }
    return datasetBounds.isEmpty
      || CurvedFolds.requirements(units, datasetBounds).allSatisfy { bound, weights in
        let mean = units.indices.reduce(0) {
          $0 + weights[$1] * bound.value(pairs[$1].tp, pairs[$1].tn, units[$1].counts)
        }
        return mean >= bound.lower - 2 * ScoreBound.slack
          && mean <= bound.upper + 2 * ScoreBound.slack
      }
  }

  private func holds(
    _ constraint: CountConstraint, _ pairs: [CountPair], _ units: [FoldUnit]
  ) -> Bool {
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
      case .number(.squareRoot(let value)):
        // A sum with a root that is no fraction is left in doubt this near to an end.
        guard let root = value.rationalRoot else { return true }
        exact = exact + root * WideFraction(1, unit.divisor)
      case .undefined: return false
      default: return true
      }
    }
    return ExactNumber.fraction(exact).isInside(constraint.interval)
  }
}
