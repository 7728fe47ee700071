// Integer feasibility problems: guided search, and GLPK with every refutation verified in integers.

/// A system of linear inequalities over bounded integers.
struct LinearProgram {
  /// One row: low ≤ Σ coefficient·variable ≤ high; infinite ends are open.
  struct Row {
    var terms: [(variable: Int, coefficient: Double)]
    var low: Double
    var high: Double

    /// Whether these values meet the row, up to the rounding of the sum.
    func holds(_ values: [Int]) -> Bool {
      let sum = terms.reduce(0) { $0 + $1.coefficient * Double(values[$1.variable]) }
      let slack = 1e-12 * (1 + abs(sum))
      return sum >= low - slack && sum <= high + slack
    }
  }

  enum Answer: Sendable {
    case feasible([Int])
    case infeasible(Proof)
    case unknown
  }

  /// The allowed values of each variable.
  var ranges: [ClosedRange<Int>] = []
  var rows: [Row] = []
  /// The stage in which the guided search settles each variable.
  private(set) var stages: [Int] = []

  /// Adds a variable and returns its index.
  mutating func variable(_ range: ClosedRange<Int>, stage: Int = 0) -> Int {
    ranges.append(range)
    stages.append(stage)
    return ranges.count - 1
  }

  /// Solves within so many nodes of a search tree: a number, not a time, so that the answer is the
  /// same on every machine.
  ///
  /// Rows must have been widened by the caller by more than rounding errors; a feasible answer is to
  /// be checked by the caller. A guided search comes first, as it finds most answers in microseconds.
  func solve(nodes: Int, dives: Int = 40, budget: Int = 20_000) -> Answer {
    var search = IntegerSearch(self)
    let quick = search.run(dives: 1, budget: min(budget, 200))
    if case .unknown = quick {} else { return quick }
    let relaxed = ElasticProgram.alone { branch(nodes: 1) }
    if case .unknown = relaxed {} else { return relaxed }
    let thorough = search.run(dives: dives, budget: budget)
    if case .unknown = thorough {} else { return thorough }
    return ElasticProgram.alone { branch(nodes: nodes) }
  }

  /// Depth-first branch and bound over the ranges.
  ///
  /// A branch is only closed by weights that ``WeightedSum`` verifies; one that GLPK calls infeasible
  /// without a proof that holds is left open, and the answer is then unknown.
  private func branch(nodes: Int) -> Answer {
    let widths = rows.map { row in
      (low: row.low, high: row.high, scale: row.terms.map { abs($0.coefficient) }.max() ?? 1)
    }
    guard let program = ElasticProgram(rows: widths) else { return .unknown }
    var entries: [[(row: Int, coefficient: Double)]] = ranges.map { _ in [] }
    for (index, row) in rows.enumerated() {
      for term in row.terms { entries[term.variable].append((index, term.coefficient)) }
    }
    for (range, entry) in zip(ranges, entries) { program.addColumn(Self.real(range), entry) }
    var stack = [ranges]
    var current = ranges
    var visited = 0
    while let box = stack.popLast() {
      visited += 1
      if visited > nodes { return .unknown }
      for index in box.indices where box[index] != current[index] {
        program.setRange(index, Self.real(box[index]))
      }
      current = box
      guard let solution = program.solve() else { return .unknown }
      if solution.violation > 1e-9,
        WeightedSum.refutes(rows, box, weights: solution.prices)
      {
        continue
      }
      let rounded = zip(solution.values, box).map { value, range in
        min(range.upperBound, max(range.lowerBound, Int(value.rounded())))
      }
      if rows.allSatisfy({ $0.holds(rounded) }) { return .feasible(rounded) }
      guard let (low, high) = split(box, solution.values) else { return .unknown }
      // The nearer half is searched first.
      stack.append(low.isNearer ? high.box : low.box)
      stack.append(low.isNearer ? low.box : high.box)
    }
    return .infeasible(visited == 1 ? .weightedSum : .weightedSumsByCase)
  }

  private static func real(_ range: ClosedRange<Int>) -> ClosedRange<Double> {
    Double(range.lowerBound)...Double(range.upperBound)
  }

  private typealias Half = (box: [ClosedRange<Int>], isNearer: Bool)

  /// Halves the range of the variable that is furthest from a whole number; nil when all are fixed.
  private func split(_ box: [ClosedRange<Int>], _ values: [Double]) -> (low: Half, high: Half)? {
    var best: (index: Int, distance: Double)?
    for (index, range) in box.enumerated() where range.count > 1 {
      let distance = abs(values[index] - values[index].rounded())
      if best == nil || distance > best?.distance ?? 0 { best = (index, distance) }
    }
    guard let best else { return nil }
    let range = box[best.index]
    var cut = Int(values[best.index].rounded(.down))
    cut = min(range.upperBound - 1, max(range.lowerBound, cut))
    var low = box
    var high = box
    low[best.index] = range.lowerBound...cut
    high[best.index] = (cut + 1)...range.upperBound
    let isNearer = values[best.index] - Double(cut) < 0.5
    return ((low, isNearer), (high, !isNearer))
  }
}
