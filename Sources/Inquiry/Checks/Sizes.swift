// Sizes that do not compare: training parts beside whole sets, sets that hold each other, pools.

import Evidence

extension RuleCheck {
  /// One column of sizes in which some are whole datasets and some are training parts.
  ///
  /// Parts that the source does not print can be given as known facts, `training images` and so on.
  static let mixedSplits = RuleCheck("mixed-splits") { corpus, rule in
    struct Row {
      let dataset: Dataset
      let total: Dataset.Count
      let parts: [Dataset.Count]
      var known: [Rule.KnownFact] = []
    }
    var tables: [String: (whole: [Row], training: [Row])] = [:]
    for dataset in corpus.knowledge.datasets {
      let plain = dataset.counts.filter {
        ["images", "samples"].contains($0.of) && $0.label == nil && $0.magnification == nil
          && $0.bound == nil
      }
      let splits = plain.filter { $0.split != nil }
      let training = splits.filter { $0.split == .training }
      for total in plain where total.split == nil && total.subset == nil && total.at.column != nil {
        let key = "\(total.at.source) \(total.at.place) \(total.at.column ?? "")"
        let sum = splits.filter { $0.subset == nil }.map(\.n).reduce(0, +)
        var row = Row(dataset: dataset, total: total, parts: splits)
        if splits.isEmpty {
          row.known = rule.knownFacts.filter { $0.entity == EntityReference(.dataset, dataset.id) }
          let numbers = row.known.compactMap { Int($0.value) }
          let isTraining = row.known.contains {
            $0.about == "training images" && Int($0.value) == total.n
          }
          if isTraining {
            tables[key, default: ([], [])].training.append(row)
          } else if numbers.count > 1, numbers.reduce(0, +) == total.n {
            tables[key, default: ([], [])].whole.append(row)
          }
        } else if Set(splits.map(\.split)).count > 1, total.n == sum {
          tables[key, default: ([], [])].whole.append(row)
        } else if training.contains(where: { $0.n == total.n && $0.subset == nil })
          || (training.count > 1 && training.count == splits.count)
        {
          tables[key, default: ([], [])].training.append(row)
        }
      }
    }
    return tables.sorted { $0.key < $1.key }.compactMap { _, rows in
      guard !rows.training.isEmpty, !rows.whole.isEmpty else { return nil }
      let at = rows.training[0].total.at
      let names = { (rows: [Row]) in listed(rows.map { "\($0.dataset.name) (\($0.total.printed))" })
      }
      return Draft(
        key: "\(at.source).\(at.place)",
        subjects: (rows.whole + rows.training).map { EntityReference(.dataset, $0.dataset.id) },
        confidence: rows.training.contains { $0.known.isEmpty } ? .high : .medium,
        summary: "\(Place.title(of: at.place)), \(at.column ?? ""): "
          + (rows.whole.isEmpty ? "" : "\(names(rows.whole)) count all parts, ")
          + "\(names(rows.training)) only training images",
        computation: (rows.whole + rows.training).map { row in
          "\(row.dataset.name) \(row.total.printed): "
            + (row.parts.map { "\($0.printed) \($0.split?.rawValue ?? "")" }
            + row.known.map {
              "\(Int($0.value).map(grouped) ?? $0.value) \($0.about) (\($0.source))"
            }).joined(separator: ", ")
        }.joined(separator: "; "),
        resolution: "one convention: all images, or those with published labels",
        evidence: (rows.whole + rows.training).flatMap { row in
          ([row.total] + row.parts).map {
            Finding.Evidence(
              "\(row.dataset.name)\($0.split.map { ", \($0.rawValue) part" } ?? "")", $0.printed,
              at: $0.at)
          }
        })
    }
  }

  /// Two rows of one table of which the second holds the images of the first.
  static let containedTwice = RuleCheck("contained-twice") { corpus, rule in
    var drafts: [Draft] = []
    for dataset in corpus.knowledge.datasets {
      for total in dataset.counts where total.at.column != nil && isTotal(total) {
        for holder in corpus.knowledge.datasets where holder.id != dataset.id {
          let known = rule.knownFacts.first { fact in
            fact.entity == EntityReference(.dataset, holder.id) && fact.about == "includes"
              && fact.value == dataset.id
          }
          guard
            let row = holder.counts.first(where: { isTotal($0) && sameColumn($0.at, total.at) }),
            let part = path(from: holder, to: dataset.id, corpus) ?? known.map({ _ in holder })
          else { continue }
          let share = part.counts.first { $0.n == total.n }
          drafts.append(
            Draft(
              key: "\(dataset.id)-\(holder.id)",
              subjects: [
                EntityReference(.dataset, dataset.id), EntityReference(.dataset, holder.id),
              ],
              confidence: share == nil ? .medium : .high,
              summary:
                "\(Place.title(of: total.at.place)) counts the images of \(dataset.name) twice:"
                + " on their own (\(total.printed)) and within \(holder.name) (\(row.printed))",
              computation: known.map { "\(holder.name) includes \(dataset.name) (\($0.source))" }
                ?? "\(holder.name) includes \(part.name)"
                + (share.map {
                  " with \($0.printed) images, the \(total.printed) of \(dataset.name)"
                }
                  ?? ", which includes \(dataset.name)"),
              resolution: "counting \(dataset.name) once, or saying that the sets overlap",
              evidence: [
                Finding.Evidence(dataset.name, total.printed, at: total.at),
                Finding.Evidence(holder.name, row.printed, at: row.at),
              ] + (share.map { [Finding.Evidence(part.name, $0.printed, at: $0.at)] } ?? [])))
        }
      }
    }
    return drafts
  }

