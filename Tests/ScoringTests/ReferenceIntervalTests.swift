// Intervals against R (pROC and binom), from the shared reference material when it is there.
import Foundation
import Testing

@testable import Scoring

private let referenceFile = URL(filePath: #filePath).deletingLastPathComponent()
  .appending(path: "../../../shared/checks/meta-analysis.json").standardized

/// The shared reference answers stand beside the checkout on some machines only.
private let hasReference = FileManager.default.fileExists(atPath: referenceFile.path)

@Suite(.enabled(if: hasReference, "needs ../shared/checks/meta-analysis.json"))
struct ReferenceIntervalTests {
  let reference: [String: Any]

  init() throws {
    let data = try Data(contentsOf: referenceFile)
    reference = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  private func numbers(_ object: Any?, _ key: String) throws -> [Double] {
    let entry = try #require(object as? [String: Any])
    return try #require(entry[key] as? [NSNumber]).map(\.doubleValue)
  }

  @Test(arguments: [(59, 60), (97, 100), (365, 379), (1946, 2000), (0, 20), (20, 20)])
  func `Wilson and Clopper–Pearson agree with R`(successes: Int, trials: Int) throws {
    let proportion = try Proportion(successes: successes, trials: trials)
    let entry = reference["ci_\(successes)_\(trials)"]
    for (name, interval) in [
      ("wilson", try proportion.wilson()), ("clopper_pearson", try proportion.clopperPearson()),
    ] {
      let expected = try numbers(entry, name)
      #expect(abs(interval.lower - expected[0]) < 1e-8, "\(name)")
      #expect(abs(interval.upper - expected[1]) < 1e-8, "\(name)")
    }
  }

  @Test func `DeLong's variance, interval and paired test agree with pROC`() throws {
    let s100b = reference["proc_aSAH_s100b"]
    let truth = try numbers(s100b, "y").map { $0 == 1 }
    let first = try #require(
      try DeLong(scores: try numbers(s100b, "s100b"), isPositive: truth))
    let wfns = reference["proc_aSAH_wfns"]
    let second = try #require(try DeLong(scores: try numbers(wfns, "wfns"), isPositive: truth))
    for (result, entry) in [(first, s100b), (second, wfns)] {
      let object = try #require(entry as? [String: Any])
      let area = try #require(object["auc"] as? NSNumber).doubleValue
      #expect(abs(result.area - area) < 1e-9)
      let expected = try numbers(entry, "delong_ci")
      let interval = try #require(try result.interval())
      #expect(abs(interval.lower - expected[0]) < 1e-8)
      #expect(abs(interval.upper - (expected.last ?? 0)) < 1e-8)
    }
    let expected = try #require(reference["proc_aSAH_delong_test"] as? [String: Any])
    let test = try #require(DeLong.test(first, second))
    #expect(abs(test.z - (try #require(expected["z"] as? NSNumber).doubleValue)) < 1e-8)
    #expect(abs(test.p - (try #require(expected["p"] as? NSNumber).doubleValue)) < 1e-8)
  }
}
