// A run as the report draws it: its record, and the ROC curves of its predictions.

import Evidence
import Files
import Reproduce
import Scoring

/// A run's record with what only its predictions can tell.
package struct RunEvidence: Sendable {
  package let record: RunRecord
  /// The ROC curve of each seed; empty where the predictions are missing or of several classes.
  let curves: [(seed: Int, points: [OperatingPoint])]

  package init(_ record: RunRecord, curves: [(seed: Int, points: [OperatingPoint])] = []) {
    self.record = record
    self.curves = curves
  }

  /// The runs of a folder, by start, and what could not be read.
  package static func all(in folder: String) -> (runs: [RunEvidence], unreadable: [String]) {
    let (records, unreadable) = RunFolder.list(in: folder)
    return (
      records.map { record in
        RunEvidence(record, curves: curves(of: record, in: RunFolder("\(folder)/\(record.id)")))
      }, unreadable
    )
  }

  /// The ROC curves of a run of two classes, with the last class as the positive one unless the
  /// run's metrics name another. A file that is gone or damaged gives no curve.
  private static func curves(
    of record: RunRecord, in folder: RunFolder
  ) -> [(seed: Int, points: [OperatingPoint])] {
    let classes = record.data.classes.map(\.name)
    guard classes.count == 2 else { return [] }
    let named = record.summary.compactMap(\.name.positive).first
    let positive = named.flatMap(classes.firstIndex) ?? 1
    return record.results.compactMap { result in
      guard let table = try? CSVTable(path: folder.predictions(seed: result.seed)),
        let label = try? table.column("label"), let score = try? table.column(classes[positive])
      else { return nil }
      let scores = table.rows.compactMap { Double($0[score]) }
      guard scores.count == table.rows.count,
        let ranking = try? Ranking(
          scores: scores, isPositive: table.rows.map { $0[label] == classes[positive] }),
        let points = ranking.rocCurve
      else { return nil }
      return (result.seed, points)
    }
  }
}
