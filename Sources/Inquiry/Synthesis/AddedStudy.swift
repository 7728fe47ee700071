// Studies that the reader brings: counts from papers that the knowledge base does not hold.

import Evidence
import Scoring

/// A study of the reader's own with its counts.
public struct AddedStudy: Sendable, Hashable {
  public enum Counts: Sendable, Hashable {
    case table(BinaryCounts)
    /// Successes and trials of the metric that is pooled.
    case proportion(Proportion)
  }

  public let name: String
  public let counts: Counts
  /// Where the counts stand: `tables.csv, line 3`.
  public let place: String

  public init(name: String, counts: Counts, place: String) {
    self.name = name
    self.counts = counts
    self.place = place
  }

  /// The share that a metric is of these counts.
  /// - Throws: ``SynthesisError/noUnits(place:metric:)`` when there is no unit to count.
  func proportion(of metric: Metric) throws -> Proportion {
    guard case .table(let counts) = counts else {
      if case .proportion(let proportion) = counts { return proportion }
      throw SynthesisError.noUnits(place: place, metric: metric)
    }
    let (part, whole) =
      switch metric {
      case .recall: (counts.truePositives, counts.positives)
      case .specificity: (counts.trueNegatives, counts.negatives)
      case .errorRate: (counts.falsePositives + counts.falseNegatives, counts.total)
      default: (counts.truePositives + counts.trueNegatives, counts.total)
      }
    guard let proportion = try? Proportion(successes: part, trials: whole) else {
      throw SynthesisError.noUnits(place: place, metric: metric)
    }
    return proportion
  }

  /// The study as a row of a pooling.
  func row<Measure>(_ measure: Measure, _ size: SynthesisQuestion.Size) -> SynthesisRow<Measure> {
    SynthesisRow(
      label: name, study: name, datasets: [], experiment: "", claims: [], measure: measure,
      size: size, sizeOrigin: .table(place), notes: [])
  }
}

extension SynthesisQuestion {
  /// The reader's studies as rows of the pooled metric.
  func addedRows() throws -> [SynthesisRow<Proportion>] {
    try added.map { study in
      let proportion = try study.proportion(of: metric)
      return study.row(proportion, .total(proportion.trials))
    }
  }

  /// The reader's 2 × 2 tables as rows of the bivariate model.
  func addedTables() throws -> [SynthesisRow<BinaryCounts>] {
    try added.compactMap { study in
      guard case .table(let counts) = study.counts else { return nil }
      guard counts.positives > 0 else {
        throw SynthesisError.noUnits(place: study.place, metric: .recall)
      }
      guard counts.negatives > 0 else {
        throw SynthesisError.noUnits(place: study.place, metric: .specificity)
      }
      return study.row(
        counts, .parts(positives: counts.positives, negatives: counts.negatives))
    }
  }
}
