// The answer to a query as a listing.

import Evidence
import Inquiry

extension Table {
  /// Claims with their study, set-up, value as printed, and location.
  public static func claims(_ rows: [ClaimRow]) -> Table {
    Table(
      title: "Reported results",
      columns: [
        Column("study", "Study"), Column("year", "Year", .right),
        Column("dataset", "Dataset", wraps: true), Column("backbone", "Backbone", wraps: true),
        Column("metric", "Metric"), Column("reported", "Reported", .right),
        Column("value", "Value", .right), Column("averaging", "Averaging", wraps: true),
        Column("scope", "Of", wraps: true), Column("location", "Printed in", wraps: true),
        Column("experiment", "Experiment", wraps: true),
      ],
      rows: rows.map { row in
        [
          .text(row.study), row.year.map(Cell.count) ?? .notReported,
          .optional(row.datasets.isEmpty ? nil : row.datasets.joined(separator: " + ")),
          .optional(row.backbones.isEmpty ? nil : row.backbones.joined(separator: " + ")),
          .text(row.metric.rawValue), .text(row.printed),
          .number(row.value, shown: fixed(row.value)),
          row.averaging == "not reported" ? .notReported : .text(row.averaging),
          .optional(row.scope),
          .text(
            row.at.description + (row.citation.map { " [\($0)]" } ?? "")
              + (row.isUncertain ? " (uncertain)" : "")),
          .text(row.experiment),
        ]
      })
  }
}

/// A fraction with four to six digits, without trailing zeros beyond the fourth.
func fixed(_ value: Double) -> String {
  guard value.isFinite, abs(value) < 1e9 else { return "\(value)" }
  let scaled = Int((abs(value) * 1_000_000).rounded())
  var digits = String(scaled % 1_000_000)
  digits = String(repeating: "0", count: 6 - digits.count) + digits
  while digits.count > 4, digits.last == "0" { digits.removeLast() }
  return (value < 0 && scaled > 0 ? "-" : "") + "\(scaled / 1_000_000)." + digits
}
