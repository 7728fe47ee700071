// Everything known about one entity: a summary and titled tables, for a terminal, a page or JSON.

import Evidence
import Inquiry

/// What is known about one entity, as listings; the writers decide how they look.
public struct Dossier: Sendable {
  /// One field of the summary.
  public struct Field: Sendable {
    public let key: String
    public let title: String
    public let cell: Table.Cell
  }

  /// One listing with what has to be said about it.
  public struct Section: Sendable {
    public let key: String
    /// A sentence for people above the table.
    public let note: String?
    public let table: Table
  }

  /// The folder and id of the entity: `studies/hosny-2020`, `metrics/auc`.
  public let path: String
  public let name: String
  public private(set) var summary: [Field] = []
  public private(set) var sections: [Section] = []

  init(_ path: String, name: String) {
    self.path = path
    self.name = name
  }

  mutating func add(_ key: String, _ title: String, _ cell: Table.Cell) {
    if cell != .blank { summary.append(Field(key: key, title: title, cell: cell)) }
  }

  /// Adds a listing unless it is empty.
  mutating func add(_ key: String, _ table: Table, note: String? = nil) {
    if !table.rows.isEmpty { sections.append(Section(key: key, note: note, table: table)) }
  }

  /// What is known about an entity; nil when there is none of that id.
  public init?(of entity: EntityReference, in knowledge: KnowledgeBase) {
    switch entity.kind {
    case .study:
      guard let study = knowledge.study(entity.id) else { return nil }
      self.init(study, in: knowledge)
    case .dataset:
      guard let dataset = knowledge.dataset(entity.id) else { return nil }
      self.init(dataset, in: knowledge)
    case .backbone:
      guard let backbone = knowledge.backbone(entity.id) else { return nil }
      self.init(backbone, in: knowledge)
    case .technique:
      guard let technique = knowledge.technique(entity.id) else { return nil }
      self.init(technique, in: knowledge)
    case .task, .modality:
      let terms = entity.kind == .task ? knowledge.tasks : knowledge.modalities
      guard let term = terms.first(where: { $0.id == entity.id }) else { return nil }
      self.init(term, kind: entity.kind, in: knowledge)
    case .reference:
      guard let reference = knowledge.reference(entity.id) else { return nil }
      self.init(reference, in: knowledge)
    case .source:
      guard let source = knowledge.source(entity.id) else { return nil }
      self.init(source, in: knowledge)
    case .challenge, .recommendation:
      let topics = entity.kind == .challenge ? knowledge.challenges : knowledge.recommendations
      guard let topic = topics.first(where: { $0.id == entity.id }) else { return nil }
      self.init(topic, kind: entity.kind, in: knowledge)
    case .statement:
      guard let statement = knowledge.statements.first(where: { $0.id == entity.id }) else {
        return nil
      }
      self.init(statement)
    }
  }
}

extension Dossier {
  /// Adds the contradictions that are about the entity.
  public mutating func add(_ findings: [Finding]) {
    let those = findings.filter { $0.subjects.contains { $0.description == path } }
    add("contradictions", .briefFindings(those))
  }

  /// The dossier as text in a format, ending in a newline. CSV, TSV and LaTeX hold one table each,
  /// so they give the tables one after another under their titles.
  public func written(
    as format: TableFormat, width: Int? = nil, colour: Bool = false
  ) -> String {
    switch format {
    case .json: json() + "\n"
    case .table: terminal(width: width, colour: colour)
    case .markdown:
      "# \(markdownEscaped(name))\n\n" + summaryTable.written(as: .markdown)
        + sections.map { section in
          "\n## \(markdownEscaped(section.table.title))\n\n"
            + (section.note.map { markdownEscaped($0) + "\n\n" } ?? "")
            + section.table.written(as: .markdown)
        }.joined()
    case .csv, .tsv, .latex:
      ([summaryTable] + sections.map(\.table)).map { $0.written(as: format) }
        .joined(separator: format == .csv ? "\r\n" : "\n")
    }
  }

  /// The summary as a table of fields and values.
  var summaryTable: Table {
    Table(
      title: name,
      columns: [Table.Column("field", "Field"), Table.Column("value", "Value", wraps: true)],
      rows: summary.map { [.text($0.title), $0.cell] })
  }

  private func terminal(width: Int?, colour: Bool) -> String {
    let style = TerminalStyle(colour: colour)
    let label = (summary.map { displayWidth($0.title) }.max() ?? 0) + 2
    var text = style.strong(oneLine(name)) + "\n" + style.faint(path) + "\n\n"
    for field in summary {
      let padding = String(repeating: " ", count: label - displayWidth(field.title))
      let lines = wrap(oneLine(field.cell.shown), to: width.map { max(10, $0 - label) } ?? .max)
      text +=
        field.title + padding
        + lines.joined(separator: "\n" + String(repeating: " ", count: label)) + "\n"
    }
    for section in sections {
      text += "\n" + style.strong(oneLine(section.table.title)) + "\n"
      if let note = section.note {
        text += wrap(note, to: width ?? .max).joined(separator: "\n") + "\n"
      }
      text += "\n" + section.table.written(as: .table, width: width, colour: colour)
    }
    return text
  }

  private func json() -> String {
    var members = ["  \"entity\": \(jsonString(path))", "  \"name\": \(jsonString(name))"]
    members += summary.map { "  \(jsonString($0.key)): \($0.cell.json)" }
    members += sections.map { "  \(jsonString($0.key)): " + $0.table.json(indentation: "  ") }
    return "{\n" + members.joined(separator: ",\n") + "\n}"
  }
}
