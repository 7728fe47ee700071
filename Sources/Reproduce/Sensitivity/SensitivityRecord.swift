// What a sensitivity run leaves behind: its axes, the runs, and the tests between them.

import Evidence
import Files
import Foundation

/// The record of `tlkb reproduce --vary`, `sensitivity.json` in a folder of its own.
package struct SensitivityRecord: Codable, Sendable {
  package static let currentSchema = 1

  package struct VariationRun: Codable, Sendable {
    package let label: String
    package let overrides: [RunRecord.Override]
    /// The run's id in the same folder of runs.
    package let run: String
    /// Of the run's predictions.
    package let outcome: String?
    package let ledger: [LedgerEntry]
  }

  package struct AxisResult: Codable, Sendable {
    package let axis: VariationAxis
    /// Why there is less to compare than asked for.
    package let note: String?
    /// The recipe's own value first.
    package let variations: [VariationRun]
  }

  package let schema: Int
  package let id: String
  package let recipe: String
  package let study: String
  package let kind: RunRecord.Kind
  package let banner: String?
  package let started: String
  package let finished: String
  package let toolVersion: String
  package let level: Double
  package let axes: [AxisResult]
  package let comparisons: [VariationComparison]

  /// Writes the record into its folder below the runs'.
  package func write(in runs: String) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let path = "\(runs)/\(id)/sensitivity.json"
    try writeAtomically(Array(try encoder.encode(self)) + [10], to: path)
    return path
  }

  /// The record in a folder; nil when the folder holds none.
  package static func read(_ folder: String) throws -> SensitivityRecord? {
    let path = "\(folder)/sensitivity.json"
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    do {
      return try JSONDecoder().decode(Self.self, from: Foundation.Data(readFile(path)))
    } catch is DecodingError {
      throw ReproduceError.badRecord(path: path, reason: "not a record of this version")
    }
  }
}

/// Two values of one axis, compared by one metric.
package struct VariationComparison: Codable, Hashable, Sendable {
  /// A test of the two on the test images of one seed.
  package struct SeedTest: Codable, Hashable, Sendable {
    package let seed: Int
    /// `McNemar`, `DeLong`, `bootstrap`; where patients have several images `clustered McNemar`,
    /// `clustered DeLong`, `patient bootstrap`.
    package let method: String
    package let images: Int
    /// How many patients the images are of, where some have several; nil otherwise.
    package let patients: Int?
    /// Second − first on these images.
    package let difference: Double
    package let interval: Bounds?
    /// Nil for the bootstrap, which gives an interval alone.
    package let p: Double?
    /// McNemar's exact value beside the mid-p value that `p` is.
    package let exactP: Double?
    /// Images that the first, and the second, alone gets right; McNemar only.
    package let firstOnly: Int?
    package let secondOnly: Int?
  }

  package let axis: VariationAxis
  package let first: String
  package let second: String
  package let metric: MetricName
  package let firstMean: Double
  package let secondMean: Double
  package let seeds: Int
  /// Second − first, over the seeds.
  package let difference: Double
  /// Of the difference over seeds; nil with a single seed.
  package let interval: Bounds?
  package let p: Double?
  /// `p` after Holm's correction for all comparisons of the record (Holm 1979).
  package let adjustedP: Double?
  /// Whether both were tested on the same images, seed by seed.
  package let isPaired: Bool
  /// Why not, or what was done.
  package let note: String?
  package let tests: [SeedTest]

  func adjusted(_ p: Double?) -> VariationComparison {
    VariationComparison(
      axis: axis, first: first, second: second, metric: metric, firstMean: firstMean,
      secondMean: secondMean, seeds: seeds, difference: difference, interval: interval, p: self.p,
      adjustedP: p, isPaired: isPaired, note: note, tests: tests)
  }
}
