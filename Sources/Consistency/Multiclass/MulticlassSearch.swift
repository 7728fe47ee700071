// Finds per-class hits and predictions that meet averaged scores, or proves that there are none.
import Scoring

/// Depth-first search over missed samples e per class, then false alarms f per class.
///
/// For a fixed number of errors E = Σe = Σf, mean recall is linear in e; specificity and kappa are
/// linear in f; precision, F1, F-beta and Jaccard are sums of α/(β + f), convex in f. Partial
/// choices are cut off with the exact extremes of each sum over what is left. Every leaf is compared
/// exactly with every score.
final class MulticlassSearch {
  let problem: MulticlassProblem
  let count: Int
  let size: Double
  /// Classes by growing size: mean recall is least sensitive to the last.
  let order: [Int]
  var budget: Int
  var generator: SeededGenerator
  var missed: [Int]
  private var alarms: [Int]
  private var found: (hits: [Int], columns: [Int])?
  /// The interval of Σ e/r that mean recall allows, widened by more than rounding errors.
  var missedLow = -Double.infinity
  var missedHigh = Double.infinity
  let hasMissedBound: Bool
  /// Per depth, the samples of all classes from there on.
  let sizesFrom: [Int]

  init(_ problem: MulticlassProblem, budget: Int) {
    self.problem = problem
    self.budget = budget
    count = problem.sizes.count
    size = Double(problem.total)
    order = problem.sizes.indices.sorted {
      (problem.sizes[$0], $0) < (problem.sizes[$1], $1)
    }
    var sums = [0]
    for label in order.reversed() { sums.append((sums.last ?? 0) + problem.sizes[label]) }
    sizesFrom = sums.reversed()
    generator = SeededGenerator(seed: 0x51EED)
    missed = Array(repeating: 0, count: count)
    alarms = missed
    var bounded = false
    for average in problem.averages where !average.isWeighted {
      let interval = average.constraint.interval
      switch average.constraint.kind {
      case .recall:
        missedLow = max(missedLow, Double(count) * (1 - interval.high) - 1e-9)
        missedHigh = min(missedHigh, Double(count) * (1 - interval.low) + 1e-9)
        bounded = true
      case .falseNegativeRate:
        missedLow = max(missedLow, Double(count) * interval.low - 1e-9)
        missedHigh = min(missedHigh, Double(count) * interval.high + 1e-9)
        bounded = true
      default: break
      }
    }
    hasMissedBound = bounded
  }

  /// Searches all numbers of hits in `hits`.
  func run(_ allowed: ClosedRange<Int>) -> Feasibility {
    if missedLow > missedHigh || violatesConcavity(allowed) { return .infeasible(.inequality) }
    guard let hits = narrowed(allowed) else { return .infeasible(.inequality) }
    let whole = budget
    if hasCurvedSums || !problem.matthews.isEmpty {
      // A few random dives find most witnesses long before a systematic search reaches them.
      for _ in 0..<400 where found == nil && budget > whole * 3 / 4 {
        // Numbers of hits near the middle come from more ways to spread errors.
        let place = (generator.uniform() + generator.uniform()) / 2 * Double(hits.count)
        dive(problem.total - min(hits.upperBound, hits.lowerBound + Int(place)))
      }
    }
    let middle = (hits.lowerBound + hits.upperBound) / 2
    for distance in 0...(hits.count) where found == nil && budget > 0 {
      for candidate in distance == 0 ? [middle] : [middle - distance, middle + distance]
      where hits.contains(candidate) && found == nil && budget > 0 {
        chooseMissed(0, problem.total - candidate, 0)
      }
    }
    if let found {
      guard let matrix = problem.matrix(hits: found.hits, columns: found.columns) else {
        return .unknown
      }
      return .feasible(.matrix(matrix))
    }
    return budget > 0 ? .infeasible(.enumeration) : .unknown
  }

  /// The numbers of hits that mean recall allows: errors in the smallest classes cost most.
  func narrowed(_ hits: ClosedRange<Int>) -> ClosedRange<Int>? {
    guard hasMissedBound else { return hits }
    func errors(_ labels: [Int], for rate: Double) -> Double {
      var rate = rate
      var sum = 0.0
      for label in labels where rate > 0 {
        sum += min(1, rate) * Double(problem.sizes[label])
        rate -= 1
      }
      return sum
    }
    let least = errors(order, for: max(0, missedLow))
    let most = errors(order.reversed(), for: min(Double(count), missedHigh))
    let low = max(hits.lowerBound, Int((size - most - 1e-6).rounded(.up)))
    let high = min(hits.upperBound, Int((size - least + 1e-6).rounded(.down)))
    return low <= high ? low...high : nil
  }

  private var hasCurvedSums: Bool {
    problem.averages.contains {
      ![.recall, .specificity, .balancedAccuracy, .falseNegativeRate, .falsePositiveRate]
        .contains($0.constraint.kind)
    }
  }

  /// F1 = 2PR/(P + R) is concave, so averaged F1 never exceeds the harmonic mean of the averages.
  private func violatesConcavity(_ hits: ClosedRange<Int>) -> Bool {
    for isWeighted in [false, true] {
      func end(_ kind: ScoreKind, _ pick: (ScoreInterval) -> Double) -> Double? {
        problem.averages.first {
          $0.constraint.kind == kind && $0.isWeighted == isWeighted && !$0.isHarmonic
        }.map { pick($0.constraint.interval) }
      }
      guard let f1 = end(.f1, { $0.low }), let precision = end(.precision, { $0.high }) else {
        continue
      }
      let recall =
        isWeighted ? Double(hits.upperBound) / size : end(.recall, { $0.high }) ?? 1
      let limit = precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0
      if f1 > limit + 1e-9 { return true }
    }
    return false
  }

