// Every reading of averaged scores against brute force, and rounding models and loose counts.
import Scoring
import Testing

@testable import Consistency

@Suite struct AveragingTests {
  static let kinds: [ScoreKind] = [.accuracy, .precision, .recall, .f1, .specificity]

  /// The scores of a 2 × 2 matrix under a reading, by the Scoring module.
  private func scores(
    _ counts: BinaryCounts, _ reading: Hypothesis, decimals: Int
  ) throws -> [ReportedScore] {
    let matrix = try ConfusionMatrix(rows: [
      [counts.trueNegatives, counts.falsePositives],
      [counts.falseNegatives, counts.truePositives],
    ])
    if reading.averaging != .binary {
      return try printedScores(matrix, reading, Self.kinds, decimals: decimals)
    }
    return try Self.kinds.map { kind in
      let value: Double
      switch kind {
      case .accuracy where reading.accuracy == .balanced:
        value = try #require(counts.balancedAccuracy.value)
      case .accuracy: value = try #require(counts.accuracy.value)
      case .precision: value = counts.precision.value ?? 0
      case .recall: value = counts.recall.value ?? 0
      case .f1: value = counts.f1.value ?? 0
      default: value = counts.specificity.value ?? 0
      }
      return try ReportedScore(kind, printed(value, decimals: decimals))
    }
  }

