// K × K matrices: no false alarm, and brute force on small sets in both directions.
import Scoring
import Testing

@testable import Consistency

/// A random matrix with these row sums, mostly on the diagonal.
func randomMatrix(
  _ sizes: [Int], accuracy: Double, _ generator: inout SeededGenerator
) throws -> ConfusionMatrix {
  var rows = sizes.map { _ in sizes.map { _ in 0 } }
  for (label, size) in sizes.enumerated() {
    for _ in 0..<size {
      let isHit = generator.uniform() < accuracy
      rows[label][isHit ? label : generator.below(sizes.count)] += 1
    }
  }
  return try ConfusionMatrix(rows: rows)
}

/// The scores a paper could print of a matrix under a reading.
func printedScores(
  _ matrix: ConfusionMatrix, _ hypothesis: Hypothesis, _ kinds: [ScoreKind], decimals: Int
) throws -> [ReportedScore] {
  let averaging: Averaging
  switch hypothesis.averaging {
  case .micro: averaging = .micro
  case .weighted, .f1OfWeightedAverages: averaging = .weighted
  default: averaging = .macro
  }
  return try kinds.compactMap { kind in
    let score: Score
    switch kind {
    case .accuracy:
      switch hypothesis.accuracy {
      case .overall, .patientLevel: score = matrix.accuracy
      case .balanced: score = matrix.average(\.recall, .macro, undefined: .zero)
      case .meanOneVersusRest: score = matrix.average(\.accuracy, .macro)
      }
    case .f1 where [.f1OfMacroAverages, .f1OfWeightedAverages].contains(hypothesis.averaging):
      score = matrix.f1OfAverages(averaging, undefined: .zero)
    case .precision: score = matrix.average(\.precision, averaging, undefined: .zero)
    case .recall: score = matrix.average(\.recall, averaging, undefined: .zero)
    case .f1: score = matrix.average(\.f1, averaging, undefined: .zero)
    case .specificity: score = matrix.average(\.specificity, averaging, undefined: .zero)
    case .kappa: score = matrix.kappa()
    case .matthews: score = matrix.matthews
    default: return nil
    }
    return try score.value.map { try ReportedScore(kind, printed($0, decimals: decimals)) }
  }
}

@Suite struct MulticlassTests {
  static let kinds: [ScoreKind] = [
    .accuracy, .precision, .recall, .f1, .specificity, .kappa, .matthews,
  ]
  static let readings: [Hypothesis] = [
    Hypothesis(.macro), Hypothesis(.weighted), Hypothesis(.micro),
    Hypothesis(.f1OfMacroAverages), Hypothesis(.f1OfWeightedAverages),
    Hypothesis(.macro, .balanced), Hypothesis(.macro, .meanOneVersusRest),
  ]

  @Test func `Scores of random K × K matrices are never called inconsistent`() throws {
    var generator = SeededGenerator(seed: 41)
    var tally = Tally("averages of K × K matrices, a quick look")
    for index in 0..<cases(20_000) {
      let sizes = (0..<(3 + generator.below(2))).map { _ in 1 + generator.below(20) }
      let matrix = try randomMatrix(sizes, accuracy: generator.uniform(), &generator)
      let reading = Self.readings[index % Self.readings.count]
      let kinds = Self.kinds.filter { kind in
        generator.below(2) == 0
          && (reading.accuracy != .meanOneVersusRest || ![.kappa, .matthews].contains(kind))
      }
      let scores = try printedScores(matrix, reading, kinds, decimals: 1 + generator.below(4))
      if scores.isEmpty { continue }
      let check = ConsistencyCheck(
        design: .multiclass(sizes), scores: scores, effort: 20_000)
      tally.add(
        try check.verdict(reading),
        "\(reading.name) \(matrix.rows) \(scores.map { "\($0.kind) \($0.text)" })")
    }
    #expect(tally.decides(atLeast: 0.5))
  }

