// What the studies do not report: metrics, uncertainty, splits, comparisons.

import Evidence

extension Corpus {
  /// The metrics that the sources recommend beside accuracy; precision, recall, F1 and specificity
  /// where none does.
  private var recommendedMetrics: [Metric] {
    let recommended = knowledge.recommendations.flatMap(\.metrics)
    return recommended.isEmpty
      ? [.precision, .recall, .specificity, .f1] : Set(recommended).sorted()
  }

  /// Whether a dataset is printed as imbalanced, or its largest class has three times the smallest.
  func isImbalanced(_ id: String) -> (isSo: Bool, because: String) {
    guard let dataset = knowledge.dataset(id) else { return (false, "") }
    if dataset.limitations.contains(where: { $0.code == "class-imbalance" }) {
      return (true, "\(dataset.name) is printed as imbalanced")
    }
    let top = Set(dataset.labels.filter { $0.parent == nil }.map(\.id))
    let counts = dataset.counts.filter { count in
      ["images", "samples"].contains(count.of) && count.magnification == nil
        && (count.split == nil || count.split == .training)
        && count.label.map(top.contains) == true
    }.map(\.n)
    guard let low = counts.min(), let high = counts.max(), low > 0, high >= 3 * low else {
      return (false, "")
    }
    return (
      true, "\(dataset.name): \(grouped(high)) images of one class, \(grouped(low)) of another"
    )
  }

  /// Gaps of single studies.
  var reportingGaps: [Gap] {
    experimentalStudies.flatMap { study -> [Gap] in
      let claims = study.experiments.flatMap(\.claims).filter { $0.of == .model }
      guard !claims.isEmpty else { return noResult(study) }
      return [
        missingMetrics(study, claims), imbalance(study, claims), uncertainty(study, claims),
        split(study), patients(study), augmentation(study), external(study),
      ].compactMap { $0 }
    }
  }

  /// The studies that share a dataset with this one.
  private func neighbours(_ study: Study) -> Set<String> {
    let datasets = Set(study.experiments.flatMap(\.datasets))
    return studies { !datasets.isDisjoint(with: $0.datasets) }
  }

  private func subjects(_ study: Study) -> [EntityReference] {
    [EntityReference(.study, study.id)]
      + RuleCheck.ordered(study.experiments.flatMap(\.datasets)).map {
        EntityReference(.dataset, $0)
      }
  }

  private func asked(
    _ kind: Gap.Kind, _ study: Study, connects: Set<String>, because: String, summary: String,
    filledBy: String
  ) -> Gap {
    gap(
      kind, study.id, connects: connects, ease: GapQuery.easeOfAsking, because: because,
      subjects: subjects(study), summary: summary, filledBy: filledBy)
  }

  private func noResult(_ study: Study) -> [Gap] {
    [
      asked(
        .noResult, study, connects: [study.id], because: "only its authors have the numbers",
        summary: "\(study.title) is listed with a set-up and without a result",
        filledBy: "the results of \(paper(of: study))")
    ]
  }

  private func missingMetrics(_ study: Study, _ claims: [Claim]) -> Gap? {
    let reported = Set(claims.map(\.metric))
    let missing = recommendedMetrics.filter { !reported.contains($0) }
    guard !missing.isEmpty else { return nil }
    let others = neighbours(study).filter { id in
      knowledge.study(id)?.experiments.contains { experiment in
        experiment.claims.contains { missing.contains($0.metric) }
      } == true
    }
    return asked(
      .missingMetrics, study, connects: others.union([study.id]),
      because: "others on its datasets report them",
      summary: "\(study.title) reports \(listed(reported.sorted().map(\.title))), not "
        + listed(missing.map(\.title)),
      filledBy: "the confusion matrix of \(paper(of: study))")
  }

  private func imbalance(_ study: Study, _ claims: [Claim]) -> Gap? {
    let blind: Set<Metric> = [.accuracy, .auc, .errorRate]
    for experiment in study.experiments {
      let overall = experiment.claims.filter { $0.of == .model }
      guard !overall.isEmpty, overall.allSatisfy({ blind.contains($0.metric) && $0.ofClass == nil })
      else { continue }
      for dataset in experiment.datasets {
        let imbalance = isImbalanced(dataset)
        guard imbalance.isSo else { continue }
        return asked(
          .imbalanceUnmeasured, study, connects: neighbours(study), because: imbalance.because,
          summary: "\(study.title) reports only "
            + "\(listed(Set(overall.map(\.metric)).sorted().map(\.title))) on imbalanced "
            + name(.dataset, dataset),
          filledBy: "class-wise recall or macro F1 of \(paper(of: study))")
      }
    }
    return nil
  }