  // MARK: Missed samples per class

  private func chooseMissed(_ depth: Int, _ left: Int, _ sum: Double) {
    budget -= 1
    guard budget > 0, found == nil else { return }
    let label = order[depth]
    let capacity = problem.sizes[label]
    let later = sizesFrom[depth + 1]
    let low = max(0, left - later)
    let high = min(capacity, left)
    guard low <= high else { return }
    if depth == count - 1 {
      missed[label] = left
      let total = sum + Double(left) / Double(capacity)
      if total >= missedLow, total <= missedHigh { chooseAlarms() }
      return
    }
    if hasMissedBound {
      guard sum + leastMissed(depth, left) <= missedHigh,
        sum + mostMissed(depth, left) >= missedLow
      else { return }
      if depth == count - 2 { return chooseLastMissed(label, left, sum, low...high) }
    }
    // From the proportional share outwards.
    let share = left * capacity / max(1, capacity + later)
    let start = min(high, max(low, share))
    for distance in 0...(high - low) {
      for value in distance == 0 ? [start] : [start - distance, start + distance]
      where value >= low && value <= high {
        missed[label] = value
        chooseMissed(depth + 1, left - value, sum + Double(value) / Double(capacity))
        if budget <= 0 || found != nil { return }
      }
    }
  }

  /// With two classes left and their sum fixed, mean recall leaves an interval for the first.
  private func chooseLastMissed(
    _ label: Int, _ left: Int, _ sum: Double, _ range: ClosedRange<Int>
  ) {
    let other = order[count - 1]
    let slope = 1 / Double(problem.sizes[label]) - 1 / Double(problem.sizes[other])
    let base = sum + Double(left) / Double(problem.sizes[other])
    var low = range.lowerBound
    var high = range.upperBound
    if slope > 1e-15 {
      let first = ((missedLow - base) / slope - 1e-6).rounded(.up)
      let last = ((missedHigh - base) / slope + 1e-6).rounded(.down)
      low = max(low, Int(max(first, Double(low))))
      high = min(high, Int(min(last, Double(high))))
    } else if base < missedLow || base > missedHigh {
      return
    }
    guard low <= high else { return }
    for value in low...high {
      missed[label] = value
      missed[other] = left - value
      chooseAlarms()
      if budget <= 0 || found != nil { return }
    }
  }

  private func leastMissed(_ depth: Int, _ left: Int) -> Double {
    fill(order[depth...].reversed(), left)
  }

  private func mostMissed(_ depth: Int, _ left: Int) -> Double { fill(order[depth...], left) }

  private func fill(_ labels: some Sequence<Int>, _ left: Int) -> Double {
    var left = left
    var sum = 0.0
    for label in labels where left > 0 {
      let taken = min(left, problem.sizes[label])
      sum += Double(taken) / Double(problem.sizes[label])
      left -= taken
    }
    return sum
  }

  // MARK: False alarms per class

  private var sums: [AlarmSum] = []
  private var caps: [Int] = []
  /// Per depth, the caps of all classes from there on.
  private var capsFrom: [Int] = []
  /// Per depth and sum, what the classes before contribute.
  private var partial: [Double] = []

  func chooseAlarms() {
    budget -= 4
    guard budget > 0 else { return }
    let errors = missed.reduce(0, +)
    caps = problem.sizes.indices.map {
      min(problem.total - problem.sizes[$0], errors - missed[$0])
    }
    guard caps.allSatisfy({ $0 >= 0 }), let sums = AlarmSum.sums(of: problem, missed: missed)
    else { return }
    self.sums = sums
    capsFrom = Array(repeating: 0, count: count + 1)
    for depth in stride(from: count - 1, through: 0, by: -1) {
      capsFrom[depth] = capsFrom[depth + 1] + caps[order[depth]]
    }
    partial = Array(repeating: 0, count: sums.count * (count + 1))
    chooseAlarms(0, errors)
  }

  private func chooseAlarms(_ depth: Int, _ left: Int) {
    budget -= 1
    guard budget > 0, found == nil else { return }
    let label = order[depth]
    let later = capsFrom[depth + 1]
    let low = max(0, left - later)
    let high = min(caps[label], left)
    guard low <= high else { return }
    let base = depth * sums.count
    if depth == count - 1 {
      alarms[label] = left
      for index in sums.indices {
        let value = partial[base + index] + sums[index].term(label, left)
        if value < sums[index].low || value > sums[index].high { return }
      }
      finish()
      return
    }
    for index in sums.indices {
      budget -= 1
      if partial[base + index] + sums[index].most(order[depth...], caps, left) < sums[index].low {
        return
      }
      if partial[base + index] + sums[index].least(order[depth...], caps, left) > sums[index].high {
        return
      }
    }
    let share = left * max(1, caps[label]) / max(1, caps[label] + later)
    let start = min(high, max(low, share))
    for distance in 0...(high - low) {
      for value in distance == 0 ? [start] : [start - distance, start + distance]
      where value >= low && value <= high {
        alarms[label] = value
        for index in sums.indices {
          partial[base + sums.count + index] =
            partial[base + index] + sums[index].term(label, value)
        }
        chooseAlarms(depth + 1, left - value)
        if budget <= 0 || found != nil { return }
      }
    }
  }

  private func finish() {
    budget -= 2
    let hits = zip(problem.sizes, missed).map { $0 - $1 }
    let columns = zip(hits, alarms).map { $0 + $1 }
    if problem.holds(hits: hits, columns: columns) { found = (hits, columns) }
  }
}
