// Looks for K × K matrices, one or one per fold, that give averaged scores, by random moves.
import Scoring

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Annealing over missed samples e and false alarms f per class of every fold.
///
/// Within a fold every score is a function of a few sums over classes, so that a move of one sample
/// costs the terms of two classes. A matrix exists as long as Σe = Σf and e + f ≤ Σe for every class.
struct MulticlassLocalSearch {
  /// Errors of one matrix.
  struct State {
    var missed: [Int]
    var alarms: [Int]
    var errors: Int
  }

  /// What is summed over the classes of a fold.
  private enum Term {
    case score(CountConstraint, isWeighted: Bool)
    /// Class size times predictions, for kappa and MCC.
    case chance
    /// Predictions squared, for MCC.
    case square
  }

  /// A score of a fold, from its sums; the mean over folds must lie in an interval.
  private struct Demand {
    enum Form {
      case sum(Int)
      case harmonic(Int, Int)
      case kappa(Int)
      case matthews(Int, Int)
      case hits(CountConstraint, isPooled: Bool)
    }
    let form: Form
    let interval: ScoreInterval
    let price: Double
  }

  private let folds: [MulticlassProblem]
  private let allowed: [ClosedRange<Int>]
  private var terms: [Term] = []
  private var demands: [Demand] = []
  private var states: [State]
  /// Per fold, its terms.
  private var sums: [[Double]] = []
  /// Per fold, its scores.
  private var values: [[Double]] = []
  /// Per demand, the sum of the folds' scores.
  private var totals: [Double] = []
  private var generator: SeededGenerator

  /// All folds have the same scores; `hits` are the allowed numbers of hits of each.
  init(
    _ folds: [MulticlassProblem], hits: [ClosedRange<Int>], start: [State]? = nil,
    seed: UInt64 = 0xC1A55
  ) {
    self.folds = folds
    allowed = hits
    generator = SeededGenerator(seed: seed)
    states =
      start
      ?? zip(folds, hits).map { problem, range in
        let errors = problem.total - (range.lowerBound + range.upperBound) / 2
        let missed = Self.share(errors, problem.sizes)
        // The next class gets them, so that no class takes its own.
        let alarms = Array(missed.dropFirst()) + Array(missed.prefix(1))
        return State(missed: missed, alarms: alarms, errors: errors)
      }
    let problem = folds[0]
    for average in problem.averages { add(average) }
    if !problem.kappa.isEmpty || !problem.matthews.isEmpty {
      terms += [.chance, .square]
      for interval in problem.kappa { demand(.kappa(terms.count - 2), interval) }
      for interval in problem.matthews {
        demand(.matthews(terms.count - 2, terms.count - 1), interval)
      }
    }
    // One matrix has its hits limited already.
    if folds.count > 1 {
      for constraint in problem.overall {
        demand(.hits(constraint, isPooled: false), constraint.interval)
      }
      for constraint in problem.pooled {
        demand(.hits(constraint, isPooled: true), constraint.interval)
      }
    }
    recompute()
  }

  private mutating func add(_ average: MulticlassProblem.Average) {
    let interval = average.constraint.interval
    if average.isHarmonic {
      for kind in [ScoreKind.precision, .recall] {
        let plain = CountConstraint(kind: kind, interval: interval)
        terms.append(.score(plain, isWeighted: average.isWeighted))
      }
      demand(.harmonic(terms.count - 2, terms.count - 1), interval)
    } else {
      terms.append(.score(average.constraint, isWeighted: average.isWeighted))
      demand(.sum(terms.count - 1), interval)
    }
  }

  private mutating func demand(_ form: Demand.Form, _ interval: ScoreInterval) {
    demands.append(
      Demand(
        form: form, interval: interval, price: 1 / max(interval.high - interval.low, 1e-9)))
  }

