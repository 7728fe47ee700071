// Looks for integers in a system of linear inequalities: rounding a balanced solution, then search.
import Scoring

/// Depth-first search over the variables of a ``LinearProgram``, guided by a least-squares solution.
///
/// A vertex of the linear relaxation leaves only a handful of variables free; the solution that moves
/// every variable a little leaves them all free, so that rounding can be repaired by the last few.
struct IntegerSearch {
  private let program: LinearProgram
  /// Variables with coarse steps first, so that the last can make up for them.
  private let order: [Int]
  /// Per position in the order: the rows that its variable occurs in.
  private let occurrences: [[(row: Int, coefficient: Double)]]
  /// Per row, per position: what the variables from there on can add at the least and most.
  private let restLow: [[Double]]
  private let restHigh: [[Double]]
  private var partial: [Double]
  private var values: [Int]
  private var guess: [Double]
  private var budget = 0
  private var isFound = false
  private var generator = SeededGenerator(seed: 0x1A7)
  /// Where each stage ends in the order.
  private let stageEnds: [Int]

  init(_ program: LinearProgram) {
    self.program = program
    let count = program.ranges.count
    var perVariable: [[(row: Int, coefficient: Double)]] = Array(repeating: [], count: count)
    var coarseness = Array(repeating: 0.0, count: count)
    for (index, row) in program.rows.enumerated() {
      let width = row.high - row.low
      for term in row.terms {
        perVariable[term.variable].append((index, term.coefficient))
        if width.isFinite, width > 0 {
          coarseness[term.variable] = max(
            coarseness[term.variable], abs(term.coefficient) / width)
        }
      }
    }
    let stages = program.stages
    let order = program.ranges.indices.sorted {
      (stages[$1], coarseness[$0], $1) > (stages[$0], coarseness[$1], $0)
    }
    self.order = order
    stageEnds = order.indices.filter {
      $0 + 1 == order.count || stages[order[$0]] != stages[order[$0 + 1]]
    }.map { $0 + 1 }
    occurrences = order.map { perVariable[$0] }
    var low = program.rows.map { _ in Array(repeating: 0.0, count: count + 1) }
    var high = low
    for position in stride(from: count - 1, through: 0, by: -1) {
      for row in program.rows.indices {
        low[row][position] = low[row][position + 1]
        high[row][position] = high[row][position + 1]
      }
      let range = program.ranges[order[position]]
      for (row, coefficient) in occurrences[position] {
        let ends = [
          coefficient * Double(range.lowerBound), coefficient * Double(range.upperBound),
        ]
        low[row][position] += min(ends[0], ends[1])
        high[row][position] += max(ends[0], ends[1])
      }
    }
    restLow = low
    restHigh = high
    partial = program.rows.map { _ in 0 }
    values = Array(repeating: 0, count: count)
    guess = program.ranges.map { Double($0.lowerBound + $0.upperBound) / 2 }
  }

  /// Searches; 'infeasible' means that every choice was ruled out.
  mutating func run(dives: Int, budget limit: Int) -> LinearProgram.Answer {
    for (index, row) in program.rows.enumerated()
    where restHigh[index][0] < row.low - 1e-12 || restLow[index][0] > row.high + 1e-12 {
      return .infeasible(.enumeration)
    }
    for attempt in 0..<dives {
      for row in partial.indices { partial[row] = 0 }
      isFound = dive(jitter: attempt > 0)
      if isFound { return .feasible(result) }
    }
    for row in partial.indices { partial[row] = 0 }
    balance(from: 0)
    budget = limit
    descend(0, order.count)
    if isFound { return .feasible(result) }
    return budget > 0 ? .infeasible(.enumeration) : .unknown
  }

  private var result: [Int] {
    var plain = Array(repeating: 0, count: values.count)
    for (position, variable) in order.enumerated() { plain[variable] = values[position] }
    return plain
  }

  /// Fixes the variables of each stage one by one near a balanced solution of the rest, and its last
  /// six by search.
  private mutating func dive(jitter: Bool) -> Bool {
    var start = 0
    for end in stageEnds {
      let tail = max(start, end - 6)
      for position in start..<tail {
        if position % 3 == 0 { balance(from: position) }
        guard let range = allowed(position) else { return false }
        let wanted = guess[order[position]] + (jitter ? 3 * (generator.uniform() - 0.5) : 0)
        let rounded = Int(wanted.rounded())
        choose(position, min(range.upperBound, max(range.lowerBound, rounded)))
      }
      balance(from: tail)
      budget = 3_000
      isFound = false
      descend(tail, end)
      if !isFound { return false }
      start = end
    }
    return true
  }

  private mutating func choose(_ position: Int, _ value: Int) {
    values[position] = value
    for (row, coefficient) in occurrences[position] {
      partial[row] += coefficient * Double(value)
    }
  }

  /// What the variable may be so that every row can still be met.
  private func allowed(_ position: Int) -> ClosedRange<Int>? {
    let range = program.ranges[order[position]]
    var low = Double(range.lowerBound)
    var high = Double(range.upperBound)
    for (row, coefficient) in occurrences[position] {
      let needed = program.rows[row].low - partial[row] - restHigh[row][position + 1]
      let room = program.rows[row].high - partial[row] - restLow[row][position + 1]
      let slack = 1e-9
      if coefficient > 0 {
        low = max(low, needed / coefficient - slack)
        high = min(high, room / coefficient + slack)
      } else {
        low = max(low, room / coefficient - slack)
        high = min(high, needed / coefficient + slack)
      }
    }
    low = low.rounded(.up)
    high = high.rounded(.down)
    return low <= high ? Int(low)...Int(high) : nil
  }

