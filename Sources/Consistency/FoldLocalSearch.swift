// Looks for folds whose mean scores print as reported, when scores are not linear in the counts.
import Scoring

/// Random moves of single counts and of pairs between equal folds, which keep linear means.
struct FoldLocalSearch {
  let units: [FoldUnit]
  let constraints: [CountConstraint]
  private(set) var pairs: [CountPair]
  private var means: [Double]
  private var generator = SeededGenerator(seed: 0xF01D)

  init(units: [FoldUnit], constraints: [CountConstraint], start: [CountPair]) {
    self.units = units
    self.constraints = constraints
    pairs = start
    means = constraints.map { _ in 0 }
    for (pair, unit) in zip(start, units) {
      for (index, value) in Self.scores(pair, unit, constraints).enumerated() {
        means[index] += value
      }
    }
  }

  private static func scores(
    _ pair: CountPair, _ unit: FoldUnit, _ constraints: [CountConstraint]
  ) -> [Double] {
    constraints.map {
      $0.value(pair.tp, pair.tn, unit.counts.positives, unit.counts.negatives)
        / Double(unit.divisor)
    }
  }

  private func miss(_ means: [Double]) -> Double {
    var sum = 0.0
    for (mean, constraint) in zip(means, constraints) {
      let interval = constraint.interval
      let width = max(interval.high - interval.low, 1e-9)
      let gap = max(0, interval.low - mean, mean - interval.high)
      sum += gap / width
    }
    return sum
  }

  /// Moves until every mean lies in its interval; true when it does.
  mutating func run(steps: Int) -> Bool {
    var current = miss(means)
    if current == 0 { return true }
    for _ in 0..<steps {
      let first = generator.below(units.count)
      let second = generator.below(units.count)
      let amount = generator.below(2) == 0 ? 1 : -1
      let movesTP = generator.below(2) == 0
      let isPair = first != second && generator.below(4) != 0
      var changed = [(first, moved(first, amount, movesTP))]
      if isPair { changed.append((second, moved(second, -amount, movesTP))) }
      guard changed.allSatisfy({ isInside($0.1, units[$0.0]) }) else { continue }
      var next = means
      for (unit, pair) in changed {
        let before = Self.scores(pairs[unit], units[unit], constraints)
        let after = Self.scores(pair, units[unit], constraints)
        for index in next.indices { next[index] += after[index] - before[index] }
      }
      let value = miss(next)
      guard value.isFinite else { continue }
      // Slightly worse steps are taken now and then, to leave dead ends.
      if value <= current || generator.uniform() < 0.02 * current / value {
        for (unit, pair) in changed { pairs[unit] = pair }
        means = next
        current = value
        if current == 0 { return true }
      }
    }
    return false
  }

  private func moved(_ unit: Int, _ amount: Int, _ movesTP: Bool) -> CountPair {
    let pair = pairs[unit]
    return movesTP
      ? CountPair(tp: pair.tp + amount, tn: pair.tn)
      : CountPair(tp: pair.tp, tn: pair.tn + amount)
  }

  private func isInside(_ pair: CountPair, _ unit: FoldUnit) -> Bool {
    pair.tp >= 0 && pair.tn >= 0 && pair.tp <= unit.counts.positives
      && pair.tn <= unit.counts.negatives
  }
}
