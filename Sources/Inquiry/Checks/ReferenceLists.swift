// The reference list itself: works listed twice, years that disagree, entries that are damaged.

import Evidence

extension Finding.Evidence {
  fileprivate init(_ what: String, _ printed: String, of reference: Reference) {
    self.init(
      "\(what) of [\(reference.number)]", printed,
      at: Place(source: reference.source, place: "references", row: reference.number))
  }
}

/// An address or DOI without what does not tell works apart.
private func plainAddress(_ text: String) -> String {
  var text = text.lowercased()
  for prefix in ["https://", "http://", "www.", "doi.org/"] where text.hasPrefix(prefix) {
    text.removeFirst(prefix.count)
  }
  while text.hasSuffix("/") { text.removeLast() }
  return text
}

/// Whether one DOI is the other or a part of the same work: `…/figures/10`.
private func sameWork(_ one: String, _ other: String) -> Bool {
  let (a, b) = (plainAddress(one), plainAddress(other))
  return a == b || a.hasPrefix(b + "/") || b.hasPrefix(a + "/")
}

extension RuleCheck {
  /// One work under two numbers.
  static let duplicateReferences = RuleCheck("duplicate-references") { corpus, _ in
    let references = corpus.knowledge.references
    var drafts: [Draft] = []
    let folded = references.map { foldedName($0.title) }
    for (index, one) in references.enumerated() {
      for (offset, other) in references.dropFirst(index + 1).enumerated()
      where one.source == other.source {
        let titles = (folded[index], folded[index + 1 + offset])
        let same: (String, String, String)?
        if let a = one.doi, let b = other.doi, sameWork(a, b) {
          same = ("DOI", a, b)
        } else if let a = one.url, let b = other.url, plainAddress(a) == plainAddress(b) {
          same = ("address", a, b)
        } else if titles.0 == titles.1 {
          same = ("title", one.title, other.title)
        } else {
          same = nil
        }
        guard let same else { continue }
        let isData =
          [one, other].contains { $0.kind == .dataset || $0.kind == .website }
          && one.kind != other.kind
        drafts.append(
          Draft(
            key: "\(one.number)-\(other.number)",
            subjects: [one, other].map { EntityReference(.reference, $0.id) },
            confidence: isData && same.0 == "title" ? .medium : .high,
            summary: "[\(one.number)] and [\(other.number)] have one \(same.0): the same work is "
              + "listed twice" + (isData ? ", as a paper and as a page" : ""),
            computation: "\(same.1) = \(same.2)",
            resolution: "one number for both",
            evidence: [
              Finding.Evidence(same.0, same.1, of: one),
              Finding.Evidence(same.0, same.2, of: other),
            ]))
      }
    }
    return drafts
  }

  /// A missing or impossible year, a year that the DOI contradicts, a title that is none, a DOI
  /// that differs by a letter from those of its journal.
  static let referenceDetails = RuleCheck("reference-details", parameters: ["years"]) {
    corpus, rule in
    corpus.knowledge.references.flatMap { reference -> [Draft] in
      var drafts: [Draft] = []
      func add(
        _ key: String, _ confidence: Finding.Confidence, _ summary: String, _ computation: String,
        _ resolution: String, _ evidence: Finding.Evidence
      ) {
        drafts.append(
          Draft(
            key: "\(reference.number).\(key)",
            subjects: [EntityReference(.reference, reference.id)], confidence: confidence,
            summary: summary, computation: computation, resolution: resolution,
            evidence: [evidence]))
      }
      let number = "[\(reference.number)]"
      let source = corpus.knowledge.source(reference.source)
      if let year = reference.year {
        if let source, year > source.year {
          add(
            "future", .high, "\(number) is dated \(year), after the source itself (\(source.year))",
            "\(year) > \(source.year)", "the year of the entry",
            Finding.Evidence("year", "\(year)", of: reference))
        }
        if let doi = reference.doi, let coded = codedYear(doi),
          abs(coded - year) > Int(rule.number("years"))
        {
          add(
            "doi-year", .medium, "\(number) is dated \(year), its DOI holds \(coded)",
            "|\(year) − \(coded)| = \(abs(year - coded))", "the year of the entry",
            Finding.Evidence("DOI", doi, of: reference))
        }
      } else if [.article, .proceedings, .preprint, .thesis].contains(reference.kind) {
        add(
          "no-year", .high, "\(number) has no year",
          "no year is printed for \"\(reference.title)\"",
          "the year of the entry", Finding.Evidence("title", reference.title, of: reference))
      }
      let words = reference.title.split { !$0.isLetter }
      if words.count >= 3, words.filter({ $0.count == 1 }).count * 2 > words.count {
        add(
          "title", .high, "the title of \(number) is damaged: \"\(reference.title)\"",
          "\(words.filter { $0.count == 1 }.count) of \(words.count) words are single letters",
          "the work that was meant", Finding.Evidence("title", reference.title, of: reference))
      }
      if let doi = reference.doi, let near = misspeltJournal(doi, of: reference, corpus) {
        add(
          "doi", .medium,
          "the DOI of \(number) has \(near.own) where [\(near.other.number)] of the same publisher "
            + "has \(near.theirs)",
          "\(near.own) and \(near.theirs) differ by one letter",
          "the DOI \(doi.replacing(near.own, with: near.theirs))",
          Finding.Evidence("DOI", doi, of: reference))
      }
      return drafts
    }
  }

  /// A year within a DOI: `j.media.2019.05.010`, `ICCV.2015.123`.
  private static func codedYear(_ doi: String) -> Int? {
    let parts = doi.split { $0 == "." || $0 == "/" || $0 == "-" }.dropFirst(2)
    return parts.compactMap { part in
      part.count == 4 ? Int(part).flatMap { (1990...2030).contains($0) ? $0 : nil } : nil
    }.first
  }

  /// A journal code one letter from that of another entry of the same publisher.
  private static func misspeltJournal(
    _ doi: String, of reference: Reference, _ corpus: Corpus
  ) -> (own: String, theirs: String, other: Reference)? {
    func parts(_ doi: String) -> (publisher: Substring, journal: String)? {
      let halves = doi.split(separator: "/", maxSplits: 1)
      guard halves.count == 2 else { return nil }
      let words = halves[1].split(separator: ".")
      guard words.count >= 3, words[0] == "j" else { return nil }
      return (halves[0], String(words[1]))
    }
    guard let own = parts(doi) else { return nil }
    for other in corpus.knowledge.references
    where other.source == reference.source && other.number != reference.number {
      guard let theirs = other.doi.flatMap(parts), theirs.publisher == own.publisher,
        own.journal.count >= 6, theirs.journal.count == own.journal.count + 1,
        editDistance(own.journal, theirs.journal) == 1
      else { continue }
      return (own.journal, theirs.journal, other)
    }
    return nil
  }
}
