// Reference lists as BibTeX and CSL-JSON, with the keys that the LaTeX tables cite.

import Evidence

/// The references and sources of the knowledge base, each under the key it is cited by.
///
/// A study is cited by its id, so that a table made from studies agrees with the list. A reference
/// that is no study's gets its first author's surname and the year, with its number where two would
/// be the same; a source is cited by its id.
public struct Bibliography: Sendable {
  /// One work.
  struct Entry: Sendable {
    let key: String
    let reference: Reference
  }

  let entries: [Entry]

  /// - Parameters:
  ///   - studies: only the works of these studies; nil for every reference and source.
  ///   - sources: the sources that are listed beside the studies.
  public init(
    of knowledge: KnowledgeBase, studies: [Study]? = nil, sources: Set<String> = []
  ) {
    let studyKeys = Dictionary(
      knowledge.studies.compactMap { study in study.reference.map { ($0, study.id) } },
      uniquingKeysWith: { first, _ in first })
    var taken = Set(knowledge.studies.map(\.id)).union(knowledge.sources.map(\.id))
    var entries: [Entry] = []
    let chosen = studies.map { Set($0.compactMap(\.reference)) }
    for reference in knowledge.references {
      var key = studyKeys[reference.id] ?? Self.key(of: reference)
      if studyKeys[reference.id] == nil {
        if taken.contains(key) { key += "-\(reference.number)" }
        taken.insert(key)
      }
      if chosen?.contains(reference.id) ?? true {
        entries.append(Entry(key: key, reference: reference))
      }
    }
    let sources = sources.union((studies ?? []).map(\.id))
    for source in knowledge.sources where studies == nil || sources.contains(source.id) {
      entries.append(Entry(key: source.id, reference: Reference(source)))
    }
    self.entries = entries.sorted { $0.key < $1.key }
  }

  private static func key(of reference: Reference) -> String {
    let name =
      reference.firstSurname ?? reference.title.split(separator: " ").first.map(String.init)
    let letters = foldedName(name ?? "").filter(\.isASCII)
    return
      "\(letters.isEmpty ? "anonymous" : letters)-\(reference.year.map(String.init) ?? "undated")"
  }

  /// The list as BibTeX, ending in a newline.
  public func bibtex() -> String {
    entries.map { entry in
      let fields = entry.reference.bibtexFields.map { "  \($0) = {\($1)}" }
      return "@\(entry.reference.bibtexType){\(entry.key),\n"
        + fields.joined(separator: ",\n") + "\n}\n"
    }.joined(separator: "\n")
  }

  /// The list as `\bibitem`s, for a document that compiles without BibTeX.
  func thebibliography() -> String {
    let items = entries.map { entry in
      let reference = entry.reference
      let doi = reference.doi.map { ". doi:\\,\\texttt{\(latexEscaped($0))}" } ?? ""
      let authors = reference.authors.isEmpty ? "" : latexEscaped(reference.authorLine) + ". "
      return "  \\bibitem{\(entry.key)} \(authors)\(latexEscaped(reference.title)). "
        + "\(latexEscaped(reference.published))\(doi).\n"
    }
    return "\\begin{thebibliography}{99}\n" + items.joined() + "\\end{thebibliography}\n"
  }

  /// The list as CSL-JSON, ending in a newline.
  public func cslJSON() -> String {
    let objects = entries.map { entry in
      "  {"
        + ([("id", jsonString(entry.key))] + entry.reference.cslFields)
        .map { "\(jsonString($0)): \($1)" }.joined(separator: ", ") + "}"
    }
    return objects.isEmpty ? "[]\n" : "[\n" + objects.joined(separator: ",\n") + "\n]\n"
  }
}

/// An author as `Surname AB` is read: the surname, and the initials each with a stop.
struct AuthorName: Equatable {
  let family: String
  let given: String?

  /// Reads `El-Bendary MAM`, `De Matos J`, `Wang J-Y`; a name without initials is one family name.
  init(_ printed: String) {
    let words = printed.split(separator: " ")
    guard words.count > 1, let last = words.last, last.count <= 6,
      last.allSatisfy({ $0.isUppercase || $0 == "-" || $0 == "." })
    else {
      family = printed
      given = nil
      return
    }
    family = words.dropLast().joined(separator: " ")
    given = last.split(separator: "-").map { part in
      part.filter { $0 != "." }.map { "\($0)." }.joined(separator: " ")
    }.joined(separator: "-")
  }

