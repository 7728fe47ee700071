// From a design and a reading to the search that decides it.
import Scoring

/// Decides sets of scores of one design under one reading.
struct Solver {
  let design: Design
  let hypothesis: Hypothesis
  let acceptsConvention: Bool
  let effort: Int
  var patients: Int?

  func decide(_ scores: [ReportedScore]) -> Feasibility {
    hypothesis.accuracy == .patientLevel ? decideOverPatients(scores) : decideOverSamples(scores)
  }

  /// Accuracy by itself over the patients, the other scores over the samples.
  private func decideOverPatients(_ scores: [ReportedScore]) -> Feasibility {
    let shares = scores.filter { $0.kind == .accuracy || $0.kind == .errorRate }
    let others = scores.filter { $0.kind != .accuracy && $0.kind != .errorRate }
    var correct: Int?
    if let patients, !shares.isEmpty {
      let constraints = shares.map { CountConstraint(kind: $0.kind, interval: $0.interval) }
      let search = CountSearch.run(
        positives: patients, negatives: 0, constraints, budget: max(effort, 100_000))
      guard let found = search.witness else {
        return search.isExhausted ? .unknown : .infeasible(.granularity)
      }
      correct = found.tp
    }
    if others.isEmpty {
      guard let patients, let correct else { return .unknown }
      return .feasible(.patients(correct: correct, of: patients))
    }
    return Solver(
      design: design, hypothesis: Hypothesis(hypothesis.averaging),
      acceptsConvention: acceptsConvention, effort: effort
    ).decide(others)
  }

  private func decideOverSamples(_ scores: [ReportedScore]) -> Feasibility {
    let binary = BinaryDecision(
      hypothesis: hypothesis, acceptsConvention: acceptsConvention, budget: effort)
    switch design {
    case .unknown:
      return CountlessDecision(hypothesis: hypothesis, effort: effort / 300).decide(scores)
    case .binary(let positives, let negatives):
      let isKnown = positives.isExact && negatives.isExact
      if !isKnown, let proof = impossibleAtAnySize(scores) { return .infeasible(proof) }
      return binary.decide(positives: positives, negatives: negatives, scores)
    case .binaryTotal(let total):
      if let proof = impossibleAtAnySize(scores) { return .infeasible(proof) }
      return binary.decide(total: total, scores)
    case .multiclass(let sizes):
      return multiclass(sizes, scores)
    case .meanOverFolds(let datasets, let bounds):
      return FoldDecision(
        datasets: datasets, datasetBounds: bounds, hypothesis: hypothesis,
        acceptsConvention: acceptsConvention, effort: effort
      ).decide(scores)
    case .meanOverMulticlassFolds(let folds):
      return MulticlassFoldDecision(
        folds: folds, hypothesis: hypothesis, acceptsConvention: acceptsConvention,
        effort: effort
      ).decide(scores)
    }
  }

  /// Contradictions that hold whatever the counts spare a walk through all of them.
  private func impossibleAtAnySize(_ scores: [ReportedScore]) -> Proof? {
    CountlessDecision(hypothesis: hypothesis, effort: 500).decide(scores).proof
  }

  private func multiclass(_ sizes: [Int], _ scores: [ReportedScore]) -> Feasibility {
    if sizes.count == 2 {
      // Either class may be the positive one, unless the reading treats both alike.
      let binary = BinaryDecision(
        hypothesis: hypothesis, acceptsConvention: acceptsConvention, budget: effort)
      let first = binary.decide(
        positives: .exactly(sizes[1]), negatives: .exactly(sizes[0]), scores)
      if case .feasible = first { return first }
      guard hypothesis.averaging == .binary else { return first }
      let second = binary.decide(
        positives: .exactly(sizes[0]), negatives: .exactly(sizes[1]), scores)
      if first.isInfeasible { return second }
      if case .feasible = second { return second }
      return first
    }
    if violatesBalance(scores) { return .infeasible(.inequality) }
    let problem = MulticlassProblem(
      sizes: sizes, hypothesis: hypothesis, scores: scores,
      acceptsConvention: acceptsConvention)
    guard let hits = problem.hitRange else { return .infeasible(.granularity) }
    let linear: Set<ScoreKind> = [
      .accuracy, .errorRate, .recall, .specificity, .balancedAccuracy,
    ]
    if hypothesis.averaging != .micro, scores.allSatisfy({ linear.contains($0.kind) }) {
      // Most answers, and most refutations by bounds, need no program; most other refutations are
      // those of its relaxation.
      let program = MulticlassFoldDecision(
        folds: [sizes], hypothesis: hypothesis, acceptsConvention: acceptsConvention,
        effort: effort)
      for attempt in 0..<4 {
        let answer =
          attempt % 2 == 0
          ? MulticlassSearch(problem, budget: attempt == 0 ? 500 : 20_000).run(hits)
          : program.decide(scores, nodes: attempt == 1 ? 1 : 2_000)
        if case .unknown = answer { continue }
        return answer
      }
    }
    return curved(problem, hits)
  }

  /// The mean one-vs-rest balanced accuracy is half the sum of mean recall and mean specificity.
  private func violatesBalance(_ scores: [ReportedScore]) -> Bool {
    guard hypothesis.accuracy == .meanOneVersusRest,
      [.binary, .macro, .f1OfMacroAverages].contains(hypothesis.averaging)
    else { return false }
    func interval(_ kind: ScoreKind) -> ScoreInterval? {
      scores.first { $0.kind == kind }?.interval
    }
    guard let balanced = interval(.balancedAccuracy), let recall = interval(.recall),
      let specificity = interval(.specificity)
    else { return false }
    return 2 * balanced.low > recall.high + specificity.high + 1e-9
      || 2 * balanced.high < recall.low + specificity.low - 1e-9
  }

  /// Scores that are not linear: witnesses by search, proofs by hulls, and the whole search last.
  private func curved(_ problem: MulticlassProblem, _ hits: ClosedRange<Int>) -> Feasibility {
    let quick = MulticlassSearch(problem, budget: min(20_000, effort / 20)).run(hits)
    if case .unknown = quick {} else { return quick }
    func witness(steps: Int, seed: UInt64) -> Feasibility? {
      var search = MulticlassLocalSearch([problem], hits: [hits], seed: seed)
      var matrix: ConfusionMatrix?
      _ = search.run(steps: steps) { states in
        let tp = zip(problem.sizes, states[0].missed).map { $0 - $1 }
        let columns = zip(tp, states[0].alarms).map { $0 + $1 }
        guard problem.holds(hits: tp, columns: columns) else { return false }
        matrix = problem.matrix(hits: tp, columns: columns)
        return matrix != nil
      }
      return matrix.map { .feasible(.matrix($0)) }
    }
    if let found = witness(steps: min(32_768, effort / 100), seed: 1) { return found }
    guard let narrowed = MulticlassSearch(problem, budget: 0).narrowed(hits) else {
      return .infeasible(.inequality)
    }
    if effort >= 1_000_000, MulticlassHull(problem: problem).refutes(narrowed) {
      return .infeasible(.separation)
    }
    if let found = witness(steps: effort / 50, seed: 2) { return found }
    return MulticlassSearch(problem, budget: effort / 60).run(hits)
  }
}
