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
    case infeasible
    case unknown
  }

  private struct Group {
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
  private let groups: [Group]
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

  private static func group(_ units: [FoldUnit]) -> [Group] {
    var groups: [Group] = []
    var places: [FoldUnit: Int] = [:]
    for (index, unit) in units.enumerated() {
      let key = FoldUnit(counts: unit.counts, divisor: unit.divisor, dataset: 0)
      if let place = places[key] {
        groups[place].members.append(index)
      } else {
        places[key] = groups.count
        groups.append(Group(counts: unit.counts, divisor: unit.divisor, members: [index]))
      }
    }
    return groups
  }

  /// Nil when two scores contradict each other outright.
  init?(units: [FoldUnit], constraints: [CountConstraint]) {
    groups = Self.group(units)
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
  func solve(budget: Int) -> Answer {
    var search = Search(self, budget: budget)
    search.descend(0)
    if search.isFound { return .feasible(distribute(search.values)) }
    return search.budget > 0 ? .infeasible : .unknown
  }

  /// Shares each group's sums out among its folds, as evenly as can be.
  private func distribute(_ values: [Int]) -> [CountPair] {
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

  private struct Search {
    private let caps: [Int]
    /// Contribution of one unit of each variable to recall, specificity, accuracy and both.
    private let weights: [SIMD4<Double>]
    /// The most that the variables from an index on can add.
    private let rest: [SIMD4<Double>]
    private let low: SIMD4<Double>
    private let high: SIMD4<Double>
    private var sum = SIMD4<Double>()
    private let guess: [Double]
    var values: [Int]
    var budget: Int
    var isFound = false

    init(_ folds: LinearFolds, budget: Int) {
      self.budget = budget
      let groups = folds.groups
      var caps: [Int] = []
      var weights: [SIMD4<Double>] = []
      for group in groups {
        let counts = group.counts
        let share = 1 / Double(group.divisor)
        caps.append(group.members.count * counts.positives)
        let rate = counts.positives > 0 ? share / Double(counts.positives) : 0
        weights.append(SIMD4(rate, 0, share / Double(counts.total), rate))
      }
      for group in groups {
        let counts = group.counts
        let share = 1 / Double(group.divisor)
        caps.append(group.members.count * counts.negatives)
        let rate = counts.negatives > 0 ? share / Double(counts.negatives) : 0
        weights.append(SIMD4(0, rate, share / Double(counts.total), rate))
      }
      var rest = [SIMD4<Double>()]
      for (cap, weight) in zip(caps, weights).reversed() {
        rest.append((rest.last ?? SIMD4()) + weight * Double(cap))
      }
      self.caps = caps
      self.weights = weights
      self.rest = rest.reversed()
      let limits = [folds.recall, folds.specificity, folds.accuracy, folds.both]
      low = SIMD4(limits[0].low, limits[1].low, limits[2].low, limits[3].low) - 1e-12
      high = SIMD4(limits[0].high, limits[1].high, limits[2].high, limits[3].high) + 1e-12
      values = Array(repeating: 0, count: caps.count)
      func middle(_ limits: Limits, _ otherwise: Double) -> Double {
        limits.low > -.infinity ? (max(0, limits.low) + min(1, limits.high)) / 2 : otherwise
      }
      let overall = middle(folds.accuracy, 0.5)
      guess =
        groups.map { _ in middle(folds.recall, overall) }
        + groups.map { _ in middle(folds.specificity, overall) }
    }

    mutating func descend(_ depth: Int) {
      budget -= 1
      guard budget > 0, !isFound else { return }
      if depth == caps.count {
        isFound = true
        return
      }
      // What this variable must be for every sum to stay within reach.
      let weight = weights[depth]
      let needed = low - sum - rest[depth + 1]
      let allowed = high - sum
      var first = 0
      var last = caps[depth]
      for row in 0..<4 {
        if weight[row] > 0 {
          let lowest = needed[row] / weight[row]
          let highest = allowed[row] / weight[row]
          if lowest > Double(first) {
            guard lowest <= Double(last) else { return }
            first = Int(lowest.rounded(.up))
          }
          if highest < Double(last) {
            guard highest >= Double(first) else { return }
            last = Int(highest.rounded(.down))
          }
        } else if needed[row] > 0 || allowed[row] < 0 {
          return
        }
      }
      guard first <= last else { return }
      let start = min(last, max(first, Int((guess[depth] * Double(caps[depth])).rounded())))
      let before = sum
      for distance in 0...(last - first) {
        for value in distance == 0 ? [start] : [start - distance, start + distance]
        where value >= first && value <= last {
          values[depth] = value
          sum = before + weight * Double(value)
          descend(depth + 1)
          if budget <= 0 || isFound { return }
        }
      }
      sum = before
    }
  }
}
