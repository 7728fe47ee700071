// Runs as listings: all of them, one run's facts, its ledger.

import Evidence
import Reproduce

extension Table {
  /// All runs, one a row.
  package static func runs(_ records: [RunRecord]) -> Table {
    Table(
      title: "Runs",
      columns: [
        Column("run", "Run", wraps: true), Column("study", "Study"), Column("data", "Data"),
        Column("kind", "Kind"), Column("seeds", "Seeds", .right), Column("status", "Status"),
        Column("accuracy", "Accuracy", .right), Column("auc", "AUC", .right),
        Column("verdicts", "Verdicts", wraps: true), Column("seconds", "Time", .right),
        Column("started", "Started"),
      ],
      rows: records.map { record in
        [
          .text(record.id), .text(record.recipe.study), .text(record.data.name),
          .text(record.kind.rawValue),
          .text("\(record.results.count)/\(record.seeds.count)"), .text(record.status.rawValue),
          mean(record, .accuracy), mean(record, .auc), .optional(verdicts(record)),
          .number(record.cost.wallSeconds, shown: duration(record.cost.wallSeconds)),
          .text(record.started),
        ]
      })
  }

  private static func mean(_ record: RunRecord, _ metric: Metric) -> Cell {
    guard let summary = record.summary.first(where: { $0.name.metric == metric }) else {
      return .blank
    }
    return .number(summary.mean, shown: measured(summary.mean))
  }

  /// Each verdict once, in the order of the claims.
  private static func verdicts(_ record: RunRecord) -> String? {
    var seen: [Verdict] = []
    for comparison in record.comparisons where !seen.contains(comparison.verdict) {
      seen.append(comparison.verdict)
    }
    return seen.isEmpty ? nil : seen.map(\.title).joined(separator: ", ")
  }

  /// The facts of one run.
  package static func run(_ record: RunRecord) -> Table {
    let model = record.model
    let weights = model.weights.name + (model.weights.sha256.map { ", SHA-256 \($0)" } ?? "")
    let tool = "tlkb \(record.toolVersion)" + (record.engine.map { ", \($0)" } ?? "")
    var facts: [(String, String)] = [
      ("run", record.id), ("status", record.status.rawValue),
      ("recipe", "\(record.recipe.id), declared \(record.recipe.declared)"),
      ("recipe hash", record.recipe.sha256),
      ("study", "\(record.recipe.study), experiment \(record.recipe.experiment)"),
      ("data", "\(record.data.name), \(record.data.images) images, \(record.kind.rawValue)"),
      ("data hash", record.data.manifest),
    ]
    for override in record.recipe.overrides {
      facts.append(("changed", "\(override.name) = \(override.value)"))
    }
    if let split = record.splits.first {
      facts.append(
        (
          "split",
          "\(split.kind) by \(split.unit), \(split.train)/\(split.validation)/\(split.test) images"
            + (split.folds > 1 ? ", \(split.folds) folds" : "")
        ))
    }
    facts += [
      (
        "network",
        "\(model.network), \(model.parameters) parameters, \(model.trainable) trained, "
          + "\(model.multiplyAdds / 1_000_000) M multiply-adds an image"
      ),
      ("weights", weights),
      ("seeds", record.seeds.map(String.init).joined(separator: ", ")),
      (
        "cost",
        "\(duration(record.cost.wallSeconds)), \(duration(record.cost.cpuSeconds)) of processors, "
          + "\(gibibytes(record.cost.peakMemoryBytes))"
      ),
      (
        "machine",
        "\(record.machine.processor), \(record.machine.threads) threads, \(tool)"
      ),
      ("started", record.started),
    ]
    if let outcome = record.outcome { facts.append(("outcome hash", outcome)) }
    return Table(
      title: "Run \(record.id)",
      columns: [Column("what", "What"), Column("value", "Value", wraps: true)],
      rows: facts.map { [.text($0.0), .text($0.1)] })
  }

  /// What matches the study and what deviates.
  package static func ledger(_ entries: [LedgerEntry]) -> Table {
    Table(
      title: "Ledger: the study beside this run",
      columns: [
        Column("axis", "Axis"), Column("study", "Study", wraps: true),
        Column("run", "This run", wraps: true), Column("status", "Status"),
        Column("changes-question", "Changes the question"),
        Column("location", "Stated in", wraps: true), Column("note", "Note", wraps: true),
      ],
      rows: entries.map { entry in
        [
          .text(entry.axis.rawValue),
          entry.study.map {
            .text($0 + (entry.at == nil && entry.inferred != nil ? " (inferred)" : ""))
          }
            ?? .notReported,
          .text(entry.run), .text(entry.status.rawValue),
          entry.changesQuestion ? .text("yes") : .blank, .optional(entry.at?.description),
          .optional(entry.note ?? entry.inferred),
        ]
      })
  }

  /// Where two runs differ: settings, data, weights, results.
  package static func difference(_ first: RunRecord, _ second: RunRecord) -> Table {
    var rows: [[Cell]] = []
    func row(_ what: String, _ a: String, _ b: String) {
      if a != b { rows.append([.text(what), .text(a), .text(b)]) }
    }
    row("recipe", first.recipe.id, second.recipe.id)
    let changed = { (record: RunRecord, row: SettingRow) in
      record.recipe.overrides.last { $0.name == row.name }?.value ?? row.text
    }
    for setting in first.recipe.settings {
      guard let other = second.recipe.settings.first(where: { $0.name == setting.name }) else {
        continue
      }
      row(setting.name, changed(first, setting), changed(second, other))
    }
    row("data", first.data.name, second.data.name)
    row("data hash", first.data.manifest, second.data.manifest)
    row("network", first.model.network, second.model.network)
    row("weights", first.model.weights.name, second.model.weights.name)
    row("threads", "\(first.machine.threads)", "\(second.machine.threads)")
    row("processor", first.machine.processor, second.machine.processor)
    row("tlkb", first.toolVersion, second.toolVersion)
    row("engine", first.engine ?? "not kept", second.engine ?? "not kept")
    for summary in first.summary {
      guard let other = second.summary.first(where: { $0.name == summary.name }) else { continue }
      row("\(summary.name)", fixed(summary.mean), fixed(other.mean))
    }
    row("outcome hash", first.outcome ?? "unfinished", second.outcome ?? "unfinished")
    return Table(
      title: "\(first.id) and \(second.id)",
      columns: [
        Column("what", "What"), Column("first", first.id, wraps: true),
        Column("second", second.id, wraps: true),
      ], rows: rows)
  }
}
