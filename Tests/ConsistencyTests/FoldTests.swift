// Means over folds: no false alarm, brute force, and scores that are not linear.
import Scoring
import Testing

@testable import Consistency

@Suite struct FoldTests {
  static let linear: [ScoreKind] = [.accuracy, .recall, .specificity, .balancedAccuracy]

  @Test func `Means of random stratified foldings are never called inconsistent`() throws {
    var generator = SeededGenerator(seed: 51)
    var tally = Tally("linear means over known folds")
    while tally.count < cases(20_000) {
      let folds = 2 + generator.below(4)
      let dataset = FoldedDataset.stratified(
        ClassCounts(
          positives: folds + generator.below(60), negatives: folds + generator.below(60)),
        folds: folds)
      guard case .known(let counts) = dataset.folds else { continue }
      let kinds = Self.linear.filter { _ in generator.below(3) > 0 }
      let scores = try foldMeans(
        randomFolds(counts, &generator), kinds, decimals: 1 + generator.below(4))
      if scores.isEmpty { continue }
      let check = ConsistencyCheck(
        design: .meanOverFolds([dataset], datasetBounds: []), scores: scores, effort: 100_000)
      tally.add(try check.verdict(), "\(counts) \(scores.map { "\($0.kind) \($0.text)" })")
    }
    #expect(tally.decides(atLeast: 0.95))
  }

  @Test func `An F1 that no folds can have is refuted although F1 is not linear`() throws {
    // Sensitivity 0.90 and precision 0.90 in the mean leave F1 below 0.905.
    let counts = Array(repeating: ClassCounts(positives: 20, negatives: 30), count: 5)
    let scores = [
      try ReportedScore(.recall, "0.900"), try ReportedScore(.precision, "0.900"),
      try ReportedScore(.f1, "0.920"),
    ]
    let certificate = try ConsistencyCheck(
      design: .mean(of: counts), scores: scores
    ).certificate()
    #expect(certificate.verdict == .inconsistent)
    #expect(certificate.conflict.count == 3)
  }

  @Test func `A mean of roots that are fractions is compared exactly`() throws {
    // Fowlkes–Mallows 1/√(1·4) and 0 give 0.25, which no ceiling prints as 0.2501.
    let folds = [
      ClassCounts(positives: 1, negatives: 3), ClassCounts(positives: 2, negatives: 1),
    ]
    func verdict(_ text: String) throws -> Verdict {
      try ConsistencyCheck(
        design: .mean(of: folds),
        scores: [
          try ReportedScore(.fowlkesMallows, text, rounding: .ceiling),
          try ReportedScore(.accuracy, "0.2917", rounding: .ceiling),
        ]
      ).verdict()
    }
    #expect(try verdict("0.2500") == .consistent)
    #expect(try verdict("0.2501") == .inconsistent)
  }

  @Test func `Few folds are decided exactly although precision is not linear`() throws {
    // Three folds of 4 + 5: brute force over all TP and FP of the folds.
    let counts = Array(repeating: ClassCounts(positives: 4, negatives: 5), count: 3)
    var generator = SeededGenerator(seed: 56)
    let kinds: [ScoreKind] = [.recall, .accuracy, .precision]
    var every: [[Double]] = []
    var cells: [[Double]] = []
    for tp in 1...4 {
      for tn in 0...5 {
        let fold = BinaryDecision.counts(CountPair(tp: tp, tn: tn), 4, 5)
        cells.append(try foldMeans([fold], kinds, decimals: 15).map(\.printed.double))
      }
    }
    for first in cells.indices {
      for second in first..<cells.count {
        for third in second..<cells.count {
          every.append(
            kinds.indices.map { (cells[first][$0] + cells[second][$0] + cells[third][$0]) / 3 })
        }
      }
    }
    var tally: [Verdict: Int] = [:]
    for index in 0..<60 {
      var values = every[generator.below(every.count)]
      if index % 2 == 0 { values[2] = max(0.3, min(1, values[2] + generator.uniform() / 50)) }
      let scores = try zip(kinds, values).map {
        try ReportedScore($0.0, printed($0.1, decimals: 4))
      }
      // Folds without a hit would have precision 0 or none; recall keeps them out here.
      guard scores[0].interval.low > 0.75 else { continue }
      let isPossible = every.contains { candidate in
        zip(candidate, scores).allSatisfy {
          $0.0 >= $0.1.interval.low - 1e-12 && $0.0 <= $0.1.interval.high + 1e-12
        }
      }
      let verdict = try ConsistencyCheck(design: .mean(of: counts), scores: scores).verdict()
      tally[verdict, default: 0] += 1
      #expect(verdict == (isPossible ? .consistent : .inconsistent), "\(scores.map(\.text))")
    }
    #expect((tally[.inconsistent] ?? 0) > 3 && (tally[.consistent] ?? 0) > 3, "\(tally)")
  }

