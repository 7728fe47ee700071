// Citation numbers and printed authors against the entries of the reference list.

import Evidence

/// Authors printed beside a citation number somewhere in a source.
private struct PrintedAuthors {
  let authors: String
  let citation: Int
  let at: Place
  let subject: EntityReference?
}

extension Corpus {
  /// Every place that prints authors with a number: rows, paragraphs and attributions.
  fileprivate var printedAuthors: [PrintedAuthors] {
    var all: [PrintedAuthors] = []
    func add(_ entry: PrintedAuthors) {
      let isKnown = all.contains {
        $0.citation == entry.citation && $0.authors == entry.authors
          && $0.at.source == entry.at.source && $0.at.place == entry.at.place
          && $0.at.row == entry.at.row
      }
      if !isKnown { all.append(entry) }
    }
    for study in knowledge.studies {
      for appearance in study.appearances {
        guard let authors = appearance.authors, let citation = appearance.citation else { continue }
        add(
          PrintedAuthors(
            authors: authors, citation: citation, at: appearance.at,
            subject: EntityReference(.study, study.id)))
      }
    }
    for statement in knowledge.statements {
      guard let authors = statement.text("authors"),
        let citation = (statement.numbers("citation") + statement.numbers("citations")).first
      else { continue }
      let subject = study(cited: citation, in: statement.source).map {
        EntityReference(.study, $0.id)
      }
      add(
        PrintedAuthors(authors: authors, citation: citation, at: statement.at, subject: subject))
    }
    return all
  }
}

/// The names in a printed author form: `Kondaveeti and Edupuganti` without the joining words.
func authorNames(_ printed: String) -> [String] {
  printed.split(whereSeparator: { $0 == " " || $0 == "," || $0 == "&" }).map(String.init).filter {
    !["and", "et", "al.", "al"].contains($0.lowercased())
  }
}

/// The names of a reference's author without initials: `El Houby EMF` gives El and Houby.
private func surnameWords(_ author: String) -> [String] {
  let words = author.split(separator: " ").map(String.init)
  let surnames = words.filter { word in !word.allSatisfy { $0.isUppercase || $0 == "-" } }
  return surnames.isEmpty ? words : surnames
}

extension RuleCheck {
  /// Printed authors that are not those of the cited entry, or are spelt otherwise.
  static let citationAuthors = RuleCheck("citation-authors") { corpus, _ in
    var misspelt: [String: Int] = [:]
    var drafts: [Draft] = []
    for entry in corpus.printedAuthors {
      guard let reference = corpus.reference(entry.citation, of: entry.at.source),
        !reference.authors.isEmpty
      else { continue }
      let listed = reference.authors.flatMap(surnameWords)
      let known = Set(listed.map(foldedName))
      let names = authorNames(entry.authors)
      let unknown = names.filter { name in
        !known.contains(foldedName(name))
          && !name.split(separator: "-").allSatisfy { known.contains(foldedName(String($0))) }
      }
      guard let stranger = unknown.first else { continue }
      let subjects =
        [EntityReference(.reference, reference.id)] + (entry.subject.map { [$0] } ?? [])
      let evidence = [
        Finding.Evidence("authors beside [\(entry.citation)]", entry.authors, at: entry.at),
        Finding.Evidence(
          "authors of [\(entry.citation)]", reference.authors.joined(separator: ", "),
          at: Place(source: entry.at.source, place: "references", row: entry.citation)),
      ]
      let key = "\(reference.number)-\(foldedName(stranger))"
      if let near = nearestName(to: stranger, in: listed) {
        let distance = editDistance(foldedName(stranger), foldedName(near))
        if let index = misspelt[key] {
          drafts[index].evidence.insert(evidence[0], at: 0)
          continue
        }
        misspelt[key] = drafts.count
        drafts.append(
          Draft(
            key: key, subjects: subjects, severity: .low,
            summary: "\(stranger) in \(entry.at.label) is \(near) in reference "
              + "[\(entry.citation)]: one author under two spellings",
            computation: "the spellings differ by \(distance) "
              + (distance == 1 ? "letter" : "letters"),
            resolution: "the author's name in \(reference.title)", evidence: evidence))
      } else if let given = reference.authors.first(where: { author in
        author.split(separator: " ").last?.first == stranger.first && names.count == 1
      }) {
        drafts.append(
          Draft(
            key: key, subjects: subjects, confidence: .medium, severity: .low,
            summary: "\(stranger) in \(entry.at.label) is no surname of reference "
              + "[\(entry.citation)]; it reads as the given name of \(given)",
            computation: "the initial of \(stranger) is that of \(given)",
            resolution: "the surname instead of the given name", evidence: evidence))
      } else if unknown.count == names.count {
        drafts.append(
          wrongNumber(corpus, entry, reference, names, subjects: subjects, evidence: evidence))
      }
    }
    return drafts
  }

  private static func wrongNumber(
    _ corpus: Corpus, _ entry: PrintedAuthors, _ reference: Reference, _ names: [String],
    subjects: [EntityReference], evidence: [Finding.Evidence]
  ) -> Draft {
    let folded = names.map(foldedName)
    let right = corpus.knowledge.references.filter { other in
      let known = Set(other.authors.flatMap(surnameWords).map(foldedName))
      return other.source == entry.at.source && folded.allSatisfy(known.contains)
    }
    return Draft(
      key: "\(reference.number)-\(folded.joined(separator: "-"))-\(entry.at.place)",
      subjects: subjects + right.map { EntityReference(.reference, $0.id) },
      summary: "\(entry.authors) are cited as [\(entry.citation)] in \(entry.at.label), but "
        + "[\(entry.citation)] is by \(reference.authors[0])"
        + (reference.authors.count > 1 || reference.etAl ? " and others" : ""),
      computation: "none of \(listed(names)) is among the authors of [\(entry.citation)], "
        + "\"\(reference.title)\""
        + (right.isEmpty
          ? "" : "; they are the authors of " + listed(right.map { "[\($0.number)]" })),
      resolution: right.isEmpty
        ? "the entry that was meant" : "citing [\(right[0].number)] instead",
      evidence: evidence
        + right.map {
          Finding.Evidence(
            "authors of [\($0.number)]", $0.authors.joined(separator: ", "),
            at: Place(source: entry.at.source, place: "references", row: $0.number))
        })
  }
}
