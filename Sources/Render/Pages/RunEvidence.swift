// A run as the report draws it: its record, its predictions and the pictures it left.

import Evidence
import Files
import Reproduce
import Scoring

/// A run's record with what only its files can tell.
package struct RunEvidence: Sendable {
  /// A picture of the run's folder, as PNG.
  struct Picture: Sendable {
    let png: [UInt8]
    let width: Int
    let height: Int
  }

  package let record: RunRecord
  /// The predictions of each seed; empty where a file is missing or damaged.
  let predictions: [(seed: Int, table: Predictions)]
  /// The contact sheet of the first seed's worst errors.
  let errors: Picture?
  /// The first layer's filters after the first seed's training.
  let filters: Picture?
  /// Images beside their Grad-CAM maps.
  let attention: Picture?

  package init(_ record: RunRecord, predictions: [(seed: Int, table: Predictions)] = []) {
    self.record = record
    self.predictions = predictions
    errors = nil
    filters = nil
    attention = nil
  }

  /// The run of a folder, with what its other files hold.
  package init(_ record: RunRecord, in folder: RunFolder) {
    self.record = record
    let tables = (try? folder.predictions(of: record)) ?? []
    predictions = zip(record.results, tables).map { ($0.seed, $1) }
    let seed = record.results.first?.seed
    errors = seed.flatMap { Picture(path: folder.errors(seed: $0)) }
    filters = seed.flatMap { Picture(path: folder.filters(seed: $0)) }
    attention = seed.flatMap { Picture(path: folder.attention(seed: $0)) }
  }

  /// The runs of a folder, by start, and what could not be read.
  package static func all(in folder: String) -> (runs: [RunEvidence], unreadable: [String]) {
    let (runs, unreadable) = RunFolder.runs(in: folder)
    return (runs.map { RunEvidence($0.record, in: $0.folder) }, unreadable)
  }

  /// The class that binary metrics are of: the one that the run's metrics name, else the last.
  var positiveClass: Int {
    let classes = predictions.first?.table.classes ?? []
    return record.summary.compactMap(\.name.positive).first.flatMap(classes.firstIndex)
      ?? classes.count - 1
  }

  /// One ranking a seed for two classes, else one a class of the first seed.
  var rankings: [(label: String, ranking: Ranking)] {
    guard let first = predictions.first?.table else { return [] }
    if first.classes.count == 2, !first.isMultiLabel {
      return predictions.compactMap { seed, table in
        ranking(table, positiveClass).map { ("seed \(seed)", $0) }
      }
    }
    return first.classes.indices.compactMap { index in
      ranking(first, index).map { (first.classes[index], $0) }
    }
  }

  private func ranking(_ table: Predictions, _ positive: Int) -> Ranking? {
    try? Ranking(
      scores: table.rows.map { Double($0.probabilities[positive]) },
      isPositive: table.rows.map { $0.findings?.contains(positive) ?? ($0.label == positive) })
  }

  /// Of the first seed: the positive class of two, each finding of several, else the predicted class.
  var calibration: Calibration? {
    guard let table = predictions.first?.table else { return nil }
    var pairs: [(p: Float, isTrue: Bool)] = []
    for row in table.rows {
      if let findings = row.findings {
        for index in table.classes.indices {
          pairs.append((row.probabilities[index], findings.contains(index)))
        }
      } else {
        let index = table.classes.count == 2 ? positiveClass : row.predicted
        pairs.append((row.probabilities[index], row.label == index))
      }
    }
    return try? Calibration(
      probabilities: pairs.map { min(1, max(0, Double($0.p))) }, outcomes: pairs.map(\.isTrue))
  }
}

extension RunEvidence.Picture {
  /// A PNG of the run's folder; nil where there is none.
  init?(path: String) {
    guard let bytes = try? readFile(path), bytes.count > 24,
      bytes.starts(with: [0x89, 0x50, 0x4e, 0x47])
    else { return nil }
    func number(_ at: Int) -> Int { bytes[at..<(at + 4)].reduce(0) { $0 << 8 | Int($1) } }
    self.init(png: bytes, width: number(16), height: number(20))
  }
}
