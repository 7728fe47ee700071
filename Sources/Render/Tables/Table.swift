// One value for every listing: rows of typed cells under titled columns, written in any format.

import Evidence

/// A listing, written by one of the writers as text for a terminal, CSV, JSON, Markdown or LaTeX.
public struct Table: Sendable {
  /// An entity with the name a reader knows it by.
  public struct NamedEntity: Sendable, Hashable {
    public let name: String
    public let entity: EntityReference
  }

  /// One value of a row. Absent answers are cases of their own and are never shown as 0.
  public enum Cell: Sendable, Hashable {
    case text(String)
    /// A number with the digits it is shown with.
    case number(Double, shown: String)
    case notReported
    case notApplicable
    /// The name of an entity: a link in a page, a citation in LaTeX where it can be cited.
    case entity(String, EntityReference)
    /// The names of entities of one kind: each a link in a page, a list in JSON.
    case entities([NamedEntity], separator: String)
    /// Several texts, a list in JSON.
    case texts([String], separator: String)
    /// A text that leads to an address on the web.
    case link(String, to: String)
    /// Where something is printed; LaTeX cites its source.
    case place(Place)
    /// Nothing is said here.
    case blank

    /// A whole number.
    public static func count(_ n: Int) -> Cell { .number(Double(n), shown: "\(n)") }

    /// A text, or blank where there is none.
    public static func optional(_ text: String?) -> Cell { text.map { .text($0) } ?? .blank }

    /// What a source says of a field, or which of the two absences it is.
    public static func reported<Value>(_ field: Reported<Value>) -> Cell {
      switch field {
      case .value(let value): .text("\(value)")
      case .notReported: .notReported
      case .notApplicable: .notApplicable
      }
    }
  }

  /// A column: its key in machine formats, its title for people, and how it lines up.
  public struct Column: Sendable, Hashable {
    public enum Alignment: Sendable { case left, right }
    public let key: String
    public let title: String
    public let alignment: Alignment
    /// Whether a narrow terminal may wrap it.
    public let wraps: Bool

    public init(_ key: String, _ title: String, _ alignment: Alignment = .left, wraps: Bool = false)
    {
      self.key = key
      self.title = title
      self.alignment = alignment
      self.wraps = wraps
    }
  }

  public let title: String
  public let columns: [Column]
  public let rows: [[Cell]]

  /// - Precondition: every row has a cell for each column.
  public init(title: String, columns: [Column], rows: [[Cell]]) {
    for row in rows {
      precondition(
        row.count == columns.count, "a row of \(row.count) cells under \(columns.count) columns")
    }
    self.title = title
    self.columns = columns
    self.rows = rows
  }
}

extension Table {
  /// The columns with anything in them; all of them when there are no rows.
  var speakingColumns: [Int] {
    columns.indices.filter { column in
      rows.isEmpty || rows.contains { $0[column] != .blank }
    }
  }

  /// The table as people read it: columns that are blank throughout are left out.
  var withoutBlankColumns: Table {
    let kept = speakingColumns
    guard kept.count < columns.count else { return self }
    return Table(
      title: title, columns: kept.map { columns[$0] },
      rows: rows.map { row in kept.map { row[$0] } })
  }
}

extension Table.Cell {
  /// What a person reads.
  public var shown: String {
    switch self {
    case .text(let text), .entity(let text, _), .link(let text, _): text
    case .number(_, let shown): shown
    case .entities(let list, let separator): list.map(\.name).joined(separator: separator)
    case .texts(let texts, let separator): texts.joined(separator: separator)
    case .place(let place): place.description
    case .notReported: "not reported"
    case .notApplicable: "not applicable"
    case .blank: ""
    }
  }
}

/// The formats a listing is written in.
public enum TableFormat: String, Sendable, CaseIterable {
  case table, csv, tsv, json, markdown, latex
}

extension Table {
  /// The listing as text in a format, ending in a newline.
  /// - Parameters:
  ///   - width: the terminal's columns; nil leaves lines as long as they are.
  ///   - colour: whether headings and absent answers are coloured (`table` only).
  public func written(as format: TableFormat, width: Int? = nil, colour: Bool = false) -> String {
    switch format {
    case .table: terminal(width: width, colour: colour)
    case .csv: separated(by: ",")
    case .tsv: tabSeparated()
    case .json: json() + "\n"
    case .markdown: withoutBlankColumns.markdown()
    case .latex: withoutBlankColumns.latex()
    }
  }
}
