// Datasets, networks, techniques and challenges that are described and that nobody took up.

import Evidence

extension Corpus {
  /// Entities of the catalogue without an experiment.
  var unusedGaps: [Gap] {
    unusedDatasets + untriedBackbones + untriedTechniques + unaddressedChallenges
  }

  /// The datasets with a result: of set-ups, and of used-by columns where a listed study's own row
  /// prints the collection it belongs to.
  private var datasetsWithResults: Set<String> {
    var used = Set(
      experimentalStudies.flatMap { study in
        study.experiments.flatMap { $0.datasets + [$0.pretraining.stated].compactMap { $0 } }
      })
    for statement in statements("used-by") {
      guard let id = statement.text("dataset") else { continue }
      let users = statement.numbers("citations").compactMap {
        study(cited: $0, in: statement.source)
      }
      let hasResult = users.contains { study in
        study.experiments.contains { experiment in
          !experiment.claims.isEmpty && experiment.datasets.contains { areRelated($0, id) }
        }
      }
      if hasResult { used.insert(id) }
    }
    return used
  }

  private var unusedDatasets: [Gap] {
    let used = datasetsWithResults
    return knowledge.datasets.compactMap { dataset in
      // A result on a collection, or on another set of it, is none on this one.
      let isUsed = used.contains { id in
        id == dataset.id || knowledge.dataset(id)?.includes.contains(dataset.id) == true
          || knowledge.dataset(id)?.partOf == dataset.id || dataset.includes.contains(id)
      }
      let isPartOfUnion = knowledge.datasets.contains { other in
        other.id == dataset.partOf && other.includes.contains(dataset.id)
      }
      guard imageCount(dataset.id) != nil, !isUsed, !isPartOfUnion,
        !dataset.facts.contains(where: { $0.about == "availability" && $0.value == "disabled" })
      else { return nil }
      let near = studies { experiment in
        experiment.datasets.contains { isComparable($0, with: dataset) }
      }
      let cost = ease(dataset: dataset.id, backbone: nil)
      return gap(
        .unusedDataset, dataset.id, connects: near, ease: cost.value, because: cost.because,
        subjects: [EntityReference(.dataset, dataset.id)],
        summary: "\(dataset.name) is catalogued; no study reports a result on it",
        filledBy: "running a network of the same disease on \(dataset.name)")
    }
  }

  /// Whether a model of one dataset says something about another: the same disease and modality, and
  /// a class in common where both print their classes.
  func isComparable(_ id: String, with other: Dataset) -> Bool {
    guard let dataset = knowledge.dataset(id), let modality = dataset.modality.stated,
      other.modality.stated == modality, !Set(dataset.tasks).isDisjoint(with: other.tasks)
    else { return false }
    let words = { (dataset: Dataset) in
      Set(
        dataset.labels.filter { $0.parent == nil }.flatMap { label in
          label.name.split { !$0.isLetter }.filter { $0.count > 3 }.map { foldedName(String($0)) }
        })
    }
    return dataset.labels.isEmpty || other.labels.isEmpty
      || !words(dataset).isDisjoint(with: words(other))
  }

  private var untriedBackbones: [Gap] {
    let used = Set(
      experimentalStudies.flatMap {
        $0.experiments.filter { !$0.claims.isEmpty }.flatMap(\.backbones)
      })
    let recommended = knowledge.recommendations.flatMap { topic in
      topic.backbones.map { (id: $0, because: "recommended in \(topic.id)", topic: topic) }
    }
    let described = statements("lists").filter { $0.text("scope") == "backbones" }.flatMap {
      statement in
      statement["members"].filter { knowledge.backbone($0) != nil }.map {
        (id: $0, because: "described in \(statement.at.label)")
      }
    }
    let all = recommended.map { ($0.id, $0.because) } + described.map { ($0.id, $0.because) }
    var seen: Set<String> = []
    return all.compactMap { id, because in
      guard seen.insert(id).inserted, !used.contains(where: { network(id, covers: $0) }) else {
        return nil
      }
      let cost = ease(dataset: nil, backbone: id)
      let related = studies { $0.backbones.contains { family(of: $0) == family(of: id) } }
      return gap(
        .untriedBackbone, id, connects: related, ease: cost.value,
        because: "\(because); \(cost.because)", subjects: [EntityReference(.backbone, id)],
        summary: "\(name(.backbone, id)) is \(because); no study reports a result with it",
        filledBy: "running \(name(.backbone, id)) on the datasets of the studies")
    }
  }

  private var untriedTechniques: [Gap] {
    var used: Set<String> = []
    for study in knowledge.studies {
      for experiment in study.experiments {
        used.formUnion(experiment.techniques)
        if let head = experiment.head.stated { used.insert(head) }
        if let strategy = experiment.strategy.stated { used.insert(strategy.kind.rawValue) }
      }
      for augmentation in study.augmentations {
        used.formUnion(augmentation.operations.map(\.technique))
      }
      for problem in study.problems { used.formUnion(problem.techniques) }
    }
    if !used.isDisjoint(with: knowledge.techniques.filter { $0.kind == "augmentation" }.map(\.id)) {
      used.insert("data-augmentation")
    }
    // What the source itself calls common is used, if no row says by whom.
    used.formUnion(
      statements("usage").filter { ["dominant", "common"].contains($0.text("level") ?? "") }
        .compactMap { $0.text("technique") })
    return knowledge.techniques.compactMap { technique in
      guard !used.contains(technique.id) else { return nil }
      let topics = knowledge.recommendations.filter { $0.techniques.contains(technique.id) }
      let proposed = knowledge.studies.filter { study in
        study.problems.contains { $0.proposed.contains(technique.id) }
      }
      guard !topics.isEmpty || !proposed.isEmpty else { return nil }
      let addressed = Set(topics.flatMap(\.studies) + proposed.map(\.id))
      let because =
        topics.isEmpty
        ? "proposed to \(listed(proposed.map(\.title)))"
        : "recommended in \(listed(topics.flatMap { $0.at.prefix(1) }.map(\.label)))"
      let cost = ease(dataset: nil, backbone: nil)
      return gap(
        .untriedTechnique, technique.id, connects: addressed, ease: cost.value,
        because: "\(because); \(cost.because)",
        subjects: [EntityReference(.technique, technique.id)]
          + addressed.sorted().map { EntityReference(.study, $0) },
        summary: "\(technique.name) is \(because); no study uses it",
        filledBy: "a run with and without \(technique.name)")
    }
  }

  private var unaddressedChallenges: [Gap] {
    let met = Set(knowledge.studies.flatMap { $0.problems.flatMap(\.challenges) })
    return knowledge.challenges.compactMap { challenge in
      guard !met.contains(challenge.id) else { return nil }
      let answers = knowledge.recommendations.filter { $0.challenges.contains(challenge.id) }
      return gap(
        .unaddressedChallenge, challenge.id, connects: Set(answers.flatMap(\.studies)),
        ease: GapQuery.easeOfAsking,
        because: answers.isEmpty
          ? "no recommendation answers it"
          : "answered only by recommendation (\(listed(answers.map(\.name))))",
        subjects: [EntityReference(.challenge, challenge.id)],
        summary: "\(challenge.name) is named as a challenge; no study is listed as addressing it",
        filledBy: "a study of it, or a citation of one")
    }
  }
}
