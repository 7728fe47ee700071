// Means over known folds of scores that are linear in TP and TN.

/// Sums of TP and TN over groups of equal folds, found by depth-first search.
///
/// For mean sensitivity, specificity, accuracy and balanced accuracy only the sums of TP and TN over
/// folds of equal counts and weight matter, and every sum between 0 and the group's samples can be
/// reached. With few groups that leaves few integers.
struct LinearFolds {
  /// An interval of a sum.
  struct Limits {
    var low = -Double.infinity
    var high = Double.infinity

    mutating func intersect(_ low: Double, _ high: Double) {
      self.low = max(self.low, low)
      self.high = min(self.high, high)
    }
  }

  enum Answer {
    case feasible([CountPair])
    case infeasible(Proof)
    case unknown
  }

  /// Folds of equal counts and weight, which only count together.
  struct Group {
    let counts: ClassCounts
    let divisor: Int
    var members: [Int]
  }

  /// Intervals of the means, widened by more than rounding errors.
  private(set) var recall = Limits()
  private(set) var specificity = Limits()
  private(set) var accuracy = Limits()
  /// Of sensitivity plus specificity.
  private(set) var both = Limits()
  let groups: [Group]
  private let unitCount: Int

  static func isLinear(_ constraint: CountConstraint) -> Bool {
    constraint.form == .single
      && [
        .accuracy, .errorRate, .recall, .falseNegativeRate, .specificity, .falsePositiveRate,
        .balancedAccuracy, .informedness,
      ].contains(constraint.kind)
  }

  /// Folds of one kind of samples whose mean rate is limited; nil when the limits are empty.
  init?(units: [FoldUnit], recall: Limits) {
    groups = Self.group(units)
    unitCount = units.count
    self.recall = recall
    if recall.low > recall.high || recall.low > 1 || recall.high < 0 { return nil }
  }

  private static func group(_ units: [FoldUnit], byDataset: Bool = false) -> [Group] {
    var groups: [Group] = []
    var places: [FoldUnit: Int] = [:]
    for (index, unit) in units.enumerated() {
      let key = FoldUnit(
        counts: unit.counts, divisor: unit.divisor, dataset: byDataset ? unit.dataset : 0)
      if let place = places[key] {
        groups[place].members.append(index)
      } else {
        places[key] = groups.count
        groups.append(Group(counts: unit.counts, divisor: unit.divisor, members: [index]))
      }
    }
    return groups
  }

  /// Nil when two scores contradict each other outright. With `byDataset`, folds of different data
  /// sets stay apart.
  init?(units: [FoldUnit], constraints: [CountConstraint], byDataset: Bool = false) {
    groups = Self.group(units, byDataset: byDataset)
    unitCount = units.count
    // The mean of a rate over folds some of which lack the class is no mean of these folds.
    let allPositive = units.allSatisfy { $0.counts.positives > 0 }
    let allNegative = units.allSatisfy { $0.counts.negatives > 0 }
    let slack = 1e-9
    for constraint in constraints where Self.isLinear(constraint) {
      let low = constraint.interval.low - slack
      let high = constraint.interval.high + slack
      switch constraint.kind {
      case .accuracy: accuracy.intersect(low, high)
      case .errorRate: accuracy.intersect(1 - high, 1 - low)
      case .recall where allPositive: recall.intersect(low, high)
      case .falseNegativeRate where allPositive: recall.intersect(1 - high, 1 - low)
      case .specificity where allNegative: specificity.intersect(low, high)
      case .falsePositiveRate where allNegative: specificity.intersect(1 - high, 1 - low)
      case .balancedAccuracy where allPositive && allNegative: both.intersect(2 * low, 2 * high)
      case .informedness where allPositive && allNegative: both.intersect(1 + low, 1 + high)
      default: break
      }
    }
    if [recall, specificity, accuracy, both].contains(where: { $0.low > $0.high }) { return nil }
    tighten()
    if [recall, specificity, both].contains(where: { $0.low > $0.high }) { return nil }
    if contradictsAccuracy() { return nil }
  }

  /// Sensitivity, specificity and their sum bound each other.
  private mutating func tighten() {
    var first = recall
    var second = specificity
    first.intersect(0, 1 + 1e-9)
    second.intersect(0, 1 + 1e-9)
    guard both.low > -.infinity else { return }
    first.intersect(both.low - second.high, both.high - second.low)
    second.intersect(both.low - first.high, both.high - first.low)
    if groups.allSatisfy({ $0.counts.positives > 0 }) { recall = first }
    if groups.allSatisfy({ $0.counts.negatives > 0 }) { specificity = second }
  }

  /// Accuracy's extremes, given mean sensitivity and specificity, as fractional knapsacks.
  private func contradictsAccuracy() -> Bool {
    guard accuracy.low > -.infinity else { return false }
    func extreme(
      _ limits: Limits, _ size: (ClassCounts) -> Int, most: Bool
    ) -> Double {
      let usable = groups.filter { size($0.counts) > 0 }
      let sorted = usable.sorted {
        let left = Double(size($0.counts)) / Double($0.counts.total)
        let right = Double(size($1.counts)) / Double($1.counts.total)
        return most ? left > right : left < right
      }
      var rate = most ? limits.high : max(0, limits.low)
      var share = 0.0
      for group in sorted where rate > 0 {
        let weight = Double(group.members.count) / Double(group.divisor)
        let taken = min(rate, weight)
        share += taken * Double(size(group.counts)) / Double(group.counts.total)
        rate -= taken
      }
      return share
    }
    let most =
      extreme(recall, \.positives, most: true) + extreme(specificity, \.negatives, most: true)
    let least =
      extreme(recall, \.positives, most: false) + extreme(specificity, \.negatives, most: false)
    return most < accuracy.low - 1e-9 || least > accuracy.high + 1e-9
  }

