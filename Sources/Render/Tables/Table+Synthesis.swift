// A synthesis as listings: what is pooled, what is left out, and what to be careful about.

import Evidence
import Inquiry
import Scoring

/// The parts of a synthesis in the order in which they are read, sensitivity with specificity first.
public struct SynthesisReport: Sendable {
  /// A part: its key in machine formats, and its listing.
  public struct Part: Sendable {
    public let key: String
    public let table: Table
  }

  public let parts: [Part]
  /// What must be said beside the values, a sentence each.
  public let warnings: [String]

  /// - Throws: ``ScoringError`` for a level outside 0 and 1.
  public init(_ diagnostic: DiagnosticSynthesis, _ synthesis: Synthesis) throws(ScoringError) {
    let tables: [(String, Table)] = [
      ("bivariate", try .bivariate(diagnostic)),
      ("bivariate-studies", .bivariateStudies(diagnostic)),
      ("pooled", try .pooled(synthesis)),
      ("studies", try .pooledStudies(synthesis)),
      ("unweighted", try .unweighted(synthesis)),
      ("unweighted-studies", .unweightedStudies(synthesis)),
      ("asymmetry", .asymmetry(synthesis)),
      ("disagreements", .disagreements(diagnostic.disagreements + synthesis.disagreements)),
      (
        "left-out",
        .omissions([
          ("sensitivity and specificity", diagnostic.omissions),
          (synthesis.metric.rawValue, synthesis.omissions),
        ])
      ),
    ]
    parts = tables.map { Part(key: $0.0, table: $0.1) }
    var warnings = diagnostic.pooling == nil ? [] : diagnostic.warnings
    for warning in synthesis.warnings where !warnings.contains(warning) {
      warnings.append(warning)
    }
    if synthesis.unweighted != nil {
      warnings.append(
        "no two studies have an n: their values count alike, and the spread between them holds "
          + "sampling error and heterogeneity together, so that there is neither τ² nor I²; "
          + "--n study=… gives an n")
    }
    self.warnings = warnings
  }

  /// The report as text: parts that have rows under their titles, then the warnings.
  ///
  /// CSV and TSV hold one long listing of `part, row, column, value`, as their lines have one form.
  public func written(as format: TableFormat, width: Int? = nil, colour: Bool = false) -> String {
    switch format {
    case .csv, .tsv: return long.written(as: format)
    case .json:
      let fields = parts.map { "  \(jsonString($0.key)): \($0.table.json(indentation: "  "))" }
      let notes = "  \"warnings\": [\(warnings.map(jsonString).joined(separator: ", "))]"
      return "{\n" + (fields + [notes]).joined(separator: ",\n") + "\n}\n"
    case .table:
      var text = filled.map { part in
        "\(part.table.title)\n\n" + part.table.written(as: .table, width: width, colour: colour)
      }
      text += notes { "Note: \($0)" }
      return text.joined(separator: "\n")
    case .markdown:
      var text = filled.map { "## \($0.table.title)\n\n" + $0.table.written(as: .markdown) }
      text += notes { "- \($0)" }
      return text.joined(separator: "\n")
    case .latex:
      let comments = warnings.map { "% Note: \(oneLine($0))\n" }.joined()
      return filled.map { $0.table.written(as: .latex) }.joined(separator: "\n") + comments
    }
  }

  /// Every value as a row of its own: part, number of its row, column, value.
  public var long: Table {
    var rows: [[Table.Cell]] = []
    for part in parts {
      for (index, row) in part.table.rows.enumerated() {
        for (column, cell) in zip(part.table.columns, row) where cell != .blank {
          rows.append([.text(part.key), .count(index + 1), .text(column.key), cell])
        }
      }
    }
    for (index, warning) in warnings.enumerated() {
      rows.append([.text("warnings"), .count(index + 1), .text("warning"), .text(warning)])
    }
    return Table(
      title: "Synthesis",
      columns: [
        Table.Column("part", "Part"), Table.Column("row", "Row", .right),
        Table.Column("column", "Column"), Table.Column("value", "Value", wraps: true),
      ], rows: rows)
  }

  private var filled: [Part] { parts.filter { !$0.table.rows.isEmpty } }

  private func notes(_ line: (String) -> String) -> [String] {
    warnings.isEmpty ? [] : [warnings.map { line($0) + "\n" }.joined()]
  }
}

