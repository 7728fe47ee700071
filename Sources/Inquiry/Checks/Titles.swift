// Titles of cited entries against what they are cited for.

import Evidence

extension RuleCheck {
  /// A reference cited for one dataset whose title names another.
  static let citationTitle = RuleCheck("citation-title") { corpus, _ in
    var seen: Set<String> = []
    return (corpus.statements("citation") + corpus.statements("attribution")).compactMap {
      statement -> Draft? in
      // Who is credited with a result is the matter of the rules on results.
      guard statement.kind == "citation" || statement.text("authors") == nil,
        let number = (statement.numbers("citation") + statement.numbers("citations")).first,
        let reference = corpus.reference(number, of: statement.source)
      else { return nil }
      let subjects = statement["about"].compactMap { EntityReference(parsing: $0) }
        .filter { $0.kind == .dataset }
      guard let about = subjects.first, subjects.count == 1 else { return nil }
      let named = corpus.datasetsNamed(in: reference.title)
      guard !named.isEmpty, named[about.id] == nil,
        !corpus.isMeant(about.id, by: named),
        seen.insert("\(number)-\(about.id)-\(statement.at.place)").inserted
      else { return nil }
      let names = named.keys.sorted().map { corpus.name(.dataset, $0) }
      let better = (corpus.knowledge.dataset(about.id)?.references ?? []).compactMap {
        corpus.knowledge.reference($0)
      }.filter { other in
        other.source == statement.source && other.number != number
          && corpus.datasetsNamed(in: other.title)[about.id] != nil
      }.map { "[\($0.number)]" }
      return Draft(
        key: "\(number)-\(about.id)",
        subjects: [about, EntityReference(.reference, reference.id)], confidence: .medium,
        summary: "[\(number)] is cited for \(corpus.name(.dataset, about.id)) in "
          + "\(statement.at.label), but its title names \(listed(names))",
        computation: "the title of [\(number)] holds \(listed(names)) and no name of "
          + corpus.name(.dataset, about.id),
        resolution: better.isEmpty
          ? "the paper or address of \(corpus.name(.dataset, about.id))"
          : "citing \(listed(better)) instead",
        evidence: [
          Finding.Evidence("cited for \(about.id)", "[\(number)]", at: statement.at),
          Finding.Evidence(
            "title of [\(number)]", reference.title,
            at: Place(source: statement.source, place: "references", row: number)),
        ])
    }
  }

  /// A title that says how many classes were told apart, beside datasets with other numbers.
  static let titleClassCount = RuleCheck("title-class-count") { corpus, rule in
    corpus.knowledge.studies.compactMap { study in
      guard let reference = study.reference.flatMap({ corpus.knowledge.reference($0) }),
        let titled = classCount(inTitle: reference.title)
      else { return nil }
      var printed: [(name: String, classes: [Int])] = []
      for used in corpus.datasetsUsed(by: study) {
        let parts = corpus.knowledge.dataset(used.dataset)?.includes ?? []
        let classes = Set(
          ([used.dataset] + parts).compactMap { corpus.knowledge.dataset($0) }
            .flatMap(\.counts).filter { $0.of == "classes" }.map(\.n))
        if !classes.isEmpty {
          printed.append((corpus.name(.dataset, used.dataset), classes.sorted()))
        }
      }
      guard printed.count >= 2, printed.allSatisfy({ !$0.classes.contains(titled) }) else {
        return nil
      }
      let others = corpus.knowledge.references.filter {
        $0.source == reference.source && $0.number != reference.number
          && $0.firstSurname == reference.firstSurname
          && classCount(inTitle: $0.title) == nil
      }
      // What another paper is known to report decides.
      let owners = others.compactMap { other -> (entry: Reference, facts: [Rule.KnownFact])? in
        let claims = study.experiments.flatMap { experiment in
          experiment.claims.map { (datasets: experiment.datasets, claim: $0) }
        }
        let facts = rule.knownFacts.filter { fact in
          fact.entity == EntityReference(.reference, other.id)
            && claims.contains { entry in
              entry.claim.metric.rawValue == fact.about && entry.claim.printed.text == fact.value
                && fact.label.map(entry.datasets.contains) ?? true
            }
        }
        return facts.count >= 2 ? (other, facts) : nil
      }
      let proof = owners.first.map { owner in
        "; [\(owner.entry.number)] reports "
          + listed(
            owner.facts.map { fact in
              "\(fact.about) \(fact.value)%"
                + (fact.label.map { " on \(corpus.name(.dataset, $0))" } ?? "")
            }) + " (\(owner.facts[0].source))"
      }
      return Draft(
        key: study.id,
        subjects: [EntityReference(.study, study.id), EntityReference(.reference, reference.id)]
          + owners.map { EntityReference(.reference, $0.entry.id) },
        confidence: proof == nil ? .medium : .high, severity: proof == nil ? nil : .high,
        summary: "the title of [\(reference.number)] is of \(titled) classes; none of the datasets "
          + "its results are printed for has \(titled)"
          + (owners.first.map { ", and the results are those of [\($0.entry.number)]" } ?? ""),
        computation: printed.map {
          "\($0.name): \($0.classes.map(String.init).joined(separator: "/"))"
        }
        .joined(separator: ", ") + " classes against \(titled)" + (proof ?? ""),
        resolution: others.isEmpty
          ? "the paper these results come from"
          : owners.first.map { "citing [\($0.entry.number)] \"\($0.entry.title)\" instead" }
            ?? "whether the results are those of "
            + listed(others.map { "[\($0.number)] \"\($0.title)\"" }),
        evidence: [
          Finding.Evidence(
            "title of [\(reference.number)]", reference.title,
            at: Place(source: reference.source, place: "references", row: reference.number))
        ]
          + study.appearances.filter { $0.at.place.hasPrefix("table") && $0.authors != nil }
          .flatMap { appearance in
            appearance.names.filter { $0.entity.kind == .dataset }.map {
              Finding.Evidence("dataset", $0.printed, at: appearance.at)
            }
          })
    }
  }

