// Writes averaged scores as sums over classes of functions of their false alarms.

extension AlarmSum {
  /// The scores that depend on false alarms as sums over classes; nil when one is impossible for
  /// these missed samples.
  static func sums(of problem: MulticlassProblem, missed: [Int]) -> [AlarmSum]? {
    let errors = missed.reduce(0, +)
    let count = problem.sizes.count
    let size = Double(problem.total)
    var sums: [AlarmSum] = []
    let hits = zip(problem.sizes, missed).map { Double($0 - $1) }
    let sizes = problem.sizes.map(Double.init)
    for average in problem.averages {
      let interval = average.constraint.interval
      let weights = problem.sizes.indices.map {
        Double(problem.weight($0, average.isWeighted))
          / Double(problem.weightSum(average.isWeighted))
      }
      let slack = 1e-9
      var sum = AlarmSum(
        isLinear: false, alpha: [], beta: [], low: interval.low - slack,
        high: interval.high + slack)
      switch average.constraint.kind {
      case .recall, .falseNegativeRate: continue
      case .specificity, .falsePositiveRate:
        sum.isLinear = true
        sum.alpha = zip(weights, sizes).map { $0 / (size - $1) }
        if average.constraint.kind == .specificity {
          sum.low = 1 - interval.high - slack
          sum.high = 1 - interval.low + slack
        }
      case .balancedAccuracy where !average.isWeighted:
        let recall = zip(hits, sizes).reduce(0) { $0 + $1.0 / $1.1 } / Double(count)
        sum.isLinear = true
        sum.alpha = zip(weights, sizes).map { $0 / (size - $1) }
        sum.low = 1 + recall - 2 * interval.high - slack
        sum.high = 1 + recall - 2 * interval.low + slack
      case .precision:
        sum.alpha = zip(weights, hits).map { $0 * $1 }
        sum.beta = hits
      case .f1 where average.isHarmonic:
        let recall = zip(weights, zip(hits, sizes)).reduce(0) { $0 + $1.0 * $1.1.0 / $1.1.1 }
        guard interval.low < 2 * recall + slack else { return nil }
        sum.alpha = zip(weights, hits).map { $0 * $1 }
        sum.beta = hits
        let lowRest = 2 * recall - interval.low
        sum.low = lowRest > 0 ? interval.low * recall / lowRest - slack : -1
        let highRest = 2 * recall - interval.high
        sum.high = highRest > 1e-9 ? interval.high * recall / highRest + slack : 2
      case .f1, .fBeta:
        let square = average.constraint.betaSquare
        sum.alpha = zip(weights, hits).map { $0 * $1 * (1 + square) }
        sum.beta = zip(hits, sizes).map { $0 + square * $1 }
      case .jaccard:
        sum.alpha = zip(weights, hits).map { $0 * $1 }
        sum.beta = sizes
      default: continue
      }
      sums.append(sum)
    }
    for interval in problem.kappa where errors > 0 {
      // κ = (N·t − A)/(N² − A) falls with A = Σ r·c.
      let correct = size - Double(errors)
      let base = zip(hits, sizes).reduce(0) { $0 + $1.0 * $1.1 }
      func chance(_ kappa: Double) -> Double {
        kappa < 1 ? (size * correct - kappa * size * size) / (1 - kappa) : -.infinity
      }
      let slack = 1e-9 * size * size
      sums.append(
        AlarmSum(
          isLinear: true, alpha: sizes, beta: [], low: chance(interval.high) - base - slack,
          high: chance(interval.low) - base + slack))
    }
    return sums
  }
}
