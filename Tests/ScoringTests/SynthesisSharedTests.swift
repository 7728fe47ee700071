// Pooling against the shared answers of metafor and mada, when they stand beside the checkout.
import Foundation
import Testing

@testable import Scoring

private let referenceFile = URL(filePath: #filePath).deletingLastPathComponent()
  .appending(path: "../../../shared/checks/meta-analysis.json").standardized

/// The shared reference answers stand beside the checkout on some machines only.
private let hasReference = FileManager.default.fileExists(atPath: referenceFile.path)

@Suite(.enabled(if: hasReference, "needs ../shared/checks/meta-analysis.json"))
struct SynthesisSharedTests {
  let reference: [String: [String: Any]]

  init() throws {
    let data = try Data(contentsOf: referenceFile)
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    reference = object.compactMapValues { $0 as? [String: Any] }
  }

  private func numbers(_ entry: String, _ key: String) throws -> [Double] {
    let value = try #require(reference[entry]?[key], "\(entry).\(key)")
    if let number = value as? NSNumber { return [number.doubleValue] }
    return try #require(value as? [NSNumber]).map(\.doubleValue)
  }

  private func number(_ entry: String, _ key: String) throws -> Double {
    try #require(try numbers(entry, key).first)
  }

  private func bcg() throws -> [Effect] {
    try zip(numbers("bcg_logRR_input", "yi"), numbers("bcg_logRR_input", "vi")).map {
      try #require(Effect(estimate: $0, variance: $1))
    }
  }

  private func proportions() throws -> [Effect] {
    try zip(numbers("prop_input", "xi"), numbers("prop_input", "ni")).map {
      .logit(of: try Proportion(successes: Int($0), trials: Int($1)))
    }
  }

  private func check(_ pooled: Pooling, _ entry: String, _ tolerance: Double) throws {
    let interval = try pooled.interval()
    for (value, key) in [
      (pooled.estimate, "estimate"), (pooled.standardError, "se"), (interval.lower, "ci_lb"),
      (interval.upper, "ci_ub"), (pooled.model.statistic(), "z"), (pooled.model.p(), "p"),
      (pooled.tauSquared, "tau2"), (pooled.iSquared * 100, "I2"), (pooled.model.hSquared, "H2"),
      (pooled.model.q, "Q"), (pooled.model.qP, "Qp"),
    ] {
      #expect(near(value, try number(entry, key), tolerance), "\(entry): \(key)")
    }
    guard pooled.model.method != .common else { return }
    #expect(near(pooled.model.tauSquaredError, try number(entry, "se_tau2"), tolerance))
    let prediction = try pooled.predictionInterval()
    #expect(near(prediction.lower, try number(entry, "pi_lb"), tolerance), "\(entry)")
    #expect(near(prediction.upper, try number(entry, "pi_ub"), tolerance), "\(entry)")
  }

  @Test func `The BCG trials pool as metafor pools them, by each method`() throws {
    let effects = try bcg()
    for (method, entry, tolerance) in [
      (HeterogeneityMethod.common, "bcg_logRR_EE", 1e-6),
      (.derSimonianLaird, "bcg_logRR_DL", 1e-6),
      (.restrictedMaximumLikelihood, "bcg_logRR_REML", 1e-3),
    ] {
      try check(try #require(Pooling(effects, method: method)), entry, tolerance)
    }
    try check(try #require(Pooling(effects, knappHartung: true)), "bcg_logRR_REML_knha", 1e-3)
  }

  @Test func `Eight proportions pool on the logit scale as metafor pools them`() throws {
    let effects = try proportions()
    let moments = try #require(Pooling(effects, method: .derSimonianLaird))
    try check(moments, "prop_PLO_DL", 1e-6)
    let restricted = try #require(Pooling(effects))
    try check(restricted, "prop_PLO_REML", 1e-3)
    let prediction = try restricted.predictionInterval()
    let expected = try numbers("prop_PLO_REML", "pooled_pi")
    #expect(
      near(
        Logit.probability(restricted.estimate), try number("prop_PLO_REML", "pooled"), 1e-6))
    #expect(near(Logit.probability(prediction.lower), expected[0], 1e-4))
    #expect(near(Logit.probability(prediction.upper), expected[1], 1e-4))
  }

  @Test func `The interval of τ² agrees with confint`() throws {
    let expected = try numbers("bcg_tau2_ci", "tau2")
    let interval = try #require(Pooling(try bcg())).model.tauSquaredInterval()
    #expect(near(interval.lower, expected[1], 1e-4))
    #expect(near(interval.upper, expected[2], 1e-4))
  }

  @Test func `Egger's test agrees with regtest`() throws {
    let egger = try #require(FunnelAsymmetry.egger(try bcg()))
    #expect(near(egger.statistic, try number("bcg_egger_lm", "t"), 1e-6))
    #expect(near(egger.p, try number("bcg_egger_lm", "p"), 1e-6))
    #expect(near(egger.limit, try number("bcg_egger_lm", "limit"), 1e-6))
    let mixed = try #require(FunnelAsymmetry.mixedEffects(try bcg()))
    #expect(near(mixed.statistic, try number("bcg_egger_rma", "z"), 1e-3))
    #expect(near(mixed.p, try number("bcg_egger_rma", "p"), 1e-3))
  }

  @Test func `Latitude moderates the BCG trials as metafor finds`() throws {
    let latitude: [Double] = [44, 55, 42, 52, 13, 44, 19, 13, 27, 42, 18, 33, 33]
    let model = try #require(
      MixedEffects(try bcg(), moderators: [latitude], method: .restrictedMaximumLikelihood))
    let b = try numbers("bcg_metareg_ablat", "b")
    #expect(near(model.coefficients[0], b[0], 1e-3))
    #expect(near(model.coefficients[1], b[1], 1e-3))
    #expect(near(model.tauSquared, try number("bcg_metareg_ablat", "tau2"), 1e-3))
    #expect(near(model.q, try number("bcg_metareg_ablat", "QE"), 1e-6))
  }

  @Test func `Leaving each BCG trial out agrees with leave1out`() throws {
    let pooled = try #require(Pooling(try bcg()))
    let expected = try numbers("bcg_leave1out", "estimate")
    for (left, reference) in zip(pooled.leaveOneOut, expected) {
      #expect(near(left?.estimate, reference, 1e-3))
    }
  }

  @Test func `The AUDIT-C tables pool as mada's reitsma pools them`() throws {
    let columns = try ["TP", "FN", "FP", "TN"].map {
      try numbers("auditc_input", $0).map { Int($0) }
    }
    let model = try #require(
      DiagnosticPooling(counts(columns[0], columns[1], columns[2], columns[3])))
    let entry = "auditc_reitsma_REML"
    #expect(near(model.logitSensitivity, try number(entry, "tsens"), 1e-3))
    #expect(near(model.logitFalsePositiveRate, try number(entry, "tfpr"), 1e-3))
    let between = try numbers(entry, "tau2")
    #expect(near(model.between.sensitivity, between[0], 1e-3))
    #expect(near(model.between.falsePositiveRate, between[1], 1e-3))
    #expect(near(model.correlation.value, try number(entry, "rho"), 1e-3))
    #expect(near(model.sensitivity, try number(entry, "sens"), 1e-3))
    #expect(near(1 - model.specificity, try number(entry, "fpr"), 1e-3))
    let sensitivity = try numbers(entry, "sens_ci")
    #expect(near(try model.sensitivityInterval().lower, sensitivity[0], 1e-3))
    #expect(near(try model.sensitivityInterval().upper, sensitivity[1], 1e-3))
    let rates = try numbers(entry, "fpr_ci")
    #expect(near(1 - (try model.specificityInterval().upper), rates[0], 1e-3))
    #expect(near(1 - (try model.specificityInterval().lower), rates[1], 1e-3))
    #expect(near(model.covariance.both, try numbers(entry, "vcov")[1], 1e-3))
    #expect(near(model.logLikelihood, try number(entry, "logLik"), 1e-3))
  }
}
