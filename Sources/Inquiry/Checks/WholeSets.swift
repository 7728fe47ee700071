// Whole datasets that were augmented before anything was kept apart for testing.

import Evidence

extension RuleCheck {
  /// Sizes before augmentation that are whole datasets: nothing was kept apart before copying, as
  /// far as the source tells.
  static let augmentedWhole = RuleCheck("augmented-whole") { corpus, _ in
    struct Whole {
      let study: Study
      let augmentation: Augmentation
      let dataset: Dataset
      let total: Dataset.Count
    }
    var found: [Whole] = []
    for study in corpus.knowledge.studies {
      for augmentation in study.augmentations {
        guard augmentation.stage != .value(.afterSplit), let before = augmentation.before,
          before.split == nil, before.unit == "images", let after = augmentation.after,
          after.n > before.n, let dataset = corpus.knowledge.dataset(augmentation.dataset),
          let total = dataset.counts.first(where: { count in
            count.n == before.n && ["images", "samples"].contains(count.of) && count.label == nil
              && count.split == nil && count.magnification == nil && count.subset == nil
              && count.at.source == augmentation.at.source
              && count.at.place != augmentation.at.place
          })
        else { continue }
        found.append(
          Whole(study: study, augmentation: augmentation, dataset: dataset, total: total))
      }
    }
    return ordered(found.map(\.augmentation.at.source)).map { source in
      let same = found.filter { $0.augmentation.at.source == source }
      let tables = ordered(same.map { Place.title(of: $0.augmentation.at.place) })
      return Draft(
        key: source,
        subjects: ordered(
          same.flatMap {
            [EntityReference(.study, $0.study.id), EntityReference(.dataset, $0.dataset.id)]
          }),
        confidence: .medium,
        summary: "\(listed(tables)) \(tables.count == 1 ? "has" : "have") "
          + listed(
            same.map { "\($0.dataset.name) (\(corpus.cited($0.study, in: source)))" })
          + " augmented as \(same.count == 1 ? "a whole dataset" : "whole datasets"): nothing shows "
          + "that test images were kept apart first, and a copy of a test image in the training "
          + "part inflates the result",
        computation: same.map { whole in
          "\(whole.dataset.name): \(grouped(whole.augmentation.before?.n ?? 0)) before "
            + "augmentation = \(whole.total.printed) in \(whole.total.at.label), all its images"
        }.joined(separator: "; "),
        resolution: "whether the images were split before they were augmented",
        evidence: same.flatMap { whole in
          [
            Finding.Evidence(
              "before augmentation", whole.augmentation.before?.printed ?? "",
              at: whole.augmentation.at),
            Finding.Evidence(
              "images of \(whole.dataset.name)", whole.total.printed, at: whole.total.at),
          ]
        })
    }
  }
}