extension Table {
  /// The pooled value by each estimator of the variance between studies.
  static func pooled(_ synthesis: Synthesis) throws(ScoringError) -> Table {
    var rows: [[Cell]] = []
    for pooling in [synthesis.restricted, synthesis.moments].compactMap({ $0 }) {
      let model = pooling.model
      let mean = try pooling.interval(level: synthesis.level).probabilities
      let next = try pooling.predictionInterval(level: synthesis.level).probabilities
      // The Q profile does not depend on the estimator: it stands beside REML once.
      let profile =
        model.method == .restrictedMaximumLikelihood
        ? try model.tauSquaredInterval(level: synthesis.level) : nil
      rows.append([
        .text(model.method.rawValue + (model.isKnappHartung ? ", Knapp–Hartung" : "")),
        .count(synthesis.rows.count), value(Logit.probability(pooling.estimate)),
        value(mean.lower), value(mean.upper), value(next.lower), value(next.upper),
        value(pooling.tauSquared), profile.map { value($0.lower) } ?? .blank,
        profile.map { value($0.upper) } ?? .blank, value(pooling.iSquared),
        value(model.hSquared), value(model.q), .count(model.degrees), p(model.qP),
        value(pooling.estimate), value(pooling.standardError),
      ])
    }
    return Table(
      title: "Pooled \(synthesis.metric.rawValue), random effects on the logit scale",
      columns: [
        Column("method", "Method"), Column("studies", "Studies", .right),
        Column("pooled", "Pooled", .right), Column("low", "Low", .right),
        Column("high", "High", .right), Column("prediction_low", "Predicted low", .right),
        Column("prediction_high", "Predicted high", .right), Column("tau2", "τ²", .right),
        Column("tau2_low", "τ² low", .right), Column("tau2_high", "τ² high", .right),
        Column("i2", "I²", .right), Column("h2", "H²", .right), Column("q", "Q", .right),
        Column("q_degrees", "df", .right), Column("q_p", "p of Q", .right),
        Column("logit", "Logit", .right), Column("logit_error", "SE of logit", .right),
      ], rows: rows)
  }

  /// The plain mean of studies without n; no rows where studies can be weighted.
  static func unweighted(_ synthesis: Synthesis) throws(ScoringError) -> Table {
    var rows: [[Cell]] = []
    if let mean = synthesis.unweighted {
      let interval = try mean.interval(level: synthesis.level)
      let next = try mean.predictionInterval(level: synthesis.level)
      rows.append([
        .text("unweighted, t"), .count(mean.count), value(Logit.probability(mean.estimate)),
        value(interval.lower), value(interval.upper), value(next.lower), value(next.upper),
        value(mean.estimate), value(mean.deviation),
      ])
    }
    return Table(
      title:
        "Mean \(synthesis.metric.rawValue) of studies without n, unweighted on the logit scale",
      columns: [
        Column("method", "Method"), Column("studies", "Studies", .right),
        Column("mean", "Mean", .right), Column("low", "Low", .right),
        Column("high", "High", .right), Column("prediction_low", "Predicted low", .right),
        Column("prediction_high", "Predicted high", .right), Column("logit", "Logit", .right),
        Column("logit_sd", "SD of logits", .right),
      ], rows: rows)
  }

  /// The values behind ``unweighted(_:)``.
  static func unweightedStudies(_ synthesis: Synthesis) -> Table {
    Table(
      title: "Studies of the unweighted mean",
      columns: [
        Column("study", "Study", wraps: true), Column("value", "Value", .right),
        Column("location", "Printed in", wraps: true),
      ],
      rows: synthesis.unweighted == nil
        ? []
        : synthesis.unsized.map {
          [.text($0.label), value($0.claim.value), .text($0.claim.at.label)]
        })
  }

  /// The rows of a pooling, each with its n and where that comes from.
  static func pooledStudies(_ synthesis: Synthesis) throws(ScoringError) -> Table {
    let weights = synthesis.restricted?.weights
    let without = synthesis.restricted?.leaveOneOut
    var rows: [[Cell]] = []
    for (index, row) in synthesis.rows.enumerated() {
      let interval = try synthesis.effects[index].probabilityInterval(level: synthesis.level)
      rows.append([
        .text(row.label), .optional(row.claims.isEmpty ? nil : row.experiment),
        .optional(row.claims.first?.text), .optional(row.claims.first?.at.description),
        .count(row.measure.successes),
        .count(row.measure.trials), .text(row.sizeOrigin.description),
        value(row.measure.estimate), value(interval.lower), value(interval.upper),
        weights.map { value($0[index]) } ?? .blank,
        without?[index].map { value(Logit.probability($0.estimate)) } ?? .blank,
        .optional(row.notes.isEmpty ? nil : row.notes.joined(separator: "; ")),
      ])
    }
    return Table(
      title: "Studies pooled for \(synthesis.metric.rawValue)",
      columns: [
        Column("study", "Study", wraps: true), Column("experiment", "Set-up", wraps: true),
        Column("printed", "Printed", .right), Column("location", "In", wraps: true),
        Column("successes", "x", .right), Column("n", "n", .right),
        Column("n_from", "n from", wraps: true), Column("estimate", "x/n", .right),
        Column("low", "Low", .right), Column("high", "High", .right),
        Column("weight", "Weight", .right), Column("without", "Pooled without", .right),
        Column("notes", "Notes", wraps: true),
      ], rows: rows)
  }

