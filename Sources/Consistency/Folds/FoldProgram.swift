// Means over folds with bounds on single folds and data sets, as an integer program.

/// TP and TN of groups of equal folds as integers under linear rows.
///
/// Folds of equal counts, weight and data set are taken together first: the sums of m folds whose TP,
/// TN and TP + TN lie between whole numbers are exactly the whole numbers in m times these ranges, and
/// an even distribution reaches them. Only when the even distribution breaks a bound (balanced
/// accuracy mixes TP and TN otherwise) does every fold get variables of its own.
struct FoldProgram {
  private struct Cell {
    let counts: ClassCounts
    let divisor: Int
    let dataset: Int
    var members: [Int]
  }

  let units: [FoldUnit]
  let forms: LinearFolds
  /// Per data set, the bounds on each of its folds.
  let foldBounds: [[ScoreBound]]
  /// Bounds on each data set's mean.
  let datasetBounds: [ScoreBound]

  func solve(nodes: Int) -> LinearFolds.Answer {
    let together = solve(grouped, nodes: nodes)
    guard case .feasible(let pairs) = together, !holdsBounds(pairs) else { return together }
    let single = units.indices.map {
      Cell(
        counts: units[$0].counts, divisor: units[$0].divisor, dataset: units[$0].dataset,
        members: [$0])
    }
    return solve(single, nodes: nodes)
  }

  private var grouped: [Cell] {
    var cells: [Cell] = []
    var places: [FoldUnit: Int] = [:]
    for (index, unit) in units.enumerated() {
      if let place = places[unit] {
        cells[place].members.append(index)
      } else {
        places[unit] = cells.count
        cells.append(
          Cell(
            counts: unit.counts, divisor: unit.divisor, dataset: unit.dataset, members: [index]))
      }
    }
    return cells
  }

  private func holdsBounds(_ pairs: [CountPair]) -> Bool {
    zip(pairs, units).allSatisfy { pair, unit in
      foldBounds[unit.dataset].allSatisfy { $0.allows(pair.tp, pair.tn, unit.counts) }
    }
  }

  private func solve(_ cells: [Cell], nodes: Int) -> LinearFolds.Answer {
    var program = LinearProgram()
    for (stage, size) in [\ClassCounts.positives, \.negatives].enumerated() {
      for cell in cells {
        let most = cell.counts[keyPath: size]
        var range = 0...most
        for bound in foldBounds[cell.dataset]
        where bound.kind == (stage == 0 ? .recall : .specificity) && most > 0 {
          let low = ((bound.lower - ScoreBound.slack) * Double(most)).rounded(.up)
          let high = ((bound.upper + ScoreBound.slack) * Double(most)).rounded(.down)
          let cut = (max(0, min(Double(most) + 1, low)), min(Double(most), max(-1, high)))
          if Int(cut.0) > range.upperBound || Int(cut.1) < range.lowerBound || cut.0 > cut.1 {
            return .infeasible(.enumeration)
          }
          range = max(range.lowerBound, Int(cut.0))...min(range.upperBound, Int(cut.1))
        }
        let folds = cell.members.count
        _ = program.variable(
          (range.lowerBound * folds)...(range.upperBound * folds), stage: stage)
      }
    }
    for (kind, limits) in [
      (ScoreKind.recall, forms.recall), (.specificity, forms.specificity),
      (.accuracy, forms.accuracy),
    ] where limits.low > -.infinity {
      program.rows.append(
        row(kind, cells, Array(cells.indices), limits.low, limits.high) { 1 / Double($0.divisor) })
    }
    if forms.both.low > -.infinity {
      program.rows.append(
        row(
          .balancedAccuracy, cells, Array(cells.indices), forms.both.low / 2, forms.both.high / 2
        ) { 1 / Double($0.divisor) })
    }
    let slack = ScoreBound.slack
    for (index, cell) in cells.enumerated() {
      let folds = Double(cell.members.count)
      for bound in foldBounds[cell.dataset] where isDefined(bound.kind, [cell]) {
        var low = bound.lower - slack
        var high = bound.upper + slack
        if bound.kind == .accuracy {
          // TP + TN is whole in every fold.
          let total = Double(cell.counts.total)
          low = (low * total - 1e-9).rounded(.up) / total - 1e-9
          high = (high * total + 1e-9).rounded(.down) / total + 1e-9
          if low > high { return .infeasible(.enumeration) }
        }
        program.rows.append(
          row(bound.kind, cells, [index], low * folds, high * folds) { _ in 1 })
      }
    }
    for dataset in Set(cells.map(\.dataset)).sorted() {
      let members = cells.indices.filter { cells[$0].dataset == dataset }
      let folds = members.reduce(0) { $0 + cells[$1].members.count }
      for bound in datasetBounds where isDefined(bound.kind, members.map { cells[$0] }) {
        program.rows.append(
          row(bound.kind, cells, members, bound.lower - slack, bound.upper + slack) { _ in
            1 / Double(folds)
          })
      }
    }
    switch program.solve(nodes: nodes) {
    case .feasible(let values): return .feasible(distribute(values, cells))
    case .infeasible(let proof): return .infeasible(proof)
    case .unknown: return .unknown
    }
  }

  /// Shares each cell's sums out as evenly as can be; where TP + TN would differ by two, the folds
  /// with more TP get fewer TN.
  private func distribute(_ values: [Int], _ cells: [Cell]) -> [CountPair] {
    var pairs = Array(repeating: CountPair(tp: 0, tn: 0), count: units.count)
    for (index, cell) in cells.enumerated() {
      let folds = cell.members.count
      let tp = values[index]
      let tn = values[cells.count + index]
      for (place, member) in cell.members.enumerated() {
        pairs[member] = CountPair(
          tp: tp / folds + (place < tp % folds ? 1 : 0),
          tn: tn / folds + (folds - 1 - place < tn % folds ? 1 : 0))
      }
    }
    return pairs
  }

  private func isDefined(_ kind: ScoreKind, _ cells: [Cell]) -> Bool {
    switch kind {
    case .accuracy: true
    case .recall: cells.allSatisfy { $0.counts.positives > 0 }
    case .specificity: cells.allSatisfy { $0.counts.negatives > 0 }
    case .balancedAccuracy:
      cells.allSatisfy { $0.counts.positives > 0 && $0.counts.negatives > 0 }
    default: false
    }
  }

  private func row(
    _ kind: ScoreKind, _ cells: [Cell], _ members: [Int], _ low: Double, _ high: Double,
    weight: (Cell) -> Double
  ) -> LinearProgram.Row {
    var terms: [(variable: Int, coefficient: Double)] = []
    for index in members {
      let share = weight(cells[index])
      let counts = cells[index].counts
      switch kind {
      case .recall: terms.append((index, share / Double(counts.positives)))
      case .specificity: terms.append((cells.count + index, share / Double(counts.negatives)))
      case .balancedAccuracy:
        terms.append((index, share / Double(counts.positives) / 2))
        terms.append((cells.count + index, share / Double(counts.negatives) / 2))
      default:
        if counts.positives > 0 { terms.append((index, share / Double(counts.total))) }
        if counts.negatives > 0 {
          terms.append((cells.count + index, share / Double(counts.total)))
        }
      }
    }
    return LinearProgram.Row(terms: terms, low: low, high: high)
  }
}
