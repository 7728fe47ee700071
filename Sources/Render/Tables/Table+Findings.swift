// Contradictions and the rules that find them, as listings.

import Evidence
import Inquiry

extension Table {
  /// Findings with their computation and the places they rest on.
  public static func findings(_ findings: [Finding]) -> Table {
    Table(
      title: "Contradictions",
      columns: [
        Column("severity", "Severity"), Column("confidence", "Confidence"),
        Column("kind", "Kind"), Column("finding", "Finding", wraps: true),
        Column("computation", "Computation", wraps: true),
        Column("resolution", "Would be resolved by", wraps: true),
        Column("evidence", "Printed", wraps: true), Column("subjects", "About", wraps: true),
        Column("rule", "Rule"), Column("id", "Id", wraps: true),
        Column("related", "Related", wraps: true),
      ],
      rows: findings.map { finding in
        [
          .text(finding.severity.rawValue), .text(finding.confidence.rawValue),
          .text(finding.kind.rawValue), .text(finding.summary), .text(finding.computation),
          .text(finding.resolution),
          .text(
            finding.evidence.map { "\($0.what): \($0.printed) (\($0.at))" }
              .joined(separator: "; ")),
          .text(finding.subjects.map(\.description).joined(separator: " ")),
          .text(finding.rule), .text(finding.id),
          .optional(finding.related.isEmpty ? nil : finding.related.joined(separator: " ")),
        ]
      })
  }

  /// Findings in a line each, for the page of what they are about.
  static func briefFindings(_ findings: [Finding]) -> Table {
    Table(
      title: "Contradictions",
      columns: [
        Column("severity", "Severity"), Column("finding", "Finding", wraps: true),
        Column("id", "Id", wraps: true),
      ],
      rows: findings.map {
        [.text($0.severity.rawValue), .text($0.summary), .text($0.id)]
      })
  }

  /// The rules with what they explain.
  public static func rules(_ rules: [Rule]) -> Table {
    Table(
      title: "Rules",
      columns: [
        Column("id", "Rule"), Column("kind", "Kind"), Column("severity", "Severity"),
        Column("default", "Default"), Column("title", "Title", wraps: true),
        Column("explains", "Explains", wraps: true),
        Column("parameters", "Parameters", wraps: true),
      ],
      rows: rules.map { rule in
        [
          .text(rule.id), .text(rule.kind.rawValue), .text(rule.severity.rawValue),
          .text(rule.isOn ? "on" : "off"), .text(rule.title), .text(rule.explains),
          .optional(
            rule.parameters.isEmpty
              ? nil
              : rule.parameters.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
                .joined(separator: ", ")),
        ]
      })
  }
}

extension Finding {
  /// The finding for a person at a terminal: a sentence, its computation and its places.
  public var paragraphs: [String] {
    [
      "[\(severity.rawValue)] \(summary)",
      "  \(computation)",
      "  confidence \(confidence.rawValue); resolved by: \(resolution)",
    ]
      + evidence.map { "  · \($0.at.label): \($0.what): \($0.printed)" }
      + ["  \(id)"]
  }
}
