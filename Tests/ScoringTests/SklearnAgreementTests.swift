// Metrics against scikit-learn on 1,000 random cases; see Fixtures/make_scores.py.
import Foundation
import Testing

@testable import Scoring

struct SklearnFixture: Decodable {
  struct Case: Decodable {
    let classes: Int
    let truth: [Int]
    let predicted: [Int]
    let scores: [Double]
    let accuracy: Double?
    let balanced: Double?
    let matthews: Double?
    let kappa: Double?
    let kappaQuadratic: Double?
    let kappaLinear: Double?
    let skip: [String: [Double?]]
    let zero: [String: [Double?]]
    let auc: Double?
    let roc: [[Double]]?
    let averagePrecision: Double?
    let probabilities: [[Double]]?
    let aucMacro: Double?
  }
  struct Quantiles: Decodable {
    let normal: [[Double]]
    let student: [[Double]]
    let beta: [[Double]]
    let chiSquared: [[Double]]
  }
  let cases: [Case]
  let quantiles: Quantiles

  static let shared: SklearnFixture? = {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/scores.json")
    guard let data = try? Data(contentsOf: file) else { return nil }
    return try? JSONDecoder().decode(SklearnFixture.self, from: data)
  }()
}

func agrees(_ score: Score, _ expected: Double?, within tolerance: Double = 1e-12) -> Bool {
  switch (score.value, expected) {
  case (nil, nil): true
  case (let value?, let expected?): abs(value - expected) <= tolerance * max(1, abs(expected))
  default: false
  }
}

@Suite struct SklearnAgreementTests {
  let fixture: SklearnFixture

  init() throws { fixture = try #require(SklearnFixture.shared) }

  private func matrix(_ item: SklearnFixture.Case) throws -> ConfusionMatrix {
    try ConfusionMatrix(truth: item.truth, predicted: item.predicted, classCount: item.classes)
  }

  @Test func `The cases include ties, missing classes and single-class folds`() {
    let cases = fixture.cases
    #expect(cases.count { Set($0.scores).count < $0.scores.count } > 300)
    #expect(cases.count { Set($0.truth).count < $0.classes } > 300)
    #expect(cases.count { Set($0.truth).count == 1 } > 200)
    #expect(cases.count { Set($0.predicted).count < $0.classes } > 300)
  }

  @Test func `Whole-matrix metrics agree with scikit-learn to 1e-12`() throws {
    #expect(fixture.cases.count == 1000)
    for (index, item) in fixture.cases.enumerated() {
      let matrix = try matrix(item)
      #expect(agrees(matrix.accuracy, item.accuracy), "case \(index)")
      #expect(agrees(matrix.balancedAccuracy, item.balanced), "case \(index)")
      #expect(agrees(matrix.kappa(), item.kappa), "case \(index)")
      #expect(agrees(matrix.kappa(weights: .quadratic), item.kappaQuadratic), "case \(index)")
      #expect(agrees(matrix.kappa(weights: .linear), item.kappaLinear), "case \(index)")
      // scikit-learn prints 0 where the correlation is undefined.
      #expect(
        abs(matrix.matthews.value(orUndefined: 0) - (item.matthews ?? 0)) <= 1e-12, "case \(index)")
    }
  }

  @Test(arguments: ["macro", "weighted", "micro"])
  func `Averages agree with scikit-learn for both conventions on undefined`(name: String) throws {
    let averaging: Averaging = ["macro": .macro, "weighted": .weighted][name] ?? .micro
    for (index, item) in fixture.cases.enumerated() {
      let matrix = try matrix(item)
      let metrics: [(BinaryCounts) -> Score] = [
        \.precision, \.recall, \.f1, { $0.fBeta(0.5) }, \.jaccard,
      ]
      let zero = try #require(item.zero[name])
      for (metric, expected) in zip(metrics, zero) {
        let found = matrix.average(metric, averaging, undefined: .zero)
        #expect(agrees(found, expected), "case \(index): \(found), \(String(describing: expected))")
      }
      // scikit-learn leaves out undefined classes, save weighted averages of weight zero.
      let skip = try #require(item.skip[name])
      for (metric, expected) in zip(metrics, skip) where name != "weighted" {
        let found = matrix.average(metric, averaging, undefined: .skip)
        #expect(agrees(found, expected), "case \(index): \(found), \(String(describing: expected))")
      }
    }
  }

  @Test func `Areas and curves agree with scikit-learn, ties included`() throws {
    for (index, item) in fixture.cases.enumerated() {
      let ranking = try Ranking(scores: item.scores, isPositive: item.truth.map { $0 == 0 })
      #expect(agrees(ranking.rocAUC, item.auc), "case \(index)")
      #expect(agrees(ranking.averagePrecision, item.averagePrecision), "case \(index)")
      if let expected = item.roc {
        let curve = try #require(ranking.rocCurve)
        #expect(curve.count == expected[0].count)
        for (point, pair) in zip(curve, zip(expected[0], expected[1])) {
          #expect(abs(point.falsePositiveRate - pair.0) <= 1e-12)
          #expect(abs(point.truePositiveRate - pair.1) <= 1e-12)
        }
      }
      if let probabilities = item.probabilities {
        let area = try AreaUnderCurve.macroOneVersusRest(
          probabilities: probabilities, truth: item.truth, classCount: item.classes)
        #expect(agrees(area, item.aucMacro), "case \(index)")
      }
    }
  }

  @Test func `Quantiles agree with SciPy to 1e-10`() {
    for row in fixture.quantiles.normal {
      #expect(agrees(.value(Normal.quantile(row[0])), row[1], within: 1e-10), "normal \(row)")
    }
    for row in fixture.quantiles.student {
      let found = StudentT.quantile(row[0], degrees: row[1])
      #expect(agrees(.value(found), row[2], within: 1e-10), "t \(row) \(found)")
    }
    for row in fixture.quantiles.beta {
      let found = Beta.quantile(row[0], row[1], row[2])
      #expect(agrees(.value(found), row[3], within: 1e-10), "beta \(row) \(found)")
    }
    for row in fixture.quantiles.chiSquared {
      let found = ChiSquared.upperTail(row[0], degrees: row[1])
      #expect(agrees(.value(found), row[2], within: 1e-10), "chi-squared \(row) \(found)")
    }
  }
}
