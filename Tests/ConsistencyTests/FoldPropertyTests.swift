// Folds with bounds, curved scores and unknown structure: no false alarm, and brute force.
import Scoring
import Testing

@testable import Consistency

/// Random counts in folds.
func randomFolds(
  _ counts: [ClassCounts], _ generator: inout SeededGenerator
) -> [BinaryCounts] {
  counts.map {
    BinaryDecision.counts(
      CountPair(tp: generator.below($0.positives + 1), tn: generator.below($0.negatives + 1)),
      $0.positives, $0.negatives)
  }
}

/// The printed means of scores over folds; scores that some fold lacks are left out.
func foldMeans(
  _ folds: [BinaryCounts], _ kinds: [ScoreKind], decimals: Int
) throws -> [ReportedScore] {
  try kinds.compactMap { kind in
    guard let metric = scoringFunctions.first(where: { $0.0 == kind })?.1 else { return nil }
    let values = folds.compactMap { metric($0).value }
    guard values.count == folds.count else { return nil }
    return try ReportedScore(
      kind, printed(values.reduce(0, +) / Double(values.count), decimals: decimals))
  }
}

@Suite struct FoldPropertyTests {
  static let curved: [ScoreKind] = [
    .accuracy, .recall, .specificity, .precision, .f1, .matthews, .negativePredictiveValue,
    .jaccard, .kappa, .geometricMean,
  ]

  @Test func `Means of curved scores over known folds are never called inconsistent`() throws {
    var generator = SeededGenerator(seed: 152)
    var tally = Tally("means of curved scores over known folds")
    while tally.count < cases(300) {
      // One case in ten has larger folds, which take ten times as long.
      let most = generator.below(10) == 0 ? 15 : 6
      let counts = (0..<(2 + generator.below(most == 15 ? 4 : 3))).map { _ in
        ClassCounts(positives: 1 + generator.below(most), negatives: 1 + generator.below(most + 2))
      }
      let folds = generator.below(2) == 0 ? counts : counts.map { _ in counts[0] }
      let kinds = Self.curved.filter { _ in generator.below(5) < 2 }
      let scores = try foldMeans(
        randomFolds(folds, &generator), kinds, decimals: 2 + generator.below(3))
      if scores.isEmpty { continue }
      let check = ConsistencyCheck(design: .mean(of: folds), scores: scores, effort: 300_000)
      tally.add(try check.verdict(), "\(folds) \(scores.map { "\($0.kind) \($0.text)" })")
    }
    #expect(tally.decides(atLeast: 0.7))
  }

  @Test func `Means over folds within bounds are never called inconsistent`() throws {
    var generator = SeededGenerator(seed: 153)
    var tally = Tally("means over folds of several data sets within bounds")
    while tally.count < cases(1_000) {
      // Up to three data sets, each with its own folds.
      var datasets: [FoldedDataset] = []
      var values: [[BinaryCounts]] = []
      for _ in 0..<(1 + generator.below(3)) {
        let isLarge = generator.below(5) == 0
        let folds = 2 + generator.below(isLarge ? 4 : 2)
        let plain = FoldedDataset.stratified(
          ClassCounts(
            positives: folds + generator.below(isLarge ? 40 : 12),
            negatives: folds + generator.below(isLarge ? 60 : 18)),
          folds: folds)
        guard case .known(let counts) = plain.folds else { continue }
        let own = randomFolds(counts, &generator)
        let accuracies = own.map { $0.accuracy.value ?? 0 }
        let recalls = own.map { $0.recall.value ?? 0 }
        let bounds = [
          ScoreBound(.accuracy, accuracies.min() ?? 0, accuracies.max() ?? 1),
          ScoreBound(.recall, recalls.min() ?? 0, recalls.max() ?? 1),
        ]
        datasets.append(
          FoldedDataset(.known(counts), foldBounds: generator.below(3) > 0 ? bounds : []))
        values.append(own)
      }
      let kinds: [ScoreKind] = [.accuracy, .recall, .specificity, .balancedAccuracy]
      let decimals = 2 + generator.below(3)
      let each = try values.map { try foldMeans($0, kinds, decimals: 15) }
      let scores = try kinds.indices.map { place in
        let mean = each.reduce(0) { $0 + $1[place].printed.double } / Double(each.count)
        return try ReportedScore(kinds[place], printed(mean, decimals: decimals))
      }
      let accuracies = each.map { $0[0].printed.double }
      let check = ConsistencyCheck(
        design: .meanOverFolds(
          datasets,
          datasetBounds: generator.below(2) == 0
            ? [] : [ScoreBound(.accuracy, accuracies.min() ?? 0, accuracies.max() ?? 1)]),
        scores: scores, effort: 300_000)
      tally.add(try check.verdict(), "\(datasets) \(scores.map { "\($0.kind) \($0.text)" })")
    }
    #expect(tally.decides(atLeast: 0.9))
  }