  /// `amount` shared out in proportion to sizes.
  private static func share(_ amount: Int, _ sizes: [Int]) -> [Int] {
    let total = sizes.reduce(0, +)
    var before = 0
    var given = 0
    return sizes.map { size in
      before += size
      let until = amount * before / total
      defer { given = until }
      return until - given
    }
  }

  /// Moves until every mean fits and `accept` takes the matrices; true when it did.
  ///
  /// Most moves over folds are made in one and undone in another, so that means of linear scores,
  /// which few combinations of counts give, stay where they are.
  mutating func run(steps: Int, accept: ([State]) -> Bool) -> Bool {
    guard folds.indices.allSatisfy({ isPossible($0) }) else { return false }
    var current = miss(totals)
    guard current.isFinite else { return false }
    var trials = [Trial(terms.count, demands.count), Trial(terms.count, demands.count)]
    var newTotals = totals
    let count = folds[0].sizes.count
    let period = min(16_384, max(1_024, steps / 2))
    for step in 0..<steps {
      if current == 0, accept(states) { return true }
      let word = generator.next()
      let first = Int((word & 0xFFFFF) % UInt64(count))
      let second = Int((word >> 20 & 0xFFFFF) % UInt64(count))
      let amount = (word >> 40 & 7 == 0 ? 2 : 1) * (word >> 46 & 1 == 0 ? 1 : -1)
      let kind = word >> 43 & 7
      let fold = folds.count == 1 ? 0 : Int((word >> 50) % UInt64(folds.count))
      var moved = 1
      trials[0].begin(fold, states[fold], kind, first, second, amount)
      if folds.count > 1, word >> 47 & 7 != 0 {
        let other = (fold + 1 + Int((word >> 56) % UInt64(folds.count - 1))) % folds.count
        moved = 2
        trials[1].begin(other, states[other], kind, first, second, -amount)
      }
      var total = Double.infinity
      if (0..<moved).allSatisfy({ isPossible(trials[$0]) }) {
        for index in demands.indices { newTotals[index] = totals[index] }
        for number in 0..<moved { evaluate(&trials[number], &newTotals) }
        total = miss(newTotals)
      }
      let heat = 0.3 + 12 * Double(period - step % period) / Double(period)
      if total <= current
        || (total < current + heat * 4 && generator.uniform() < exp((current - total) / heat))
      {
        for number in 0..<moved { take(&trials[number]) }
        swap(&totals, &newTotals)
        current = total
      }
      if step & 0xFFFF == 0xFFFF { recompute() }
    }
    return false
  }

  /// The trial's sums and scores; their changes are added to the totals.
  @inline(__always)
  private func evaluate(_ trial: inout Trial, _ totals: inout [Double]) {
    let fold = trial.fold
    let (first, second, cell) = (trial.first, trial.second, trial.cell)
    let state = states[fold]
    for index in terms.indices {
      var sum =
        sums[fold][index] + term(index, fold, first, cell.0, cell.2)
        - term(index, fold, first, state.missed[first], state.alarms[first])
      if second != first {
        sum +=
          term(index, fold, second, cell.1, cell.3)
          - term(index, fold, second, state.missed[second], state.alarms[second])
      }
      trial.sums[index] = sum
    }
    for index in demands.indices {
      trial.values[index] = score(demands[index].form, trial.sums, fold, trial.errors)
      totals[index] += trial.values[index] - values[fold][index]
    }
  }

  private mutating func take(_ trial: inout Trial) {
    let fold = trial.fold
    states[fold].missed[trial.first] = trial.cell.0
    states[fold].missed[trial.second] = trial.cell.1
    states[fold].alarms[trial.first] = trial.cell.2
    states[fold].alarms[trial.second] = trial.cell.3
    states[fold].errors = trial.errors
    swap(&sums[fold], &trial.sums)
    swap(&values[fold], &trial.values)
  }

