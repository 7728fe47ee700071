// Rankings by use that put datasets with equally many users one after the other.

import Evidence

extension RuleCheck {
  /// Neighbours in a ranking of datasets that equally many studies use.
  static let tiedRanking = RuleCheck("tied-ranking") { corpus, _ in
    corpus.statements("most-used").compactMap { statement -> Draft? in
      let ranking = statement["ranking"]
      guard statement.text("scope") == "datasets", statement.text("ordered") != "false",
        ranking.count > 1
      else { return nil }
      let counts = ranking.map { id in
        (id: id, users: corpus.everyUser(of: id, apart: ranking, in: statement.source))
      }
      var ties: [[Int]] = []
      for index in counts.indices.dropFirst()
      where counts[index].users.count == counts[index - 1].users.count {
        if ties.last?.last == index - 1 {
          ties[ties.count - 1].append(index)
        } else {
          ties.append([index - 1, index])
        }
      }
      guard !ties.isEmpty else { return nil }
      let name = { (index: Int) in corpus.name(.dataset, counts[index].id) }
      let words = ties.map { tie in
        "\(listed(tie.map(name))) (\(studies(counts[tie[0]].users.count)) each)"
      }
      return Draft(
        key: statement.id,
        subjects: ties.flatMap { $0 }.map { EntityReference(.dataset, counts[$0].id) },
        confidence: .medium,
        summary: "\(statement.at.label) ranks datasets by use"
          + (statement.text("task").map { " for \(corpus.name(.task, $0))" } ?? "")
          + " that equally many studies use: \(words.joined(separator: "; "))",
        computation: counts.enumerated().map { index, entry in
          "\(name(index)) \(entry.users.count) {"
            + entry.users.map { study in
              study.citation(in: statement.source).map { "[\($0)]" } ?? study.id
            }.joined(separator: " ") + "}"
        }.joined(separator: ", ") + ", by the used-by columns and the rows of results together",
        resolution: "naming them as equal, or printing the counts behind the ranking",
        evidence: [
          Finding.Evidence(
            "ranking", ranking.map { corpus.name(.dataset, $0) }.joined(separator: " > "),
            at: statement.at)
        ])
    }
  }

  private static func studies(_ count: Int) -> String {
    count == 1 ? "1 study" : "\(count) studies"
  }
}

extension Corpus {
  /// The studies that a used-by column lists for a dataset or its collection, rightly or not, and
  /// those whose rows print it.
  fileprivate func everyUser(
    of dataset: String, apart: [String], in source: String
  ) -> [Study] {
    let listed = statements("used-by").filter { statement in
      guard statement.source == source, let other = statement.text("dataset") else { return false }
      return other == dataset || (isPart(other, of: dataset) && !apart.contains(other))
    }.flatMap { $0.numbers("citations") }.compactMap { study(cited: $0, in: source) }
    return RuleCheck.ordered(listed + users(of: dataset, apart: apart, in: source))
      .sorted { $0.id < $1.id }
  }
}
