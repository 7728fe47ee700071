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

    struct Clusters: Decodable {
      struct Proportions: Decodable { let exact, midP, low, high: Double }
      struct Areas: Decodable {
        let areas, variances: [Double]
        let z, p: Double
      }

      let cluster: [Int]
      let truth: [Bool]
      let scores: [[Double]]
      let right: [[Bool]]
      let mcnemar: Proportions
      let areas: Areas
    }

    struct Overlapping: Decodable {
      let first, second, expected: [Double]
      let share: Double
    }

    let clusters: [Clusters]
    let overlapping: [Overlapping]
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

  @Test("With several images of a patient, McNemar's p counts all sign changes of whole patients")
  func clusteredMcNemar() throws {
    for item in try Fixture.read().clusters {
      let test = try ClusteredMcNemar(
        firstIsRight: item.right[0], secondIsRight: item.right[1], cluster: item.cluster)
      #expect(abs(test.exact - item.mcnemar.exact) < 1e-12)
      #expect(abs(test.midP - item.mcnemar.midP) < 1e-12)
      let interval = try #require(try test.interval())
      #expect(abs(interval.lower - max(-1, item.mcnemar.low)) < 1e-9)
      #expect(abs(interval.upper - min(1, item.mcnemar.high)) < 1e-9)
    }
  }

  @Test("With one image of each patient, the clustered tests are McNemar's and DeLong's")
  func clustersOfOne() throws {
    for item in try Fixture.read().clusters {
      let each = Array(item.cluster.indices)
      let plain = try McNemar(firstIsRight: item.right[0], secondIsRight: item.right[1])
      let clustered = try ClusteredMcNemar(
        firstIsRight: item.right[0], secondIsRight: item.right[1], cluster: each)
      #expect(abs(clustered.exact - plain.exact) < 1e-12)
      #expect(abs(clustered.midP - plain.midP) < 1e-12)
      let areas = try item.scores.map {
        try #require(try DeLong(scores: $0, isPositive: item.truth))
      }
      let one = try #require(DeLong.test(areas[0], areas[1]))
      let two = try #require(try DeLong.test(areas[0], areas[1], clusters: each))
      #expect(abs(one.z - two.z) < 1e-12 && abs(one.p - two.p) < 1e-12)
    }
  }

  @Test("With several images of a patient, areas have Obuchowski's variance")
  func clusteredAreas() throws {
    for item in try Fixture.read().clusters {
      let areas = try item.scores.map {
        try #require(try DeLong(scores: $0, isPositive: item.truth))
      }
      for (area, expected) in zip(areas, zip(item.areas.areas, item.areas.variances)) {
        #expect(abs(area.area - expected.0) < 1e-12)
        let variance = try #require(try area.clusteredVariance(item.cluster).value)
        #expect(abs(variance - expected.1) < 1e-12)
      }
      let test = try #require(try DeLong.test(areas[0], areas[1], clusters: item.cluster))
      #expect(abs(test.z - item.areas.z) < 1e-10 && abs(test.p - item.areas.p) < 1e-10)
    }
  }

  @Test("Ten images of one patient count as one: copies of images show nothing more")
  func copies() throws {
    let first = [true, true, true, false, true, true, false, true]
    let second = [true, false, false, true, false, false, false, true]
    let plain = try McNemar(firstIsRight: first, secondIsRight: second)
    let copied = try ClusteredMcNemar(
      firstIsRight: first.flatMap { [Bool](repeating: $0, count: 10) },
      secondIsRight: second.flatMap { [Bool](repeating: $0, count: 10) },
      cluster: first.indices.flatMap { [Int](repeating: $0, count: 10) })
    #expect(abs(copied.exact - plain.exact) < 1e-12)
    #expect(copied.difference == plain.difference && copied.clusters == 8)
  }

  @Test("Splits that overlap tell less: Nadeau and Bengio's interval of the mean difference")
  func overlapping() throws {
    for item in try Fixture.read().overlapping {
      let found = try #require(
        MeanDifference.paired(item.first, item.second, testShare: item.share))
      let interval = try found.interval()
      #expect(abs((found.p ?? 0) - item.expected[0]) < 1e-9)
      #expect(abs(interval.lower - item.expected[1]) < 1e-9)
      #expect(abs(interval.upper - item.expected[2]) < 1e-9)
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
