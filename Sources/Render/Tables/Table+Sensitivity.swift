// Sensitivity runs as listings: what was varied, the tests, the ledgers.

import Evidence
import Reproduce

extension Table {
  /// One row for every pair of values and metric.
  package static func sensitivity(_ record: SensitivityRecord) -> Table {
    Table(
      title: "Sensitivity of \(record.recipe)" + (record.banner == nil ? "" : " (protocol run)"),
      columns: [
        Column("axis", "Varied"), Column("first", "First", wraps: true),
        Column("second", "Second", wraps: true), Column("metric", "Metric", wraps: true),
        Column("first-mean", "First mean", .right), Column("second-mean", "Second mean", .right),
        Column("difference", "Difference", .right), Column("seeds", "Seeds", .right),
        Column("interval", "Interval over seeds"), Column("p", "p", .right),
        Column("p-holm", "p (Holm)", .right),
        Column("test", "On the first seed's test images", wraps: true),
        Column("paired", "Paired"), Column("note", "Note", wraps: true),
      ],
      rows: record.comparisons.map { item in
        [
          .text(item.axis.rawValue), .text(item.first), .text(item.second),
          .text("\(item.metric)"), number(item.firstMean), number(item.secondMean),
          .number(item.difference, shown: signed(item.difference)), .count(item.seeds),
          .optional(item.interval.map(span)), probability(item.p), probability(item.adjustedP),
          .optional(item.tests.first.map(describe)), .text(item.isPaired ? "yes" : "no"),
          .optional(item.note),
        ]
      })
  }

  /// Every seed's own test, for those who want more than the first.
  package static func sensitivityTests(_ record: SensitivityRecord) -> Table {
    Table(
      title: "Tests on each seed's test images",
      columns: [
        Column("axis", "Varied"), Column("first", "First", wraps: true),
        Column("second", "Second", wraps: true), Column("metric", "Metric", wraps: true),
        Column("seed", "Seed", .right), Column("test", "Test"), Column("images", "Images", .right),
        Column("patients", "Patients", .right), Column("difference", "Difference", .right),
        Column("interval", "Interval"),
        Column("p", "p", .right), Column("exact-p", "Exact p", .right),
        Column("first-only", "Right by first alone", .right),
        Column("second-only", "Right by second alone", .right),
      ],
      rows: record.comparisons.flatMap { item in
        item.tests.map { test in
          [
            .text(item.axis.rawValue), .text(item.first), .text(item.second),
            .text("\(item.metric)"), .count(test.seed), .text(test.method), .count(test.images),
            test.patients.map(Cell.count) ?? .blank,
            .number(test.difference, shown: signed(test.difference)),
            .optional(test.interval.map(span)), probability(test.p), probability(test.exactP),
            test.firstOnly.map(Cell.count) ?? .blank, test.secondOnly.map(Cell.count) ?? .blank,
          ]
        }
      })
  }

  /// The ledger of the recipe as it is, then the axes on which each variation differs from it.
  package static func ledgers(_ record: SensitivityRecord) -> Table {
    let base = record.axes.first?.variations.first
    var rows: [[Cell]] = []
    func add(_ label: String, _ entry: LedgerEntry) {
      rows.append([
        .text(label), .text(entry.axis.rawValue),
        entry.study.map(Cell.text) ?? .notReported, .text(entry.run), .text(entry.status.rawValue),
        entry.changesQuestion ? .text("yes") : .blank, .optional(entry.note ?? entry.inferred),
      ])
    }
    for entry in base?.ledger ?? [] { add("the recipe as it is", entry) }
    for axis in record.axes {
      for variation in axis.variations.dropFirst() {
        let changed = variation.ledger.filter { !(base?.ledger ?? []).contains($0) }
        for entry in changed { add(variation.label, entry) }
      }
    }
    return Table(
      title: "Ledgers",
      columns: [
        Column("variation", "Variation", wraps: true), Column("axis", "Axis"),
        Column("study", "Study", wraps: true), Column("run", "This run", wraps: true),
        Column("status", "Status"), Column("changes-question", "Changes the question"),
        Column("note", "Note", wraps: true),
      ], rows: rows)
  }

  /// The runs behind a sensitivity record.
  package static func variations(_ record: SensitivityRecord) -> Table {
    Table(
      title: "Variations",
      columns: [
        Column("axis", "Varied"), Column("variation", "Value", wraps: true),
        Column("changes", "Changed fields", wraps: true), Column("run", "Run", wraps: true),
        Column("note", "Note", wraps: true),
      ],
      rows: record.axes.flatMap { axis in
        axis.variations.enumerated().map { index, variation in
          [
            .text(axis.axis.rawValue), .text(variation.label),
            .optional(
              variation.overrides.isEmpty
                ? nil
                : variation.overrides.map { "\($0.name) = \($0.value)" }.joined(separator: "; ")),
            .text(variation.run), .optional(index == 0 ? axis.note : nil),
          ]
        }
      })
  }

  private static func number(_ value: Double) -> Cell { .number(value, shown: measured(value)) }

  private static func probability(_ p: Double?) -> Cell {
    p.map { .number($0, shown: $0 < 0.001 ? "< 0.001" : rounded($0, 3)) } ?? .blank
  }

  private static func span(_ bounds: Bounds) -> String {
    "[\(signed(bounds.low)), \(signed(bounds.high))]"
  }

  private static func signed(_ value: Double) -> String { (value > 0 ? "+" : "") + measured(value) }

  private static func describe(_ test: VariationComparison.SeedTest) -> String {
    let patients = test.patients.map { " of \($0) patients" } ?? ""
    var parts = ["\(test.method) on \(test.images)\(patients)"]
    if let first = test.firstOnly, let second = test.secondOnly {
      parts.append("\(first):\(second) disagree")
    }
    if let p = test.p { parts.append("p \(p < 0.001 ? "< 0.001" : rounded(p, 3))") }
    if let bounds = test.interval { parts.append(span(bounds)) }
    return parts.joined(separator: ", ")
  }
}
