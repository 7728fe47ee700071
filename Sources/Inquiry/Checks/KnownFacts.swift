// Printed facts against facts known from the dataset's or network's own publication.

import Evidence

extension RuleCheck {
  /// A printed fact that differs from what the rule's file knows, with the source it knows it from.
  static let knownFact = RuleCheck("known-fact", parameters: ["tolerance"]) { corpus, rule in
    rule.knownFacts.flatMap { known -> [Draft] in
      printed(of: known, in: corpus).compactMap { printed in
        guard differs(printed.value, known.value, tolerance: rule.number("tolerance")) else {
          return nil
        }
        let name = corpus.knowledge.name(of: known.entity)
        let what = known.about + (known.label.map { " of class \($0)" } ?? "")
        return Draft(
          key: "\(known.entity.id).\(known.about)\(known.label.map { ".\($0)" } ?? "")"
            + ".\(foldedName(printed.value))",
          subjects: [known.entity], confidence: .high,
          summary: "\(name): \(what) is printed as \(printed.evidence.printed) in "
            + "\(printed.evidence.at.label); its own publication has \(known.value)",
          computation: "\(printed.value) against \(known.value) (\(known.source))",
          resolution: "the value of \(known.source)", evidence: [printed.evidence])
      }
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
    default: facts = []
    }
    let fromFacts = facts.filter { $0.about == known.about && $0.label == known.label }.map {
      ($0.value, Finding.Evidence($0.about, $0.printed, at: $0.at))
    }
    let fromCounts = counts.filter {
      $0.of == known.about && $0.label == known.label && $0.split == nil && $0.magnification == nil
        && $0.subset == nil
    }.map { (String($0.n), Finding.Evidence($0.of, $0.printed, at: $0.at)) }
    return (fromFacts + fromCounts).map { (value: $0.0, evidence: $0.1) }
  }

  private static func differs(_ printed: String, _ known: String, tolerance: Double) -> Bool {
    if let one = Double(printed), let other = Double(known) {
      return abs(one - other) > tolerance * abs(other)
    }
    return foldedName(printed) != foldedName(known)
  }
}
