// References of another discipline cited for what the source says of its own.

import Evidence

extension RuleCheck {
  /// Entries whose title is of another field, cited for methods or challenges of medical imaging.
  static let foreignField = RuleCheck("foreign-field", parameters: ["fields"]) { corpus, rule in
    let fields = rule.words("fields")
    var cited: [(statement: Statement, entry: Reference)] = []
    for statement in corpus.statements("citation") + corpus.statements("attribution") {
      // A study of one's own discipline may use the same network; a list of a task has its rule.
      guard statement.text("task") == nil, statement.text("authors") == nil,
        !statement["about"].contains(where: { $0.hasPrefix("tasks/") })
      else { continue }
      for number in statement.numbers("citation") + statement.numbers("citations") {
        guard let entry = corpus.reference(number, of: statement.source),
          fields.contains(entry.field ?? "")
        else { continue }
        cited.append((statement, entry))
      }
    }
    return ordered(cited.map(\.statement.source)).map { source in
      let same = cited.filter { $0.statement.source == source }
      let entries = ordered(same.map(\.entry))
      return Draft(
        key: source, subjects: entries.map { EntityReference(.reference, $0.id) },
        confidence: .low,
        summary: summary(of: entries),
        computation: same.map { pair in
          "[\(pair.entry.number)] \"\(pair.entry.title)\" in \(pair.statement.at.label)"
        }.joined(separator: "; "),
        resolution: "works on medical imaging that say the same",
        evidence: same.map {
          Finding.Evidence("cited", "[\($0.entry.number)]", at: $0.statement.at)
        })
    }
  }

  private static func summary(of entries: [Reference]) -> String {
    let fields = listed(ordered(entries.compactMap(\.field))).replacing("-", with: " ")
    let numbers = listed(entries.map { "[\($0.number)]" })
    return entries.count == 1
      ? "\(numbers) is a paper on \(fields), cited for the source's own field"
      : "\(numbers) are papers on \(fields), cited for the source's own field"
  }
}
