// Proofs by weights and by planes: they hold where they should and never where a solution exists.
import Scoring
import Testing

@testable import Consistency

@Suite struct WeightedSumTests {
  /// Random rows that a random solution meets, or misses by `gap`.
  private func system(
    _ generator: inout SeededGenerator, gap: Double
  ) -> (program: LinearProgram, solution: [Int]) {
    var program = LinearProgram()
    let solution = (0..<(2 + generator.below(6))).map { _ in generator.below(50) }
    for value in solution { _ = program.variable(0...(value + generator.below(30))) }
    for _ in 0..<(1 + generator.below(4)) {
      let terms = solution.indices.map {
        (variable: $0, coefficient: generator.uniform() - (generator.below(2) == 0 ? 0 : 0.7))
      }
      let sum = terms.reduce(0) { $0 + $1.coefficient * Double(solution[$1.variable]) }
      program.rows.append(
        LinearProgram.Row(terms: terms, low: sum - 1e-9 + gap, high: sum + 1e-9 + gap))
    }
    return (program, solution)
  }

  @Test func `No weights refute rows that a solution meets`() {
    var generator = SeededGenerator(seed: 91)
    for _ in 0..<cases(20_000) {
      let (program, solution) = system(&generator, gap: 0)
      let weights = program.rows.map { _ in generator.uniform() * 2 - 1 }
      #expect(!WeightedSum.refutes(program.rows, program.ranges, weights: weights))
      if case .infeasible = program.solve(nodes: 20, dives: 1, budget: 50) {
        Issue.record("\(program) has the solution \(solution)")
      }
    }
  }

  @Test func `Rows that exclude each other are refuted by weights that add them up`() {
    // x + y ≥ 3.5 and x + y ≤ 3.4, as halves and thirds.
    let rows = [
      LinearProgram.Row(terms: [(0, 0.5), (1, 0.5)], low: 1.75, high: .infinity),
      LinearProgram.Row(terms: [(0, 1 / 3.0), (1, 1 / 3.0)], low: -.infinity, high: 3.4 / 3),
    ]
    let ranges = [0...10, 0...10]
    #expect(WeightedSum.refutes(rows, ranges, weights: [-2, 3]))
    #expect(!WeightedSum.refutes(rows, ranges, weights: [-1, 3]))
    // Coefficients are only known to 2⁻⁴⁹: a contradiction smaller than that proves nothing.
    let tight = [
      LinearProgram.Row(terms: [(0, 1 / 3.0)], low: 1 / 3.0, high: .infinity),
      LinearProgram.Row(terms: [(0, 1 / 3.0)], low: -.infinity, high: (1 / 3.0).nextDown),
    ]
    #expect(!WeightedSum.refutes(tight, [0...1], weights: [-1, 1]))
  }

  @Test func `Branches are closed by verified weights where the relaxation has a solution`() {
    // 2x + 2y = 7 has real solutions only.
    var program = LinearProgram()
    for _ in 0..<2 { _ = program.variable(0...3) }
    program.rows.append(
      LinearProgram.Row(terms: [(0, 2), (1, 2)], low: 7 - 1e-9, high: 7 + 1e-9))
    guard case .infeasible = program.solve(nodes: 100, dives: 0, budget: 0) else {
      Issue.record("the system has no solution")
      return
    }
  }

  @Test func `No plane separates a box that points reach`() {
    var generator = SeededGenerator(seed: 92)
    var separated = 0
    for index in 0..<cases(2_000) {
      let dimensions = 1 + generator.below(3)
      var groups: [HullSeparation.Group] = []
      var reached = Array(repeating: 0.0, count: dimensions)
      for _ in 0..<(1 + generator.below(4)) {
        let count = 1 + generator.below(12)
        // Points on a grid of 2⁻³⁰, so that their whole-number form is exact.
        let whole = (0..<(count * dimensions)).map { _ in generator.below(1 << 30) }
        let points = whole.map { Double($0) / 0x1p30 }
        let share = generator.below(1000)
        let chosen = generator.below(count)
        for axis in 0..<dimensions {
          reached[axis] += Double(share) / 1000 * points[chosen * dimensions + axis]
        }
        groups.append(
          HullSeparation.Group(
            weight: Double(share) / 1000, points: points,
            share: HullSeparation.Quotient(share, 1000), exact: { whole.map { $0 << 6 - 1 } }))
      }
      // Every third box is moved out of reach of some, not all, sets of points.
      if index % 3 == 0 { reached[0] += generator.uniform() }
      let separation = HullSeparation(
        groups: groups, low: reached.map { $0 - 1e-4 }, high: reached.map { $0 + 1e-4 })
      if case .separated = separation.run(rounds: 50) {
        #expect(index % 3 == 0)
        separated += 1
      }
    }
    #expect(separated > 100)
  }
}