  @Test func `Curved means over folds of unknown structure are never called inconsistent`() throws {
    var generator = SeededGenerator(seed: 154)
    var tally = Tally("means of curved scores over unknown folds")
    while tally.count < cases(100) {
      let folds = 2 + generator.below(2)
      let dataset = ClassCounts(
        positives: folds + generator.below(8), negatives: 2 * folds + generator.below(12))
      guard
        let structures = UnknownFolds.structures(
          dataset, folds: folds, leastPositives: 1, leastNegatives: 1)
      else { continue }
      let counts = structures[generator.below(structures.count)]
      let kinds = Self.curved.filter { _ in generator.below(5) < 2 }
      let scores = try foldMeans(
        randomFolds(counts, &generator), kinds, decimals: 2 + generator.below(2))
      if scores.isEmpty { continue }
      let check = ConsistencyCheck(
        design: .meanOverFolds(
          [FoldedDataset(.unknown(dataset, folds: folds, repeats: 1))], datasetBounds: []),
        scores: scores, effort: 300_000)
      tally.add(try check.verdict(), "\(counts) \(scores.map { "\($0.kind) \($0.text)" })")
    }
    #expect(tally.decides(atLeast: 0.5))
  }

  @Test func `Bounds on single folds agree with brute force`() throws {
    var generator = SeededGenerator(seed: 155)
    var tally: [Verdict: Int] = [:]
    for _ in 0..<150 {
      let counts = (0..<2).map { _ in
        ClassCounts(positives: 1 + generator.below(5), negatives: 1 + generator.below(5))
      }
      let folds = generator.below(2) == 0 ? counts : [counts[0], counts[0]]
      let kinds: [ScoreKind] = [.accuracy, .recall, .specificity]
      let scores = try foldMeans(randomFolds(folds, &generator), kinds, decimals: 3)
      let bounds = [ScoreKind.accuracy, .recall, .balancedAccuracy].compactMap {
        generator.below(2) == 0
          ? nil : ScoreBound($0, generator.uniform() * 0.6, 0.6 + generator.uniform() * 0.4)
      }
      let isPossible = try every(folds).contains { pair in
        guard
          zip(pair, folds).allSatisfy({ fold, counts in
            bounds.allSatisfy { $0.allows(fold.truePositives, fold.trueNegatives, counts) }
          })
        else { return false }
        return try zip(foldMeans(pair, kinds, decimals: 15), scores).allSatisfy { value, score in
          value.printed.double >= score.interval.low - 1e-12
            && value.printed.double <= score.interval.high + 1e-12
        }
      }
      let verdict = try ConsistencyCheck(
        design: .mean(of: folds, bounds: bounds), scores: scores
      ).verdict()
      tally[verdict, default: 0] += 1
      #expect(verdict == (isPossible ? .consistent : .inconsistent), "\(folds) \(bounds)")
    }
    #expect((tally[.inconsistent] ?? 0) > 20 && (tally[.consistent] ?? 0) > 20, "\(tally)")
  }

