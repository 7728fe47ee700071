// Proves that no choice of points has a given mean, by separating convex hulls.

/// A weighted sum of one point from each group lies in the sum of the groups' convex hulls. When a
/// plane separates that sum from the box of printed values, no choice of points gives them.
///
/// Planes come from a linear program over ever more points (column generation): the prices of its
/// rows are the plane's normal, and the point of each group that lies furthest along it joins the
/// program. A plane that seems to separate is rounded to whole numbers and checked in integers
/// against all points of all groups one by one, so a separation holds for any scores, whatever their
/// shape, and whatever the program's rounding errors.
struct HullSeparation {
  struct Group {
    let weight: Double
    /// All points one after the other: the shared coordinates, then the group's own.
    let points: [Double]
    /// What the group's own coordinates must be in the mean.
    var targets: [Double] = []
    /// The weight, exactly.
    let share: Quotient
    /// The targets, exactly.
    var exactTargets: [Quotient] = []
    /// The same points in integers: of each shared coordinate the t for which it lies in t ... t + 3
    /// units of 2⁻³⁶, then the own coordinates, which are whole; nil where that cannot be told.
    let exact: () -> [Int]?
  }

  /// A fraction of small whole numbers.
  struct Quotient {
    let numerator: Int
    let denominator: Int

    init(_ numerator: Int, _ denominator: Int) {
      self.numerator = numerator
      self.denominator = denominator
    }
  }

  enum Answer: Sendable {
    case separated
    /// The box is reached by mixing points: per group, points with their shares.
    case mixture([[(point: Int, share: Double)]])
    case unknown
  }

  let groups: [Group]
  let low: [Double]
  let high: [Double]

  private var dimensions: Int { low.count }

  /// Looks for a separating plane within so many rounds.
  func run(rounds: Int) -> Answer {
    guard !groups.isEmpty, groups.allSatisfy({ !$0.points.isEmpty }) else {
      return .unknown
    }
    return ElasticProgram.alone { generate(rounds: rounds) }
  }

  private func generate(rounds: Int) -> Answer {
    let sizes = largest
    var rows = low.indices.map { (low: low[$0], high: high[$0], scale: max(1e-3, sizes[$0])) }
    /// Per group, its first row: own coordinates, then the sum of shares.
    var firstRows: [Int] = []
    for group in groups {
      firstRows.append(rows.count)
      rows += group.targets.map { (low: $0, high: $0, scale: max(1, abs($0))) }
      rows.append((low: 1.0, high: 1.0, scale: 1.0))
    }
    guard let program = ElasticProgram(rows: rows) else { return .unknown }
    var columns: [(group: Int, point: Int)] = []
    func add(_ number: Int, _ point: Int) {
      let group = groups[number]
      let own = group.targets.count
      let start = point * (dimensions + own)
      var entries: [(row: Int, coefficient: Double)] = []
      for index in 0..<dimensions {
        entries.append((index, group.weight * group.points[start + index]))
      }
      for index in 0..<own {
        entries.append((firstRows[number] + index, group.points[start + dimensions + index]))
      }
      entries.append((firstRows[number] + own, 1))
      program.addColumn(0...Double.infinity, entries)
      columns.append((number, point))
    }
    for (number, group) in groups.enumerated() {
      add(number, group.points.count / (dimensions + group.targets.count) / 2)
    }
    for _ in 0..<rounds {
      guard let solution = program.solve() else { return .unknown }
      if solution.violation < 1e-10 { return .mixture(mixture(columns, solution.values)) }
      // What the box needs at the least, what the points reach at the most.
      var needed = 0.0
      var doubt = 0.0
      for index in 0..<dimensions where solution.prices[index] != 0 {
        let price = solution.prices[index]
        let end = price > 0 ? low[index] : high[index]
        needed += price * end
        doubt += abs(price) * (abs(end) + sizes[index])
      }
      var reached = 0.0
      var gain = 0.0
      for (number, group) in groups.enumerated() {
        var normal = solution.prices.prefix(dimensions).map { $0 * group.weight }
        for (index, target) in group.targets.enumerated() {
          let price = solution.prices[firstRows[number] + index]
          normal.append(price)
          needed += price * target
          doubt += abs(price) * 2 * (1 + abs(target))
        }
        let best = furthest(group, normal)
        reached += best.product
        let share = solution.prices[firstRows[number] + group.targets.count]
        if best.product + share > 1e-12 {
          gain += best.product + share
          add(number, best.point)
        }
      }
      if reached < needed - 1e-11 * doubt {
        let own = groups.indices.map { number in
          groups[number].targets.indices.map { solution.prices[firstRows[number] + $0] }
        }
        return isProved(Array(solution.prices.prefix(dimensions)), own) ? .separated : .unknown
      }
      if gain < 1e-12 { return .unknown }
    }
    return .unknown
  }

