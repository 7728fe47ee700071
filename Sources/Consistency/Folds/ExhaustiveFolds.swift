// Decides few folds exactly when scores are not linear, by trying what the linear scores leave.

/// Depth-first search over TP of every fold, then TN, cut off by what the rest can still add.
///
/// For a fixed TP every score rises or falls with TN, so its extremes over an undecided TN are at the
/// ends. Folds of equal counts are interchangeable and taken in rising order of TP, then of TN.
struct ExhaustiveFolds {
  let units: [FoldUnit]
  let constraints: [CountConstraint]
  private var budget: Int
  private var tp: [Int]
  private var tn: [Int]
  private var found: [CountPair]?
  /// Positions in an order that puts interchangeable folds side by side.
  private let order: [Int]
  private let holds: ([CountPair]) -> Bool

  init(
    units: [FoldUnit], constraints: [CountConstraint], budget: Int,
    holds: @escaping ([CountPair]) -> Bool
  ) {
    self.units = units
    self.constraints = constraints
    self.budget = budget
    self.holds = holds
    tp = units.map { _ in 0 }
    tn = tp
    order = units.indices.sorted {
      let left = units[$0]
      let right = units[$1]
      return (left.counts.positives, left.counts.negatives, left.divisor, $0)
        < (right.counts.positives, right.counts.negatives, right.divisor, $1)
    }
  }

  /// The folds found, nil with true when there are none, nil with false when the effort ran out.
  mutating func run() -> (pairs: [CountPair]?, isComplete: Bool) {
    chooseTP(0)
    return (found, budget > 0 || found != nil)
  }

  private func isTwin(_ position: Int) -> Bool {
    guard position > 0 else { return false }
    let unit = units[order[position]]
    let before = units[order[position - 1]]
    return unit.counts == before.counts && unit.divisor == before.divisor
  }

  private mutating func chooseTP(_ position: Int) {
    budget -= units.count
    guard budget > 0, found == nil, isReachable(tpChosen: position, tnChosen: 0) else { return }
    if position == units.count {
      chooseTN(0)
      return
    }
    let unit = order[position]
    let first = isTwin(position) ? tp[order[position - 1]] : 0
    for value in stride(from: first, through: units[unit].counts.positives, by: 1) {
      tp[unit] = value
      chooseTP(position + 1)
      if budget <= 0 || found != nil { return }
    }
  }

  private mutating func chooseTN(_ position: Int) {
    budget -= units.count
    guard budget > 0, found == nil,
      isReachable(tpChosen: units.count, tnChosen: position)
    else { return }
    if position == units.count {
      let pairs = units.indices.map { CountPair(tp: tp[$0], tn: tn[$0]) }
      if holds(pairs) { found = pairs }
      return
    }
    let unit = order[position]
    let before = position > 0 ? order[position - 1] : 0
    let first = isTwin(position) && tp[unit] == tp[before] ? tn[before] : 0
    for value in stride(from: first, through: units[unit].counts.negatives, by: 1) {
      tn[unit] = value
      chooseTN(position + 1)
      if budget <= 0 || found != nil { return }
    }
  }

  /// Whether every mean can still fall into its interval.
  private func isReachable(tpChosen: Int, tnChosen: Int) -> Bool {
    for constraint in constraints {
      var low = 0.0
      var high = 0.0
      for (position, unit) in order.enumerated() {
        let counts = units[unit].counts
        let share = 1 / Double(units[unit].divisor)
        let p = Double(counts.positives)
        let n = Double(counts.negatives)
        let twinned = position >= tpChosen && tpChosen > 0 && isSame(position, tpChosen - 1)
        let tp0 =
          position < tpChosen ? Double(tp[unit]) : twinned ? Double(tp[order[tpChosen - 1]]) : 0
        let tp1 = position < tpChosen ? Double(tp[unit]) : p
        let tn0 = position < tnChosen ? Double(tn[unit]) : 0
        let tn1 = position < tnChosen ? Double(tn[unit]) : n
        low += share * constraint.bound(tp0, tn0, p, n)
        high += share * constraint.bound(tp1, tn1, p, n)
      }
      if high < constraint.widenedLow - 1e-10 || low > constraint.widenedHigh + 1e-10 {
        return false
      }
    }
    return true
  }

  /// Whether two places in the order hold interchangeable folds.
  private func isSame(_ first: Int, _ second: Int) -> Bool {
    units[order[first]].counts == units[order[second]].counts
      && units[order[first]].divisor == units[order[second]].divisor
  }
}