  private static func isTotal(_ count: Dataset.Count) -> Bool {
    ["images", "samples"].contains(count.of) && count.label == nil && count.split == nil
      && count.magnification == nil && count.subset == nil
  }

  private static func sameColumn(_ one: Place, _ other: Place) -> Bool {
    one.source == other.source && one.place == other.place && one.column == other.column
  }

  /// The part of a dataset that holds another set's images; nil when it does not hold them.
  private static func path(
    from holder: Dataset, to id: String, _ corpus: Corpus
  ) -> Dataset? {
    if holder.includes.contains(id) { return holder }
    return holder.includes.compactMap { corpus.knowledge.dataset($0) }.first { part in
      part.includes.contains(id)
    }
  }

  /// A pool of datasets printed with the size of one of them.
  static let unionAsPart = RuleCheck("union-as-part") { corpus, rule in
    struct Printed {
      let dataset: String
      let n: Int
      let evidence: Finding.Evidence
      let study: String?
    }
    var sizes: [Printed] = corpus.knowledge.datasets.flatMap { dataset in
      dataset.counts.filter(isTotal).map {
        Printed(
          dataset: dataset.id, n: $0.n,
          evidence: Finding.Evidence(dataset.name, $0.printed, at: $0.at), study: nil)
      }
    }
    for study in corpus.knowledge.studies {
      for augmentation in study.augmentations {
        guard let before = augmentation.before, before.unit == "images" else { continue }
        sizes.append(
          Printed(
            dataset: augmentation.dataset, n: before.n,
            evidence: Finding.Evidence(
              "\(corpus.name(.dataset, augmentation.dataset)) before augmentation", before.printed,
              at: augmentation.at), study: study.id))
      }
    }
    return corpus.knowledge.datasets.compactMap { pool in
      let parts = pool.includes.compactMap { corpus.knowledge.dataset($0) }
      guard parts.count >= 2 else { return nil }
      let totals = parts.compactMap { part in
        part.counts.first(where: isTotal).map { (part: part, count: $0) }
      }
      guard totals.count == parts.count else { return nil }
      let sum = totals.map(\.count.n).reduce(0, +)
      let wrong = sizes.filter { size in
        size.dataset == pool.id && size.n != sum && totals.contains { $0.count.n == size.n }
      }
      guard let first = wrong.first, let part = totals.first(where: { $0.count.n == first.n })
      else { return nil }
      // A part's own number, known from elsewhere, tells which of the two was exchanged.
      let known = rule.knownFacts.first { fact in
        fact.entity == EntityReference(.dataset, part.part.id) && fact.about == "images"
          && Int(fact.value).map { $0 + sum - part.count.n == first.n } == true
      }
      return Draft(
        key: pool.id,
        subjects: [EntityReference(.dataset, pool.id)]
          + parts.map { EntityReference(.dataset, $0.id) }
          + Set(wrong.compactMap(\.study)).sorted().map { EntityReference(.study, $0) },
        summary: "\(pool.name) is printed with \(first.evidence.printed) in "
          + "\(first.evidence.at.label): that is the number of \(part.part.name) alone in "
          + "\(part.count.at.label)",
        computation: totals.map { "\($0.part.name) \(grouped($0.count.n))" }
          .joined(separator: " + ") + " = \(grouped(sum)) ≠ \(grouped(first.n)); were "
          + "\(grouped(first.n)) the pool's, \(part.part.name) would have "
          + grouped(first.n - sum + part.count.n)
          + (known.map { ", which it has by \($0.source)" } ?? ""),
        resolution: known.map { fact in
          "\(fact.value) for \(part.part.name) in \(part.count.at.label); \(part.count.printed) is of "
            + "the pool"
        } ?? "whether \(part.count.printed) is of the pool or of \(part.part.name) alone",
        evidence: RuleCheck.ordered(wrong.map(\.evidence))
          + totals.map { Finding.Evidence($0.part.name, $0.count.printed, at: $0.count.at) })
    }
  }

  /// A number of images before augmentation that is no printed size of the dataset or its parts.
  static let uncataloguedSize = RuleCheck("uncatalogued-size") { corpus, _ in
    corpus.knowledge.studies.flatMap { study in
      study.augmentations.compactMap { augmentation -> Draft? in
        guard let before = augmentation.before, before.unit == "images" else { return nil }
        let family = corpus.knowledge.datasets.filter {
          corpus.areRelated($0.id, augmentation.dataset)
        }
        let known = family.flatMap(\.counts).filter {
          ["images", "samples"].contains($0.of)
            && !($0.at.place == augmentation.at.place && $0.at.row == augmentation.at.row)
        }
        guard !known.isEmpty, !known.contains(where: { $0.n == before.n }) else { return nil }
        let name = corpus.name(.dataset, augmentation.dataset)
        // Sizes of the whole and its parts, one of each number.
        let sizes = known.filter { $0.label == nil }
        let nearest = ordered(sizes.map(\.n)).compactMap { n in sizes.first { $0.n == n } }
          .sorted { abs($0.n - before.n) < abs($1.n - before.n) }.prefix(3)
        return Draft(
          key: "\(study.id).\(augmentation.id)",
          subjects: [
            EntityReference(.study, study.id), EntityReference(.dataset, augmentation.dataset),
          ],
          confidence: .low,
          summary: "\(study.title): \(before.printed) of \(name) in \(augmentation.at.label) are "
            + "none of the sizes printed for it",
          computation: "nearest printed: "
            + nearest.map { "\($0.printed) (\($0.at.label))" }.joined(separator: ", "),
          resolution: "which images \(corpus.paper(of: study)) selected",
          evidence: [Finding.Evidence("before augmentation", before.printed, at: augmentation.at)])
      }
    }
  }
}
