// The verdicts of the shared cases.
import Foundation
import Testing

@testable import Consistency

@Suite(.enabled(if: hasSharedChecks, "needs ../shared/checks"))
struct SharedCasesTests {
  @Test func `Every case of score-feasibility has its verdict`() throws {
    try compare(SharedCases.feasibility())
  }

  @Test func `Every recorded case of score-consistency has its verdict`() throws {
    try compare(SharedCases.recorded())
  }

  private func compare(_ cases: [SharedCase]) throws {
    var tally: [String: [Verdict: Int]] = [:]
    for item in cases {
      let start = ContinuousClock.now
      let verdict = try item.check.verdict(item.hypothesis)
      let time = ContinuousClock.now - start
      tally[item.family, default: [:]][verdict, default: 0] += 1
      if (verdict == .inconsistent) != item.isInconsistent || time > .milliseconds(50) {
        print("\(item.id) \(item.family) \(verdict) expected \(item.isInconsistent) \(time)")
      }
    }
    for family in tally.keys.sorted() {
      print(family, tally[family]!.map { "\($0.key) \($0.value)" }.sorted())
    }
  }
}