  @Test(arguments: Hypothesis.candidates(classCount: 2))
  func `Two classes agree with brute force under every reading`(reading: Hypothesis) throws {
    var generator = SeededGenerator(seed: 161)
    var tally: [Verdict: Int] = [:]
    for index in 0..<60 {
      let p = 2 + generator.below(9)
      let n = 2 + generator.below(9)
      let chosen = BinaryDecision.counts(
        CountPair(tp: generator.below(p + 1), tn: generator.below(n + 1)), p, n)
      var reported = try scores(chosen, reading, decimals: 3)
      if index % 3 > 0 {
        // One score moved by a few units of its last digit.
        let place = generator.below(reported.count)
        let moved = reported[place].printed.mantissa + generator.below(9) - 4
        reported[place] = try ReportedScore(
          reported[place].kind,
          DecimalNumber(mantissa: max(0, min(1000, moved)), decimals: 3))
      }
      var isPossible = false
      for tp in 0...p {
        for tn in 0...n where !isPossible {
          let values = try scores(
            BinaryDecision.counts(CountPair(tp: tp, tn: tn), p, n), reading, decimals: 15)
          isPossible = zip(values, reported).allSatisfy { value, score in
            value.printed.double >= score.interval.low - 1e-12
              && value.printed.double <= score.interval.high + 1e-12
          }
        }
      }
      let verdict = try ConsistencyCheck(design: .binary(p, n), scores: reported).verdict(reading)
      tally[verdict, default: 0] += 1
      #expect(
        verdict == (isPossible ? .consistent : .inconsistent),
        "\(reading.name) \(p) + \(n) \(reported.map { "\($0.kind) \($0.text)" })")
    }
    #expect((tally[.inconsistent] ?? 0) > 5 && (tally[.consistent] ?? 0) > 5, "\(tally)")
  }

  @Test func `Every rounding model allows what it printed, on 20,000 random matrices`() throws {
    var generator = SeededGenerator(seed: 162)
    var tally = Tally("every rounding model, one test set")
    while tally.count < cases(20_000) {
      let p = 1 + generator.below(120)
      let n = 1 + generator.below(120)
      let tp = generator.below(p + 1)
      let tn = generator.below(n + 1)
      let model = RoundingModel.allCases[generator.below(RoundingModel.allCases.count)]
      // Whole-number rates are rounded by whole-number arithmetic, so that ties are ties.
      var reported: [ReportedScore] = []
      for (kind, top, bottom) in [
        (ScoreKind.recall, tp, p), (.specificity, tn, n), (.accuracy, tp + tn, p + n),
        (.f1, 2 * tp, tp + p + n - tn),
      ] where bottom > 0 && generator.below(3) > 0 {
        reported.append(
          try ReportedScore(
            kind, DecimalNumber(mantissa: Self.round(top * 1000, bottom, model), decimals: 3),
            rounding: model))
      }
      if reported.isEmpty { continue }
      let verdict = try ConsistencyCheck(design: .binary(p, n), scores: reported).verdict()
      tally.add(verdict, "\(model) \(tp) \(tn) of \(p) + \(n)")
    }
    #expect(tally.decides(atLeast: 1))
  }

  /// top/bottom as a whole number.
  private static func round(_ top: Int, _ bottom: Int, _ model: RoundingModel) -> Int {
    let down = top / bottom
    let rest = top % bottom
    switch model {
    case .floor, .truncation, .nearestOrTruncated: return down
    case .ceiling: return down + (rest > 0 ? 1 : 0)
    case .nearest, .halfUp: return down + (2 * rest >= bottom ? 1 : 0)
    case .halfEven:
      return down + (2 * rest > bottom || (2 * rest == bottom && down % 2 == 1) ? 1 : 0)
    }
  }

  @Test func `Scores are never called inconsistent when only ranges or a total are known`() throws {
    var generator = SeededGenerator(seed: 163)
    var tally = Tally("a total or a range of counts")
    for index in 0..<cases(2_000) {
      let p = 1 + generator.below(40)
      let n = 1 + generator.below(40)
      let counts = BinaryDecision.counts(
        CountPair(tp: generator.below(p + 1), tn: generator.below(n + 1)), p, n)
      var reported: [ReportedScore] = []
      for _ in 0..<(1 + generator.below(4)) {
        let (kind, metric) = scoringFunctions[generator.below(scoringFunctions.count)]
        guard let value = metric(counts).value, !reported.contains(where: { $0.kind == kind })
        else { continue }
        reported.append(
          try ReportedScore(
            kind, printed(value, decimals: 1 + generator.below(4)), beta: two))
      }
      if reported.isEmpty { continue }
      let design: Design
      switch index % 3 {
      case 0: design = .binaryTotal(.exactly(p + n))
      case 1: design = .binaryTotal(CountRange(p + n - generator.below(p + n), p + n + 5))
      default:
        design = .binary(
          positives: CountRange(p - generator.below(p), p + 5), negatives: .exactly(n))
      }
      let verdict = try ConsistencyCheck(design: design, scores: reported, effort: 1_000_000)
        .verdict()
      tally.add(verdict, "\(counts) \(design) \(reported.map { "\($0.kind) \($0.text)" })")
    }
    #expect(tally.decides(atLeast: 0.9))
  }

  @Test func `A total alone agrees with brute force over every split into classes`() throws {
    var generator = SeededGenerator(seed: 164)
    var tally: [Verdict: Int] = [:]
    let kinds: [ScoreKind] = [.accuracy, .precision, .recall, .f1]
    for _ in 0..<200 {
      let total = 4 + generator.below(10)
      let p = 1 + generator.below(total - 1)
      let counts = BinaryDecision.counts(
        CountPair(tp: 1 + generator.below(p), tn: generator.below(total - p + 1)), p, total - p)
      var reported = try foldMeans([counts], kinds, decimals: 2)
      let place = generator.below(reported.count)
      let moved = reported[place].printed.mantissa + [0, 2, -3][generator.below(3)]
      reported[place] = try ReportedScore(
        reported[place].kind, DecimalNumber(mantissa: max(1, min(100, moved)), decimals: 2))
      var isPossible = false
      for p in 1..<total {
        for tp in 1...p {
          for tn in 0...(total - p) where !isPossible {
            let candidate = BinaryDecision.counts(CountPair(tp: tp, tn: tn), p, total - p)
            isPossible = try zip(foldMeans([candidate], kinds, decimals: 15), reported).allSatisfy {
              $0.printed.double >= $1.interval.low - 1e-12
                && $0.printed.double <= $1.interval.high + 1e-12
            }
          }
        }
      }
      let verdict = try ConsistencyCheck(
        design: .binaryTotal(.exactly(total)), scores: reported
      ).verdict()
      tally[verdict, default: 0] += 1
      #expect(verdict == (isPossible ? .consistent : .inconsistent), "\(total) \(reported)")
    }
    #expect((tally[.inconsistent] ?? 0) > 20 && (tally[.consistent] ?? 0) > 20, "\(tally)")
  }

  @Test func `Accuracy over patients is a share of patients, whatever the images`() throws {
    let scores = [try ReportedScore(.accuracy, "0.9833"), try ReportedScore(.recall, "0.983")]
    func verdict(_ patients: Int) throws -> Verdict {
      try ConsistencyCheck(design: .binary(177, 223), scores: scores, patients: patients)
        .verdict(Hypothesis(.binary, .patientLevel))
    }
    // 59 of 60 is 0.98333; no share of 61 prints so.
    #expect(try verdict(60) == .consistent)
    #expect(try verdict(61) == .inconsistent)
    let ranked = try ConsistencyCheck(design: .binary(177, 223), scores: scores, patients: 60)
      .rankedHypotheses()
    #expect(ranked.first?.hypothesis == Hypothesis(.binary, .patientLevel))
  }
}
