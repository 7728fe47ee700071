// The search over (TP, TN) against brute force, in both directions.
import Scoring
import Testing

@testable import Consistency

/// Every score, with how the Scoring module computes it.
let scoringFunctions: [(ScoreKind, @Sendable (BinaryCounts) -> Score)] = [
  (.accuracy, { $0.accuracy }), (.errorRate, { $0.errorRate }), (.precision, { $0.precision }),
  (.recall, { $0.recall }), (.specificity, { $0.specificity }),
  (.negativePredictiveValue, { $0.negativePredictiveValue }),
  (.falsePositiveRate, { $0.falsePositiveRate }), (.falseNegativeRate, { $0.falseNegativeRate }),
  (.falseDiscoveryRate, { $0.falseDiscoveryRate }), (.falseOmissionRate, { $0.falseOmissionRate }),
  (.f1, { $0.f1 }), (.fBeta, { $0.fBeta(2) }), (.fMinus, { $0.fMinus() }),
  (.fBetaMinus, { $0.fMinus(2) }), (.balancedAccuracy, { $0.balancedAccuracy }),
  (.matthews, { $0.matthews }), (.kappa, { $0.kappa }), (.jaccard, { $0.jaccard }),
  (.geometricMean, { $0.geometricMean }), (.fowlkesMallows, { $0.fowlkesMallows }),
  (.markedness, { $0.markedness }), (.informedness, { $0.informedness }),
  (.positiveLikelihoodRatio, { $0.positiveLikelihoodRatio }),
  (.negativeLikelihoodRatio, { $0.negativeLikelihoodRatio }),
  (.diagnosticOddsRatio, { $0.diagnosticOddsRatio }),
  (.prevalenceThreshold, { $0.prevalenceThreshold }),
  (.unifiedPerformanceMeasure, { $0.unifiedPerformanceMeasure }),
]

let two = DecimalNumber(mantissa: 2, decimals: 0)

/// `value` rounded to the nearest printed value.
func printed(_ value: Double, decimals: Int) -> DecimalNumber {
  DecimalNumber(
    mantissa: Int((value * Double(DecimalNumber.integerPower(decimals))).rounded()),
    decimals: decimals)
}

func constraint(
  _ kind: ScoreKind, _ value: DecimalNumber, _ model: RoundingModel = .nearest,
  convention: Bool = false
) throws -> CountConstraint {
  CountConstraint(
    kind: kind, interval: try ScoreInterval(value, model), beta: kind.usesBeta ? two : two,
    acceptsConvention: convention)
}

@Suite struct CountSearchTests {
  @Test func `Scores of 100,000 random matrices, rounded, are never called inconsistent`() throws {
    var generator = SeededGenerator(seed: 20_240_601)
    var checked = 0
    while checked < 100_000 {
      let p = 1 + generator.below(400)
      let n = 1 + generator.below(400)
      let counts = BinaryDecision.counts(
        CountPair(tp: generator.below(p + 1), tn: generator.below(n + 1)), p, n)
      var constraints: [CountConstraint] = []
      let decimals = 1 + generator.below(4)
      for _ in 0..<(2 + generator.below(4)) {
        let (kind, metric) = scoringFunctions[generator.below(scoringFunctions.count)]
        guard let value = metric(counts).value else { continue }
        constraints.append(try constraint(kind, printed(value, decimals: decimals)))
      }
      checked += 1
      let result = CountSearch.run(positives: p, negatives: n, constraints)
      if result.witness == nil { Issue.record("\(counts) \(constraints.map(\.kind))") }
    }
  }

  @Test func `Truncated scores are never called inconsistent under truncation`() throws {
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<cases(20_000) {
      let p = 1 + generator.below(200)
      let n = 1 + generator.below(200)
      let counts = BinaryDecision.counts(
        CountPair(tp: generator.below(p + 1), tn: generator.below(n + 1)), p, n)
      var constraints: [CountConstraint] = []
      for (kind, metric) in scoringFunctions where generator.below(6) == 0 {
        guard let value = metric(counts).value else { continue }
        // Cutting the nearest decimal rounding of the exact value would err by its last bit.
        let scaled = value * 1000
        let cut =
          abs(scaled - scaled.rounded()) < 1e-9 ? scaled.rounded() : scaled.rounded(.towardZero)
        let text = DecimalNumber(mantissa: Int(cut), decimals: 3)
        constraints.append(try constraint(kind, text, .truncation))
      }
      let result = CountSearch.run(positives: p, negatives: n, constraints)
      if result.witness == nil { Issue.record("\(counts) \(constraints.map(\.kind))") }
    }
  }

