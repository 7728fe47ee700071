// Facts about metrics of several findings per image, against scikit-learn.

import Evidence
import Foundation
import Reproduce
import Testing

@Suite struct FindingTests {
  /// What `Fixtures/make_findings.py` wrote.
  private struct Case: Decodable {
    let truth: [[Int]]
    let scores: [[Float]]
    let values: [String: Double]
  }

  @Test("Means over findings are scikit-learn's to 1e-12, ties and missing findings included")
  func agreement() throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/findings.json")
    let cases = try JSONDecoder().decode([Case].self, from: Data(contentsOf: path))
    #expect(
      cases.contains { $0.values["auc"] == nil } && cases.contains { $0.values["auc"] != nil })
    for (index, item) in cases.enumerated() {
      let rows = zip(item.truth, item.scores).enumerated().map { number, pair in
        Prediction(
          sample: "s\(number)", fold: 0, label: pair.0.first ?? 0, findings: pair.0,
          probabilities: pair.1)
      }
      let names = item.scores[0].indices.map { "finding \($0)" }
      let values = try Evaluation(replicates: 10, positive: 0).values(
        Predictions(classes: names, rows: rows))
      for (name, expected) in item.values {
        let value = try #require(values.first { $0.name.metric.rawValue == name })
        #expect(abs(try #require(value.value) - expected) < 1e-12, "case \(index), \(name)")
      }
      if item.values["auc"] == nil {
        #expect(values.first { $0.name.metric == .auc }?.value == nil, "case \(index)")
      }
    }
  }
}
