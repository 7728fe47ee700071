// Facts about metrics, intervals and the generator that need no reference values.
import Testing

@testable import Scoring

@Suite struct ScoreTests {
  private func counts(_ tp: Int, _ fp: Int, _ tn: Int, _ fn: Int) -> BinaryCounts {
    BinaryCounts(truePositives: tp, falsePositives: fp, trueNegatives: tn, falseNegatives: fn)
  }

  @Test func `Precision without a predicted positive is undefined, not zero`() {
    #expect(counts(0, 0, 10, 5).precision == .undefined(.noPredictedPositives))
    #expect(counts(0, 1, 9, 5).precision == .value(0))
  }

  @Test func `F1 stays defined when the class occurs but is never predicted`() {
    #expect(counts(0, 0, 10, 5).f1 == .value(0))
    #expect(counts(0, 0, 10, 0).f1 == .undefined(.neitherPresentNorPredicted))
  }

  @Test func `Exchanging the classes exchanges precision with negative predictive value`() {
    let matrix = counts(7, 3, 20, 5)
    #expect(matrix.swapped.precision == matrix.negativePredictiveValue)
    #expect(matrix.swapped.matthews == matrix.matthews)
    #expect(matrix.swapped.kappa == matrix.kappa)
  }

  @Test func `The unified measure is the harmonic mean of its four parts`() throws {
    let matrix = counts(30, 4, 50, 6)
    let parts = [
      matrix.precision, matrix.recall, matrix.specificity, matrix.negativePredictiveValue,
    ].compactMap(\.value)
    let harmonic = 4 / parts.reduce(0) { $0 + 1 / $1 }
    #expect(abs(try #require(matrix.unifiedPerformanceMeasure.value) - harmonic) < 1e-14)
  }

  @Test func `Every metric is invariant to the order of samples and to relabelling`() throws {
    var generator = SeededGenerator(seed: 7)
    let truth = (0..<60).map { _ in generator.below(4) }
    let predicted = truth.map { generator.below(3) == 0 ? generator.below(4) : $0 }
    let order = truth.indices.shuffled(using: &generator)
    let relabel = [2, 0, 3, 1]
    let first = try ConfusionMatrix(truth: truth, predicted: predicted, classCount: 4)
    let second = try ConfusionMatrix(
      truth: order.map { relabel[truth[$0]] }, predicted: order.map { relabel[predicted[$0]] },
      classCount: 4)
    for pair in [
      (first.accuracy, second.accuracy), (first.matthews, second.matthews),
      (first.kappa(), second.kappa()),
      (first.average(\.f1, .macro), second.average(\.f1, .macro)),
      (first.average(\.precision, .weighted), second.average(\.precision, .weighted)),
    ] {
      let left = try #require(pair.0.value)
      let right = try #require(pair.1.value)
      #expect(abs(left - right) < 1e-14)
    }
  }

  @Test func `F1 of averages is never below the average of F1`() throws {
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<500 {
      let matrix = try ConfusionMatrix(
        rows: (0..<4).map { _ in (0..<4).map { _ in 1 + generator.below(20) } })
      let mean = try #require(matrix.average(\.f1, .macro).value)
      let harmonic = try #require(matrix.f1OfAverages().value)
      #expect(harmonic >= mean - 1e-14)
    }
  }

  @Test func `Weighted recall is accuracy, and so is every micro average`() throws {
    let matrix = try ConfusionMatrix(rows: [[5, 1, 0], [2, 9, 3], [0, 0, 4]])
    let accuracy = try #require(matrix.accuracy.value)
    for score in [
      matrix.average(\.recall, .weighted), matrix.average(\.precision, .micro),
      matrix.average(\.f1, .micro),
    ] { #expect(abs(try #require(score.value) - accuracy) < 1e-15) }
  }

  @Test func `Labels outside the classes and unequal lengths are refused by name`() {
    #expect(throws: ScoringError.labelOutOfRange(3, 3)) {
      try ConfusionMatrix(truth: [0, 3], predicted: [0, 1], classCount: 3)
    }
    #expect(throws: ScoringError.lengthsDiffer(2, 1)) {
      try ConfusionMatrix(truth: [0, 1], predicted: [0], classCount: 3)
    }
    #expect(throws: ScoringError.notFinite(1)) {
      try Ranking(scores: [0.1, .nan], isPositive: [true, false])
    }
  }

  @Test func `A multi-label mean is the mean of the labels' areas`() throws {
    let area = try AreaUnderCurve.multiLabelMean(
      scores: [[0.9, 0.1], [0.2, 0.8], [0.4, 0.4]],
      truth: [[true, false], [false, true], [false, true]])
    #expect(area == .value(1))
    let missing = try AreaUnderCurve.multiLabelMean(
      scores: [[0.9], [0.2]], truth: [[true], [true]])
    #expect(missing == .undefined(.noNegatives))
  }

  @Test func `The same seed gives the same bootstrap interval, and it brackets the estimate`()
    throws
  {
    let hits = (0..<100).map { $0 < 80 }
    let bootstrap = try Bootstrap(replicates: 500)
    func run() throws -> ConfidenceInterval? {
      var generator = SeededGenerator(seed: 42)
      return try bootstrap.interval(
        count: 100, resampling: .simple, using: &generator
      ) { .value(Double($0.count { hits[$0] }) / Double($0.count)) }.interval
    }
    let first = try #require(try run())
    #expect(try run() == first)
    #expect(first.lower < 0.8 && first.upper > 0.8 && first.upper - first.lower < 0.2)
  }

  @Test func `Stratified resampling keeps class sizes and clustered keeps patients whole`() throws {
    let strata = [0, 0, 0, 1, 1]
    var generator = SeededGenerator(seed: 3)
    _ = try Bootstrap(replicates: 50).interval(
      count: 5, resampling: .stratified(strata), using: &generator
    ) { drawn in
      #expect(drawn.count { strata[$0] == 0 } == 3)
      return .value(0)
    }
    _ = try Bootstrap(replicates: 50).interval(
      count: 5, resampling: .clustered(strata), using: &generator
    ) { drawn in
      #expect(drawn.count { $0 == 0 } == drawn.count { $0 == 2 })
      return .value(0)
    }
  }

  @Test func `A proportion outside its trials and a level outside 0 to 1 are refused`() throws {
    #expect(throws: ScoringError.countsOutOfRange(successes: 5, trials: 4)) {
      try Proportion(successes: 5, trials: 4)
    }
    let proportion = try Proportion(successes: 3, trials: 4)
    #expect(throws: ScoringError.levelOutOfRange(95)) { try proportion.wilson(level: 95) }
  }

  @Test func `The generator is xoshiro256** seeded by SplitMix64`() {
    // First words of SplitMix64 for seed 0 are published with the algorithm; the state must hold
    // them, so the first output is rotl(0x6E789E6AA1B965F4 × 5, 7) × 9.
    var generator = SeededGenerator(seed: 0)
    let word: UInt64 = 0x6E78_9E6A_A1B9_65F4
    let product = word &* 5
    #expect(generator.next() == ((product << 7) | (product >> 57)) &* 9)
  }
}
