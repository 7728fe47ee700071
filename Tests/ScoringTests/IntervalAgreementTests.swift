// Facts about intervals and tests against R and pROC; see Fixtures/make_intervals.R.

import Foundation
import Scoring
import Testing

@Suite struct IntervalAgreementTests {
  private struct Fixture: Decodable {
    struct Share: Decodable {
      let x, n: Int
      let level: Double
      let wilson, exact: [Double]
    }

    struct Area: Decodable {
      let truth: [Bool]
      let first, second: [Double]
      let level, area, variance, low, high, z, p: Double
    }

    struct Clusters: Decodable {
      let cluster: [Int]
      let right: [Bool]
      let values, chances: [Double]
    }

    struct Means: Decodable {
      let first, second, third, paired, welch: [Double]
      let level: Double
    }

    let proportions: [Share]
    let areas: [Area]
    let clusters: [Clusters]
    let means: [Means]
  }

  private let fixture: Fixture

  init() throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/intervals.json")
    fixture = try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: path))
  }

  private func expect(
    _ interval: ConfidenceInterval, _ low: Double, _ high: Double, within tolerance: Double,
    _ what: String
  ) {
    #expect(abs(interval.lower - low) < tolerance, "\(what): \(interval.lower), R \(low)")
    #expect(abs(interval.upper - high) < tolerance, "\(what): \(interval.upper), R \(high)")
  }

  @Test("Wilson's and Clopper–Pearson's intervals are those of R, none and all included")
  func proportions() throws {
    #expect(
      fixture.proportions.contains { $0.x == 0 } && fixture.proportions.contains { $0.x == $0.n })
    for item in fixture.proportions {
      let share = try Proportion(successes: item.x, trials: item.n)
      let what = "\(item.x) of \(item.n) at \(item.level)"
      expect(
        try share.wilson(level: item.level), item.wilson[0], item.wilson[1], within: 1e-12,
        "Wilson, \(what)")
      expect(
        try share.clopperPearson(level: item.level), item.exact[0], item.exact[1], within: 1e-12,
        "Clopper–Pearson, \(what)")
    }
  }

  @Test("DeLong's variance, interval and paired test are those of pROC, ties included")
  func areas() throws {
    for (index, item) in fixture.areas.enumerated() {
      let first = try #require(try DeLong(scores: item.first, isPositive: item.truth))
      let second = try #require(try DeLong(scores: item.second, isPositive: item.truth))
      #expect(abs(first.area - item.area) < 1e-12, "case \(index)")
      let variance = try #require(first.variance.value)
      #expect(abs(variance - item.variance) < 1e-12, "case \(index)")
      let interval = try #require(try first.interval(level: item.level))
      expect(interval, item.low, item.high, within: 1e-12, "case \(index)")
      let test = try #require(DeLong.test(first, second))
      #expect(abs(test.z - item.z) < 1e-9 && abs(test.p - item.p) < 1e-9, "case \(index)")
    }
  }

  @Test("The bootstrap of whole clusters has the distribution of all samples of clusters")
  func clusters() throws {
    for item in fixture.clusters {
      var generator = SeededGenerator(seed: 7)
      let (found, undefined) = try Bootstrap(replicates: 20_000, level: 0.9).interval(
        count: item.right.count, resampling: .clustered(item.cluster), using: &generator
      ) { indices in
        .value(Double(indices.count { item.right[$0] }) / Double(indices.count))
      }
      let interval = try #require(found)
      #expect(undefined == 0)
      // Four standard errors of a share of 5 % among the redraws.
      let slack = 4 * (0.05 * 0.95 / 20_000).squareRoot()
      func chance(_ holds: (Double) -> Bool) -> Double {
        zip(item.values, item.chances).reduce(0) { $0 + (holds($1.0) ? $1.1 : 0) }
      }
      for (bound, tail) in [(interval.lower, 0.05), (interval.upper, 0.95)] {
        #expect(chance { $0 < bound - 1e-9 } <= tail + slack, "\(bound)")
        #expect(chance { $0 <= bound + 1e-9 } >= tail - slack, "\(bound)")
      }
    }
  }

  @Test("t tests and intervals of paired and unpaired means are those of R")
  func means() throws {
    for item in fixture.means {
      for (test, expected) in [
        (MeanDifference.paired(item.first, item.second), item.paired),
        (.unpaired(item.first, item.third), item.welch),
      ] {
        let test = try #require(test)
        let p = try #require(test.p)
        #expect(abs(p - expected[0]) < 1e-10)
        expect(
          try test.interval(level: item.level), expected[1], expected[2], within: 1e-10, "means")
      }
    }
  }
}
