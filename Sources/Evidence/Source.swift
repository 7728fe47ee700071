// Documents that facts were read from, and the entries of their reference lists.

/// A document facts were read from: a review, a primary paper, a benchmark.
public struct Source: Codable, Sendable, Hashable {
  public enum Kind: String, Codable, Sendable, CaseIterable { case review, primary, benchmark }

  /// A section, table, figure or data file of the source.
  public struct Part: Codable, Sendable, Hashable {
    public enum Kind: String, Codable, Sendable, CaseIterable { case section, table, figure, file }
    public let id: String
    public let kind: Kind
    public let title: String
    /// Rows of a table or file, paragraphs of a section, entries of a reference list.
    public let rows: Int?
    public let columns: [String]
    public let uncertain: Doubt?

    public init(
      id: String, kind: Kind, title: String, rows: Int?, columns: [String], uncertain: Doubt?
    ) {
      self.id = id
      self.kind = kind
      self.title = title
      self.rows = rows
      self.columns = columns
      self.uncertain = uncertain
    }
  }

  public let id: String
  public let kind: Kind
  public let title: String
  public let authors: [String]
  public let year: Int
  public let venue: String?
  public let doi: String?
  /// Dates as printed, ISO 8601.
  public let received: String?
  public let accepted: String?
  /// Every place a location may name, in printed order.
  public let parts: [Part]

  public init(
    id: String, kind: Kind, title: String, authors: [String], year: Int, venue: String?,
    doi: String?, received: String?, accepted: String?, parts: [Part]
  ) {
    self.id = id
    self.kind = kind
    self.title = title
    self.authors = authors
    self.year = year
    self.venue = venue
    self.doi = doi
    self.received = received
    self.accepted = accepted
    self.parts = parts
  }

  /// The section, table or figure of that id.
  public func part(_ id: String) -> Part? { parts.first { $0.id == id } }
}

/// One entry of a source's reference list, as printed.
public struct Reference: Codable, Sendable, Hashable {
  public enum Kind: String, Codable, Sendable, CaseIterable {
    case article, proceedings, preprint, dataset, website, book, thesis
  }

  public let source: String
  public let number: Int
  public let authors: [String]
  /// Whether the printed list of authors ends in "et al.".
  public let etAl: Bool
  public let title: String
  public let venue: String?
  public let year: Int?
  public let volume: String?
  public let issue: String?
  public let pages: String?
  public let doi: String?
  public let url: String?
  public let accessed: String?
  public let kind: Kind
  /// The discipline its title names: `medical-imaging`, `communications` …
  public let field: String?
  /// What its title is about: entities (`datasets/isic-2019`) and `metrics/…`.
  public let about: [String]
  public let uncertain: Doubt?

  public init(
    source: String, number: Int, authors: [String], etAl: Bool, title: String, venue: String?,
    year: Int?, volume: String?, issue: String?, pages: String?, doi: String?, url: String?,
    accessed: String?,
    kind: Kind, field: String?, about: [String], uncertain: Doubt?
  ) {
    self.source = source
    self.number = number
    self.authors = authors
    self.etAl = etAl
    self.title = title
    self.venue = venue
    self.year = year
    self.volume = volume
    self.issue = issue
    self.pages = pages
    self.doi = doi
    self.url = url
    self.accessed = accessed
    self.kind = kind
    self.field = field
    self.about = about
    self.uncertain = uncertain
  }

  /// `mukhlif-2022/55`.
  public var id: String { "\(source)/\(number)" }

  /// The first author's surname, or nil when the entry has no authors.
  public var firstSurname: String? {
    authors.first.map { author in
      let words = author.split(separator: " ")
      let isInitials = { (word: Substring) in word.allSatisfy { $0.isUppercase || $0 == "-" } }
      let surname = words.reversed().drop(while: isInitials).reversed()
      return (surname.isEmpty ? words : Array(surname)).joined(separator: " ")
    }
  }
}
