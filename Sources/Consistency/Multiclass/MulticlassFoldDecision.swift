// Decides means over folds of multiclass scores.
import Scoring

/// Means over folds of macro, weighted or micro averages.
///
/// Scores that are linear in missed samples and false alarms (accuracy, recall, specificity, balanced
/// accuracy) are decided exactly as an integer program with one block per fold; precision and F1 are
/// compared on the program's solution and bounded by the concavity of F1.
struct MulticlassFoldDecision {
  let folds: [[Int]]
  let hypothesis: Hypothesis
  let acceptsConvention: Bool
  let effort: Int

  var classCount: Int { folds[0].count }
  private var isWeighted: Bool {
    hypothesis.averaging == .weighted || hypothesis.averaging == .f1OfWeightedAverages
  }

  func decide(_ scores: [ReportedScore], nodes: Int = 2_000) -> Feasibility {
    if hypothesis.averaging == .micro { return decideMicro(scores) }
    if violatesConcavity(scores) { return .infeasible(.inequality) }
    var program = LinearProgram()
    // e and f of each class of each fold.
    for fold in folds {
      let size = fold.reduce(0, +)
      for classSize in fold { _ = program.variable(0...classSize) }
      for classSize in fold { _ = program.variable(0...(size - classSize), stage: 1) }
    }
    addStructure(&program)
    for score in scores { addRow(score, &program) }
    let isQuick = nodes == 1
    switch program.solve(
      nodes: nodes, dives: isQuick ? 0 : 40, budget: isQuick ? 200 : 20_000)
    {
    case .infeasible(let proof): return .infeasible(proof)
    case .unknown: return folds.count == 1 ? .unknown : search(from: nil, scores)
    case .feasible(let values):
      let answer = check(values, scores)
      if case .feasible = answer { return answer }
      return folds.count == 1 ? answer : search(from: values, scores)
    }
  }

  /// Random moves from the program's solution, for scores that are not linear.
  private func search(from values: [Int]?, _ scores: [ReportedScore]) -> Feasibility {
    let problems = folds.map {
      MulticlassProblem(
        sizes: $0, hypothesis: hypothesis, scores: scores, acceptsConvention: acceptsConvention)
    }
    let start = values.map { values in
      folds.indices.map { fold in
        let own = (0..<classCount).map { values[missed(fold, $0)] }
        return MulticlassLocalSearch.State(
          missed: own, alarms: (0..<classCount).map { values[alarm(fold, $0)] },
          errors: own.reduce(0, +))
      }
    }
    var search = MulticlassLocalSearch(
      problems, hits: problems.map { 0...$0.total }, start: start)
    var found = Feasibility.unknown
    _ = search.run(steps: min(200_000, effort / 50)) { states in
      found = check(states.flatMap { $0.missed + $0.alarms }, scores)
      if case .feasible = found { return true }
      return false
    }
    return found
  }

  /// The mean of F1 over folds and classes is at most the harmonic mean of the means.
  private func violatesConcavity(_ scores: [ReportedScore]) -> Bool {
    guard hypothesis.averaging == .macro || hypothesis.averaging == .binary,
      let f1 = scores.first(where: { $0.kind == .f1 })?.interval.low,
      let precision = scores.first(where: { $0.kind == .precision })?.interval.high
    else { return false }
    let recall = scores.first { $0.kind == .recall }?.interval.high ?? 1
    return f1 > 2 * precision * recall / max(1e-300, precision + recall) + 1e-9
  }

  private func missed(_ fold: Int, _ label: Int) -> Int { fold * 2 * classCount + label }
  private func alarm(_ fold: Int, _ label: Int) -> Int {
    fold * 2 * classCount + classCount + label
  }

  /// Per fold: as many missed samples as false alarms, and no class's own false alarms.
  private func addStructure(_ program: inout LinearProgram) {
    for fold in folds.indices {
      var balance: [(variable: Int, coefficient: Double)] = []
      for label in 0..<classCount {
        balance.append((missed(fold, label), 1))
        balance.append((alarm(fold, label), -1))
      }
      program.rows.append(LinearProgram.Row(terms: balance, low: 0, high: 0))
      for label in 0..<classCount {
        // f ≤ Σ of the other classes' e.
        var terms: [(variable: Int, coefficient: Double)] = [(alarm(fold, label), 1)]
        for other in 0..<classCount where other != label {
          terms.append((missed(fold, other), -1))
        }
        program.rows.append(LinearProgram.Row(terms: terms, low: -.infinity, high: 0))
      }
    }
  }