  @Test func `Means of curved scores over two folds agree with brute force`() throws {
    var generator = SeededGenerator(seed: 157)
    var tally: [Verdict: Int] = [:]
    for index in 0..<cases(120, long: 3_000) {
      let counts = (0..<2).map { _ in
        ClassCounts(positives: 1 + generator.below(5), negatives: 1 + generator.below(5))
      }
      let folds = generator.below(2) == 0 ? counts : [counts[0], counts[0]]
      let metrics = Self.curved.filter { _ in generator.below(3) == 0 }.compactMap { kind in
        scoringFunctions.first { $0.0 == kind }
      }
      if metrics.isEmpty { continue }
      // A score without a value is printed as 0.
      func means(_ folds: [BinaryCounts]) -> [Double] {
        metrics.map { metric in
          folds.reduce(0) { $0 + (metric.1($1).value ?? 0) } / Double(folds.count)
        }
      }
      var values = means(randomFolds(folds, &generator))
      if index % 3 > 0 {
        let place = generator.below(values.count)
        values[place] = min(1, values[place] + generator.uniform() / 30)
      }
      let scores = try zip(metrics, values).map {
        try ReportedScore($0.0.0, printed($0.1, decimals: 3))
      }
      let isPossible = try every(folds).contains { pair in
        zip(means(pair), scores).allSatisfy {
          $0 >= $1.interval.low - 1e-12 && $0 <= $1.interval.high + 1e-12
        }
      }
      let verdict = try ConsistencyCheck(design: .mean(of: folds), scores: scores).verdict()
      tally[verdict, default: 0] += 1
      #expect(
        verdict == (isPossible ? .consistent : .inconsistent),
        "\(folds) \(scores.map { "\($0.kind) \($0.text)" })")
    }
    #expect((tally[.inconsistent] ?? 0) > 20 && (tally[.consistent] ?? 0) > 20, "\(tally)")
  }

  @Test func `Unknown folds with precision agree with brute force over every structure`() throws {
    var generator = SeededGenerator(seed: 156)
    var tally: [Verdict: Int] = [:]
    let dataset = ClassCounts(positives: 4, negatives: 6)
    let kinds: [ScoreKind] = [.recall, .specificity, .precision]
    let structures = try #require(
      UnknownFolds.structures(dataset, folds: 2, leastPositives: 1, leastNegatives: 1))
    let means = try structures.flatMap { try every($0) }
      .map { try foldMeans($0, kinds, decimals: 15).map(\.printed.double) }
      .filter { $0.count == kinds.count }
    for index in 0..<60 {
      var values = means[generator.below(means.count)]
      if index % 2 == 0 {
        let place = generator.below(3)
        values[place] = max(0.3, min(1, values[place] + generator.uniform() / 20))
      }
      // A fold without positive predictions has no precision: high recall keeps them out.
      guard values[0] > 0.7 else { continue }
      let scores = try zip(kinds, values).map {
        try ReportedScore($0.0, printed($0.1, decimals: 3))
      }
      let isPossible = means.contains { candidate in
        zip(candidate, scores).allSatisfy {
          $0.0 >= $0.1.interval.low - 1e-12 && $0.0 <= $0.1.interval.high + 1e-12
        }
      }
      let verdict = try ConsistencyCheck(
        design: .meanOverFolds(
          [FoldedDataset(.unknown(dataset, folds: 2, repeats: 1))], datasetBounds: []),
        scores: scores
      ).verdict()
      tally[verdict, default: 0] += 1
      #expect(verdict == (isPossible ? .consistent : .inconsistent), "\(scores.map(\.text))")
    }
    #expect((tally[.inconsistent] ?? 0) > 3 && (tally[.consistent] ?? 0) > 3, "\(tally)")
  }

  /// All counts of two folds.
  private func every(_ folds: [ClassCounts]) throws -> [[BinaryCounts]] {
    func cells(_ counts: ClassCounts) -> [BinaryCounts] {
      (0...counts.positives).flatMap { tp in
        (0...counts.negatives).map { tn in
          BinaryDecision.counts(CountPair(tp: tp, tn: tn), counts.positives, counts.negatives)
        }
      }
    }
    return cells(folds[0]).flatMap { first in cells(folds[1]).map { [first, $0] } }
  }
}
