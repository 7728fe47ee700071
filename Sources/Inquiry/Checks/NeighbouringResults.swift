// A row of results without a value beside a row with values that are not its own.

import Evidence

/// One row of a table of results, with the values printed in it.
private struct TableRow {
  let study: Study
  let at: Place
  let claims: [Claim]
}

extension Corpus {
  /// The rows of every table that prints results, in order of place.
  fileprivate var tableRows: [TableRow] {
    let tables = Set(
      knowledge.studies.flatMap(\.experiments).flatMap(\.claims).map {
        "\($0.at.source)/\($0.at.place)"
      })
    return knowledge.studies.flatMap { study in
      study.appearances.compactMap { appearance -> TableRow? in
        guard appearance.at.place.hasPrefix("table"), appearance.at.row != nil,
          appearance.at.column == nil, appearance.authors != nil,
          tables.contains("\(appearance.at.source)/\(appearance.at.place)")
        else { return nil }
        return TableRow(
          study: study, at: appearance.at,
          claims: study.experiments.flatMap(\.claims).filter {
            $0.appearance == appearance.key && $0.of == .model
          })
      }
    }.sorted { $0.at < $1.at }
  }
}

extension RuleCheck {
  /// An empty row of results beside a row whose values no other place gives to its study.
  static let neighbouringResult = RuleCheck("neighbouring-result") { corpus, rule in
    let rows = corpus.tableRows
    return rows.filter(\.claims.isEmpty).flatMap { empty -> [Draft] in
      guard !empty.study.experiments.isEmpty else { return [] }
      let known = rule.knownFacts.filter { $0.entity == EntityReference(.study, empty.study.id) }
      return rows.filter { other in
        other.at.source == empty.at.source && other.at.place == empty.at.place
          && abs((other.at.row ?? 0) - (empty.at.row ?? 0)) == 1
      }.compactMap { other -> Draft? in
        let strange = unrepeated(other)
        guard !strange.isEmpty else { return nil }
        let own = strange.filter { claim in
          known.contains { $0.about == claim.metric.rawValue && isPrint(claim, of: $0.value) }
        }
        // What is known of the empty row's study decides; without it this is a guess.
        guard known.isEmpty || !own.isEmpty else { return nil }
        let values = own.isEmpty ? strange : own
        let source = ordered(
          known.filter { fact in own.contains { $0.metric.rawValue == fact.about } }.map(\.source))
        let printed = listed(values.map { "\($0.metric.title) \($0.text)" })
        return Draft(
          key: "\(empty.at.place).\(empty.study.id)",
          subjects: [empty.study, other.study].map { EntityReference(.study, $0.id) },
          confidence: own.isEmpty ? .low : .high, severity: own.isEmpty ? .low : nil,
          summary: "\(printed) in \(other.at.label) (\(other.study.title)) "
            + (own.isEmpty ? "may belong" : "belong") + " to \(empty.at.label) "
            + "(\(empty.study.title)), whose own cell is empty",
          computation: "no other place gives \(listed(values.map(\.metric.title))) to "
            + other.study.title
            + (own.isEmpty
              ? ""
              : "; \(empty.study.title) reports them ("
                + source.joined(separator: "; ") + ")"),
          resolution: "moving the values down or up one row; \(corpus.paper(of: empty.study))",
          evidence: [Finding.Evidence("row without a result", empty.study.authors, at: empty.at)]
            + values.map { Finding.Evidence($0, other.study.title) })
      }
    }
  }

  /// The values of a row whose metric its study has nowhere else, where other metrics are repeated.
  private static func unrepeated(_ row: TableRow) -> [Claim] {
    let elsewhere = Set(
      row.study.experiments.flatMap(\.claims).filter {
        $0.of == .model && ($0.at.place != row.at.place || $0.at.row != row.at.row)
      }.map(\.metric))
    guard row.claims.contains(where: { elsewhere.contains($0.metric) }) else { return [] }
    return row.claims.filter { !elsewhere.contains($0.metric) && !$0.printed.isRange }
  }

  /// Whether a claim prints a known value, given as a fraction.
  private static func isPrint(_ claim: Claim, of known: String) -> Bool {
    Double(known).map { claim.printedRange.contains($0) } ?? false
  }
}
