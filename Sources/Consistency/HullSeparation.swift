// Proves that no folds can have given means, for any scores, by separating convex hulls.

/// The means of scores over folds lie in the weighted sum of the convex hulls of what each fold can
/// score. When a plane separates that sum from the box of printed means, they are impossible.
///
/// The plane comes from Frank–Wolfe steps towards the box; each fold's best point is found by trying
/// all its (TP, TN), so the bound holds for any score whatever.
struct HullSeparation {
  private struct Group {
    let weight: Double
    /// One row of scores per (TP, TN) pair.
    let points: [[Double]]
  }

  private let groups: [Group]
  private let low: [Double]
  private let high: [Double]

  /// The most (TP, TN) pairs per kind of fold that are tried.
  private static let limit = 60_000

  init(units: [FoldUnit], constraints: [CountConstraint]) {
    let usable = constraints.filter { $0.interval.high < 1e6 }
    low = usable.map(\.interval.low)
    high = usable.map(\.interval.high)
    var shares: [ClassCounts: Double] = [:]
    for unit in units { shares[unit.counts, default: 0] += 1 / Double(unit.divisor) }
    let kinds = shares.keys.sorted {
      ($0.positives, $0.negatives) < ($1.positives, $1.negatives)
    }
    let isSmall = kinds.allSatisfy {
      ($0.positives + 1) * ($0.negatives + 1) <= Self.limit
    }
    groups =
      isSmall && !usable.isEmpty
      ? kinds.map { counts in
        var points: [[Double]] = []
        for tp in 0...counts.positives {
          for tn in 0...counts.negatives {
            let row = usable.map { $0.value(tp, tn, counts.positives, counts.negatives) }
            if row.allSatisfy(\.isFinite) { points.append(row) }
          }
        }
        return Group(weight: shares[counts] ?? 0, points: points)
      } : []
  }

  /// Whether a separating plane was found within so many rounds.
  func provesInfeasible(rounds: Int) -> Bool {
    guard !groups.isEmpty, groups.allSatisfy({ !$0.points.isEmpty }) else { return false }
    let dimensions = low.count
    var mean = Array(repeating: 0.0, count: dimensions)
    for group in groups {
      for index in 0..<dimensions { mean[index] += group.weight * group.points[0][index] }
    }
    for _ in 0..<rounds {
      let nearest = (0..<dimensions).map { min(max(mean[$0], low[$0]), high[$0]) }
      let normal = zip(mean, nearest).map { $0 - $1 }
      let length = normal.reduce(0) { $0 + abs($1) }
      if length < 1e-9 { return false }
      // The point of the sum that lies furthest towards the box.
      var best = Array(repeating: 0.0, count: dimensions)
      for group in groups {
        var least = Double.infinity
        var choice = group.points[0]
        for point in group.points {
          var product = 0.0
          for index in 0..<dimensions { product += normal[index] * point[index] }
          if product < least {
            least = product
            choice = point
          }
        }
        for index in 0..<dimensions { best[index] += group.weight * choice[index] }
      }
      let reached = zip(normal, best).reduce(0) { $0 + $1.0 * $1.1 }
      let box = zip(normal, nearest).reduce(0) { $0 + $1.0 * $1.1 }
      if reached > box + 1e-9 * length { return true }
      // The best step along the line to that point, for the distance to the current nearest point.
      let step = zip(best, mean).map { $0 - $1 }
      let square = step.reduce(0) { $0 + $1 * $1 }
      if square == 0 { return false }
      let along = -zip(normal, step).reduce(0) { $0 + $1.0 * $1.1 } / square
      let fraction = min(1, max(0, along))
      if fraction == 0 { return false }
      for index in 0..<dimensions { mean[index] += fraction * step[index] }
    }
    return false
  }
}
