// Networks and techniques under several spellings, which split one of them in a search.

import Evidence

extension RuleCheck {
  /// Entities other than datasets whose printed names differ in hyphens, spaces or capitals only.
  static let spellingVariants = RuleCheck("spelling-variants", parameters: ["spellings"]) {
    corpus, rule in
    let variants = corpus.printedNames.compactMap {
      entry -> (entity: EntityReference, forms: [PrintedName])? in
      guard entry.entity.kind == .backbone || entry.entity.kind == .technique else { return nil }
      let own = foldedName(corpus.knowledge.name(of: entry.entity))
      var forms: [PrintedName] = []
      for name in entry.names
      where foldedName(name.printed) == own
        && !forms.contains(where: { $0.printed == name.printed })
      {
        forms.append(name)
      }
      return Double(forms.count) >= rule.number("spellings") ? (entry.entity, forms) : nil
    }
    return ordered(variants.map(\.entity.kind)).map { kind in
      let same = variants.filter { $0.entity.kind == kind }
      let words = same.map { entry in
        "\(corpus.knowledge.name(of: entry.entity)) as "
          + entry.forms.map { "\"\($0.printed)\"" }.joined(separator: ", ")
      }
      return Draft(
        key: kind.rawValue, subjects: same.map(\.entity),
        summary: "\(same.count) \(same.count == 1 ? kind.singular : kind.rawValue) "
          + "\(same.count == 1 ? "is" : "are") printed in several spellings: "
          + words.joined(separator: "; "),
        computation: "the spellings are alike but for hyphens, spaces and capitals",
        resolution: "one spelling of each throughout",
        evidence: same.flatMap { entry in
          entry.forms.map {
            Finding.Evidence(corpus.knowledge.name(of: entry.entity), $0.printed, at: $0.at)
          }
        })
    }
  }
}
