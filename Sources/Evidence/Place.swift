// Where a fact is printed, and how sure its reading is.

/// A place in a source: a table's row and column, or a paragraph of a section.
public struct Place: Codable, Sendable, Hashable {
  /// The source's id, `mukhlif-2022`.
  public let source: String
  /// The id of a section, table or figure of that source: `table-4`, `section-2.4`.
  public let place: String
  /// The 1-based row of the table as printed, or the paragraph of the section.
  public let row: Int?
  /// The column's heading as printed.
  public let column: String?

  public init(source: String, place: String, row: Int? = nil, column: String? = nil) {
    self.source = source
    self.place = place
    self.row = row
    self.column = column
  }

  /// The same place in another column.
  public func inColumn(_ column: String?) -> Place {
    column == nil ? self : Place(source: source, place: place, row: row, column: column)
  }

  /// The place for a reader: `Table 4, row 5, F1 (%)` or `Section 2.4, paragraph 9`.
  public var label: String {
    var text = Self.title(of: place)
    if let row { text += ", \(rowWord) \(row)" }
    if let column { text += ", \(column)" }
    return text
  }

  /// What is counted there: rows of a table or file, entries of a list, paragraphs of a text.
  private var rowWord: String {
    if place == "references" { return "entry" }
    return place.hasPrefix("section") || place == "abstract" ? "paragraph" : "row"
  }

  /// `Table 4` for `table-4`, `Section 2.4` for `section-2.4`.
  public static func title(of place: String) -> String {
    let words = place.split(separator: "-", maxSplits: 1)
    let head = words[0].prefix(1).uppercased() + words[0].dropFirst()
    return words.count == 2 ? "\(head) \(words[1])" : head
  }
}

extension Place: CustomStringConvertible {
  /// The label with its source: `mukhlif-2022, Table 4, row 5`.
  public var description: String { "\(source), \(label)" }
}

extension Place: Comparable {
  /// Orders by source, place (numerically: `section-2.10` after `section-2.9`), row and column.
  public static func < (left: Place, right: Place) -> Bool {
    if left.source != right.source { return left.source < right.source }
    if left.place != right.place { return naturalOrder(left.place, right.place) }
    if left.row != right.row { return (left.row ?? 0) < (right.row ?? 0) }
    return (left.column ?? "") < (right.column ?? "")
  }
}

/// Whether one text comes before another when runs of digits count as numbers.
public func naturalOrder(_ left: String, _ right: String) -> Bool {
  var a = left.unicodeScalars[...]
  var b = right.unicodeScalars[...]
  func number(_ text: inout Substring.UnicodeScalarView) -> Int? {
    let digits = text.prefix { ("0"..."9").contains($0) }
    guard !digits.isEmpty, digits.count < 18 else { return nil }
    text = text.dropFirst(digits.count)
    return Int(String(digits))
  }
  while !a.isEmpty, !b.isEmpty {
    if let x = number(&a) {
      guard let y = number(&b) else { return true }
      if x != y { return x < y }
    } else if number(&b) != nil {
      return false
    } else {
      let x = a.removeFirst()
      let y = b.removeFirst()
      if x != y { return x < y }
    }
  }
  return a.isEmpty && !b.isEmpty
}

/// Why a reading is not certain, and what else the print may mean.
public struct Doubt: Codable, Sendable, Hashable {
  public let because: String
  public let alternative: String?

  public init(because: String, alternative: String?) {
    self.because = because
    self.alternative = alternative
  }
}

/// How a printed name was resolved to an entity.
public struct Naming: Codable, Sendable, Hashable {
  /// The name exactly as printed.
  public let printed: String
  public let entity: EntityReference
  /// The reason, where the name is not simply the entity's own or an alias of it.
  public let why: String?
  public let uncertain: Doubt?

  public init(printed: String, entity: EntityReference, why: String?, uncertain: Doubt?) {
    self.printed = printed
    self.entity = entity
    self.why = why
    self.uncertain = uncertain
  }
}