  private func uncertainty(_ study: Study, _ claims: [Claim]) -> Gap? {
    guard claims.allSatisfy({ $0.interval == nil && $0.sd == nil }) else { return nil }
    return asked(
      .noUncertainty, study, connects: neighbours(study),
      because: "no interval, deviation or number of runs beside its values",
      summary: "\(study.title) reports no uncertainty for \(claims.count) "
        + (claims.count == 1 ? "value" : "values"),
      filledBy: "test counts or repeated runs of \(paper(of: study))")
  }

  private func split(_ study: Study) -> Gap? {
    guard study.experiments.allSatisfy({ $0.split.stated?.kind.stated == nil }) else { return nil }
    return asked(
      .unknownSplit, study, connects: neighbours(study),
      because: "values on unknown splits cannot be compared",
      summary: "how \(study.title) split its data is not reported",
      filledBy: "the split of \(paper(of: study))")
  }

  private func patients(_ study: Study) -> Gap? {
    guard study.experiments.allSatisfy({ $0.split.stated?.unit.stated == nil }) else { return nil }
    let several = RuleCheck.ordered(study.experiments.flatMap(\.datasets)).filter { id in
      guard let dataset = knowledge.dataset(id), let images = imageCount(id) else { return false }
      return dataset.counts.contains {
        $0.of == "patients" && $0.label == nil && $0.n > 0 && $0.n < images
      }
    }
    guard let dataset = several.first else { return nil }
    return asked(
      .noPatientSeparation, study, connects: neighbours(study),
      because: "\(name(.dataset, dataset)) has several images of each patient",
      summary: "whether \(study.title) kept the patients of \(name(.dataset, dataset)) apart in "
        + "training and test is not reported",
      filledBy: "the split of \(paper(of: study)), or a run with both splits")
  }

  private func augmentation(_ study: Study) -> Gap? {
    let uses = study.experiments.contains {
      ($0.augmentation.stated ?? "false") != "false"
    }
    let without = study.experiments.contains { $0.augmentation.stated == "false" }
    guard uses || !study.augmentations.isEmpty, !without else { return nil }
    let dataset = study.experiments.flatMap(\.datasets).first
    let backbone = study.experiments.flatMap(\.backbones).first
    let cost = ease(dataset: dataset, backbone: backbone)
    let others = studies { ($0.augmentation.stated ?? "false") != "false" }
    return gap(
      .noAugmentationComparison, study.id,
      connects: others.intersection(neighbours(study)).union([study.id]), ease: cost.value,
      because: cost.because, subjects: subjects(study),
      summary: "\(study.title) reports results with augmentation and none without",
      filledBy: "running its set-up with and without augmentation")
  }

  /// Whether a set-up of a study says that it was tested on data of another origin.
  func isTestedElsewhere(_ study: Study) -> Bool {
    study.experiments.contains { $0.techniques.contains(Self.externalTest) }
  }

  /// The technique that marks a test on data of another origin than the training's.
  static let externalTest = "external-test"

  private func external(_ study: Study) -> Gap? {
    let own = RuleCheck.ordered(study.experiments.flatMap(\.datasets))
    guard !isTestedElsewhere(study), let first = own.first else { return nil }
    let others = knowledge.datasets.filter { other in
      !own.contains { areRelated(other.id, $0) } && imageCount(other.id) != nil
        && other.includes.isEmpty
        && own.contains { isComparable($0, with: other) }
        && !other.facts.contains { $0.about == "availability" && $0.value == "disabled" }
    }
    // Several datasets of its own would do too: the source tells of each apart.
    let smallest = others.min { (imageCount($0.id) ?? 0) < (imageCount($1.id) ?? 0) }
    guard let other = smallest?.id ?? (own.count > 1 ? own[1] : nil) else { return nil }
    let cost = ease(dataset: other, backbone: study.experiments.flatMap(\.backbones).first)
    let names =
      own.prefix(3).map { name(.dataset, $0) } + (own.count > 3 ? ["\(own.count - 3) more"] : [])
    return gap(
      .noExternalValidation, study.id,
      connects: studies { $0.datasets.contains(other) }.union([study.id]),
      ease: cost.value / 2, because: "\(cost.because); the model has to be trained again",
      subjects: subjects(study) + (own.contains(other) ? [] : [EntityReference(.dataset, other)]),
      summary: own.count == 1
        ? "\(study.title) was tested on \(name(.dataset, first)) alone; \(name(.dataset, other)) is "
          + "of the same disease and modality"
        : "\(study.title) has results on \(listed(names)), none of a model trained on one and tested "
          + "on another",
      filledBy: "testing it on \(name(.dataset, other))")
  }
}