  /// Adds the row of a linear score; others are left to ``check(_:_:)``.
  private func addRow(_ score: ReportedScore, _ program: inout LinearProgram) {
    let slack = 1e-9
    var interval = (low: score.interval.low - slack, high: score.interval.high + slack)
    var weights: (Double, Double)
    var perSize = false
    switch (score.kind, hypothesis.accuracy) {
    case (.accuracy, .overall), (.errorRate, .overall):
      weights = (1, 0)
      perSize = true
    case (.accuracy, .meanOneVersusRest), (.errorRate, .meanOneVersusRest):
      weights = (2 / Double(classCount), 0)
      perSize = true
    case (.accuracy, .balanced): weights = (1, 0)
    case (.recall, _):
      weights = (1, 0)
      perSize = isWeighted
    case (.specificity, _) where !isWeighted: weights = (0, 1)
    case (.balancedAccuracy, .meanOneVersusRest): weights = (0.5, 0.5)
    case (.balancedAccuracy, _): weights = (1, 0)
    default: return
    }
    if score.kind != .errorRate { interval = (1 - interval.high, 1 - interval.low) }
    var terms: [(variable: Int, coefficient: Double)] = []
    for (fold, sizes) in folds.enumerated() {
      let size = sizes.reduce(0, +)
      for (label, classSize) in sizes.enumerated() {
        let share =
          perSize
          ? 1 / Double(size * folds.count) : 1 / Double(classSize * classCount * folds.count)
        if weights.0 > 0 { terms.append((missed(fold, label), weights.0 * share)) }
        if weights.1 > 0 {
          let rate = 1 / Double((size - classSize) * classCount * folds.count)
          terms.append((alarm(fold, label), weights.1 * rate))
        }
      }
    }
    program.rows.append(
      LinearProgram.Row(terms: terms, low: interval.low, high: interval.high))
  }

  private func check(_ values: [Int], _ scores: [ReportedScore]) -> Feasibility {
    var matrices: [ConfusionMatrix] = []
    for (fold, sizes) in folds.enumerated() {
      let hits = sizes.indices.map { sizes[$0] - values[missed(fold, $0)] }
      let columns = sizes.indices.map { hits[$0] + values[alarm(fold, $0)] }
      let problem = MulticlassProblem(
        sizes: sizes, hypothesis: hypothesis, scores: [], acceptsConvention: acceptsConvention)
      guard let matrix = problem.matrix(hits: hits, columns: columns) else { return .unknown }
      matrices.append(matrix)
    }
    for score in scores {
      guard let mean = mean(of: score, matrices) else { return .unknown }
      // A mean that touches the end of its interval is not called a witness, save where one matrix
      // can be compared exactly.
      if mean < score.interval.low + 1e-12 || mean > score.interval.high - 1e-12 {
        guard matrices.count == 1, mean > score.interval.low - 1e-9,
          mean < score.interval.high + 1e-9
        else { return .unknown }
      }
    }
    if matrices.count == 1, !holdsExactly(matrices[0], scores) { return .unknown }
    return .feasible(.foldMatrices(matrices))
  }

  private func holdsExactly(_ matrix: ConfusionMatrix, _ scores: [ReportedScore]) -> Bool {
    let problem = MulticlassProblem(
      sizes: folds[0], hypothesis: hypothesis, scores: scores,
      acceptsConvention: acceptsConvention)
    let hits = folds[0].indices.map { matrix[$0, $0] }
    return problem.hitRange?.contains(matrix.correct) == true
      && problem.holds(hits: hits, columns: matrix.predictedCounts)
  }

  private func mean(of score: ReportedScore, _ matrices: [ConfusionMatrix]) -> Double? {
    var sum = 0.0
    for matrix in matrices {
      guard let value = value(of: score, matrix) else { return nil }
      sum += value
    }
    return sum / Double(matrices.count)
  }

  private func value(of score: ReportedScore, _ matrix: ConfusionMatrix) -> Double? {
    let probe = CountConstraint(
      kind: score.kind, interval: score.interval, beta: score.beta)
    switch (score.kind, hypothesis.accuracy) {
    case (.accuracy, .overall): return matrix.accuracy.value
    case (.errorRate, .overall): return matrix.errorRate.value
    case (.accuracy, .balanced): return matrix.balancedAccuracy.value
    case (.balancedAccuracy, .overall), (.balancedAccuracy, .balanced):
      return matrix.balancedAccuracy.value
    case (.kappa, .overall), (.kappa, .balanced): return matrix.kappa().value
    case (.matthews, .overall), (.matthews, .balanced): return matrix.matthews.value
    default: break
    }
    if score.kind == .f1,
      [.f1OfMacroAverages, .f1OfWeightedAverages].contains(hypothesis.averaging)
    {
      return matrix.f1OfAverages(isWeighted ? .weighted : .macro, undefined: .zero).value
    }
    return matrix.average(
      { counts in
        .value(
          probe.value(
            counts.truePositives, counts.trueNegatives, counts.positives, counts.negatives))
      }, isWeighted ? .weighted : .macro
    ).value
  }
}
