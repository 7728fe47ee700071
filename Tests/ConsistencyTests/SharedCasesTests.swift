// The verdicts of the shared cases; where ours differs, the proof.
import Foundation
import Scoring
import Testing

@testable import Consistency

@Suite(.enabled(if: hasSharedChecks, "needs ../shared/checks"))
struct SharedCasesTests {
  /// Cases where the reference keeps a relaxation: it treats the classes of one matrix as independent
  /// problems. The proof is ``provedSeparately(_:)``.
  static let stricter: Set<String> = ["multiclass_macro_one_testset-017"]

  @Test func `Every case of score-feasibility has its verdict`() throws {
    let cases = try SharedCases.feasibility()
    #expect(cases.count >= 190)
    try compare(cases)
  }

  @Test func `Every recorded case of score-consistency has its verdict`() throws {
    let cases = try SharedCases.recorded()
    #expect(cases.count == 399)
    try compare(cases)
  }

  private func compare(_ cases: [SharedCase]) throws {
    for item in cases {
      let verdict = try item.check.verdict(item.hypothesis)
      if Self.stricter.contains(item.id) {
        #expect(verdict == .inconsistent, "\(item.id)")
        continue
      }
      #expect((verdict == .inconsistent) == item.isInconsistent, "\(item.id) \(verdict)")
      if item.isExact { #expect(verdict != .undecided, "\(item.id)") }
    }
  }

  @Test func `The case where the reference is too lenient is impossible by hand`() throws {
    let item = try #require(
      try SharedCases.feasibility().first { $0.id == "multiclass_macro_one_testset-017" })
    guard case .multiclass(let sizes) = item.check.design else {
      Issue.record("not a multiclass case")
      return
    }
    func interval(_ kind: ScoreKind) throws -> ScoreInterval {
      try #require(item.check.scores.first { $0.kind == kind }).interval
    }
    let total = sizes.reduce(0, +)
    let classes = Double(sizes.count)
    // Mean one-vs-rest accuracy 1 − 2E/(K·N) leaves this number of errors E at the least.
    let accuracy = try interval(.accuracy)
    let errors = ((1 - accuracy.high) * classes * Double(total) / 2).rounded(.up)
    #expect(errors == 187)
    // Every error is a false alarm of some class; in the mean of specificities it costs at least
    // 1/(K·(N − smallest class)).
    let smallest = try #require(sizes.min())
    let most = 1 - errors / (classes * Double(total - smallest))
    #expect(most < (try interval(.specificity)).low)
  }

  @Test func `GRIM verdicts agree with scrutiny, 18 of 18`() throws {
    let file = try SharedCases.grim()
    var checked = 0
    for (key, isPercent) in [("mean", false), ("percent", true)] {
      for item in try #require(file[key] as? [Object]) {
        let text = try #require(item["x"] as? String)
        let size = try #require(item["n"] as? Int)
        let expected = try #require(item["consistent"] as? Bool)
        let grim = try Grim(text, isPercent: isPercent)
        #expect(grim.isPossible(samples: size) == expected, "\(text) of \(size)")
        checked += 1
      }
    }
    #expect(checked == 18)
  }
}
