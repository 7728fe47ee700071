// Pointers within a source to places that hold something else.

import Evidence

extension RuleCheck {
  /// A pointer to a section, table or figure that does not exist or does not hold what is said.
  static let crossReferences = RuleCheck("cross-references") { corpus, _ in
    corpus.statements("cross-reference").compactMap { statement -> Draft? in
      guard let target = statement.text("to"),
        let source = corpus.knowledge.source(statement.source)
      else { return nil }
      let about = listed(statement["about"].map { $0.replacing("-", with: " ") })
      let printed = statement.text("printed") ?? Place.title(of: target)
      let evidence = [Finding.Evidence("pointer to \(about)", printed, at: statement.at)]
      guard let part = source.part(target) else {
        return Draft(
          key: statement.id, subjects: [EntityReference(.source, source.id)],
          summary: "\(statement.at.label) points to \(printed), which does not exist",
          computation: "\(Place.title(of: target)) is none of \(source.parts.count) places",
          resolution: "the place that was meant", evidence: evidence)
      }
      if let right = statement.text("topic-at"), right != target {
        let title = source.part(right)?.title ?? ""
        return Draft(
          key: statement.id, subjects: [EntityReference(.source, source.id)],
          confidence: statement.uncertain == nil ? .high : .medium,
          summary: "\(statement.at.label) sends the reader to \(printed) for \(about); that is in "
            + "\(Place.title(of: right)), \"\(title)\"",
          computation: "\(Place.title(of: target)) is \"\(part.title)\"",
          resolution: "\(Place.title(of: right)) instead of \(printed)", evidence: evidence)
      }
      return tableContent(statement, part, evidence)
    } + addressTables(corpus)
  }

  /// A table said to show one magnification whose columns show several.
  private static func tableContent(
    _ statement: Statement, _ part: Source.Part, _ evidence: [Finding.Evidence]
  ) -> Draft? {
    guard part.kind == .table else { return nil }
    for topic in statement["about"] where topic.hasPrefix("magnification-") {
      let one = topic.dropFirst("magnification-".count)
      let shown = part.columns.filter { column in
        column.hasSuffix("×") && column.dropLast().allSatisfy(\.isNumber)
      }
      guard shown.count > 1 else { continue }
      return Draft(
        key: statement.id, subjects: [EntityReference(.source, statement.source)],
        summary: "\(statement.at.label) says that \(Place.title(of: part.id)) shows images at "
          + "\(one.replacing("x", with: "×")); it counts images at \(listed(shown))",
        computation: "\(shown.count) columns of magnifications: \(shown.joined(separator: ", "))",
        resolution: "what the table shows", evidence: evidence)
    }
    return nil
  }

  /// Tables said to give addresses whose columns give numbers of references: one finding for each
  /// place that says so.
  private static func addressTables(_ corpus: Corpus) -> [Draft] {
    let pointers = corpus.statements("cross-reference").filter { statement in
      guard statement["about"].contains("addresses"), let target = statement.text("to"),
        let part = corpus.knowledge.source(statement.source)?.part(target), part.kind == .table
      else { return false }
      return part.columns.contains("Reference")
        && !part.columns.contains { ["url", "link", "address"].contains($0.lowercased()) }
    }
    return ordered(pointers.map(\.at)).map { at in
      let same = pointers.filter { $0.at == at }
      let tables = same.compactMap { $0.text("to").map(Place.title) }
      return Draft(
        key: "\(at.source).\(at.place).addresses",
        subjects: [EntityReference(.source, at.source)], confidence: .medium, severity: .low,
        summary: "\(at.label) says that \(listed(tables)) give the datasets' addresses; their "
          + "columns give numbers of references",
        computation: "no column of \(listed(tables)) holds an address",
        resolution: "the addresses, or a pointer to the references",
        evidence: same.map {
          Finding.Evidence("pointer to addresses", $0.text("to") ?? "", at: $0.at)
        })
    }
  }
}
