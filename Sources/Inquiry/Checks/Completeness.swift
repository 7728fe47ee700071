// "All", "every", "only": claims of completeness against what is missing, with the counterexamples.

import Evidence

extension RuleCheck {
  /// A list said to hold all results, all datasets or all networks, and what it leaves out.
  static let completeList = RuleCheck("complete-list") { corpus, _ in
    corpus.statements("lists").flatMap { statement -> [Draft] in
      switch statement.text("scope") {
      case "results": resultList(statement, corpus)
      case "backbones" where statement.text("family") == nil: backboneList(statement, corpus)
      default: []
      }
    }
      + firstOfEach(corpus.statements("all-datasets").compactMap { datasetClaim($0, corpus) })
  }

  /// The first of the claims that fail on the same datasets.
  private static func firstOfEach(_ drafts: [Draft]) -> [Draft] {
    drafts.enumerated().filter { index, draft in
      !drafts.prefix(index).contains { $0.subjects == draft.subjects }
    }.map(\.element)
  }

  /// A table of results: studies of the task with a result elsewhere, and rows of another task.
  private static func resultList(_ statement: Statement, _ corpus: Corpus) -> [Draft] {
    guard let task = statement.text("task"), let table = statement.text("where") else { return [] }
    let members = Set(statement["members"])
    let inTable = { (claim: Claim) in
      claim.at.source == statement.source && claim.at.place == table
    }
    var drafts: [Draft] = []
    let isComplete = statement.text("complete") == "true"
    do {
      let missing = corpus.knowledge.studies.compactMap { study -> (Study, Claim)? in
        guard !members.contains(study.id) else { return nil }
        let claims = study.experiments.filter { $0.task.stated == task }.flatMap(\.claims)
        guard !claims.contains(where: inTable) else { return nil }
        return claims.first { $0.at.source == statement.source }.map { (study, $0) }
      }
      if !missing.isEmpty {
        drafts.append(
          Draft(
            key: "\(statement.id).missing",
            subjects: missing.map { EntityReference(.study, $0.0.id) },
            confidence: isComplete ? .high : .medium, severity: isComplete ? nil : .low,
            summary: "\(statement.at.label) says that \(Place.title(of: table)) "
              + "\(isComplete ? "lists all" : "reports the") results of "
              + "\(corpus.name(.task, task)); it lacks "
              + listed(missing.map { corpus.cited($0.0, in: statement.source) }),
            computation:
              "\(members.count) studies in the table, \(missing.count) more with a result: "
              + missing.map { "\($0.1.text) in \($0.1.at.label)" }.joined(separator: ", "),
            resolution: "adding the rows, or saying which results are shown",
            evidence: missing.map { Finding.Evidence($0.1, $0.0.title) }))
      }
    }
    if isComplete {
      let left = members.sorted().compactMap { corpus.knowledge.study($0) }.flatMap { study in
        study.experiments.filter { experiment in
          experiment.task.stated == task && !experiment.claims.isEmpty
            && !experiment.claims.contains(where: inTable)
            && experiment.claims.contains { $0.at.source == statement.source }
        }.map { (study, $0) }
      }
      if !left.isEmpty {
        drafts.append(
          Draft(
            key: "\(statement.id).rows", subjects: left.map { EntityReference(.study, $0.0.id) },
            severity: .low,
            summary: "\(statement.at.label) says that \(Place.title(of: table)) lists all results "
              + "of \(corpus.name(.task, task)); of its own studies it leaves out "
              + listed(left.map { "\($0.1.id) of \($0.0.title)" }),
            computation: left.map { study, experiment in
              "\(experiment.id) \(experiment.claims[0].text) in \(experiment.claims[0].at.label)"
            }.joined(separator: ", "),
            resolution: "adding the values, or saying that the best are shown",
            evidence: left.flatMap { study, experiment in
              experiment.claims.prefix(1).map { Finding.Evidence($0, experiment.id) }
            }))
      }
    }
    let strangers = members.sorted().compactMap { id -> (Study, Experiment)? in
      guard let study = corpus.knowledge.study(id) else { return nil }
      let rows = study.experiments.filter { $0.claims.contains(where: inTable) }
      guard let row = rows.first, rows.allSatisfy({ $0.task.stated.map { $0 != task } ?? false })
      else { return nil }
      return (study, row)
    }
    for (study, experiment) in strangers {
      drafts.append(
        Draft(
          key: "\(statement.id).\(study.id)", subjects: subjects(study, experiment),
          summary: "\(Place.title(of: table)) is of \(corpus.name(.task, task)); its row of "
            + "\(study.title) is of \(corpus.name(.task, experiment.task.description))",
          computation: "task of the row: \(corpus.name(.task, experiment.task.description)) ≠ "
            + corpus.name(.task, task),
          resolution: "moving the row to a table of its own",
          evidence: experiment.claims.filter(inTable).map { Finding.Evidence($0) }))
    }
    return drafts
  }

