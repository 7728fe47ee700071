// Identifiers and names within the reference list: DOIs, placeholders, authors spelt in two ways.

import Evidence

extension RuleCheck {
  /// An identifier, volume or page that cannot be the entry's own.
  static let referenceIdentifiers = RuleCheck("reference-identifiers", parameters: ["codes"]) {
    corpus, rule in
    corpus.knowledge.references.flatMap { entry -> [Draft] in
      let place = Place(source: entry.source, place: "references", row: entry.number)
      func draft(
        _ key: String, _ what: String, _ printed: String, _ confidence: Finding.Confidence,
        _ summary: String, _ computation: String, _ resolution: String
      ) -> Draft {
        Draft(
          key: "\(entry.number).\(key)", subjects: [EntityReference(.reference, entry.id)],
          confidence: confidence, summary: summary, computation: computation,
          resolution: resolution,
          evidence: [Finding.Evidence("\(what) of [\(entry.number)]", printed, at: place)])
      }
      let number = "[\(entry.number)]"
      var drafts: [Draft] = []
      let fields: [(String, String?)] = [
        ("volume", entry.volume), ("issue", entry.issue), ("pages", entry.pages),
      ]
      for (what, value) in fields {
        guard let value, isPlaceholder(value) else { continue }
        drafts.append(
          draft(
            "\(what)-placeholder", what, value, .high,
            "the \(what) of \(number) is a placeholder, \(value)",
            "\(value): every digit follows the one before", "the printed \(what) of the article"))
      }
      guard let doi = entry.doi else { return drafts }
      if let part = partOfWork(doi) {
        drafts.append(
          draft(
            "doi-part", "DOI", doi, .high,
            "the DOI of \(number) ends in \(part), which is a part of the article's page",
            "\(doi) = \(doi.dropLast(part.count)) + \(part)",
            "the DOI \(doi.dropLast(part.count).lowercased())"))
      }
      if isWholeBook(doi), entry.kind != .book {
        drafts.append(
          draft(
            "doi-book", "DOI", doi, .medium,
            "the DOI of \(number) is that of a whole volume, not of \"\(entry.title)\"",
            "\(doi) is a book's number without a chapter", "the DOI of the chapter"))
      }
      let letters = String(
        doi.split(separator: "/").dropFirst().first.map { $0.prefix { $0.isLetter } } ?? "")
      let initials = (entry.venue ?? "").split(separator: " ").compactMap(\.first)
        .filter(\.isUppercase)
      if letters.count >= 3, letters != String(initials), letters.sorted() == initials.sorted() {
        drafts.append(
          draft(
            "doi-letters", "DOI", doi, .high,
            "the DOI of \(number) has \(letters) where its journal, \(entry.venue ?? ""), has "
              + String(initials), "\(letters) and \(String(initials)) are the same letters",
            "the DOI \(doi.replacing(letters, with: String(initials)))"))
      } else if let right = misspeltCode(doi, rule.words("codes")) {
        drafts.append(
          draft(
            "doi-code", "DOI", doi, .high,
            "the DOI of \(number) names no journal of its publisher; \(right.code) is one letter "
              + "away", "\(right.printed) differs from \(right.code) by one letter",
            "the DOI \(doi.replacing(right.printed, with: right.code))"))
      }
      return drafts
    }
  }

  /// Seven or more digits that count up: 0123456789.
  private static func isPlaceholder(_ text: String) -> Bool {
    let digits = text.compactMap(\.wholeNumberValue)
    return digits.count == text.count && digits.count >= 7
      && zip(digits, digits.dropFirst()).allSatisfy { ($0 + 1) % 10 == $1 }
  }

  /// The path within an article's page: `/TABLES/1`, `/figures/10`.
  private static func partOfWork(_ doi: String) -> String? {
    let parts = doi.split(separator: "/")
    guard parts.count >= 4, let last = parts.last, last.allSatisfy(\.isNumber),
      ["tables", "figures"].contains(parts[parts.count - 2].lowercased())
    else { return nil }
    return "/\(parts[parts.count - 2])/\(last)"
  }

  /// A book's DOI with its ISBN and no chapter: `10.1007/978-3-319-93000-8`.
  private static func isWholeBook(_ doi: String) -> Bool {
    guard let suffix = doi.split(separator: "/").last, suffix.hasPrefix("978-") else {
      return false
    }
    return suffix.allSatisfy { $0.isNumber || $0 == "-" }
  }

  /// A journal code of a DOI that is one letter from a known one of the same publisher.
  private static func misspeltCode(
    _ doi: String, _ codes: [String]
  ) -> (printed: String, code: String)? {
    let halves = doi.lowercased().split(separator: "/", maxSplits: 1)
    guard halves.count == 2 else { return nil }
    let own = halves[1].split(separator: ".").map(String.init)
    for code in codes {
      let known = code.split(separator: "/", maxSplits: 1)
      guard known.count == 2, known[0] == halves[0] else { continue }
      let name = String(known[1])
      if own.contains(name) { return nil }
      if let near = own.first(where: {
        $0.count >= 4 && $0.allSatisfy(\.isLetter) && editDistance($0, name) == 1
      }) {
        return (near, name)
      }
    }
    return nil
  }

  /// One author under two spellings in entries that share two other authors or more.
  static let authorSpelling = RuleCheck("author-spelling") { corpus, _ in
    struct Name {
      let surname: String
      let folded: String
      let initials: String
      let printed: String
      let entry: Reference
    }
    let names = corpus.knowledge.references.flatMap { entry in
      entry.authors.compactMap { author -> Name? in
        let words = author.split(separator: " ")
        guard words.count >= 2, let last = words.last, last.allSatisfy(\.isUppercase) else {
          return nil
        }
        let surname = words.dropLast().joined(separator: " ")
        return Name(
          surname: surname, folded: foldedName(surname), initials: String(last), printed: author,
          entry: entry)
      }
    }
    var order: [String] = []
    var pairs: [String: (one: Name, others: [Name])] = [:]
    for (index, one) in names.enumerated() where one.surname.count >= 4 {
      for other in names.dropFirst(index + 1)
      where one.initials == other.initials && one.entry.source == other.entry.source
        && one.entry.number != other.entry.number
        && abs(one.folded.count - other.folded.count) < 2
        && editDistance(one.folded, other.folded) == 1
        && Set(one.entry.authors).intersection(other.entry.authors).count >= 2
      {
        let key = [one.printed, other.printed].sorted().joined(separator: "/")
        if pairs[key] == nil { order.append(key) }
        pairs[key, default: (one, [])].others.append(other)
      }
    }
    return order.compactMap { key in
      guard let (one, others) = pairs[key] else { return nil }
      let entries = ordered(([one] + others).map(\.entry))
      return Draft(
        key: foldedName(one.surname) + "-" + foldedName(others[0].surname),
        subjects: entries.map { EntityReference(.reference, $0.id) }, confidence: .medium,
        summary: "\(one.printed) in [\(one.entry.number)] and \(others[0].printed) in "
          + "\(listed(ordered(others.map { "[\($0.entry.number)]" }))) are likely one author",
        computation: "one letter apart, same initials, shared authors: "
          + one.entry.authors.filter(others[0].entry.authors.contains).joined(separator: ", "),
        resolution: "one spelling",
        evidence: ([one] + others).map {
          Finding.Evidence(
            "author of [\($0.entry.number)]", $0.printed,
            at: Place(source: $0.entry.source, place: "references", row: $0.entry.number))
        })
    }
  }
}
