// Used-by columns that name studies of which the source prints no result.

import Evidence

extension RuleCheck {
  /// Studies listed as users of a dataset whose results no place of the source prints.
  static let userWithoutResult = RuleCheck("user-without-result") { corpus, _ in
    corpus.statements("used-by").compactMap { statement -> Draft? in
      guard let dataset = statement.text("dataset") else { return nil }
      let users = statement.numbers("citations").compactMap {
        corpus.study(cited: $0, in: statement.source)
      }
      let tasks = corpus.knowledge.dataset(dataset)?.tasks ?? []
      let silent = users.filter { study in
        // A study of another disease is no user; that is the matter of another rule.
        (study.tasks.isEmpty || tasks.isEmpty || !Set(study.tasks).isDisjoint(with: tasks))
          && !study.experiments.flatMap(\.claims).contains { $0.at.source == statement.source }
          && !hasRowOfResults(study, corpus, in: statement.source)
      }
      guard !silent.isEmpty else { return nil }
      let cited = silent.map { corpus.cited($0, in: statement.source) }
      let name = corpus.name(.dataset, dataset)
      return Draft(
        key: dataset,
        subjects: [EntityReference(.dataset, dataset)]
          + silent.map { EntityReference(.study, $0.id) },
        severity: silent.count == users.count && users.count > 1 ? .medium : nil,
        summary: "\(listed(cited)) \(silent.count == 1 ? "is" : "are") listed as "
          + "\(silent.count == 1 ? "a user" : "users") of \(name) in \(statement.at.label); no "
          + "table or text prints a result of \(silent.count == 1 ? "it" : "them")",
        computation: "\(users.count - silent.count) of \(users.count) listed users of \(name) have "
          + "a printed result",
        resolution: "adding the results, or saying why the studies are listed without one",
        evidence: [
          Finding.Evidence(
            "users of \(name)",
            "[" + statement["citations"].joined(separator: ",") + "]", at: statement.at)
        ])
    }
  }

  /// Whether a study has a row, if an empty one, in a table of results.
  private static func hasRowOfResults(
    _ study: Study, _ corpus: Corpus, in source: String
  ) -> Bool {
    study.appearances.contains { appearance in
      appearance.at.source == source && appearance.authors != nil && appearance.at.column == nil
        && corpus.knowledge.source(source)?.part(appearance.at.place)?.columns
          .contains("Results") == true
    }
  }
}
