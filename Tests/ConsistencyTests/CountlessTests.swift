// What can be said without any counts, against random matrices.
import Scoring
import Testing

@testable import Consistency

@Suite struct CountlessTests {
  @Test func `Scores of 20,000 random binary matrices are never refuted without counts`() throws {
    var generator = SeededGenerator(seed: 31)
    for _ in 0..<cases(20_000) {
      let p = 1 + generator.below(300)
      let n = 1 + generator.below(300)
      let counts = BinaryDecision.counts(
        CountPair(tp: generator.below(p + 1), tn: generator.below(n + 1)), p, n)
      var scores: [ReportedScore] = []
      for _ in 0..<3 {
        let (kind, metric) = scoringFunctions[generator.below(scoringFunctions.count)]
        guard let value = metric(counts).value, !scores.contains(where: { $0.kind == kind })
        else { continue }
        scores.append(
          try ReportedScore(kind, printed(value, decimals: 2 + generator.below(2)), beta: two))
      }
      if scores.isEmpty { continue }
      let decision = CountlessDecision(hypothesis: Hypothesis(.binary), effort: 300)
      if decision.decide(scores).isInfeasible {
        Issue.record("\(counts) \(scores.map { "\($0.kind) \($0.text)" })")
      }
    }
  }

  @Test func `Averages of 20,000 random matrices are never refuted without counts`() throws {
    var generator = SeededGenerator(seed: 32)
    for _ in 0..<cases(20_000) {
      let k = 2 + generator.below(5)
      let matrix = try ConfusionMatrix(
        rows: (0..<k).map { row in
          (0..<k).map { $0 == row ? 1 + generator.below(40) : generator.below(12) }
        })
      for (model, averaging) in [
        (AveragingModel.macro, Averaging.macro), (.weighted, .weighted), (.micro, .micro),
        (.f1OfMacroAverages, .macro), (.f1OfWeightedAverages, .weighted),
      ] {
        func value(_ metric: (BinaryCounts) -> Score) -> DecimalNumber {
          printed(
            matrix.average(metric, averaging, undefined: .zero).value(orUndefined: 0),
            decimals: 3)
        }
        let isHarmonic = [.f1OfMacroAverages, .f1OfWeightedAverages].contains(model)
        let f1 =
          isHarmonic
          ? printed(
            matrix.f1OfAverages(averaging, undefined: .zero).value(orUndefined: 0), decimals: 3)
          : value(\.f1)
        let scores = [
          try ReportedScore(.accuracy, printed(matrix.accuracy.value ?? 0, decimals: 3)),
          try ReportedScore(.precision, value(\.precision)),
          try ReportedScore(.recall, value(\.recall)), try ReportedScore(.f1, f1),
        ]
        let decision = CountlessDecision(hypothesis: Hypothesis(model))
        #expect(!decision.decide(scores).isInfeasible, "\(model) \(matrix.rows)")
      }
    }
  }

  @Test(arguments: [
    [("accuracy", "0.95"), ("recall", "0.90"), ("specificity", "0.92")],
    [("balanced-accuracy", "0.88"), ("recall", "0.90"), ("specificity", "0.92")],
    [("f1", "0.95"), ("precision", "0.90"), ("recall", "0.92")],
    [("jaccard", "0.90"), ("precision", "0.90"), ("recall", "0.92")],
    [("informedness", "0.90"), ("recall", "0.90"), ("specificity", "0.92")],
    [("f-minus", "0.95"), ("npv", "0.90"), ("specificity", "0.92")],
  ])
  func `Scores of one class outside what the others allow are refuted`(
    fields: [(String, String)]
  ) throws {
    let scores = try fields.map { field -> ReportedScore in
      try ReportedScore(try #require(ScoreKind(named: field.0)), field.1)
    }
    let check = ConsistencyCheck(design: .unknown, scores: scores)
    let certificate = try check.certificate(Hypothesis(.binary))
    #expect(certificate.verdict == .inconsistent)
    #expect(certificate.conflict.count == 3)
  }
}
