// What one run leaves behind: everything it takes to judge it and to run it again.

import Evidence

/// The record of a run, `record.json` in its folder.
package struct RunRecord: Codable, Sendable {
  package static let currentSchema = 1

  /// What the run was trained and tested on.
  package enum Kind: String, Codable, Sendable {
    case studyData = "study-data"
    /// Another dataset than the study's: a protocol run.
    case substitute
    /// Drawn images: a protocol run.
    case phantom
  }

  package enum Status: String, Codable, Sendable { case running, interrupted, complete }

  package struct RecipeCopy: Codable, Sendable {
    package let id: String
    package let study: String
    package let experiment: String
    package let declared: String
    /// The recipe file as it was.
    package let text: String
    package let sha256: String
    /// Every field with its origin, as the recipe has it.
    package let settings: [SettingRow]
    /// Fields that the command line changed, `training.epochs`, with the value that was run.
    package let overrides: [Override]
  }

  package struct Override: Codable, Sendable, Hashable {
    package let name: String
    package let value: String

    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  package struct ClassCount: Codable, Sendable, Hashable {
    package let name: String
    package let images: Int
  }

  package struct DataUsed: Codable, Sendable {
    /// The id of the dataset that was read: `breastmnist`, `phantom-dermoscopy`.
    package let dataset: String
    package let name: String
    /// The question its labels answer.
    package let labels: String
    package let isPhantom: Bool
    package let images: Int
    package let classes: [ClassCount]
    /// SHA-256 over each sample's id, label and pixels.
    package let manifest: String
    package let notes: [String]
  }

  package struct SplitUsed: Codable, Sendable, Hashable {
    package let seed: Int
    package let kind: String
    package let unit: String
    package let folds: Int
    /// Images of the first fold.
    package let train: Int
    package let validation: Int
    package let test: Int
    /// SHA-256 of the split's text, kept beside the record as `split-<seed>.json`.
    package let sha256: String
  }

  package struct WeightsUsed: Codable, Sendable, Hashable {
    /// `random`, or the set's name.
    package let name: String
    package let sha256: String?
    package let source: String?
  }

  package struct ModelUsed: Codable, Sendable {
    package let network: String
    /// C, H, W.
    package let inputShape: [Int]
    package let parameters: Int
    package let trainable: Int
    package let multiplyAdds: Int
    package let weights: WeightsUsed
  }

  package struct Machine: Codable, Sendable, Hashable {
    package let processor: String
    package let cores: Int
    package let threads: Int
    package let memoryBytes: Int
    package let system: String
  }

  package struct Cost: Codable, Sendable, Hashable {
    /// Of all parts of a run that was interrupted and resumed.
    package let wallSeconds: Double
    package let cpuSeconds: Double
    package let peakMemoryBytes: Int
  }

  /// One epoch of one seed (and fold).
  package struct EpochPoint: Codable, Sendable, Hashable {
    package let epoch: Int
    package let fold: Int
    package let learningRate: Double
    package let trainingLoss: Double
    package let validationLoss: Double?
    package let validationAccuracy: Double?
    package let validationAUC: Double?
  }

  package struct SeedResult: Codable, Sendable {
    package let seed: Int
    package let testImages: Int
    /// The epoch whose model was tested, per fold.
    package let selectedEpochs: [Int]
    package let metrics: [MetricValue]
    /// Row: true class; column: predicted class.
    package let confusion: [[Int]]
    package let curve: [EpochPoint]
    /// Beside the record: sample, fold, true class, one probability per class.
    package let predictionsFile: String
    package let predictionsSHA256: String
  }

  /// The names of the outputs where they are not the classes: findings of a multi-label set.
  package let outputs: [String]?
  package let schema: Int
  package let id: String
  package let kind: Kind
  package let status: Status
  /// The sentence every output of a protocol run shows; nil on the study's data.
  package let banner: String?
  /// ISO 8601, UTC.
  package let started: String
  package let finished: String?
  package let toolVersion: String
  /// Of the arithmetic, `engine 2`: runs of one engine and machine agree to the bit. Nil in records of
  /// before it was kept.
  package let engine: String?
  /// SHA-256 of everything that decides the outcome: recipe as run, data, weights, seeds.
  package let fingerprint: String
  package let recipe: RecipeCopy
  package let data: DataUsed
  package let splits: [SplitUsed]
  package let model: ModelUsed
  package let machine: Machine
  package let cost: Cost
  package let seeds: [Int]
  package let ledger: [LedgerEntry]
  package let results: [SeedResult]
  package let summary: [MetricSummary]
  package let comparisons: [ClaimComparison]
  /// SHA-256 over every seed's predictions: two runs with the same outcome agree to the bit.
  package let outcome: String?
}
