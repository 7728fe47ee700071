// Looks for folds whose mean scores print as reported, when scores are not linear in the counts.
import Scoring

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Random moves of single counts and of pairs between folds, which keep linear means.
struct FoldLocalSearch {
  private let tables: FoldTables
  private let requirements: [FoldRequirement]
  private(set) var pairs: [CountPair]
  /// Per fold, its kind.
  private(set) var kinds: [Int]
  private var sums: [Double]
  private var next: [Double]
  private var generator: SeededGenerator
  /// Per requirement, 1/width of its interval.
  private let prices: [Double]

  init(
    tables: FoldTables, requirements: [FoldRequirement], start: [CountPair], seed: UInt64 = 0xF01D
  ) {
    self.tables = tables
    self.requirements = requirements
    pairs = start
    kinds = tables.kinds
    sums = requirements.map { _ in 0 }
    next = sums
    prices = requirements.map { 1 / max($0.high - $0.low, 1e-9) }
    generator = SeededGenerator(seed: seed)
    for unit in start.indices {
      for (index, requirement) in requirements.enumerated() {
        sums[index] +=
          requirement.weights[unit] * value(requirement.score, kinds[unit], start[unit])
      }
    }
  }

  @inline(__always)
  private func value(_ score: Int, _ kind: Int, _ pair: CountPair) -> Double {
    let row = pair.tp * (tables.counts[kind].negatives + 1) + pair.tn
    return tables.tables[kind][row * tables.scores.count + score]
  }

  private func miss(_ sums: [Double]) -> Double {
    var total = 0.0
    for index in sums.indices {
      let gap = max(
        0, requirements[index].low - sums[index], sums[index] - requirements[index].high)
      total += gap * prices[index]
    }
    return total
  }

  /// Moves until every sum lies in its interval and `accepts` the counts; true when it does.
  ///
  /// When `annealed`, worse steps are taken freely at first and hardly at all in the end, again and
  /// again; else they are rare.
  mutating func run(steps: Int, annealed: Bool, accepts: ([CountPair], [ClassCounts]) -> Bool)
    -> Bool
  {
    let period = min(8_192, max(1_024, steps / 2))
    var current = miss(sums)
    guard current.isFinite else { return false }
    if current == 0, accepts(pairs, folds) { return true }
    for step in 0..<steps {
      let word = generator.next()
      let first = Int(word % UInt64(pairs.count))
      let second = Int((word >> 20) % UInt64(pairs.count))
      let movesTP = word >> 40 & 1 == 0
      let amount = (word >> 41 & 1 == 0 ? 1 : -1) * (word >> 42 & 7 == 0 ? 2 : 1)
      var isPair = first != second && word >> 46 & 3 != 0
      var one = (kind: kinds[first], pair: moved(first, amount, movesTP))
      var two = (kind: kinds[second], pair: pairs[second])
      if !tables.richer.isEmpty, first != second, word >> 48 & 3 == 0 {
        // A positive of the second fold changes places with a negative of the first.
        isPair = true
        let hit = Int(word >> 50 & 1)
        let miss = Int(word >> 51 & 1)
        one = (
          tables.richer[kinds[first]],
          CountPair(tp: pairs[first].tp + hit, tn: pairs[first].tn - miss)
        )
        two = (
          tables.poorer[kinds[second]],
          CountPair(tp: pairs[second].tp - hit, tn: pairs[second].tn + miss)
        )
      } else if isPair {
        // Now and then one TP for one TN, which keeps accuracy.
        let isCrossed = word >> 52 & 3 == 0
        two.pair = moved(second, -amount, movesTP != isCrossed)
      }
      guard isInside(one.pair, one.kind), !isPair || isInside(two.pair, two.kind) else { continue }
      for index in requirements.indices {
        let requirement = requirements[index]
        let score = requirement.score
        var sum =
          sums[index] + requirement.weights[first]
          * (value(score, one.kind, one.pair) - value(score, kinds[first], pairs[first]))
        if isPair {
          sum +=
            requirement.weights[second]
            * (value(score, two.kind, two.pair) - value(score, kinds[second], pairs[second]))
        }
        next[index] = sum
      }
      let total = miss(next)
      guard total.isFinite else { continue }
      let isTaken: Bool
      if total <= current {
        isTaken = true
      } else if annealed {
        let heat = 0.3 + 12 * Double(period - step % period) / Double(period)
        isTaken = total < current + heat * 4 && generator.uniform() < exp((current - total) / heat)
      } else {
        isTaken = generator.uniform() < 0.03 * current / (total + 0.1)
      }
      if isTaken {
        pairs[first] = one.pair
        kinds[first] = one.kind
        if isPair {
          pairs[second] = two.pair
          kinds[second] = two.kind
        }
        swap(&sums, &next)
        current = total
        if current == 0, accepts(pairs, folds) { return true }
      }
      // Rounding errors of many steps do not add up.
      if step & 0xFFFF == 0xFFFF { recompute() }
    }
    return false
  }

  /// Where the moves ended, as a near solution to be completed.
  var completion: FoldCompletion {
    FoldCompletion(tables: tables, requirements: requirements, pairs: pairs, kinds: kinds)
  }

  /// The class counts of every fold.
  var folds: [ClassCounts] { kinds.map { tables.counts[$0] } }

  private mutating func recompute() {
    for (index, requirement) in requirements.enumerated() {
      sums[index] = pairs.indices.reduce(0) {
        $0 + requirement.weights[$1] * value(requirement.score, kinds[$1], pairs[$1])
      }
    }
  }

  private func moved(_ unit: Int, _ amount: Int, _ movesTP: Bool) -> CountPair {
    let pair = pairs[unit]
    return movesTP
      ? CountPair(tp: pair.tp + amount, tn: pair.tn)
      : CountPair(tp: pair.tp, tn: pair.tn + amount)
  }

  private func isInside(_ pair: CountPair, _ kind: Int) -> Bool {
    guard kind >= 0 else { return false }
    let counts = tables.counts[kind]
    return pair.tp >= 0 && pair.tn >= 0 && pair.tp <= counts.positives
      && pair.tn <= counts.negatives
  }
}