  @Test func `Verdicts and numbers of solutions agree with brute force on small sets`() throws {
    var generator = SeededGenerator(seed: 77)
    var infeasible = 0
    for _ in 0..<6_000 {
      let p = 1 + generator.below(14)
      let n = 1 + generator.below(14)
      var constraints: [CountConstraint] = []
      var metrics: [(BinaryCounts) -> Score] = []
      let counts = BinaryDecision.counts(
        CountPair(tp: generator.below(p + 1), tn: generator.below(n + 1)), p, n)
      for _ in 0..<(2 + generator.below(3)) {
        let (kind, metric) = scoringFunctions[generator.below(scoringFunctions.count)]
        guard let value = metric(counts).value else { continue }
        let shift = generator.below(3) == 0 ? Double(generator.below(5) - 2) * 0.01 : 0
        constraints.append(try constraint(kind, printed(value + shift, decimals: 2)))
        metrics.append(metric)
      }
      var expected = 0
      for tp in 0...p {
        for tn in 0...n {
          let matrix = BinaryDecision.counts(CountPair(tp: tp, tn: tn), p, n)
          let fits = zip(constraints, metrics).allSatisfy { constraint, metric in
            guard let value = metric(matrix).value else { return false }
            return value >= constraint.interval.low - 1e-13
              && value <= constraint.interval.high + 1e-13
          }
          if fits { expected += 1 }
        }
      }
      let result = CountSearch.run(positives: p, negatives: n, constraints, counting: true)
      #expect(result.count == expected, "\(counts) \(constraints.map(\.kind))")
      #expect((result.witness != nil) == (expected > 0))
      if expected == 0 { infeasible += 1 }
    }
    #expect(infeasible > 500)
  }

  @Test func `A tie is inside or outside as its rounding rule says`() throws {
    // 1/8 = 0.125 prints as 0.13 half up, as 0.12 half even.
    let text = DecimalNumber(mantissa: 12, decimals: 2)
    for (model, isPossible) in [
      (RoundingModel.nearest, true), (.halfUp, false), (.halfEven, true), (.truncation, true),
      (.ceiling, false),
    ] {
      let result = CountSearch.run(
        positives: 8, negatives: 1, [try constraint(.recall, text, model)])
      #expect((result.witness?.tp == 1) == isPossible, "\(model)")
    }
  }

  @Test func `Averages of two classes agree with the Scoring module`() throws {
    var generator = SeededGenerator(seed: 9)
    for _ in 0..<3_000 {
      let p = 1 + generator.below(60)
      let n = 1 + generator.below(60)
      let counts = BinaryDecision.counts(
        CountPair(tp: generator.below(p + 1), tn: generator.below(n + 1)), p, n)
      let matrix = try ConfusionMatrix(rows: [
        [counts.trueNegatives, counts.falsePositives],
        [counts.falseNegatives, counts.truePositives],
      ])
      for (model, averaging) in [
        (AveragingModel.macro, Averaging.macro), (.weighted, .weighted), (.micro, .micro),
      ] {
        var scores: [ReportedScore] = []
        for (kind, metric) in [
          (ScoreKind.precision, \BinaryCounts.precision), (.recall, \.recall), (.f1, \.f1),
          (.specificity, \.specificity),
        ] {
          let value = try #require(
            matrix.average({ $0[keyPath: metric] }, averaging, undefined: .zero).value)
          scores.append(try ReportedScore(kind, printed(value, decimals: 4)))
        }
        let decision = BinaryDecision(
          hypothesis: Hypothesis(model), acceptsConvention: true, budget: 1_000_000)
        let holds = decision.constraints(scores).allSatisfy {
          $0.contains(counts.truePositives, counts.trueNegatives, p, n)
        }
        #expect(holds, "\(model) \(counts)")
      }
    }
  }
}
