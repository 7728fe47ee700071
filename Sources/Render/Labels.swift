// What entities are called in listings, and the cells that lead to them.

import Evidence

extension KnowledgeBase {
  /// The name a person reads for an entity of any kind; its id when it has none.
  public func label(of entity: EntityReference) -> String {
    switch entity.kind {
    case .challenge: challenges.first { $0.id == entity.id }?.name ?? entity.id
    case .recommendation: recommendations.first { $0.id == entity.id }?.name ?? entity.id
    case .source: source(entity.id)?.title ?? entity.id
    case .reference: reference(entity.id)?.title ?? entity.id
    default: name(of: entity)
    }
  }

  /// A cell that leads to an entity.
  func cell(_ id: String, _ kind: EntityKind) -> Table.Cell {
    let entity = EntityReference(kind, id)
    return .entity(label(of: entity), entity)
  }

  /// The entities' names, each once; blank for none.
  func names(_ ids: [String], _ kind: EntityKind, joinedBy separator: String = ", ") -> Table.Cell {
    guard !ids.isEmpty else { return .blank }
    let list = distinct(ids).map { id in
      let entity = EntityReference(kind, id)
      return Table.NamedEntity(name: label(of: entity), entity: entity)
    }
    return .entities(list, separator: separator)
  }

  /// As ``names(_:_:joinedBy:)``, but none is a field that the source leaves out.
  func named(_ ids: [String], _ kind: EntityKind, joinedBy separator: String) -> Table.Cell {
    ids.isEmpty ? .notReported : names(ids, kind, joinedBy: separator)
  }

  /// A study as the source cites it: `Hosny et al. 2020 [40]`.
  func citedName(of study: Study) -> String {
    let number = study.reference.flatMap { $0.split(separator: "/").last }
    return study.title + (number.map { " [\($0)]" } ?? "")
  }
}

extension Reference {
  /// Venue, year and pages as one line.
  var published: String {
    let details = [
      venue, year.map { "\($0)" },
      volume.map { "vol. \($0)" + (issue.map { " (\($0))" } ?? "") }, pages.map { "pp. \($0)" },
    ].compactMap { $0 }
    return details.isEmpty ? kind.rawValue : details.joined(separator: ", ")
  }

  /// The authors as printed, with `et al.` where the print has it.
  var authorLine: String {
    authors.joined(separator: ", ") + (etAl ? (authors.isEmpty ? "et al." : ", et al.") : "")
  }
}

extension Table.Cell {
  static func doi(_ doi: String?) -> Self {
    doi.map { .link($0, to: "https://doi.org/\($0)") } ?? .blank
  }

  static func address(_ url: String?) -> Self { url.map { .link($0, to: $0) } ?? .blank }

  /// Texts in one cell, or blank.
  static func list(_ texts: [String], joinedBy separator: String = ", ") -> Self {
    texts.isEmpty ? .blank : .texts(texts, separator: separator)
  }
}