  private mutating func descend(_ position: Int, _ end: Int) {
    budget -= 1
    guard budget > 0, !isFound else { return }
    if position == end {
      isFound = true
      return
    }
    guard let range = allowed(position) else { return }
    let wanted = guess[order[position]]
    let start = Int(
      min(Double(range.upperBound), max(Double(range.lowerBound), wanted.rounded())))
    let before = occurrences[position].map { partial[$0.row] }
    for distance in 0...(range.upperBound - range.lowerBound) {
      for value in distance == 0 ? [start] : [start - distance, start + distance]
      where range.contains(value) {
        choose(position, value)
        descend(position + 1, end)
        if isFound || budget <= 0 { return }
        for (index, term) in occurrences[position].enumerated() {
          partial[term.row] = before[index]
        }
      }
    }
  }

  // MARK: Balanced solutions

  /// Moves the guesses of the variables from `position` on, each in proportion to its range, until
  /// every row is met, a little inside its limits where there is room.
  ///
  /// Rows join the system one by one, the most violated first, so that rows which are nearly
  /// dependent and already met do not force large moves.
  private mutating func balance(from position: Int) {
    let variables = Array(order[position...])
    var spread = variables.map { Double(program.ranges[$0].count - 1) }
    var active: [Int] = []
    /// Per row, its place among the active ones, or −1.
    var place = program.rows.map { _ in -1 }
    for _ in 0..<(2 * program.rows.count + 4) {
      var reached = partial
      var square = partial.map { _ in 0.0 }
      for (offset, variable) in variables.enumerated() {
        for (row, coefficient) in occurrences[position + offset] {
          reached[row] += coefficient * guess[variable]
          square[row] += coefficient * coefficient * spread[offset]
        }
      }
      var worst: (row: Int, size: Double)?
      for row in program.rows.indices where square[row] > 0 {
        let miss = abs(target(row, reached[row]) - reached[row]) / square[row].squareRoot()
        if miss > 1e-9, miss > worst?.size ?? 0 { worst = (row, miss) }
      }
      guard let worst else { return }
      if place[worst.row] < 0 {
        place[worst.row] = active.count
        active.append(worst.row)
      }
      var matrix = active.map { _ in Array(repeating: 0.0, count: active.count) }
      for (offset, _) in variables.enumerated() where spread[offset] > 0 {
        let terms = occurrences[position + offset]
        for (row, coefficient) in terms {
          let first = place[row]
          if first < 0 { continue }
          for (other, factor) in terms where place[other] >= 0 {
            matrix[first][place[other]] += coefficient * factor * spread[offset]
          }
        }
      }
      let residual = active.map { target($0, reached[$0]) - reached[$0] }
      guard let prices = Self.solve(matrix, residual) else { return }
      for (offset, variable) in variables.enumerated() where spread[offset] > 0 {
        var move = 0.0
        for (row, coefficient) in occurrences[position + offset] {
          if place[row] >= 0 { move += coefficient * prices[place[row]] }
        }
        let wanted = guess[variable] + spread[offset] * move
        let range = program.ranges[variable]
        guess[variable] = min(Double(range.upperBound), max(Double(range.lowerBound), wanted))
        if guess[variable] != wanted { spread[offset] = 0 }
      }
    }
  }

  /// The value nearest to `value` that lies well inside the row's limits.
  private func target(_ row: Int, _ value: Double) -> Double {
    let limits = program.rows[row]
    let width = limits.high - limits.low
    let inset = width.isFinite ? width / 4 : 0
    return min(limits.high - inset, max(limits.low + inset, value))
  }

  /// Solves a symmetric system by elimination with pivoting; dependent rows are left out.
  private static func solve(_ matrix: [[Double]], _ right: [Double]) -> [Double]? {
    var matrix = matrix
    var right = right
    let count = right.count
    let scale = matrix.indices.map { matrix[$0][$0] }.max() ?? 0
    guard scale > 0 else { return nil }
    var pivots: [Int] = []
    var isUsed = Array(repeating: false, count: count)
    for _ in 0..<count {
      guard
        let pivot = (0..<count).filter({ !isUsed[$0] })
          .max(by: { matrix[$0][$0] < matrix[$1][$1] }),
        matrix[pivot][pivot] > scale * 1e-13
      else { break }
      isUsed[pivot] = true
      pivots.append(pivot)
      for row in 0..<count where !isUsed[row] {
        let factor = matrix[row][pivot] / matrix[pivot][pivot]
        guard factor != 0 else { continue }
        for column in 0..<count { matrix[row][column] -= factor * matrix[pivot][column] }
        right[row] -= factor * right[pivot]
      }
    }
    var solution = Array(repeating: 0.0, count: count)
    for pivot in pivots.reversed() {
      var sum = right[pivot]
      for other in pivots where other != pivot { sum -= matrix[pivot][other] * solution[other] }
      solution[pivot] = sum / matrix[pivot][pivot]
    }
    return solution
  }
}