  private static func classCount(inTitle title: String) -> Int? {
    let numbers = [
      "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    ]
    let words = title.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    for (word, next) in zip(words, words.dropFirst()) where next == "classes" {
      if let index = numbers.firstIndex(of: word) { return index + 2 }
      if let number = Int(word) { return number }
    }
    return nil
  }
}

extension Corpus {
  /// The datasets a title names by name or alias; the value says whether the title also holds what
  /// tells the dataset from others of its collection (its year).
  func datasetsNamed(in title: String) -> [String: Bool] {
    let words = nameTokens(title)
    var found: [String: Bool] = [:]
    for name in datasetNames where name.tokens.count <= words.count {
      let isNamed = (0...(words.count - name.tokens.count)).contains { start in
        words[start..<(start + name.tokens.count)].elementsEqual(name.tokens)
      }
      if isNamed { found[name.dataset] = name.tokens.contains { $0.allSatisfy(\.isNumber) } }
    }
    // A collection and a year in one title mean that year's set.
    for dataset in knowledge.datasets where found[dataset.id] == nil {
      guard let whole = dataset.partOf, found[whole] != nil else { continue }
      let year = String(dataset.id.filter(\.isNumber))
      if year.count == 4, words.contains(year) { found[dataset.id] = true }
    }
    return found
  }

  /// Whether a title that names a dataset's collection and no other year of it can mean the dataset.
  fileprivate func isMeant(_ id: String, by named: [String: Bool]) -> Bool {
    let isDatedOther = named.contains { other, isDated in
      isDated && knowledge.dataset(other)?.partOf != nil
        && knowledge.dataset(other)?.partOf == knowledge.dataset(id)?.partOf
    }
    return !isDatedOther && named.contains { isPart(id, of: $0.key) && !$0.value }
  }

  /// Whether a dataset belongs to a collection, directly or through others.
  func isPart(_ part: String, of whole: String) -> Bool {
    var next = knowledge.dataset(part)?.partOf
    while let id = next {
      if id == whole { return true }
      next = knowledge.dataset(id)?.partOf
    }
    return false
  }
}

/// A text's runs of letters and of digits, folded: `ISIC2019` gives isic and 2019.
func nameTokens(_ text: String) -> [String] {
  var tokens: [String] = []
  var last: Character?
  for character in text {
    let continues =
      last.map { ($0.isLetter && character.isLetter) || ($0.isNumber && character.isNumber) }
      ?? false
    if character.isLetter || character.isNumber {
      if continues {
        tokens[tokens.count - 1].append(character)
      } else {
        tokens.append(String(character))
      }
    }
    last = character
  }
  return tokens.map(foldedName)
}
