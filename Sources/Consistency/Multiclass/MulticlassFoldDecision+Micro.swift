// Means over folds of micro averages: the hits of a fold decide every score.
import Scoring

extension MulticlassFoldDecision {
  /// With micro averaging the hits of a fold decide every score.
  func decideMicro(_ scores: [ReportedScore]) -> Feasibility {
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
    if limits.low > limits.high { return .infeasible(.inequality) }
    let units = folds.map {
      FoldUnit(
        counts: ClassCounts(positives: $0.reduce(0, +), negatives: 0), divisor: folds.count,
        dataset: 0)
    }
    guard let linear = LinearFolds(units: units, recall: limits) else {
      return .infeasible(.inequality)
    }
    switch linear.solve(nodes: 2_000) {
    case .infeasible(let proof): return .infeasible(proof)
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
