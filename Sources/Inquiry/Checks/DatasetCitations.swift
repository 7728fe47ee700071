// How datasets are cited: sections that cite nothing, and publications that are not in the list.

import Evidence

extension RuleCheck {
  /// A dataset whose own section cites nothing for it, where the other datasets' sections do.
  static let uncitedDataset = RuleCheck("uncited-dataset") { corpus, _ in
    let byName = Dictionary(
      corpus.knowledge.datasets.flatMap { dataset in
        ([dataset.name] + dataset.aliases).map { (nameTokens($0), dataset) }
      }, uniquingKeysWith: { first, _ in first })
    return corpus.knowledge.sources.compactMap { source -> Draft? in
      let cited = Set(
        (corpus.statements("citation") + corpus.statements("attribution")).filter {
          $0.source == source.id
            && !($0.numbers("citation") + $0.numbers("citations")).isEmpty
        }.map(\.at.place))
      let sections = source.parts.filter { $0.kind == .section }.compactMap {
        part -> (id: String, dataset: Dataset)? in
        // A section is a dataset's own when its heading is the dataset's name.
        let words = nameTokens(part.title).filter {
          !["dataset", "datasets", "archive"].contains($0)
        }
        return byName[words].map { (part.id, $0) }
      }
      let silent = sections.filter { !cited.contains($0.id) }
      guard sections.count > 2, !silent.isEmpty, silent.count * 4 <= sections.count else {
        return nil
      }
      return Draft(
        key: source.id, subjects: silent.map { EntityReference(.dataset, $0.dataset.id) },
        summary: listed(silent.map { "\(Place.title(of: $0.id)) on \($0.dataset.name)" })
          + " \(silent.count == 1 ? "cites" : "cite") nothing; the other "
          + "\(sections.count - silent.count) sections on datasets cite a paper or an address",
        computation: "\(sections.count) sections on datasets, \(sections.count - silent.count) "
          + "with a citation",
        resolution: "citing "
          + listed(
            silent.map { section in
              section.dataset.references.first.flatMap {
                corpus.knowledge.reference($0)
              }.map { "[\($0.number)]" } ?? "the publication of \(section.dataset.name)"
            }) + " or the paper that published the images",
        evidence: silent.flatMap { section in
          section.dataset.counts.filter { $0.at.place == section.id }.prefix(1).map {
            Finding.Evidence("\($0.of) of \(section.dataset.name)", $0.printed, at: $0.at)
          }
        })
    }
  }

  /// Datasets described with the help of other entries while the paper that published them is not in
  /// the reference list.
  static let datasetPublication = RuleCheck("dataset-publication") { corpus, rule in
    var missing: [(dataset: Dataset, known: Rule.KnownFact, cited: [Reference])] = []
    for known in rule.knownFacts where known.about == "publication" {
      guard let dataset = corpus.knowledge.dataset(known.entity.id) else { continue }
      let cited = dataset.references.compactMap { corpus.knowledge.reference($0) }
      guard let source = cited.first?.source else { continue }
      let isThere = corpus.knowledge.references.contains { entry in
        entry.source == source
          && (entry.doi?.lowercased() == known.source.lowercased()
            || foldedName(entry.title) == foldedName(known.value))
      }
      if !isThere { missing.append((dataset, known, cited)) }
    }
    return ordered(missing.compactMap { $0.cited.first?.source }).map { source in
      let same = missing.filter { $0.cited.first?.source == source }
      return Draft(
        key: source, subjects: same.map { EntityReference(.dataset, $0.dataset.id) },
        summary: "the reference list lacks the papers that published "
          + listed(same.map(\.dataset.name)) + "; pages and papers of users are cited instead",
        computation: same.map { entry in
          "\(entry.dataset.name): \(entry.known.value) (\(entry.known.source)), cited are "
            + listed(entry.cited.map { "[\($0.number)]" })
        }.joined(separator: "; "),
        resolution: "citing the publications beside the addresses",
        evidence: same.flatMap { entry in
          entry.cited.prefix(1).map {
            Finding.Evidence(
              "cited for \(entry.dataset.name)", $0.title,
              at: Place(source: source, place: "references", row: $0.number))
          }
        })
    }
  }
}