  /// Whether whole numbers near these prices separate, in integers: with w the prices of the shared
  /// coordinates and q those of a group's own, Σ share·max(w·point) + max(q·own) over groups must be
  /// less than w·(the nearer end of the box) + q·target. It proves the separation whatever the prices.
  private func isProved(_ prices: [Double], _ own: [[Double]]) -> Bool {
    guard let largest = prices.map(abs).max(), largest > 0, largest.isFinite else { return false }
    let whole = prices.map { Int128(($0 / largest * 0x1p32).rounded()) }
    // A unit of an own coordinate is 2³⁶ units of a shared one.
    let wholeOwn = own.map { $0.map { Int128(($0 / largest * 0x1p32).rounded()) << 36 } }
    var common = 1
    for group in groups {
      for quotient in [group.share] + group.exactTargets {
        common = Self.leastMultiple(common, quotient.denominator)
        guard common < 1 << 20 else { return false }
      }
    }
    var margin: Int128 = 0
    for index in low.indices where whole[index] != 0 {
      guard abs(low[index]) < 0x1p20, abs(high[index]) < 0x1p20 else { return false }
      // One unit outwards covers the rounding of the ends.
      let end =
        whole[index] > 0
        ? Int128((low[index] * 0x1p36).rounded(.down)) - 1
        : Int128((high[index] * 0x1p36).rounded(.up)) + 1
      margin += Int128(common) * whole[index] * end
    }
    for (group, own) in zip(groups, wholeOwn) {
      guard own.allSatisfy({ $0.magnitude < 1 << 84 }), let points = group.exact() else {
        return false
      }
      let width = dimensions + own.count
      guard points.count == group.points.count else { return false }
      for (price, target) in zip(own, group.exactTargets) {
        margin += price * Int128(target.numerator * (common / target.denominator))
      }
      let share = Int128(group.share.numerator * (common / group.share.denominator))
      var rounding: Int128 = 0
      for price in whole where price > 0 { rounding += 3 * price }
      var furthest: Int128?
      for start in stride(from: 0, to: points.count, by: width) {
        var product = rounding
        for index in 0..<dimensions { product += whole[index] * Int128(points[start + index]) }
        product *= share
        for index in own.indices {
          product += own[index] * Int128(points[start + dimensions + index] * common)
        }
        furthest = max(furthest ?? product, product)
      }
      guard let furthest else { return false }
      margin -= furthest
    }
    return margin > 0
  }

  private static func leastMultiple(_ first: Int, _ second: Int) -> Int {
    var (a, b) = (first, second)
    while b != 0 { (a, b) = (b, a % b) }
    return first / a * second
  }

  /// Per shared coordinate, the greatest size that the sum can have.
  private var largest: [Double] {
    var sizes = Array(repeating: 0.0, count: dimensions)
    for group in groups {
      let width = dimensions + group.targets.count
      var own = Array(repeating: 0.0, count: dimensions)
      for start in stride(from: 0, to: group.points.count, by: width) {
        for index in 0..<dimensions {
          own[index] = max(own[index], abs(group.points[start + index]))
        }
      }
      for index in 0..<dimensions { sizes[index] += group.weight * own[index] }
    }
    return sizes
  }

  private func furthest(_ group: Group, _ normal: [Double]) -> (point: Int, product: Double) {
    group.points.withUnsafeBufferPointer { points in
      normal.withUnsafeBufferPointer { normal in
        var best = (point: 0, product: -Double.infinity)
        var start = 0
        var number = 0
        while start < points.count {
          var product = 0.0
          for index in 0..<normal.count { product += normal[index] * points[start + index] }
          if product > best.product { best = (number, product) }
          start += normal.count
          number += 1
        }
        return best
      }
    }
  }

  private func mixture(
    _ columns: [(group: Int, point: Int)], _ values: [Double]
  ) -> [[(point: Int, share: Double)]] {
    var parts: [[(point: Int, share: Double)]] = groups.map { _ in [] }
    for (column, value) in zip(columns, values) where value > 1e-9 {
      parts[column.group].append((column.point, value))
    }
    return parts
  }
}
