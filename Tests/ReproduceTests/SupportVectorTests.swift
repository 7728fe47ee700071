// Facts about SVM heads, against scikit-learn's SVC and LinearSVC.

import Foundation
import Neural
import Testing

@testable import Reproduce

@Suite struct SupportVectorTests {
  /// What `Fixtures/make_machines.py` wrote: two classes, then four.
  private struct Case: Decodable {
    let train, queries: [[Float]]
    let labels, radialClasses, linearClasses: [Int]
    let radial, fixed, linear: [[Double]]
  }

  private static func cases() throws -> [Case] {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/machines.json")
    return try JSONDecoder().decode([Case].self, from: Data(contentsOf: path))
  }

  private static func tensor(_ rows: [[Float]]) -> Tensor {
    Tensor(shape: [rows.count, rows[0].count], values: rows.flatMap { $0 })
  }

  private static func machine(
    _ item: Case, _ kernel: SupportVectors.Kernel, cost: Double
  ) -> SupportVectors {
    SupportVectors(
      features: tensor(item.train), labels: item.labels, classes: (item.labels.max() ?? 0) + 1,
      kernel: kernel, cost: cost)
  }

  /// scikit-learn gives one number for two classes: that of the second.
  private static func distance(_ ours: [[Double]], _ theirs: [[Double]]) -> Double {
    var largest = 0.0
    for (mine, other) in zip(ours, theirs) {
      if other.count == 1 {
        largest = max(largest, abs(mine[1] - mine[0] - other[0]))
      } else {
        for (a, b) in zip(mine, other) { largest = max(largest, abs(a - b)) }
      }
    }
    return largest
  }

  @Test("The RBF machine's decisions are those of scikit-learn's SVC")
  func radial() throws {
    for item in try Self.cases() {
      let queries = Self.tensor(item.queries)
      let scaled = Self.machine(item, .radial(gamma: nil), cost: 2)
      #expect(Self.distance(try scaled.decisions(queries), item.radial) < 2e-3)
      let fixed = Self.machine(item, .radial(gamma: 0.1), cost: 1)
      #expect(Self.distance(try fixed.decisions(queries), item.fixed) < 2e-3)
      let predicted = try scaled.probabilities(queries).map { Self.best($0) }
      #expect(predicted == item.radialClasses)
    }
  }

  @Test("The linear machine's decisions are those of scikit-learn's LinearSVC")
  func linear() throws {
    for item in try Self.cases() {
      let queries = Self.tensor(item.queries)
      let machine = Self.machine(item, .linear, cost: 0.5)
      #expect(Self.distance(try machine.decisions(queries), item.linear) < 2e-3)
      let predicted = try machine.probabilities(queries).map { Self.best($0) }
      #expect(predicted == item.linearClasses)
    }
  }

  @Test("A class that training does not show is never given, and rows add up to 1")
  func absent() throws {
    let item = try #require(try Self.cases().last)
    let kept = item.labels.indices.filter { item.labels[$0] != 2 }
    let machine = SupportVectors(
      features: Self.tensor(kept.map { item.train[$0] }), labels: kept.map { item.labels[$0] },
      classes: 5, kernel: .linear, cost: 1)
    for row in try machine.probabilities(Self.tensor(item.queries)) {
      #expect(row.count == 5 && row[2] == 0 && row[4] == 0)
      #expect(abs(row.reduce(0, +) - 1) < 1e-5)
    }
  }

  private static func best(_ row: [Float]) -> Int {
    row.indices.max { row[$0] < row[$1] } ?? 0
  }
}