  /// `Surname, A. B.`, or the whole name in braces so that it is not taken apart.
  var bibtex: String {
    given.map { "\(latexEscaped(family)), \(latexEscaped($0))" } ?? "{\(latexEscaped(family))}"
  }
}

extension Reference {
  fileprivate init(_ source: Source) {
    self.init(
      source: source.id, number: 0, authors: source.authors, etAl: false, title: source.title,
      venue: source.venue, year: source.year, volume: nil, issue: nil, pages: nil, doi: source.doi,
      url: nil, accessed: nil, kind: .article, field: nil, about: [], uncertain: nil)
  }

  fileprivate var bibtexType: String {
    switch kind {
    case .article: "article"
    case .proceedings: "inproceedings"
    case .book: "book"
    case .thesis: "phdthesis"
    case .preprint, .dataset, .website: "misc"
    }
  }

  /// The fields in the order people write them. Titles are braced twice: their case is kept.
  fileprivate var bibtexFields: [(String, String)] {
    let braced = { (text: String) in
      latexEscaped(text).replacing("\\{", with: "\\textbraceleft{}")
        .replacing("\\}", with: "\\textbraceright{}")
    }
    var fields: [(String, String)] = []
    if !authors.isEmpty {
      fields.append(
        (
          "author",
          (authors.map { AuthorName($0).bibtex } + (etAl ? ["others"] : [])).joined(
            separator: " and ")
        ))
    }
    // Entries without authors are sorted by their title.
    if authors.isEmpty { fields.append(("key", braced(title))) }
    fields.append(("title", "{\(braced(title))}"))
    let venueField =
      switch kind {
      case .article: "journal"
      case .proceedings: "booktitle"
      case .book: "publisher"
      case .thesis: "school"
      case .preprint, .dataset, .website: "howpublished"
      }
    if let venue { fields.append((venueField, braced(venue))) }
    if let year { fields.append(("year", "\(year)")) }
    if let volume { fields.append(("volume", braced(volume))) }
    if let issue { fields.append(("number", braced(issue))) }
    if let pages { fields.append(("pages", braced(pages))) }
    if let doi { fields.append(("doi", plainField(doi))) }
    if let url { fields.append(("url", plainField(url))) }
    if let accessed { fields.append(("urldate", braced(accessed))) }
    if let uncertain {
      fields.append(("note", "Printed entry is doubtful: " + braced(uncertain.because)))
    }
    return fields
  }

  /// An address as `url` and `doi` take it: unescaped, but never with a brace that would end it.
  private func plainField(_ text: String) -> String {
    oneLine(text).replacing("{", with: "%7B").replacing("}", with: "%7D").replacing(
      "\\", with: "%5C")
  }

  /// Names and JSON values of the fields of CSL.
  fileprivate var cslFields: [(String, String)] {
    let type =
      switch kind {
      case .article: "article-journal"
      case .proceedings: "paper-conference"
      case .preprint: "article"
      case .dataset: "dataset"
      case .website: "webpage"
      case .book: "book"
      case .thesis: "thesis"
      }
    var fields = [("type", jsonString(type)), ("title", jsonString(title))]
    if !authors.isEmpty {
      let names = authors.map(AuthorName.init).map { name in
        name.given.map {
          "{\"family\": \(jsonString(name.family)), \"given\": \(jsonString($0))}"
        } ?? "{\"literal\": \(jsonString(name.family))}"
      }
      let others = etAl ? ["{\"literal\": \"et al.\"}"] : []
      fields.append(("author", "[" + (names + others).joined(separator: ", ") + "]"))
    }
    if let venue { fields.append(("container-title", jsonString(venue))) }
    if let year { fields.append(("issued", "{\"date-parts\": [[\(year)]]}")) }
    for (name, value) in [
      ("volume", volume), ("issue", issue), ("page", pages), ("DOI", doi), ("URL", url),
    ] {
      if let value { fields.append((name, jsonString(value))) }
    }
    return fields
  }
}
