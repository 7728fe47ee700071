// Pooling against R's metafor: a fixture of random cases, and the shared answers when present.
import Foundation
import Testing

@testable import Scoring

struct SynthesisFixture: Decodable {
  struct Pooled: Decodable {
    let estimate, se, low, high, p, tau2, i2, h2, q, qP: Double
    let seTau2, predictionLow, predictionHigh: Double?
    let weights: [Double]
  }
  struct Asymmetry: Decodable { let statistic, p, limit: Double }
  struct Proportions: Decodable {
    let x, n: [Int]
    let yi, vi: [Double]
    let common, moments, restricted, knappHartung: Pooled
    let tau2Interval: [Double]
    let egger, mixedEgger: Asymmetry?
    /// Null where metafor's scoring did not converge.
    let leaveOneOut: [Double?]?
  }
  struct Tables: Decodable {
    let tp, fn, fp, tn: [Int]
    let means, covariance, tau2: [Double]
    let rho, logLikelihood: Double
  }
  let proportions: [Proportions]
  let tables: [Tables]

  static let loaded = Result {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/synthesis.json")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(SynthesisFixture.self, from: Data(contentsOf: file))
  }
}

/// Whether two numbers agree relative to the larger of 1 and the expected one.
func near(_ value: Double?, _ expected: Double?, _ tolerance: Double) -> Bool {
  guard let value, let expected else { return value == nil && expected == nil }
  return abs(value - expected) <= tolerance * max(1, abs(expected))
}

@Suite struct SynthesisReferenceTests {
  let fixture: SynthesisFixture

  init() throws { fixture = try SynthesisFixture.loaded.get() }

  private func effects(_ item: SynthesisFixture.Proportions) throws -> [Effect] {
    try zip(item.x, item.n).map { .logit(of: try Proportion(successes: $0, trials: $1)) }
  }

  @Test func `A proportion's logit and its variance agree with metafor, empty cells included`()
    throws
  {
    for item in fixture.proportions {
      for (index, effect) in try effects(item).enumerated() {
        #expect(near(effect.estimate, item.yi[index], 1e-10))
        #expect(near(effect.variance, item.vi[index], 1e-10))
      }
    }
    #expect(fixture.proportions.contains { zip($0.x, $0.n).contains { $0 == $1 } })
  }

  @Test(arguments: HeterogeneityMethod.allCases, [false, true])
  func `Sixty random poolings agree with metafor`(
    method: HeterogeneityMethod, knappHartung: Bool
  ) throws {
    guard !knappHartung || method == .restrictedMaximumLikelihood else { return }
    let tolerance = method == .restrictedMaximumLikelihood ? 1e-6 : 1e-9
    for (index, item) in fixture.proportions.enumerated() {
      let pooled = try #require(
        Pooling(try effects(item), method: method, knappHartung: knappHartung))
      let expected =
        switch method {
        case .common: item.common
        case .derSimonianLaird: item.moments
        case .restrictedMaximumLikelihood: knappHartung ? item.knappHartung : item.restricted
        }
      let interval = try pooled.interval()
      for (value, reference, name) in [
        (pooled.estimate, expected.estimate, "estimate"),
        (pooled.standardError, expected.se, "standard error"),
        (interval.lower, expected.low, "lower"), (interval.upper, expected.high, "upper"),
        (pooled.model.p(), expected.p, "p"), (pooled.tauSquared, expected.tau2, "τ²"),
        (pooled.iSquared, expected.i2, "I²"), (pooled.model.hSquared, expected.h2, "H²"),
        (pooled.model.q, expected.q, "Q"), (pooled.model.qP, expected.qP, "p of Q"),
      ] {
        #expect(near(value, reference, tolerance), "case \(index): \(name)")
      }
      for (weight, reference) in zip(pooled.weights, expected.weights) {
        #expect(near(weight, reference, tolerance), "case \(index): weight")
      }
      guard method != .common else { continue }
      #expect(
        near(pooled.model.tauSquaredError, expected.seTau2, tolerance), "case \(index): se of τ²")
      let prediction = try pooled.predictionInterval()
      #expect(near(prediction.lower, expected.predictionLow, tolerance), "case \(index)")
      #expect(near(prediction.upper, expected.predictionHigh, tolerance), "case \(index)")
    }
  }

  @Test func `The interval of τ² by the Q profile agrees with metafor's confint`() throws {
    for (index, item) in fixture.proportions.enumerated() {
      let interval = try #require(Pooling(try effects(item))).model.tauSquaredInterval()
      // metafor stops looking at τ² = 100.
      #expect(near(interval.lower, item.tau2Interval[0], 1e-6), "case \(index)")
      if item.tau2Interval[1] < 99 {
        #expect(near(interval.upper, item.tau2Interval[1], 1e-6), "case \(index)")
      }
    }
  }

  @Test func `Egger's test, alone and within the model, agrees with metafor's regtest`() throws {
    for (index, item) in fixture.proportions.enumerated() {
      guard let egger = item.egger, let mixed = item.mixedEgger else { continue }
      for (test, expected, tolerance) in [
        (FunnelAsymmetry.egger(try effects(item)), egger, 1e-8),
        (FunnelAsymmetry.mixedEffects(try effects(item)), mixed, 1e-5),
      ] {
        #expect(near(test?.statistic, expected.statistic, tolerance), "case \(index)")
        #expect(near(test?.p, expected.p, tolerance), "case \(index)")
        #expect(near(test?.limit, expected.limit, tolerance), "case \(index)")
      }
    }
  }

  @Test func `Leaving each study out agrees with metafor's leave1out`() throws {
    for (index, item) in fixture.proportions.enumerated() {
      guard let expected = item.leaveOneOut else { continue }
      let pooled = try #require(Pooling(try effects(item)))
      for (left, reference) in zip(pooled.leaveOneOut, expected) {
        guard let reference else { continue }
        #expect(near(left?.estimate, reference, 1e-4), "case \(index)")
      }
    }
  }

  @Test func `The bivariate model agrees with metafor's rma.mv`() throws {
    for (index, item) in fixture.tables.enumerated() {
      let model = try #require(DiagnosticPooling(counts(item.tp, item.fn, item.fp, item.tn)))
      #expect(near(model.logitSensitivity, item.means[0], 1e-3), "case \(index)")
      #expect(near(model.logitFalsePositiveRate, item.means[1], 1e-3), "case \(index)")
      #expect(near(model.covariance.sensitivity, item.covariance[0], 1e-3), "case \(index)")
      #expect(near(model.covariance.both, item.covariance[1], 1e-3), "case \(index)")
      #expect(near(model.covariance.falsePositiveRate, item.covariance[3], 1e-3), "case \(index)")
      #expect(near(model.between.sensitivity, item.tau2[0], 1e-3), "case \(index)")
      #expect(near(model.between.falsePositiveRate, item.tau2[1], 1e-3), "case \(index)")
      #expect(near(model.logLikelihood, item.logLikelihood, 1e-6), "case \(index)")
      #expect(near(model.correlation.value, item.rho, 5e-3), "case \(index)")
    }
  }
}

/// Tables from columns of counts.
func counts(_ tp: [Int], _ fn: [Int], _ fp: [Int], _ tn: [Int]) -> [BinaryCounts] {
  tp.indices.map {
    BinaryCounts(
      truePositives: tp[$0], falsePositives: fp[$0], trueNegatives: tn[$0], falseNegatives: fn[$0])
  }
}