  @inline(__always)
  private func isPossible(_ trial: Trial) -> Bool {
    let problem = folds[trial.fold]
    let state = states[trial.fold]
    guard allowed[trial.fold].contains(problem.total - trial.errors) else { return false }
    for label in problem.sizes.indices {
      var (missed, alarms) = (state.missed[label], state.alarms[label])
      if label == trial.first { (missed, alarms) = (trial.cell.0, trial.cell.2) }
      if label == trial.second { (missed, alarms) = (trial.cell.1, trial.cell.3) }
      if !Self.fits(missed, alarms, problem.sizes[label], problem.total, trial.errors) {
        return false
      }
    }
    return true
  }

  /// Whether a class of that size can have these errors among so many.
  @inline(__always)
  private static func fits(
    _ missed: Int, _ alarms: Int, _ size: Int, _ total: Int, _ errors: Int
  ) -> Bool {
    missed >= 0 && alarms >= 0 && missed <= size && alarms <= total - size
      && missed + alarms <= errors
  }

  private func isPossible(_ fold: Int) -> Bool {
    let problem = folds[fold]
    let state = states[fold]
    guard allowed[fold].contains(problem.total - state.errors) else { return false }
    for label in problem.sizes.indices
    where !Self.fits(
      state.missed[label], state.alarms[label], problem.sizes[label], problem.total, state.errors)
    {
      return false
    }
    return true
  }

  @inline(__always)
  private func term(
    _ index: Int, _ fold: Int, _ label: Int, _ missed: Int, _ alarms: Int
  ) -> Double {
    let problem = folds[fold]
    let size = problem.sizes[label]
    let rest = problem.total - size
    switch terms[index] {
    case .score(let constraint, let isWeighted):
      let share =
        isWeighted ? Double(size) / Double(problem.total) : 1 / Double(problem.sizes.count)
      return share * constraint.value(size - missed, rest - alarms, size, rest)
    case .chance: return Double(size) * Double(size - missed + alarms)
    case .square:
      let predicted = Double(size - missed + alarms)
      return predicted * predicted
    }
  }

  private mutating func recompute() {
    sums = folds.indices.map { fold in
      terms.indices.map { index in
        folds[fold].sizes.indices.reduce(0) {
          $0 + term(index, fold, $1, states[fold].missed[$1], states[fold].alarms[$1])
        }
      }
    }
    values = folds.indices.map { fold in
      demands.map { score($0.form, sums[fold], fold, states[fold].errors) }
    }
    totals = demands.indices.map { index in values.reduce(0) { $0 + $1[index] } }
  }

  private func score(
    _ form: Demand.Form, _ sums: [Double], _ fold: Int, _ errors: Int
  ) -> Double {
    let problem = folds[fold]
    let size = Double(problem.total)
    switch form {
    case .sum(let index): return sums[index]
    case .harmonic(let precision, let recall):
      return 2 * sums[precision] * sums[recall] / max(1e-300, sums[precision] + sums[recall])
    case .kappa(let chance):
      return (size * (size - Double(errors)) - sums[chance])
        / max(1e-9, size * size - sums[chance])
    case .matthews(let chance, let square):
      let own = problem.sizes.reduce(0.0) { $0 + Double($1) * Double($1) }
      return (size * (size - Double(errors)) - sums[chance])
        / max(1e-9, (size * size - sums[square]) * (size * size - own)).squareRoot()
    case .hits(let constraint, let isPooled):
      let hits = problem.total - errors
      let others = problem.sizes.count - 1
      return isPooled
        ? constraint.value(
          hits, hits + (others - 1) * problem.total, problem.total, others * problem.total)
        : constraint.value(hits, 0, problem.total, 0)
    }
  }

  private func miss(_ totals: [Double]) -> Double {
    var sum = 0.0
    for (index, demand) in demands.enumerated() {
      let mean = totals[index] / Double(folds.count)
      sum += max(0, demand.interval.low - mean, mean - demand.interval.high) * demand.price
    }
    return sum
  }
}
