// What nobody has tried or reported: one gap with its value and what would fill it.

import Evidence

/// Something missing from the literature, worth filling to a stated degree.
public struct Gap: Codable, Sendable, Hashable {
  /// What sort of thing is missing.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    case untriedPair = "untried-pair"
    case untriedStrategy = "untried-strategy"
    case untriedBackbone = "untried-backbone"
    case untriedTechnique = "untried-technique"
    case unusedDataset = "unused-dataset"
    case noAugmentationComparison = "no-augmentation-comparison"
    case missingMetrics = "missing-metrics"
    case imbalanceUnmeasured = "imbalance-unmeasured"
    case noUncertainty = "no-uncertainty"
    case unknownSplit = "unknown-split"
    case noPatientSeparation = "no-patient-separation"
    case noExternalValidation = "no-external-validation"
    case noResult = "no-result"
    case unaddressedChallenge = "unaddressed-challenge"

    /// Whether an experiment could fill it; the others are filled by what a paper says.
    public var isExperiment: Bool {
      switch self {
      case .untriedPair, .untriedStrategy, .untriedBackbone, .untriedTechnique, .unusedDataset,
        .noAugmentationComparison, .noExternalValidation:
        true
      default: false
      }
    }
  }

  /// Stable as long as what it is about stays: `untried-pair/resnet50.mias`.
  public let id: String
  public let kind: Kind
  /// ``connects`` times ``ease``.
  public let value: Double
  /// How many studies filling it would make comparable with each other.
  public let connects: Int
  /// Between 0 and 1: how cheap it is, as ``GapQuery`` documents.
  public let ease: Double
  public let subjects: [EntityReference]
  /// What is missing, in one sentence.
  public let summary: String
  /// What the value rests on.
  public let because: String
  /// What would fill it.
  public let filledBy: String
}