  /// Networks that are said to be described, and networks in the rows that are not.
  private static func backboneList(_ statement: Statement, _ corpus: Corpus) -> [Draft] {
    let members = statement["members"]
    guard statement.text("property") == "described", !members.isEmpty else { return [] }
    var missing: [String: [Study]] = [:]
    for study in corpus.knowledge.studies
    where study.reference?.hasPrefix(statement.source + "/") == true {
      for id in ordered(study.experiments.flatMap(\.backbones)) {
        guard let backbone = corpus.knowledge.backbone(id), backbone.family != "custom",
          !members.contains(id), !members.contains(backbone.family)
        else { continue }
        missing[id, default: []].append(study)
      }
    }
    guard !missing.isEmpty else { return [] }
    let ids = missing.keys.sorted()
    return [
      Draft(
        key: statement.id, subjects: ids.map { EntityReference(.backbone, $0) }, severity: .low,
        summary: "\(statement.at.label) gives an overview of the networks; the studies also use "
          + listed(ids.map { corpus.name(.backbone, $0) }) + ", which it does not describe",
        computation: ids.map { id in
          "\(corpus.name(.backbone, id)) in "
            + (missing[id] ?? []).map { study in
              study.citation(in: statement.source).map { "[\($0)]" } ?? study.id
            }.joined(separator: " ")
        }.joined(separator: ", "),
        resolution: "describing them, or saying which networks are left out",
        evidence: [
          Finding.Evidence(
            "described", members.map { corpus.name(.backbone, $0) }.joined(separator: ", "),
            at: statement.at)
        ])
    ]
  }

  /// A universal claim about the datasets: all included, all accessible.
  private static func datasetClaim(_ statement: Statement, _ corpus: Corpus) -> Draft? {
    let places = statement["where"]
    let catalogued = { (dataset: Dataset) in
      dataset.counts.contains { places.contains($0.at.place) && $0.at.source == statement.source }
    }
    switch statement.text("property") {
    case "included":
      var missing: [(Dataset, Study, Place, String)] = []
      for study in corpus.knowledge.studies {
        for use in corpus.datasetsUsed(by: study) where use.at.source == statement.source {
          // A pool of sets is in the tables when each of them is.
          let pool = corpus.knowledge.dataset(use.dataset)?.includes ?? []
          let parts = pool.count > 1 ? pool : [use.dataset]
          for dataset in parts.compactMap({ corpus.knowledge.dataset($0) }) {
            let isThere = corpus.knowledge.datasets.contains { other in
              catalogued(other) && corpus.areRelated(other.id, dataset.id)
                && other.includes.count < 2
            }
            guard !isThere, !missing.contains(where: { $0.0.id == dataset.id }) else { continue }
            missing.append((dataset, study, use.at, parts.count > 1 ? dataset.name : use.printed))
          }
        }
      }
      guard !missing.isEmpty else { return nil }
      return Draft(
        key: statement.id, subjects: missing.map { EntityReference(.dataset, $0.0.id) },
        summary: "\(statement.at.label) says that all datasets used are included; "
          + "\(listed(places.map(Place.title))) lack \(listed(missing.map(\.3)))",
        computation: missing.map { "\($0.3) of \($0.1.title)" }.joined(separator: ", ")
          + ": \(missing.count) datasets with results in no table of datasets",
        resolution: "adding them, or not saying all",
        evidence: missing.map { Finding.Evidence("dataset of \($0.1.title)", $0.3, at: $0.2) })
    case "accessible", "address-shown":
      let gone = corpus.knowledge.datasets.filter { dataset in
        catalogued(dataset)
          && dataset.facts.contains { $0.about == "availability" && $0.value == "disabled" }
      }
      guard !gone.isEmpty else { return nil }
      return Draft(
        key: statement.id, subjects: gone.map { EntityReference(.dataset, $0.id) },
        summary: "\(statement.at.label) says that all datasets can be reached by the addresses "
          + "shown; \(listed(gone.map(\.name))) is printed as disabled",
        computation: gone.flatMap { dataset in
          dataset.facts.filter { $0.about == "availability" && $0.value == "disabled" }
            .map { "\(dataset.name): \($0.printed) (\($0.at.label))" }
        }.joined(separator: ", "),
        resolution: "marking the dataset as no longer available",
        evidence: gone.flatMap { dataset in
          dataset.facts.filter { $0.about == "availability" && $0.value == "disabled" }
            .map { Finding.Evidence(dataset.name, $0.printed, at: $0.at) }
        })
    default: return nil
    }
  }

  /// A family's printed list of networks without one that a study of the source uses.
  static let familyMembers = RuleCheck("family-members") { corpus, _ in
    corpus.knowledge.backbones.flatMap { family in
      family.facts.filter { $0.about == "members" && !$0.members.isEmpty }.compactMap {
        fact -> Draft? in
        var missing: [(id: String, study: Study)] = []
        for study in corpus.knowledge.studies
        where study.reference?.hasPrefix(fact.at.source + "/") == true {
          for id in ordered(study.experiments.flatMap(\.backbones))
          where id != family.id && corpus.family(of: id) == family.family
            && corpus.family(of: fact.members[0]) == family.family && !fact.members.contains(id)
            && corpus.knowledge.backbone(id)?.name != family.name
            && !missing.contains(where: { $0.id == id })
          {
            missing.append((id, study))
          }
        }
        guard !missing.isEmpty else { return nil }
        return Draft(
          key: family.id,
          subjects: [EntityReference(.backbone, family.id)]
            + missing.map { EntityReference(.backbone, $0.id) },
          summary: "the networks of \(family.name) in \(fact.at.label) (\(fact.printed)) lack "
            + listed(missing.map { corpus.name(.backbone, $0.id) }) + ", which "
            + listed(missing.map { corpus.cited($0.study, in: fact.at.source) }) + " uses",
          computation: "{\(fact.members.joined(separator: ", "))} ∌ "
            + missing.map(\.id).joined(separator: ", "),
          resolution: "adding it to the list",
          evidence: [Finding.Evidence("networks of \(family.name)", fact.printed, at: fact.at)])
      }
    }
  }
}
