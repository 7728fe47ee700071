// Finds the (TP, TN) of one binary test set that meet every score, or proves that there are none.

/// A pair of counts of a test set whose class counts are known.
struct CountPair: Hashable, Sendable {
  let tp: Int
  let tn: Int
}

/// Branch and prune over boxes of (TP, TN).
///
/// As every score rises (or falls) with both counts, its extremes over a box are at two corners and
/// its feasible slice in a row is an interval. Boxes are shrunk until no score shrinks them further,
/// halved while they are long, and scanned row by row when short. Every pair that is returned has
/// been compared exactly with every score; every pair left out violates one by more than the
/// floating-point error.
struct CountSearch {
  struct Result {
    var witness: CountPair?
    /// The number of solutions, when all were counted.
    var count: Int?
    /// True when the search ended before it had seen everything.
    var isExhausted = false
    /// Evaluations spent.
    var effort = 0
  }

  let positives: Int
  let negatives: Int
  let constraints: [CountConstraint]
  private let p: Double
  private let n: Double
  private let counting: Bool
  private var budget: Int
  private var count = 0
  private var witness: CountPair?

  private struct Box {
    var tp0: Int
    var tp1: Int
    var tn0: Int
    var tn1: Int
  }

  private init(
    _ positives: Int, _ negatives: Int, _ constraints: [CountConstraint], counting: Bool,
    budget: Int
  ) {
    self.positives = positives
    self.negatives = negatives
    self.constraints = constraints
    p = Double(positives)
    n = Double(negatives)
    self.counting = counting
    self.budget = budget
  }

  /// Searches a test set. With `counting`, all solutions are counted, else the first one ends it.
  static func run(
    positives: Int, negatives: Int, _ constraints: [CountConstraint], counting: Bool = false,
    budget: Int = 50_000_000
  ) -> Result {
    var search = CountSearch(
      positives, negatives, constraints, counting: counting, budget: budget)
    search.descend(Box(tp0: 0, tp1: positives, tn0: 0, tn1: negatives))
    let isExhausted = search.budget <= 0
    return Result(
      witness: search.witness, count: counting && !isExhausted ? search.count : nil,
      isExhausted: isExhausted, effort: budget - search.budget)
  }

  private var isDone: Bool { budget <= 0 || (witness != nil && !counting) }

  private mutating func descend(_ start: Box) {
    var box = start
    guard shrink(&box) else { return }
    let wide = box.tp1 - box.tp0
    let high = box.tn1 - box.tn0
    if min(wide, high) <= 24 {
      scan(box, rowsAreNegatives: high < wide)
      return
    }
    var first = box
    var second = box
    if wide >= high {
      first.tp1 = box.tp0 + wide / 2
      second.tp0 = first.tp1 + 1
    } else {
      first.tn1 = box.tn0 + high / 2
      second.tn0 = first.tn1 + 1
    }
    descend(first)
    if !isDone { descend(second) }
  }

  /// Cuts off what no score allows; false when nothing is left.
  private mutating func shrink(_ box: inout Box) -> Bool {
    var rounds = 0
    let (p, n) = (p, n)
    while true {
      let before = box.tp1 - box.tp0 + box.tn1 - box.tn0
      for constraint in constraints {
        budget -= 8
        let tp0 = Double(box.tp0)
        let tp1 = Double(box.tp1)
        let tn0 = Double(box.tn0)
        let tn1 = Double(box.tn1)
        if constraint.bound(tp1, tn1, p, n) < constraint.widenedLow { return false }
        if constraint.bound(tp0, tn0, p, n) > constraint.widenedHigh { return false }
        if constraint.bound(tp0, tn1, p, n) < constraint.widenedLow {
          box.tp0 = firstIndex(box.tp0, box.tp1) {
            constraint.bound($0, tn1, p, n) >= constraint.widenedLow
          }
        }
        if constraint.bound(tp1, tn0, p, n) > constraint.widenedHigh {
          box.tp1 =
            firstIndex(box.tp0, box.tp1) {
              constraint.bound($0, tn0, p, n) > constraint.widenedHigh
            } - 1
          if box.tp1 < box.tp0 { return false }
        }
        let left = Double(box.tp0)
        let right = Double(box.tp1)
        if constraint.bound(right, tn0, p, n) < constraint.widenedLow {
          box.tn0 = firstIndex(box.tn0, box.tn1) {
            constraint.bound(right, $0, p, n) >= constraint.widenedLow
          }
        }
        if constraint.bound(left, tn1, p, n) > constraint.widenedHigh {
          box.tn1 =
            firstIndex(box.tn0, box.tn1) {
              constraint.bound(left, $0, p, n) > constraint.widenedHigh
            } - 1
          if box.tn1 < box.tn0 { return false }
        }
      }
      let after = box.tp1 - box.tp0 + box.tn1 - box.tn0
      rounds += 1
      // Slow shrinking is what halving is better at.
      if after == before || rounds >= 8 || (rounds > 1 && after * 8 > before * 7) { return true }
    }
  }

  private mutating func scan(_ box: Box, rowsAreNegatives swapped: Bool) {
    let (p, n, positives, negatives) = (p, n, positives, negatives)
    let constraints = constraints
    let rows = swapped ? box.tn0...box.tn1 : box.tp0...box.tp1
    for row in rows {
      let fixed = Double(row)
      var first = swapped ? box.tp0 : box.tn0
      var last = swapped ? box.tp1 : box.tn1
      var isEmpty = false
      for constraint in constraints {
        budget -= 4
        let bound = { (inner: Double) -> Double in
          swapped ? constraint.bound(inner, fixed, p, n) : constraint.bound(fixed, inner, p, n)
        }
        if bound(Double(last)) < constraint.widenedLow
          || bound(Double(first)) > constraint.widenedHigh
        {
          isEmpty = true
          break
        }
        if bound(Double(first)) < constraint.widenedLow {
          first = firstIndex(first, last) { bound($0) >= constraint.widenedLow }
        }
        if bound(Double(last)) > constraint.widenedHigh {
          last = firstIndex(first, last) { bound($0) > constraint.widenedHigh } - 1
          if last < first {
            isEmpty = true
            break
          }
        }
      }
      if isEmpty { continue }
      let holds = { (inner: Int) -> Bool in
        let tp = swapped ? inner : row
        let tn = swapped ? row : inner
        return constraints.allSatisfy { $0.contains(tp, tn, positives, negatives) }
      }
      while first <= last, !holds(first) { first += 1 }
      guard first <= last else { continue }
      if witness == nil {
        witness = CountPair(tp: swapped ? first : row, tn: swapped ? row : first)
      }
      if !counting { return }
      while !holds(last) { last -= 1 }
      count += last - first + 1
      if budget <= 0 { return }
    }
  }
}

/// The first integer in low ... high where a rising test holds; high when it holds nowhere before.
@inline(__always)
private func firstIndex(_ low: Int, _ high: Int, _ test: (Double) -> Bool) -> Int {
  var low = low
  var high = high
  while low < high {
    let middle = low + (high - low) / 2
    if test(Double(middle)) { high = middle } else { low = middle + 1 }
  }
  return low
}