  @Test func `Known folds agree with brute force`() throws {
    var generator = SeededGenerator(seed: 53)
    var tally: [Verdict: Int] = [:]
    for _ in 0..<150 {
      let counts = (0..<2).map { _ in
        ClassCounts(positives: 1 + generator.below(5), negatives: 1 + generator.below(5))
      }
      var scores = try foldMeans(randomFolds(counts, &generator), Self.linear, decimals: 3)
      let place = generator.below(scores.count)
      let mantissa = max(0, scores[place].printed.mantissa + [0, 1, -9][generator.below(3)])
      scores[place] = try ReportedScore(
        scores[place].kind, DecimalNumber(mantissa: min(1000, mantissa), decimals: 3))
      var isPossible = false
      for a in 0...counts[0].positives {
        for b in 0...counts[0].negatives {
          for c in 0...counts[1].positives {
            for d in 0...counts[1].negatives {
              let folds = [
                BinaryDecision.counts(
                  CountPair(tp: a, tn: b), counts[0].positives, counts[0].negatives),
                BinaryDecision.counts(
                  CountPair(tp: c, tn: d), counts[1].positives, counts[1].negatives),
              ]
              let values = try foldMeans(folds, Self.linear, decimals: 15)
              isPossible =
                isPossible
                || zip(values, scores).allSatisfy { value, score in
                  value.printed.double >= score.interval.low - 1e-12
                    && value.printed.double <= score.interval.high + 1e-12
                }
            }
          }
        }
      }
      let verdict = try ConsistencyCheck(design: .mean(of: counts), scores: scores).verdict()
      tally[verdict, default: 0] += 1
      #expect(verdict == (isPossible ? .consistent : .inconsistent), "\(counts)")
    }
    #expect((tally[.inconsistent] ?? 0) > 20 && (tally[.consistent] ?? 0) > 20)
  }

  @Test func `Folds of unknown structure are never refuted when some structure fits`() throws {
    var generator = SeededGenerator(seed: 54)
    var tally = Tally("linear means over unknown folds")
    while tally.count < cases(400) {
      let folds = 2 + generator.below(3)
      let dataset = ClassCounts(
        positives: folds + generator.below(10), negatives: 3 * folds + generator.below(40))
      guard
        let structures = UnknownFolds.structures(
          dataset, folds: folds, leastPositives: 1, leastNegatives: 1)
      else { continue }
      let counts = structures[generator.below(structures.count)]
      let scores = try foldMeans(
        randomFolds(counts, &generator), Self.linear, decimals: 2 + generator.below(3))
      let check = ConsistencyCheck(
        design: .meanOverFolds(
          [FoldedDataset(.unknown(dataset, folds: folds, repeats: 1))], datasetBounds: []),
        scores: scores)
      tally.add(try check.verdict(), "\(counts)")
    }
    #expect(tally.decides(atLeast: 1))
  }

  @Test func `Means over multiclass folds are never called inconsistent`() throws {
    var generator = SeededGenerator(seed: 55)
    var tally = Tally("means over multiclass folds")
    for index in 0..<cases(300) {
      // One case in five has larger folds, which take longer.
      let number = 2 + generator.below(2)
      let most = generator.below(5) == 0 ? 36 : 12
      let sizes = (0..<3).map { _ in number + generator.below(most) }
      let folds = FoldedDataset.stratifiedSizes(sizes, folds: number)
      let reading = [
        Hypothesis(.macro), Hypothesis(.weighted), Hypothesis(.micro),
        Hypothesis(.macro, .meanOneVersusRest),
      ][index % 4]
      let kinds: [ScoreKind] = [.accuracy, .recall, .specificity, .precision, .f1]
      let matrices = try folds.map { try randomMatrix($0, accuracy: 0.8, &generator) }
      let each = try matrices.map { try printedScores($0, reading, kinds, decimals: 15) }
      let scores = try kinds.indices.map { place in
        let mean = each.reduce(0) { $0 + $1[place].printed.double } / Double(folds.count)
        return try ReportedScore(kinds[place], printed(mean, decimals: 3))
      }
      let check = ConsistencyCheck(
        design: .meanOverMulticlassFolds(folds), scores: scores,
        effort: 500_000)
      tally.add(try check.verdict(reading), "\(reading.name) \(folds)")
    }
    #expect(tally.decides(atLeast: 0.5))
  }
}