  /// Egger's regression, alone and within the random-effects model.
  static func asymmetry(_ synthesis: Synthesis) -> Table {
    let tests = [
      ("Egger, weighted regression (t)", synthesis.egger),
      ("Egger within random effects (z)", synthesis.mixedEgger),
    ]
    return Table(
      title: "Funnel asymmetry",
      columns: [
        Column("test", "Test"), Column("statistic", "Statistic", .right), Column("p", "p", .right),
        Column("limit", "Value without error", .right),
      ],
      rows: tests.compactMap { name, test in
        test.map {
          [.text(name), value($0.statistic), p($0.p), value(Logit.probability($0.limit))]
        }
      })
  }

  static func bivariate(_ synthesis: DiagnosticSynthesis) throws(ScoringError) -> Table {
    var rows: [[Cell]] = []
    if let pooling = synthesis.pooling {
      let sensitivity = try pooling.sensitivityInterval(level: synthesis.level)
      let specificity = try pooling.specificityInterval(level: synthesis.level)
      rows.append([
        .count(synthesis.rows.count), value(pooling.sensitivity), value(sensitivity.lower),
        value(sensitivity.upper), value(pooling.specificity), value(specificity.lower),
        value(specificity.upper), value(pooling.between.sensitivity),
        value(pooling.between.falsePositiveRate),
        pooling.correlation.value.map(value) ?? .notApplicable,
        value(pooling.diagnosticOddsRatio), value(pooling.positiveLikelihoodRatio),
        value(pooling.negativeLikelihoodRatio),
        pooling.areaUnderCurve.map(value) ?? .notApplicable,
      ])
    }
    return Table(
      title: "Pooled sensitivity and specificity, bivariate model (REML)",
      columns: [
        Column("studies", "Studies", .right), Column("sensitivity", "Sensitivity", .right),
        Column("sensitivity_low", "Low", .right), Column("sensitivity_high", "High", .right),
        Column("specificity", "Specificity", .right), Column("specificity_low", "Low", .right),
        Column("specificity_high", "High", .right), Column("tau2_sensitivity", "τ² sens.", .right),
        Column("tau2_fpr", "τ² FPR", .right), Column("rho", "ρ", .right),
        Column("odds_ratio", "Odds ratio", .right), Column("lr_positive", "LR+", .right),
        Column("lr_negative", "LR−", .right), Column("sroc_area", "SROC area", .right),
      ], rows: rows)
  }

  static func bivariateStudies(_ synthesis: DiagnosticSynthesis) -> Table {
    let values = { (claims: [Claim]) in
      claims.map { "\($0.metric.rawValue) \($0.text)" }.joined(separator: ", ")
    }
    return Table(
      title: "Studies pooled for sensitivity and specificity",
      columns: [
        Column("study", "Study", wraps: true), Column("experiment", "Set-up", wraps: true),
        Column("printed", "Printed", wraps: true), Column("location", "In", wraps: true),
        Column("tp", "TP", .right), Column("fn", "FN", .right), Column("fp", "FP", .right),
        Column("tn", "TN", .right), Column("n_from", "n from", wraps: true),
        Column("notes", "Notes", wraps: true),
      ],
      rows: synthesis.rows.map { row in
        [
          .text(row.label), .optional(row.claims.isEmpty ? nil : row.experiment),
          .optional(row.claims.isEmpty ? nil : values(row.claims)),
          .optional(row.claims.first?.at.description), .count(row.measure.truePositives),
          .count(row.measure.falseNegatives), .count(row.measure.falsePositives),
          .count(row.measure.trueNegatives), .text(row.sizeOrigin.description),
          .optional(row.notes.isEmpty ? nil : row.notes.joined(separator: "; ")),
        ]
      })
  }

  static func disagreements(_ disagreements: [SynthesisDisagreement]) -> Table {
    let shown = { (claim: Claim) in "\(claim.text) (\(claim.at.label))" }
    return Table(
      title: "Studies that print several values",
      columns: [
        Column("study", "Study", wraps: true), Column("metric", "Metric"),
        Column("taken", "Taken", wraps: true), Column("others", "Also printed", wraps: true),
        Column("rule", "Rule"),
      ],
      rows: disagreements.map { item in
        [
          .text(item.label), .text(item.metric.rawValue), .text(shown(item.taken)),
          .text(item.others.map(shown).joined(separator: "; ")),
          .text("--prefer \(item.preference.rawValue)"),
        ]
      })
  }

  static func omissions(_ groups: [(what: String, omissions: [SynthesisOmission])]) -> Table {
    Table(
      title: "Studies left out",
      columns: [
        Column("study", "Study", wraps: true), Column("from", "Of the pooled"),
        Column("reason", "Reason", wraps: true),
      ],
      rows: groups.flatMap { group in
        group.omissions.map { [.text($0.label), .text(group.what), .text($0.reason)] }
      })
  }

  private static func p(_ number: Double) -> Cell { .number(number, shown: pText(number)) }

  private static func value(_ number: Double) -> Cell { .number(number, shown: rounded(number, 4)) }
}
