// Printed facts against facts known from the dataset's or network's own publication.

import Evidence

extension RuleCheck {
  /// Printed facts that differ from what the rule's file knows, with the source it knows them from:
  /// one finding for each entity and place.
  static let knownFact = RuleCheck("known-fact", parameters: ["tolerance"]) { corpus, rule in
    struct Key: Hashable {
      let entity: EntityReference
      let place: String
    }
    struct Difference {
      let known: Rule.KnownFact
      let printed: String
      let evidence: Finding.Evidence
    }
    var order: [Key] = []
    var groups: [Key: [Difference]] = [:]
    for known in rule.knownFacts {
      for printed in printed(of: known, in: corpus)
      where differs(printed.value, known.value, tolerance: rule.number("tolerance")) {
        let key = Key(entity: known.entity, place: printed.evidence.at.place)
        if groups[key] == nil { order.append(key) }
        groups[key, default: []].append(
          Difference(known: known, printed: printed.value, evidence: printed.evidence))
      }
    }
    return order.compactMap { key in
      guard let differences = groups[key], !differences.isEmpty else { return nil }
      let what = { (known: Rule.KnownFact) in
        known.about + (known.label.map { " of class \($0)" } ?? "")
      }
      let rows = ordered(differences.map(\.evidence.at))
      let isOfField = ![.dataset, .backbone, .reference].contains(key.entity.kind)
      let isListOnly = differences.allSatisfy { $0.known.about == "members" }
      // Two classes that have each other's values in every number were exchanged.
      let exchanged = ordered(
        differences.filter { one in
          differences.contains { other in
            one.known.label != other.known.label && one.known.about == other.known.about
              && one.printed == other.known.value && other.printed == one.known.value
          }
        }.compactMap(\.known.label))
      return Draft(
        key: "\(key.entity.id.replacing("/", with: ".")).\(key.place)", subjects: [key.entity],
        confidence: isOfField ? .medium : .high,
        severity: key.entity.kind == .reference || isOfField || isListOnly ? .low : nil,
        summary: key.entity.kind == .reference
          ? listed(
            differences.map {
              "the \($0.known.about) of [\(key.entity.id.split(separator: "/").last ?? "")] "
                + "\($0.known.about == "authors" ? "are" : "is") printed as \"\($0.printed)\", "
                + "not \"\($0.known.value)\""
            })
          : "\(corpus.knowledge.name(of: key.entity)): "
            + listed(differences.map { "\(what($0.known)) \($0.evidence.printed)" })
            + " in \(rows.count > 1 ? Place.title(of: key.place) : rows[0].label) "
            + (differences.count > 1 ? "differ" : "differs")
            + (isOfField ? " from what is known of it" : " from its own publication")
            + (exchanged.isEmpty ? "" : "; \(listed(exchanged)) are exchanged"),
        computation: differences.map { difference in
          "\(what(difference.known)): \(difference.printed) against \(difference.known.value)"
        }.joined(separator: ", ")
          + " (\(ordered(differences.map(\.known.source)).joined(separator: "; ")))",
        resolution: (isOfField ? "" : "the publication, ")
          + ordered(differences.map(\.known.source))[0],
        evidence: differences.map(\.evidence))
    }
  }

  private static func printed(
    of known: Rule.KnownFact, in corpus: Corpus
  ) -> [(value: String, evidence: Finding.Evidence)] {
    let facts: [Fact]
    var counts: [Dataset.Count] = []
    switch known.entity.kind {
    case .dataset:
      let dataset = corpus.knowledge.dataset(known.entity.id)
      facts = dataset?.facts ?? []
      counts = dataset?.counts ?? []
    case .backbone: facts = corpus.knowledge.backbone(known.entity.id)?.facts ?? []
    case .reference:
      return corpus.knowledge.reference(known.entity.id).flatMap { printed(known.about, of: $0) }
        .map { [$0] } ?? []
    default: facts = []
    }
    let fromFacts = facts.filter {
      $0.about == known.about && $0.label == known.label && $0.than == nil
    }.map {
      (
        $0.members.isEmpty ? $0.value : $0.members.joined(separator: ", "),
        Finding.Evidence($0.about, $0.printed, at: $0.at)
      )
    }
    let said = corpus.statements("definition").filter {
      $0.text("of") == known.entity.description && $0.text("property") == known.about
        && known.label == nil
    }.map { statement in
      let value = statement["value"].joined(separator: ", ")
      return (
        value, Finding.Evidence(known.about, statement.text("printed") ?? value, at: statement.at)
      )
    }
    let fromCounts = counts.filter {
      $0.of == known.about && $0.label == known.label && $0.split == nil && $0.magnification == nil
        && $0.subset == nil
    }.map {
      (
        String($0.n),
        Finding.Evidence(
          $0.of + ($0.label.map { " of class \($0)" } ?? ""), $0.printed, at: $0.at)
      )
    }
    return (fromFacts + said + fromCounts).map { (value: $0.0, evidence: $0.1) }
  }

  /// What an entry of a reference list prints, in the known fact's words.
  private static func printed(
    _ about: String, of entry: Reference
  ) -> (value: String, evidence: Finding.Evidence)? {
    let text: String? =
      switch about {
      case "authors": entry.authors.joined(separator: ", ")
      case "title": entry.title
      case "volume": entry.volume
      case "year": entry.year.map(String.init)
      default: nil
      }
    return text.map {
      (
        $0,
        Finding.Evidence(
          "\(about) of [\(entry.number)]", $0,
          at: Place(source: entry.source, place: "references", row: entry.number))
      )
    }
  }

  private static func differs(_ printed: String, _ known: String, tolerance: Double) -> Bool {
    if let one = Double(printed), let other = Double(known) {
      return abs(one - other) > tolerance * abs(other)
    }
    return foldedName(printed) != foldedName(known)
  }
}