  // MARK: Search

  /// Searches sums per group; pairs are per unit.
  func solve(nodes: Int, dives: Int = 40, budget: Int = 20_000) -> Answer {
    if let answer = matchHalves() { return answer }
    var program = LinearProgram()
    for group in groups {
      _ = program.variable(0...(group.members.count * group.counts.positives))
    }
    for group in groups {
      _ = program.variable(
        0...(group.members.count * group.counts.negatives), stage: 1)
    }
    for (limits, kind) in [
      (recall, ScoreKind.recall), (specificity, .specificity), (accuracy, .accuracy),
      (both, .balancedAccuracy),
    ] where limits.low > -.infinity {
      var terms: [(variable: Int, coefficient: Double)] = []
      for (index, group) in groups.enumerated() {
        let share = 1 / Double(group.divisor)
        let other = groups.count + index
        let p = Double(group.counts.positives)
        let n = Double(group.counts.negatives)
        let positive = kind == .accuracy ? share / (p + n) : share / p
        let negative = kind == .accuracy ? share / (p + n) : share / n
        if kind != .specificity, p > 0 { terms.append((index, positive)) }
        if kind != .recall, n > 0 { terms.append((other, negative)) }
      }
      program.rows.append(LinearProgram.Row(terms: terms, low: limits.low, high: limits.high))
    }
    switch program.solve(nodes: nodes, dives: dives, budget: budget) {
    case .feasible(let values): return .feasible(distribute(values))
    case .infeasible(let proof): return .infeasible(proof)
    case .unknown: return .unknown
    }
  }

  /// One choice of a class's sums in all groups: its mean rate and its part of mean accuracy.
  private struct Half {
    let rate: Double
    let share: Double
    let values: [Int]
  }

  /// Decides few groups exactly: all sums of TP that give the sensitivity are matched with all sums
  /// of TN that give the specificity by their parts of accuracy. Nil when there are too many.
  private func matchHalves() -> Answer? {
    guard let found = matches(limit: 1) else { return nil }
    return found.first.map { .feasible(distribute($0)) } ?? .infeasible(.enumeration)
  }

  /// All sums of TP, then of TN, per group that give the means; nil when there are more than `limit`,
  /// save that the search ends at the first for a limit of one, or too many to try.
  func matches(limit: Int) -> [[Int]]? {
    guard groups.count <= 3, let first = halves(recall, \.positives) else { return nil }
    if first.isEmpty { return [] }
    guard let second = halves(specificity, \.negatives) else { return nil }
    if second.isEmpty { return [] }
    let sorted = second.sorted { $0.share < $1.share }
    var steps = 0
    var found: [[Int]] = []
    for half in first {
      // The first partner whose share is large enough.
      var low = 0
      var high = sorted.count
      while low < high {
        let middle = (low + high) / 2
        if half.share + sorted[middle].share < accuracy.low - 1e-12 {
          low = middle + 1
        } else {
          high = middle
        }
      }
      while low < sorted.count, half.share + sorted[low].share <= accuracy.high + 1e-12 {
        let sum = half.rate + sorted[low].rate
        if sum >= both.low - 1e-12, sum <= both.high + 1e-12 {
          found.append(half.values + sorted[low].values)
          if limit == 1 { return found }
          if found.count > limit { return nil }
        }
        low += 1
        steps += 1
        if steps > 2_000_000 { return nil }
      }
    }
    return found
  }

  private func halves(_ limits: Limits, _ size: (ClassCounts) -> Int) -> [Half]? {
    let caps = groups.map { $0.members.count * size($0.counts) }
    let rates = groups.map {
      size($0.counts) > 0 ? 1 / Double($0.divisor) / Double(size($0.counts)) : 0
    }
    let shares = groups.map { 1 / Double($0.divisor) / Double($0.counts.total) }
    var found: [Half] = []
    var values = Array(repeating: 0, count: groups.count)
    var isTooMany = false
    func choose(_ group: Int, _ rate: Double, _ share: Double) {
      if isTooMany { return }
      let rest = (group..<groups.count).reduce(0.0) { $0 + rates[$1] * Double(caps[$1]) }
      if rate > limits.high + 1e-12 || rate + rest < limits.low - 1e-12 { return }
      if group == groups.count {
        found.append(Half(rate: rate, share: share, values: values))
        isTooMany = found.count > 40_000
        return
      }
      // What this group must add for the mean to be reached by the later ones.
      let later = rest - rates[group] * Double(caps[group])
      var low = 0
      var high = caps[group]
      if rates[group] > 0, limits.low > -.infinity {
        low = max(0, Int(max(0, (limits.low - rate - later) / rates[group] - 1e-6).rounded(.up)))
        high = min(high, Int(max(-1, (limits.high - rate) / rates[group] + 1e-6).rounded(.down)))
      }
      for value in stride(from: low, through: high, by: 1) {
        values[group] = value
        choose(
          group + 1, rate + rates[group] * Double(value), share + shares[group] * Double(value))
      }
    }
    choose(0, 0, 0)
    return isTooMany ? nil : found
  }

  /// Shares each group's sums out among its folds, as evenly as can be.
  func distribute(_ values: [Int]) -> [CountPair] {
    var pairs = Array(repeating: CountPair(tp: 0, tn: 0), count: unitCount)
    for (index, group) in groups.enumerated() {
      let folds = group.members.count
      let tp = values[index]
      let tn = values[groups.count + index]
      for (place, member) in group.members.enumerated() {
        pairs[member] = CountPair(
          tp: tp / folds + (place < tp % folds ? 1 : 0),
          tn: tn / folds + (place < tn % folds ? 1 : 0))
      }
    }
    return pairs
  }
}
