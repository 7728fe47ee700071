// Pointers within a source to places that hold something else, and readings left in doubt.

import Evidence

extension RuleCheck {
  /// A pointer to a section, table or figure that does not exist or does not hold what is said.
  static let crossReferences = RuleCheck("cross-references") { corpus, _ in
    corpus.statements("cross-reference").compactMap { statement in
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
      return tableContent(statement, part, evidence, corpus)
    }
  }

  /// A table said to show one magnification or addresses, whose columns show something else.
  private static func tableContent(
    _ statement: Statement, _ part: Source.Part, _ evidence: [Finding.Evidence], _ corpus: Corpus
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
    guard statement["about"].contains("addresses"),
      !part.columns.contains(where: { ["url", "link", "address"].contains($0.lowercased()) }),
      part.columns.contains("Reference")
    else { return nil }
    return Draft(
      key: statement.id, subjects: [EntityReference(.source, statement.source)],
      confidence: .medium, severity: .low,
      summary: "\(statement.at.label) says that \(Place.title(of: part.id)) gives the datasets' "
        + "addresses; its columns give numbers of references",
      computation: "columns: \(part.columns.joined(separator: ", "))",
      resolution: "the addresses, or a pointer to the references", evidence: evidence)
  }

  /// Every reading that the data marks as uncertain with another reading beside it.
  static let doubtfulReading = RuleCheck("doubtful-reading") { corpus, _ in
    corpus.knowledge.studies.flatMap { study in
      study.appearances.compactMap { appearance -> Draft? in
        guard let doubt = appearance.uncertain else { return nil }
        return Draft(
          key: "\(study.id).\(appearance.key)", subjects: [EntityReference(.study, study.id)],
          confidence: .low,
          summary: "\(appearance.at.label), \(study.title): the reading is uncertain",
          computation: doubt.because,
          resolution: doubt.alternative.map { "the other reading: \($0)" } ?? "the primary paper",
          evidence: appearance.names.map {
            Finding.Evidence($0.entity.kind.singular, $0.printed, at: appearance.at)
          })
      }
    }
  }
}
