// What a section or table is said to show or describe against what it holds.

import Evidence

extension RuleCheck {
  /// Operations that a table is said to show and no row of it has.
  static let shownOperations = RuleCheck("shown-operations", parameters: ["alike"]) {
    corpus, rule in
    let alike = rule.words("alike").map { $0.split(separator: "=").map(String.init) }
    return corpus.statements("lists").compactMap { statement -> Draft? in
      guard statement.text("scope") == "techniques", statement.text("property") == "shown",
        let table = statement.text("where")
      else { return nil }
      let rows = corpus.knowledge.studies.flatMap(\.augmentations).filter {
        $0.at.source == statement.source && $0.at.place == table
      }
      let shown = Set(
        rows.flatMap { $0.operations + $0.alternativeOperations }.map(\.technique))
      let missing = statement["members"].filter { member in
        !shown.contains(member)
          && !alike.contains { $0.contains(member) && !shown.isDisjoint(with: $0) }
      }
      guard !rows.isEmpty, !missing.isEmpty else { return nil }
      let name = { (id: String) in corpus.knowledge.technique(id)?.name ?? id }
      return Draft(
        key: statement.id, subjects: missing.map { EntityReference(.technique, $0) },
        summary: "\(statement.at.label) says that \(Place.title(of: table)) shows "
          + "\(listed(missing.map(name))); no row of it does",
        computation: "operations of its \(rows.count) rows: "
          + shown.sorted().map(name).joined(separator: ", "),
        resolution: "naming the operations of the table",
        evidence: [
          Finding.Evidence(
            "operations said to be shown", statement["members"].map(name).joined(separator: ", "),
            at: statement.at)
        ])
    }
  }

  /// Metrics in the tables of a source that describes its metrics, but not these.
  static let undefinedMetric = RuleCheck("undefined-metric") { corpus, _ in
    corpus.knowledge.sources.compactMap { source -> Draft? in
      let formulas = corpus.statements("formula").filter { $0.source == source.id }
      guard let first = formulas.first else { return nil }
      let lists = corpus.statements("lists").filter {
        $0.source == source.id && $0.text("scope") == "metrics"
      }
      let described = Set(
        lists.flatMap { $0["members"] } + formulas.compactMap { $0.text("metric") })
      var missing: [(metric: Metric, claim: Claim)] = []
      for claim in corpus.knowledge.studies.flatMap(\.experiments).flatMap(\.claims)
      where claim.at.source == source.id && !described.contains(claim.metric.rawValue)
        && !missing.contains(where: { $0.metric == claim.metric })
      {
        missing.append((claim.metric, claim))
      }
      guard !missing.isEmpty else { return nil }
      let names = missing.map(\.metric.title)
      return Draft(
        key: source.id, subjects: [EntityReference(.source, source.id)],
        summary: "\(listed(names)) \(names.count == 1 ? "is" : "are") reported in "
          + "\(listed(ordered(missing.map { Place.title(of: $0.claim.at.place) }))) and not "
          + "described in \(Place.title(of: first.at.place)), which describes the metrics",
        computation: "described: \(described.sorted().joined(separator: ", "))",
        resolution: "describing \(listed(names))",
        evidence: missing.map { Finding.Evidence($0.claim) })
    }
  }

  /// A section that names the modalities of a task and leaves out one that its studies imaged with.
  static let modalitiesNamed = RuleCheck("modalities-named") { corpus, _ in
    corpus.statements("lists").compactMap { statement -> Draft? in
      guard statement.text("scope") == "modalities", let task = statement.text("task") else {
        return nil
      }
      let members = statement["members"]
      var missing: [(modality: String, study: Study, use: DatasetUse)] = []
      for study in corpus.knowledge.studies {
        for experiment in study.experiments where experiment.task.stated == task {
          for use in corpus.datasetsUsed(by: study)
          where experiment.datasets.contains(use.dataset) && use.at.source == statement.source {
            let parts = corpus.knowledge.dataset(use.dataset)?.includes ?? []
            for id in [use.dataset] + parts {
              guard let modality = corpus.knowledge.dataset(id)?.modality.stated,
                !members.contains(modality),
                !missing.contains(where: { $0.modality == modality && $0.study.id == study.id })
              else { continue }
              missing.append((modality, study, use))
            }
          }
        }
      }
      guard !missing.isEmpty else { return nil }
      let names = ordered(missing.map(\.modality)).map { corpus.name(.modality, $0) }
      return Draft(
        key: statement.id,
        subjects: ordered(missing.map { EntityReference(.modality, $0.modality) })
          + ordered(missing.map { EntityReference(.study, $0.study.id) }),
        confidence: .medium,
        summary:
          "\(statement.at.label) names \(listed(members.map { corpus.name(.modality, $0) })) "
          + "for \(corpus.name(.task, task)) and not \(listed(names)), with which "
          + "\(listed(ordered(missing.map { corpus.cited($0.study, in: statement.source) }))) imaged",
        computation: missing.map { "\($0.use.printed) is \(corpus.name(.modality, $0.modality))" }
          .joined(separator: ", "),
        resolution: "adding \(listed(names))",
        evidence: missing.map { Finding.Evidence($0.study.title, $0.use.printed, at: $0.use.at) })
    }
  }
}
