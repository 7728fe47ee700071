// What pooling must keep whatever the numbers: symmetry, bounds, refusals.
import Foundation
import Testing

@testable import Scoring

@Suite struct SynthesisTests {
  private func effect(_ x: Int, _ n: Int) throws -> Effect {
    .logit(of: try Proportion(successes: x, trials: n))
  }

  @Test func `One study cannot be pooled`() throws {
    #expect(Pooling([try effect(9, 10)]) == nil)
    #expect(Pooling([]) == nil)
  }

  @Test func `Studies that agree have no variance between them, and REML says exactly 0`() throws {
    let same = [try effect(90, 100), try effect(180, 200), try effect(451, 500)]
    let pooled = try #require(Pooling(same))
    #expect(pooled.tauSquared == 0)
    #expect(pooled.iSquared == 0)
    let common = try #require(Pooling(same, method: .common))
    #expect(pooled.estimate == common.estimate)
  }

  @Test func `Pooling does not depend on the order of the studies`() throws {
    let effects = [
      try effect(59, 60), try effect(158, 165), try effect(340, 379), try effect(1946, 2000),
    ]
    let forward = try #require(Pooling(effects))
    let backward = try #require(Pooling(effects.reversed()))
    #expect(abs(forward.estimate - backward.estimate) < 1e-12)
    #expect(abs(forward.tauSquared - backward.tauSquared) < 1e-11)
  }

  @Test func `Pooling error rates mirrors pooling accuracies`() throws {
    let right = [try effect(59, 60), try effect(158, 165), try effect(340, 379)]
    let wrong = [try effect(1, 60), try effect(7, 165), try effect(39, 379)]
    let first = try #require(Pooling(right))
    let second = try #require(Pooling(wrong))
    #expect(abs(first.estimate + second.estimate) < 1e-12)
    #expect(abs(first.tauSquared - second.tauSquared) < 1e-12)
  }

  @Test func `Weights sum to 1 and the prediction interval holds the confidence interval`() throws {
    let pooled = try #require(
      Pooling([try effect(30, 60), try effect(158, 165), try effect(340, 379)]))
    #expect(abs(pooled.weights.reduce(0, +) - 1) < 1e-12)
    let mean = try pooled.interval()
    let next = try pooled.predictionInterval()
    #expect(next.lower < mean.lower && mean.upper < next.upper)
  }

  @Test func `A confidence level outside 0 and 1 is refused`() throws {
    let pooled = try #require(Pooling([try effect(30, 60), try effect(158, 165)]))
    #expect(throws: ScoringError.levelOutOfRange(1)) { try pooled.interval(level: 1) }
    #expect(throws: ScoringError.levelOutOfRange(0)) {
      try pooled.model.tauSquaredInterval(level: 0)
    }
  }

  @Test func `An effect without a positive variance is none`() {
    #expect(Effect(estimate: 1, variance: 0) == nil)
    #expect(Effect(estimate: .nan, variance: 1) == nil)
    #expect(Effect(estimate: 1, variance: .infinity) == nil)
  }

  @Test func `A study a million times larger than the others leaves the fit finite`() throws {
    let effects = [
      try effect(900_000_000, 1_000_000_000), try effect(9, 10), try effect(18, 20),
      try effect(45, 50),
    ]
    let pooled = try #require(Pooling(effects))
    #expect(pooled.tauSquared == 0)
    #expect(abs(Logit.probability(pooled.estimate) - 0.9) < 1e-9)
    #expect(pooled.model.tauSquaredError.isFinite && pooled.model.tauSquaredError > 0)
  }

  @Test func `Egger's test needs three studies of different size`() throws {
    #expect(FunnelAsymmetry.egger([try effect(30, 60), try effect(158, 165)]) == nil)
    let alike = [try effect(30, 60), try effect(30, 60), try effect(30, 60)]
    #expect(FunnelAsymmetry.egger(alike) == nil)
  }

  private let tables = counts(
    [47, 126, 19, 36, 130], [9, 51, 10, 3, 19], [101, 272, 12, 78, 211],
    [738, 1543, 192, 276, 959])

  @Test func `The summary curve passes through the summary point and rises`() throws {
    let model = try #require(DiagnosticPooling(tables))
    let height = try #require(
      model.sensitivity(atFalsePositiveRate: model.summary.falsePositiveRate))
    #expect(abs(height - model.summary.sensitivity) < 1e-12)
    let curve = model.curve()
    #expect(curve.count == 61)
    #expect(zip(curve, curve.dropFirst()).allSatisfy { $0.sensitivity <= $1.sensitivity })
    let area = try #require(model.areaUnderCurve)
    #expect(area > 0.5 && area < 1)
  }

  @Test(arguments: [2.0, 9, 400])
  func `A curve of slope 1 has the area of its odds ratio`(odds: Double) {
    // sens = D·f/(1 + (D − 1)f) has the area D/(D − 1)² · (D − 1 − log D).
    let exact = odds / ((odds - 1) * (odds - 1)) * (odds - 1 - log(odds))
    #expect(abs(DiagnosticPooling.area(intercept: log(odds), slope: 1) - exact) < 1e-9)
  }

  @Test func `The prediction region holds the confidence region`() throws {
    let model = try #require(DiagnosticPooling(tables))
    let inner = try model.outline(of: .confidence)
    let outer = try model.outline(of: .prediction)
    let highest = { (points: [DiagnosticPooling.Point]) in points.map(\.sensitivity).max() ?? 0 }
    #expect(highest(inner) < highest(outer))
    #expect(inner.allSatisfy { (0...1).contains($0.falsePositiveRate) })
  }

  @Test func `Tables without positives or a single table cannot be pooled`() {
    #expect(DiagnosticPooling(Array(tables.prefix(1))) == nil)
    #expect(DiagnosticPooling(tables + counts([0], [0], [3], [5])) == nil)
  }

  @Test func `Exchanging the classes exchanges sensitivity and specificity`() throws {
    let model = try #require(DiagnosticPooling(tables))
    let mirrored = try #require(DiagnosticPooling(tables.map(\.swapped)))
    #expect(abs(model.sensitivity - mirrored.specificity) < 1e-6)
    #expect(abs(model.specificity - mirrored.sensitivity) < 1e-6)
  }
}
