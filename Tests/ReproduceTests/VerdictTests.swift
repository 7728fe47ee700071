// Facts about verdicts: which numbers lead to which, and what is never computed.

import Evidence
import Foundation
import Reproduce
import Testing

@Suite struct VerdictTests {
  private static let rules = VerdictRules(
    margin: 0.02, width: 0.1, alpha: 0.05, minimumSeeds: 3, level: 0.95)

  private static func reported(_ value: Double) throws -> ReportedValue {
    let printed = try #require(PrintedNumber(String(format: "%.3f", value)))
    return ReportedValue(
      Claim(
        metric: .accuracy, printed: printed, unit: .fraction, appearance: "t",
        at: Place(source: "s", place: "table-1")))
  }

  private static func summary(_ values: [Double]) -> MetricSummary {
    MetricSummary(
      name: MetricName(metric: .accuracy, averaging: nil, positive: nil), values: values,
      level: 0.95)
  }

  private static func judge(
    _ reported: Double, _ values: [Double], kind: RunRecord.Kind = .studyData,
    ledger: [LedgerEntry] = [], testVariance: Double = 0
  ) throws -> ClaimComparison {
    rules.judge(
      try Self.reported(reported), run: summary(values), kind: kind, ledger: ledger,
      testVariance: testVariance, testImages: 156)
  }

  @Test(
    "Each declared rule leads to its verdict",
    arguments: [
      (0.863, [0.860, 0.862, 0.865, 0.861, 0.864], Verdict.reproduced),
      (0.863, [0.840, 0.890, 0.860, 0.845, 0.880], .compatible),
      (0.863, [0.70, 0.95, 0.60, 0.90, 0.99], .inconclusive),
      (0.863, [0.863], .inconclusive),
      (0.863, [0.862, 0.864], .inconclusive),
      (0.863, [0.80, 0.801, 0.799, 0.802, 0.80], .notReproducedLower),
      (0.863, [0.92, 0.921, 0.919, 0.922, 0.92], .notReproducedHigher),
      // Outside the prediction interval, yet perhaps within the margin.
      (0.863, [0.843, 0.8435, 0.8425, 0.843, 0.8432], .inconclusive),
    ])
  func verdicts(reported: Double, values: [Double], verdict: Verdict) throws {
    #expect(try Self.judge(reported, values).verdict == verdict)
  }

  /// What `Fixtures/make_verdicts.py` wrote.
  private struct Judged: Decodable {
    let reported, low, high, below, above: Double
    /// Of the choice of test images; none where they are the study's own.
    let variance: Double?
    let values: [Double]
    let verdict: Verdict
  }

  @Test("Intervals and verdicts are those of statsmodels' equivalence, t and prediction intervals")
  func reference() throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/verdicts.json")
    let cases = try JSONDecoder().decode([Judged].self, from: Data(contentsOf: path))
    #expect(Set(cases.map(\.verdict)).count == 5 && cases.contains { $0.variance != nil })
    for item in cases {
      let result = try Self.judge(
        item.reported, item.values, testVariance: item.variance ?? 0)
      #expect(result.verdict == item.verdict, "\(item)")
      let equivalence = try #require(result.equivalence)
      #expect(abs(equivalence.low - item.low) < 1e-9 && abs(equivalence.high - item.high) < 1e-9)
      let prediction = try #require(result.run?.prediction)
      #expect(abs(prediction.low - item.below) < 1e-9 && abs(prediction.high - item.above) < 1e-9)
    }
  }

  @Test(
    "On other data there is never a difference, however near the numbers are",
    arguments: [RunRecord.Kind.phantom, .substitute])
  func protocolOnly(kind: RunRecord.Kind) throws {
    let result = try Self.judge(0.863, [0.863, 0.863, 0.863, 0.863], kind: kind)
    #expect(result.verdict == .protocolOnly)
    #expect(result.difference == nil && result.equivalence == nil)
  }

  @Test("A deviation that changes the question forbids the comparison and is named")
  func blocked() throws {
    let entry = LedgerEntry(
      axis: .epochs, study: "100", at: nil, inferred: nil, run: "5", status: .deviates,
      changesQuestion: true, note: nil)
    let result = try Self.judge(0.863, [0.863, 0.864, 0.862], ledger: [entry])
    #expect(result.verdict == .notComparable && result.difference == nil)
    #expect(result.because.contains("epochs deviates (100 in the study, 5 here)"))
  }

  @Test("The prediction interval is mean ± t·s·√(1 + 1/n)")
  func prediction() throws {
    // mean 0.863, SD 0.0216795, t(0.975, 4) 2.7764451 of a printed table.
    let bounds = try #require(
      VerdictRules.prediction([0.84, 0.89, 0.86, 0.845, 0.88], level: 0.95))
    #expect(abs(bounds.low - 0.79706308) < 1e-7)
    #expect(abs(bounds.high - 0.92893692) < 1e-7)
    #expect(VerdictRules.prediction([0.9], level: 0.95) == nil)
  }

  @Test(
    "An inconclusive verdict always says what would decide",
    arguments: [
      (0.863, [0.70, 0.95, 0.60, 0.90, 0.99]), (0.863, [0.863]), (0.863, [0.862, 0.864]),
      (0.95, [0.70, 0.99, 0.60, 0.95, 0.99]), (0.863, [0.8421, 0.8435, 0.8405, 0.8425, 0.843]),
    ])
  func wouldDecide(reported: Double, values: [Double]) throws {
    let result = try Self.judge(reported, values)
    #expect(result.verdict == .inconclusive)
    #expect(result.seedsToDecide != nil || result.imagesToDecide != nil)
    #expect(result.because.contains("seeds") || result.because.contains("images"))
  }

  @Test("A verdict's sentence says when the margin was declared, or that it was not")
  func declaration() throws {
    let recipe = try Knowledge.book().entry(named: "yang-2023-breastmnist").recipe
    let ours = VerdictRules(recipe)
    #expect(ours.declaration == "declared 2026-11-23")
    let changed = VerdictRules(
      recipe, overrides: [.init(name: "verdict.margin", value: "0.2")])
    #expect(changed.declaration == "set on the command line, not by the recipe")
    let result = ours.judge(
      try Self.reported(0.863), run: Self.summary([0.86, 0.861, 0.862, 0.863, 0.864]),
      kind: .studyData, ledger: [], testImages: 156)
    #expect(result.because.contains("margin ±2.0 declared 2026-11-23"))
  }

  @Test("One split for all seeds widens the interval, and the sentence says by how much")
  func testImages() throws {
    let values = [0.84, 0.841, 0.839, 0.842, 0.84]
    #expect(try Self.judge(0.863, values).verdict == .notReproducedLower)
    let one = try Self.judge(0.863, values, testVariance: 4e-4)
    #expect(one.verdict == .compatible)
    // 1.96·√2·0.02 of the images, 0.0035 of the seeds, half of the last place.
    #expect(one.because.contains("±5.6 points with the choice of test images"))
    // No number of seeds makes up for the images.
    #expect(try Self.judge(0.863, values, testVariance: 0.01).seedsToDecide == nil)
  }

  @Test("An open verdict says how many seeds would decide")
  func seedsToDecide() throws {
    let result = try Self.judge(0.863, [0.84, 0.89, 0.86, 0.845, 0.88])
    let seeds = try #require(result.seedsToDecide)
    // With t about 1.8 the half interval must fit in the margin less the rounding of the print.
    let sd = 0.0216795
    let room = 0.02 - 0.0005
    #expect(seeds > 5 && 1.65 * sd / Double(seeds).squareRoot() < room)
  }
}
