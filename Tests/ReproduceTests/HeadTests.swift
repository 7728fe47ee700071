// Facts about heads on features and metrics of predictions, against scikit-learn.

import Evidence
import Foundation
import Neural
import Testing

@testable import Reproduce

@Suite struct HeadTests {
  /// What `Fixtures/make_heads.py` wrote.
  private struct Fixture: Decodable {
    let train: [[Float]]
    let labels: [Int]
    let queries: [[Float]]
    let truth: [Int]
    let logistic: [[Double]]
    let knn: [[Double]]
    let metrics: [String: Double]
  }

  private static func fixture() throws -> Fixture {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/heads.json")
    return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: path))
  }

  private static func tensor(_ rows: [[Float]]) -> Tensor {
    Tensor(shape: [rows.count, rows[0].count], values: rows.flatMap { $0 })
  }

  private static func distance(_ ours: [[Float]], _ theirs: [[Double]]) -> Double {
    zip(ours.joined(), theirs.joined()).map { abs(Double($0) - $1) }.max() ?? .infinity
  }

  @Test("Logistic regression gives scikit-learn's probabilities")
  func logistic() throws {
    let fixture = try Self.fixture()
    let head = LogisticRegression(
      features: Self.tensor(fixture.train), labels: fixture.labels, classes: 3)
    let ours = head.probabilities(Self.tensor(fixture.queries))
    #expect(Self.distance(ours, fixture.logistic) < 1e-4)
  }

  @Test("k nearest neighbours vote as scikit-learn's")
  func neighbours() throws {
    let fixture = try Self.fixture()
    let head = NearestNeighbours(
      features: Self.tensor(fixture.train), labels: fixture.labels, classes: 3, neighbours: 5)
    let ours = head.probabilities(Self.tensor(fixture.queries))
    #expect(Self.distance(ours, fixture.knn) < 1e-6)
  }

  @Test("Averaged metrics of predictions are scikit-learn's")
  func metrics() throws {
    let fixture = try Self.fixture()
    let rows = zip(fixture.logistic, fixture.truth).enumerated().map { index, pair in
      Prediction(
        sample: "s\(index)", fold: 0, label: pair.1, probabilities: pair.0.map(Float.init))
    }
    let values = try Evaluation(replicates: 20, positive: 2).values(
      Predictions(classes: ["a", "b", "c"], rows: rows))
    for (key, expected) in fixture.metrics {
      let parts = key.split(separator: "-").map(String.init)
      let value = try #require(
        values.first { $0.name.metric.rawValue == parts[0] && $0.name.averaging == parts[1] })
      #expect(abs((value.value ?? 0) - expected) < 1e-12, "\(key)")
    }
  }

  @Test("A class that is never predicted counts 0 and is told of")
  func neverPredicted() throws {
    let rows = (0..<6).map { index in
      Prediction(
        sample: "s\(index)", fold: 0, label: index % 3, probabilities: [0.5, 0.3, 0.2])
    }
    let values = try Evaluation(replicates: 20, positive: 2).values(
      Predictions(classes: ["a", "b", "c"], rows: rows))
    let precision = try #require(
      values.first { $0.name.metric == .precision && $0.name.averaging == "macro" })
    #expect(abs((precision.value ?? 0) - 1.0 / 9) < 1e-12)
    #expect(precision.note == "2 of 3 classes were never predicted and count 0")
  }

  @Test("Images of one patient are redrawn together")
  func patients() throws {
    let rows = (0..<8).map { index in
      Prediction(
        sample: "s\(index)", fold: 0, label: index / 4, probabilities: [0.4, 0.6],
        patient: "p\(index / 2)")
    }
    let values = try Evaluation(replicates: 20, positive: 1).values(
      Predictions(classes: ["a", "b"], rows: rows))
    let f1 = try #require(values.first { $0.name.metric == .f1 })
    #expect(f1.intervals.map(\.method) == ["patient bootstrap"])
    // The interval that counts patients comes before those that count images; recall is 1 in every
    // redraw, so that its interval would have no width.
    for (metric, methods) in [
      (Metric.accuracy, ["patient bootstrap", "wilson", "clopper-pearson"]),
      (.recall, ["wilson", "clopper-pearson"]), (.auc, ["clustered delong", "delong"]),
    ] {
      let value = try #require(values.first { $0.name.metric == metric })
      #expect(value.intervals.map(\.method) == methods)
    }
  }

  @Test("Where every redraw agrees there is no interval, and the value says so")
  func certain() throws {
    let rows = (0..<12).map { index in
      Prediction(
        sample: "s\(index)", fold: 0, label: index % 3,
        probabilities: (0..<3).map { $0 == index % 3 ? 0.8 : 0.1 })
    }
    let values = try Evaluation(replicates: 20, positive: 2).values(
      Predictions(classes: ["a", "b", "c"], rows: rows))
    #expect(values.allSatisfy { abs(($0.value ?? 0) - 1) < 1e-12 })
    for value in values where value.name.metric != .accuracy {
      #expect(value.intervals.isEmpty && value.note?.contains("every redraw") == true)
    }
    #expect(values[0].intervals.map(\.method) == ["wilson", "clopper-pearson"])
  }

  @Test("Redraws of patients that lack a class do not lower a mean over classes")
  func missingClass() throws {
    // One patient has all of class b; nothing is wrong but one image of class a.
    let rows = (0..<12).map { index in
      Prediction(
        sample: "s\(index)", fold: 0, label: index < 10 ? 0 : 1,
        probabilities: index == 0 || index >= 10 ? [0.2, 0.8] : [0.8, 0.2],
        patient: "p\(index / 2)")
    }
    let values = try Evaluation(replicates: 400, positive: 1).values(
      Predictions(classes: ["a", "b"], rows: rows))
    for (metric, averaging) in [(Metric.recall, "macro"), (.balancedAccuracy, nil)] {
      let value = try #require(
        values.first { $0.name.metric == metric && $0.name.averaging == averaging })
      // With class b counted 0 where it was not drawn, a third of the redraws would be near 0.5.
      #expect(try #require(value.intervals.first).low > 0.6, "\(metric)")
    }
  }

  @Test("A checkpoint that was changed or belongs elsewhere is refused")
  func checkpoint() throws {
    let sandbox = try Sandbox()
    let path = sandbox.folder + "/c.checkpoint"
    try Checkpoint(state: TrialState(fingerprint: "a"), trainer: [1, 2, 3]).write(to: path)
    #expect(try Checkpoint.read(path, fingerprint: "a")?.trainer == [1, 2, 3])
    #expect(try Checkpoint.read(path + "x", fingerprint: "a") == nil)
    #expect(throws: ReproduceError.self) { try Checkpoint.read(path, fingerprint: "b") }
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    bytes[30] ^= 1
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    #expect(throws: ReproduceError.self) { try Checkpoint.read(path, fingerprint: "a") }
  }
}
