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

  private var classCount: Int { folds[0].count }
  private var isWeighted: Bool {
    hypothesis.averaging == .weighted || hypothesis.averaging == .f1OfWeightedAverages
  }

  func decide(_ scores: [ReportedScore]) -> Feasibility {
    if hypothesis.averaging == .micro { return decideMicro(scores) }
    if violatesConcavity(scores) { return .infeasible }
    var program = LinearProgram()
    // e and f of each class of each fold.
    for fold in folds {
      let size = fold.reduce(0, +)
      for classSize in fold { _ = program.variable(0...classSize) }
      for classSize in fold { _ = program.variable(0...(size - classSize), stage: 1) }
    }
    addStructure(&program)
    for score in scores { addRow(score, &program) }
    switch program.solve(nodes: 2_000) {
    case .infeasible: return .infeasible
    case .unknown: return .unknown
    case .feasible(let values): return check(values, scores)
    }
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

  // MARK: Micro averages

  /// With micro averaging the hits of a fold decide every score.
  private func decideMicro(_ scores: [ReportedScore]) -> Feasibility {
    let constraints = scores.map {
      CountConstraint(
        kind: $0.kind, interval: $0.interval, beta: $0.beta,
        acceptsConvention: acceptsConvention)
    }
    let k = Double(classCount)
    // Each linear score is a + b·x in the mean x of hits per sample.
    var limits = LinearFolds.Limits()
    let slack = 1e-9
    for (score, constraint) in zip(scores, constraints) {
      let line: (Double, Double)?
      switch score.kind {
      case .precision, .recall, .f1: line = (0, 1)
      case .falseNegativeRate, .falseDiscoveryRate: line = (1, -1)
      case .specificity, .negativePredictiveValue, .fMinus: line = ((k - 2) / (k - 1), 1 / (k - 1))
      case .falsePositiveRate, .falseOmissionRate: line = (1 / (k - 1), -1 / (k - 1))
      case .balancedAccuracy:
        line = ((k - 2) / (k - 1) / 2, (1 + 1 / (k - 1)) / 2)
      case .accuracy:
        line = hypothesis.accuracy == .meanOneVersusRest ? ((k - 2) / k, 2 / k) : (0, 1)
      case .errorRate:
        line = hypothesis.accuracy == .meanOneVersusRest ? (2 / k, -2 / k) : (1, -1)
      default: line = nil
      }
      guard let line else { continue }
      let ends = [
        (constraint.interval.low - slack - line.0) / line.1,
        (constraint.interval.high + slack - line.0) / line.1,
      ]
      limits.intersect(min(ends[0], ends[1]), max(ends[0], ends[1]))
    }
    if limits.low > limits.high { return .infeasible }
    let units = folds.map {
      FoldUnit(
        counts: ClassCounts(positives: $0.reduce(0, +), negatives: 0), divisor: folds.count,
        dataset: 0)
    }
    guard let linear = LinearFolds(units: units, recall: limits) else { return .infeasible }
    switch linear.solve(nodes: 2_000) {
    case .infeasible: return .infeasible
    case .unknown: return .unknown
    case .feasible(let pairs): return checkMicro(pairs.map(\.tp), scores, constraints)
    }
  }

  private func checkMicro(
    _ hits: [Int], _ scores: [ReportedScore], _ constraints: [CountConstraint]
  ) -> Feasibility {
    for (score, constraint) in zip(scores, constraints) {
      var exact = WideFraction(0)
      var mean = 0.0
      for (fold, sizes) in folds.enumerated() {
        let size = sizes.reduce(0, +)
        let overall =
          hypothesis.accuracy == .overall
          && (score.kind == .accuracy || score.kind == .errorRate)
        let tn = overall ? 0 : (classCount - 2) * size + hits[fold]
        let n = overall ? 0 : (classCount - 1) * size
        mean += constraint.value(hits[fold], tn, size, n) / Double(folds.count)
        if case .number(.fraction(let value)) = constraint.exactValue(hits[fold], tn, size, n) {
          exact = exact + value * WideFraction(1, folds.count)
        } else if mean < score.interval.low + 1e-12 || mean > score.interval.high - 1e-12 {
          return .unknown
        } else {
          exact = WideFraction(score.interval.lower, score.interval.scale)
        }
      }
      let isRational = ![.matthews, .geometricMean, .fowlkesMallows, .prevalenceThreshold]
        .contains(score.kind)
      if isRational, !ExactNumber.fraction(exact).isInside(score.interval) { return .unknown }
      if !isRational, mean < score.interval.low || mean > score.interval.high { return .unknown }
    }
    // One matrix per fold: errors go to the next class.
    var matrices: [ConfusionMatrix] = []
    for (fold, sizes) in folds.enumerated() {
      var left = hits[fold]
      var rows = sizes.map { _ in sizes.map { _ in 0 } }
      for (label, size) in sizes.enumerated() {
        let hit = min(left, size)
        left -= hit
        rows[label][label] = hit
        rows[label][(label + 1) % sizes.count] += size - hit
      }
      guard let matrix = try? ConfusionMatrix(rows: rows) else { return .unknown }
      matrices.append(matrix)
    }
    return .feasible(.foldMatrices(matrices))
  }
}
