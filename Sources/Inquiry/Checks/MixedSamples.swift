// Sizes in different units in one column, and a collection printed with the size of one of its parts.

import Evidence

extension RuleCheck {
  /// One column of sizes in which some rows count images and others patches cut from images.
  static let mixedSamples = RuleCheck("mixed-samples") { corpus, _ in
    struct Row {
      let dataset: Dataset
      let total: Dataset.Count
      let patches: Dataset.Count?
    }
    var order: [String] = []
    var columns: [String: [Row]] = [:]
    for dataset in corpus.knowledge.datasets {
      for total in dataset.counts
      where ["images", "samples", "patches"].contains(total.of) && total.at.column != nil
        && total.label == nil && total.split == nil && total.magnification == nil
      {
        let key = "\(total.at.source) \(total.at.place) \(total.at.column ?? "")"
        if columns[key] == nil { order.append(key) }
        columns[key, default: []].append(
          Row(
            dataset: dataset, total: total,
            patches: dataset.counts.first { $0.of == "patches" && $0.n == total.n }))
      }
    }
    return order.sorted().compactMap { key in
      let rows = columns[key] ?? []
      let cut = rows.filter { $0.patches != nil }
      let whole = rows.filter { $0.patches == nil }
      guard let first = cut.first, !whole.isEmpty else { return nil }
      let names = { (rows: [Row]) in listed(rows.map { "\($0.dataset.name) (\($0.total.printed))" })
      }
      let sources = cut.compactMap { row in
        row.dataset.counts.first { ["samples-source", "slides"].contains($0.of) }.map {
          "\(row.dataset.name): cut from \($0.printed) (\($0.at.label))"
        }
      }
      return Draft(
        key: "\(first.total.at.source).\(first.total.at.place)",
        subjects: cut.map { EntityReference(.dataset, $0.dataset.id) },
        summary: "\(Place.title(of: first.total.at.place)), \(first.total.at.column ?? ""): "
          + "\(names(cut)) counts patches, \(names(whole)) images",
        computation: (cut.compactMap { row in
          row.patches.map { "\(row.dataset.name): \($0.printed) patches (\($0.at.label))" }
        } + sources).joined(separator: "; "),
        resolution: "one unit, or the unit beside each number",
        evidence: cut.flatMap { row in
          ([row.total] + [row.patches].compactMap { $0 }).map {
            Finding.Evidence("\($0.of) of \(row.dataset.name)", $0.printed, at: $0.at)
          }
        })
    }
  }

  /// A collection printed with the size of a split of one of its sets.
  static let collectionAsPart = RuleCheck("collection-as-part") { corpus, _ in
    corpus.knowledge.studies.flatMap { study in
      study.augmentations.compactMap { augmentation -> Draft? in
        guard let before = augmentation.before, before.unit == "images",
          let collection = corpus.knowledge.dataset(augmentation.dataset)
        else { return nil }
        let parts = corpus.knowledge.datasets.filter { corpus.isPart($0.id, of: collection.id) }
        let counts = parts.flatMap { part in
          part.counts.filter { ["images", "samples"].contains($0.of) && $0.label == nil }
            .map { (part: part, count: $0) }
        }
        guard let match = counts.first(where: { $0.count.n == before.n }),
          match.count.split != nil,
          !counts.contains(where: { $0.count.n == before.n && $0.count.split == nil })
        else { return nil }
        let split = match.count.split?.rawValue ?? ""
        return Draft(
          key: "\(study.id).\(augmentation.id)",
          subjects: [
            EntityReference(.study, study.id), EntityReference(.dataset, collection.id),
            EntityReference(.dataset, match.part.id),
          ], confidence: .medium,
          summary: "\(study.title): \(collection.name) in \(augmentation.at.label) with "
            + "\(before.printed) is the \(split) part of \(match.part.name) only",
          computation: "\(grouped(before.n)) = \(split) images of \(match.part.name) "
            + "(\(match.count.at.label)); \(collection.name) has \(parts.count) sets",
          resolution: "the set and its part by name",
          evidence: [
            Finding.Evidence("before augmentation", before.printed, at: augmentation.at),
            Finding.Evidence(
              "\(split) images of \(match.part.name)", match.count.printed, at: match.count.at),
          ])
      }
    }
  }
}
