// Listings of what sources say of the corpus, whole or about one entity.

import Evidence

extension Table {
  /// Statements with their keys in one cell.
  static func statements(_ statements: [Statement], in knowledge: KnowledgeBase) -> Table {
    Table(
      title: "What sources state",
      columns: [
        Column("statement", "Statement", wraps: true), Column("kind", "Kind"),
        Column("says", "Says", wraps: true), Column("location", "Printed in", wraps: true),
        Column("doubt", "Doubt", wraps: true),
      ],
      rows: statements.map { statement in
        let keys = statement.keys.sorted { $0.key < $1.key }.map { key, values in
          "\(key): " + (values.isEmpty ? "–" : values.joined(separator: ", "))
        }
        return [
          .entity(statement.id, .init(.statement, statement.id)), .text(statement.kind),
          .list(keys, joinedBy: "; "), .text(statement.at.description),
          .optional(statement.uncertain?.sentence),
        ]
      })
  }

  /// The statements that name an entity: by its path, or by its id under the key of its kind.
  static func statements(about entity: EntityReference, in knowledge: KnowledgeBase) -> Table {
    let kind = entity.kind.singular
    return statements(
      knowledge.statements.filter { statement in
        statement.keys.contains { key, values in
          values.contains(entity.description) || (key == kind && values.contains(entity.id))
            || (key == "ranking" || key == "members") && values.contains(entity.id)
              && statement.text("scope") == entity.kind.rawValue
        }
      }, in: knowledge)
  }

  /// The statements that cite a study by number.
  static func statements(about study: Study, in knowledge: KnowledgeBase) -> Table {
    statements(
      knowledge.statements.filter { statement in
        guard let number = study.citation(in: statement.source) else { return false }
        return (statement.numbers("citations") + statement.numbers("citation")).contains(number)
      }, in: knowledge)
  }
}
