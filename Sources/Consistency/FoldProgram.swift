// Means over folds as an integer program, for bounds on single folds and many kinds of folds.

/// TP and TN of every fold as integers under linear rows, solved by GLPK.
struct FoldProgram {
  let units: [FoldUnit]
  let forms: LinearFolds
  /// Per data set, the bounds on each of its folds.
  let foldBounds: [[ScoreBound]]
  /// Bounds on each data set's mean.
  let datasetBounds: [ScoreBound]

  func solve(nodes: Int) -> LinearFolds.Answer {
    var program = LinearProgram()
    for unit in units { _ = program.variable(0...unit.counts.positives) }
    for unit in units { _ = program.variable(0...unit.counts.negatives, stage: 1) }
    for (kind, limits) in [
      (ScoreKind.recall, forms.recall), (.specificity, forms.specificity),
      (.accuracy, forms.accuracy),
    ] where limits.low > -.infinity {
      program.rows.append(
        row(kind, Array(units.indices), limits.low, limits.high) { 1 / Double($0.divisor) })
    }
    if forms.both.low > -.infinity {
      program.rows.append(
        row(.balancedAccuracy, Array(units.indices), forms.both.low / 2, forms.both.high / 2) {
          1 / Double($0.divisor)
        })
    }
    // Bounds are printed to a few decimals and read leniently, as a paper's minimum would be.
    let slack = 1e-6
    for (index, unit) in units.enumerated() {
      for bound in foldBounds[unit.dataset] where isDefined(bound.kind, [index]) {
        program.rows.append(
          row(bound.kind, [index], bound.lower - slack, bound.upper + slack) { _ in 1 })
      }
    }
    let names = Set(units.map(\.dataset)).sorted()
    for dataset in names {
      let members = units.indices.filter { units[$0].dataset == dataset }
      for bound in datasetBounds where isDefined(bound.kind, members) {
        program.rows.append(
          row(bound.kind, members, bound.lower - slack, bound.upper + slack) { _ in
            1 / Double(members.count)
          })
      }
    }
    switch program.solve(nodes: nodes) {
    case .feasible(let values):
      return .feasible(
        units.indices.map { CountPair(tp: values[$0], tn: values[units.count + $0]) })
    case .infeasible: return .infeasible
    case .unknown: return .unknown
    }
  }

  private func isDefined(_ kind: ScoreKind, _ members: [Int]) -> Bool {
    switch kind {
    case .accuracy: true
    case .recall: members.allSatisfy { units[$0].counts.positives > 0 }
    case .specificity: members.allSatisfy { units[$0].counts.negatives > 0 }
    case .balancedAccuracy:
      members.allSatisfy { units[$0].counts.positives > 0 && units[$0].counts.negatives > 0 }
    default: false
    }
  }

  private func row(
    _ kind: ScoreKind, _ members: [Int], _ low: Double, _ high: Double,
    weight: (FoldUnit) -> Double
  ) -> LinearProgram.Row {
    var terms: [(Int, Double)] = []
    for index in members {
      let unit = units[index]
      let share = weight(unit)
      let counts = unit.counts
      switch kind {
      case .recall: terms.append((index, share / Double(counts.positives)))
      case .specificity: terms.append((units.count + index, share / Double(counts.negatives)))
      case .balancedAccuracy:
        terms.append((index, share / Double(counts.positives) / 2))
        terms.append((units.count + index, share / Double(counts.negatives) / 2))
      default:
        if counts.positives > 0 { terms.append((index, share / Double(counts.total))) }
        if counts.negatives > 0 {
          terms.append((units.count + index, share / Double(counts.total)))
        }
      }
    }
    return LinearProgram.Row(terms: terms, low: low, high: high)
  }
}
