// Results as listings: reported beside reproduced, every metric, the confusion matrix.

import Evidence
import Reproduce

extension Table {
  /// Each claim beside what the run gave. A protocol run's numbers are not in it: they answer
  /// another question, and stand in ``metrics(_:)`` alone.
  package static func comparison(_ record: RunRecord) -> Table {
    let isProtocol = record.kind != .studyData
    var columns = [
      Column("metric", "Metric"), Column("reported", "Reported", .right),
      Column("averaging", "Averaging", wraps: true),
    ]
    if !isProtocol {
      columns += [
        Column("run", "This run", .right), Column("sd", "SD", .right),
        Column("seeds", "Seeds", .right),
        Column("prediction", "Prediction interval"), Column("difference", "Difference", .right),
      ]
    }
    columns += [
      Column("verdict", "Verdict", wraps: true), Column("because", "Because", wraps: true),
      Column("to-decide", "Would decide", wraps: true),
      Column("location", "Printed in", wraps: true),
    ]
    return Table(
      title: isProtocol ? "What the study reports" : "Reported and reproduced",
      columns: columns,
      rows: record.comparisons.map { item in
        var row: [Cell] = [
          .text(item.reported.metric.rawValue), .text(item.reported.text),
          item.reported.averaging == "not reported"
            ? .notReported : .text(item.reported.averaging),
        ]
        if !isProtocol {
          row += [
            item.run.map { .number($0.mean, shown: measured($0.mean)) } ?? .blank,
            item.run?.sd.map { .number($0, shown: measured($0)) } ?? .blank,
            item.run.map { .count($0.values.count) } ?? .blank,
            .optional(item.run?.possiblePrediction.map(interval)),
            item.difference.map { .number($0, shown: signed($0)) } ?? .blank,
          ]
        }
        let scope = item.reported.scope.map { " (\($0))" } ?? ""
        return row + [
          .text(item.verdict.title), .text(item.because + scope), .optional(toDecide(item)),
          .text(item.reported.at.description),
        ]
      })
  }

  /// Every metric over the seeds, and its intervals on the first seed's test images.
  package static func metrics(_ record: RunRecord) -> Table {
    let first = record.results.first
    return Table(
      title: "Metrics" + (record.banner == nil ? "" : " on \(record.data.name)"),
      columns: [
        Column("metric", "Metric", wraps: true), Column("mean", "Mean", .right),
        Column("sd", "SD", .right), Column("seeds", "Seeds", .right),
        Column("prediction", "Prediction interval"),
        Column("interval", "Interval, first seed", wraps: true),
        Column("note", "Note", wraps: true),
      ],
      rows: record.summary.map { summary in
        let value = first?.metrics.first { $0.name == summary.name }
        let intervals = value?.intervals.map { "\(interval($0)) \(methodTitle($0.method))" } ?? []
        return [
          .text("\(summary.name)"), .number(summary.mean, shown: measured(summary.mean)),
          summary.sd.map { .number($0, shown: measured($0)) } ?? .blank,
          .count(summary.values.count), .optional(summary.possiblePrediction.map(interval)),
          .optional(intervals.isEmpty ? nil : intervals.joined(separator: "; ")),
          .optional(value?.note),
        ]
      })
  }

  /// One seed's confusion matrix: a row for each true class.
  package static func confusion(_ record: RunRecord, seed: RunRecord.SeedResult) -> Table {
    let names = record.data.classes.map(\.name)
    return Table(
      title: "Confusion matrix, seed \(seed.seed) (rows: true class)",
      columns: [Column("true", "True class", wraps: true)]
        + names.map { Column($0, $0, .right) },
      rows: zip(names, seed.confusion).map { name, row in
        [.text(name)] + row.map(Cell.count)
      })
  }

  static func interval(_ bounds: Bounds) -> String {
    "[\(measured(bounds.low)), \(measured(bounds.high))]"
  }

  private static func methodTitle(_ method: String) -> String {
    switch method {
    case "wilson": "Wilson"
    case "clopper-pearson": "Clopper–Pearson"
    case "delong": "DeLong"
    case "clustered delong": "DeLong by patient"
    case "patient bootstrap": "bootstrap by patient"
    default: method
    }
  }

  private static func signed(_ value: Double) -> String {
    (value > 0 ? "+" : "") + measured(value)
  }

  private static func toDecide(_ item: ClaimComparison) -> String? {
    var parts: [String] = []
    if let seeds = item.seedsToDecide { parts.append("\(seeds) seeds") }
    if let images = item.imagesToDecide { parts.append("\(images) test images") }
    return parts.isEmpty ? nil : parts.joined(separator: " or ")
  }
}

/// A computed fraction with four digits: further ones would be noise.
func measured(_ value: Double) -> String { rounded(value, 4) }