  @Test func `Verdicts agree with the enumeration of every matrix of three small classes`() throws {
    var generator = SeededGenerator(seed: 42)
    var tally: [Verdict: Int] = [:]
    for index in 0..<112 {
      let sizes = [2 + generator.below(3), 2 + generator.below(3), 2 + generator.below(3)]
      let reading = Self.readings[index % Self.readings.count]
      let matrices = try Self.allMatrices(sizes)
      let chosen = matrices[generator.below(matrices.count)]
      let base = try printedScores(
        chosen, reading, [.accuracy, .precision, .recall, .f1, .specificity], decimals: 3)
      // One score is moved by a few units of its last digit, so that most sets are impossible.
      let moved = generator.below(base.count)
      let scores = try base.enumerated().map { place, score -> ReportedScore in
        guard place == moved, index % 4 > 0 else { return score }
        let mantissa = max(0, min(1000, score.printed.mantissa + generator.below(9) - 4))
        return try ReportedScore(score.kind, DecimalNumber(mantissa: mantissa, decimals: 3))
      }
      var isPossible = false
      for matrix in matrices where !isPossible {
        let values = try printedScores(matrix, reading, scores.map(\.kind), decimals: 15)
        isPossible = zip(values, scores).allSatisfy { value, score in
          let number = value.printed.double
          return number >= score.interval.low - 1e-12 && number <= score.interval.high + 1e-12
        }
      }
      let verdict = try ConsistencyCheck(
        design: .multiclass(sizes), scores: scores
      ).verdict(reading)
      tally[verdict, default: 0] += 1
      #expect(
        verdict == (isPossible ? .consistent : .inconsistent),
        "\(reading.name) \(sizes) \(scores.map { "\($0.kind) \($0.text)" })")
    }
    #expect((tally[.inconsistent] ?? 0) > 10 && (tally[.consistent] ?? 0) > 10)
  }

  private static func allMatrices(_ sizes: [Int]) throws -> [ConfusionMatrix] {
    func rows(_ size: Int) -> [[Int]] {
      (0...size).flatMap { first in (0...(size - first)).map { [first, $0, size - first - $0] } }
    }
    var all: [ConfusionMatrix] = []
    for first in rows(sizes[0]) {
      for second in rows(sizes[1]) {
        for third in rows(sizes[2]) {
          all.append(try ConfusionMatrix(rows: [first, second, third]))
        }
      }
    }
    return all
  }

  @Test func `Macro scores are never called inconsistent with the effort of a full check`() throws {
    var generator = SeededGenerator(seed: 44)
    var tally = Tally("averages of K × K matrices")
    for index in 0..<cases(300) {
      let sizes = (0..<(3 + generator.below(2))).map { _ in 2 + generator.below(14) }
      let matrix = try randomMatrix(sizes, accuracy: 0.3 + 0.7 * generator.uniform(), &generator)
      let reading = Self.readings[index % Self.readings.count]
      let kinds = Self.kinds.filter { kind in
        reading.accuracy != .meanOneVersusRest || ![.kappa, .matthews].contains(kind)
      }
      let scores = try printedScores(matrix, reading, kinds, decimals: 2 + generator.below(3))
      let check = ConsistencyCheck(
        design: .multiclass(sizes), scores: scores, effort: 1_000_000)
      tally.add(
        try check.verdict(reading),
        "\(reading.name) \(matrix.rows) \(scores.map { "\($0.kind) \($0.text)" })")
    }
    #expect(tally.decides(atLeast: 0.9))
  }

  @Test func `A witness has the given class sizes and prints every score`() throws {
    var generator = SeededGenerator(seed: 43)
    var seen = 0
    for _ in 0..<200 {
      let sizes = (0..<(3 + generator.below(4))).map { _ in 20 + generator.below(150) }
      let matrix = try randomMatrix(sizes, accuracy: 0.85, &generator)
      let reading = Hypothesis(.macro)
      let kinds: [ScoreKind] = [.accuracy, .precision, .recall, .f1]
      let scores = try printedScores(matrix, reading, kinds, decimals: 4)
      let certificate = try ConsistencyCheck(
        design: .multiclass(sizes), scores: scores
      ).certificate(reading, explaining: false)
      #expect(certificate.verdict != .inconsistent)
      guard case .matrix(let witness) = certificate.witness else { continue }
      seen += 1
      #expect(witness.trueCounts == sizes)
      let again = try printedScores(witness, reading, kinds, decimals: 4)
      #expect(again.map(\.text) == scores.map(\.text))
    }
    #expect(seen > 150, "\(seen) of 200")
  }

  @Test func `The benchmark's case that only this module refutes has no whole number of errors`()
    throws
  {
    // The peer decides the seven one-vs-rest tables by themselves; in one matrix every error is a
    // miss of one class and a false alarm of another, so mean one-vs-rest accuracy is 1 − 2E/(K·N).
    let sizes = [95, 170, 120, 22, 85, 70, 149]
    let width = DecimalNumber(mantissa: 5, decimals: 5)
    let accuracy = try ReportedScore(.accuracy, "0.9584", halfWidth: width)
    let scores = [
      accuracy, try ReportedScore(.recall, "0.8251", halfWidth: width),
      try ReportedScore(.specificity, "0.9752", halfWidth: width),
      try ReportedScore(.balancedAccuracy, "0.9001", halfWidth: width),
    ]
    let total = sizes.reduce(0, +)
    for errors in 0...total {
      let value = 1 - 2 * Double(errors) / Double(sizes.count * total)
      #expect(value < accuracy.interval.low - 1e-6 || value > accuracy.interval.high + 1e-6)
    }
    let certificate = try ConsistencyCheck(design: .multiclass(sizes), scores: scores)
      .certificate(Hypothesis(.macro, .meanOneVersusRest))
    #expect(certificate.verdict == .inconsistent)
    #expect(certificate.conflict.map(\.kind) == [.accuracy])
    #expect(certificate.proof == .granularity)
  }

  @Test func `Macro F1 above the harmonic mean of macro P and R is refuted at once`() throws {
    let scores = [
      try ReportedScore(.precision, "0.900"), try ReportedScore(.recall, "0.850"),
      try ReportedScore(.f1, "0.890"),
    ]
    let certificate = try ConsistencyCheck(
      design: .multiclass([400, 300, 200, 100]), scores: scores
    ).certificate(Hypothesis(.macro))
    #expect(certificate.verdict == .inconsistent)
    #expect(certificate.conflict.count == 3)
  }
}
