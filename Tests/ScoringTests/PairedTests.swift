// Facts about tests of two classifiers on the same samples and about calibration, against
// statsmodels, SciPy and scikit-learn.

import Foundation
import Scoring
import Testing

@Suite struct PairedTests {
  /// What `Fixtures/make_paired.py` wrote.
  private struct Fixture: Decodable {
    struct Table: Decodable {
      let firstOnly, secondOnly, count: Int
      let exact, midP, low, high: Double
    }

    struct Means: Decodable {
      let first, second, paired, welch: [Double]
    }

    struct Calibrated: Decodable {
      let p: [Double]
      let truth: [Bool]
      let error, brier: Double
    }

    let mcnemar: [Table]
    let calibrations: [Calibrated]
    let means: [Means]

    static func read() throws -> Fixture {
      let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures/paired.json")
      return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: path))
    }
  }

  @Test("McNemar's exact and mid-p values are those of statsmodels and SciPy")
  func mcnemar() throws {
    for table in try Fixture.read().mcnemar {
      let test = try McNemar(
        firstOnly: table.firstOnly, secondOnly: table.secondOnly, count: table.count)
      #expect(abs(test.exact - table.exact) < 1e-11, "\(table)")
      #expect(abs(test.midP - table.midP) < 1e-11, "\(table)")
      let interval = try test.interval()
      #expect(abs(interval.lower - max(-1, table.low)) < 1e-9, "\(table)")
      #expect(abs(interval.upper - min(1, table.high)) < 1e-9, "\(table)")
    }
  }

  @Test("Swapping the classifiers turns the difference and keeps the p value")
  func symmetric() throws {
    let right = (0..<60).map { $0 % 3 != 0 }
    let other = (0..<60).map { $0 % 5 != 0 }
    let one = try McNemar(firstIsRight: right, secondIsRight: other)
    let two = try McNemar(firstIsRight: other, secondIsRight: right)
    #expect(one.difference == -two.difference && one.difference > 0)
    #expect(one.midP == two.midP && one.exact == two.exact)
    #expect(throws: ScoringError.self) {
      try McNemar(firstIsRight: right, secondIsRight: [true])
    }
  }

  @Test("Calibration error and Brier score are those of NumPy and scikit-learn")
  func calibration() throws {
    for item in try Fixture.read().calibrations {
      let found = try #require(try Calibration(probabilities: item.p, outcomes: item.truth))
      #expect(abs(found.expectedError - item.error) < 1e-12)
      #expect(abs(found.brier - item.brier) < 1e-12)
      #expect(found.bins.reduce(0) { $0 + $1.count } == item.p.count)
    }
    #expect(try Calibration(probabilities: [], outcomes: []) == nil)
    #expect(throws: ScoringError.self) {
      try Calibration(probabilities: [1.5], outcomes: [true])
    }
  }

  @Test("Paired and Welch intervals of mean differences are SciPy's")
  func means() throws {
    for item in try Fixture.read().means {
      let pairs = [
        (MeanDifference.paired(item.first, item.second), item.paired),
        (MeanDifference.unpaired(item.first, item.second), item.welch),
      ]
      for (difference, expected) in pairs {
        let found = try #require(difference)
        let interval = try found.interval()
        #expect(abs((found.p ?? 0) - expected[0]) < 1e-9)
        #expect(abs(interval.lower - expected[1]) < 1e-9)
        #expect(abs(interval.upper - expected[2]) < 1e-9)
      }
    }
    #expect(MeanDifference.paired([1], [2]) == nil)
    #expect(try #require(MeanDifference.paired([1, 2], [2, 3])).p == nil)
  }
}
