// Columns and sentences that say who used a dataset or a network, against who reports results.

import Evidence

/// A use that a list leaves out, with where it is printed.
private struct Use {
  let study: Study
  let at: Place
  let printed: String
}

extension RuleCheck {
  /// A used-by column with studies that worked on other datasets, or without studies that used it.
  static let usedBy = RuleCheck("used-by") { corpus, _ in
    let columns = corpus.statements("used-by").filter { $0.text("dataset") != nil }
    return strangers(in: columns, corpus)
      + columns.compactMap { missingUsers(of: $0.text("dataset") ?? "", $0, corpus) }
  }

  private static func column(_ statement: Statement, _ corpus: Corpus) -> Finding.Evidence {
    let numbers = statement["citations"]
    return Finding.Evidence(
      "users of \(corpus.name(.dataset, statement.text("dataset") ?? ""))",
      numbers.isEmpty ? "—" : "[\(numbers.joined(separator: ","))]", at: statement.at)
  }

  /// Listed users whose own rows print other datasets: one finding for each study.
  private static func strangers(in columns: [Statement], _ corpus: Corpus) -> [Draft] {
    var order: [String] = []
    var listings: [String: [Statement]] = [:]
    for statement in columns {
      for number in statement.numbers("citations") {
        guard let study = corpus.study(cited: number, in: statement.source) else { continue }
        let used = corpus.datasetsUsed(by: study)
        guard !used.isEmpty,
          !used.contains(where: { corpus.areRelated($0.dataset, statement.text("dataset") ?? "") })
        else { continue }
        if listings[study.id] == nil { order.append(study.id) }
        listings[study.id, default: []].append(statement)
      }
    }
    return order.compactMap { id in
      guard let study = corpus.knowledge.study(id), let rows = listings[id] else { return nil }
      let used = corpus.datasetsUsed(by: study)
      let datasets = rows.compactMap { $0.text("dataset") }.sorted()
      let names = datasets.map { corpus.name(.dataset, $0) }
      let printed = ordered(used.map(\.printed))
      // A dataset that is younger than the study cannot have been used by it.
      let younger = datasets.compactMap { dataset in
        datasetYear(dataset).flatMap { year in study.year.map { (dataset, $0, year) } }
      }.first { $0.1 < $0.2 }
      let number = study.citation(in: rows[0].source).map { "[\($0)] " } ?? ""
      return Draft(
        key: "\(datasets[0]).\(id)",
        subjects: datasets.map { EntityReference(.dataset, $0) } + [EntityReference(.study, id)],
        confidence: younger == nil ? .medium : .high,
        summary: "\(number)\(study.title) is listed as a user of \(listed(names)) in "
          + "\(listed(rows.map(\.at.label))), but its own rows print \(listed(printed))",
        computation: "\(names.joined(separator: ", ")) ∉ {\(printed.joined(separator: ", "))}"
          + (younger.map {
            "; a study of \($0.1) is older than the dataset of \($0.2)"
          } ?? "; no result of it on \(listed(names)) is printed"),
        resolution: "the datasets of \(corpus.paper(of: study))",
        evidence: rows.map { column($0, corpus) }
          + used.map { Finding.Evidence("dataset of the study", $0.printed, at: $0.at) })
    }
  }

  /// The year in a dataset's id: `bach-2018`.
  private static func datasetYear(_ id: String) -> Int? {
    id.split(separator: "-").compactMap { Int($0) }.first { (1990...2100).contains($0) }
  }

  /// Studies whose rows print a dataset and that its column leaves out.
  private static func missingUsers(
    of dataset: String, _ statement: Statement, _ corpus: Corpus
  ) -> Draft? {
    let numbers = statement.numbers("citations")
    let kin = corpus.numbersListedForKin(of: dataset, in: statement.source)
    let missing = corpus.knowledge.studies.compactMap { study -> Use? in
      guard let number = study.citation(in: statement.source), !numbers.contains(number),
        !kin.contains(number)
      else { return nil }
      let use = corpus.datasetsUsed(by: study).first { use in
        use.at.source == statement.source
          && (use.dataset == dataset
            || corpus.knowledge.dataset(use.dataset)?.includes.contains(dataset) == true)
      }
      return use.map { Use(study: study, at: $0.at, printed: $0.printed) }
    }
    guard !missing.isEmpty else { return nil }
    return Draft(
      key: "\(dataset).missing",
      subjects: [EntityReference(.dataset, dataset)]
        + missing.map { EntityReference(.study, $0.study.id) },
      summary: "the users of \(corpus.name(.dataset, dataset)) in \(statement.at.label) leave out "
        + listed(missing.map { corpus.cited($0.study, in: statement.source) }),
      computation: "\(numbers.count) listed, \(numbers.count + missing.count) with "
        + missing.map { "\($0.printed) in \($0.at.label)" }.joined(separator: ", "),
      resolution: "adding the citations to \(statement.at.label)",
      evidence: [column(statement, corpus)]
        + missing.map { Finding.Evidence($0.study.title, $0.printed, at: $0.at) })
  }

  /// A sentence on who used a network that leaves out a user, or names a study that did not.
  static let backboneUsedBy = RuleCheck("backbone-used-by") { corpus, _ in
    corpus.statements("backbone-used-by").flatMap { statement -> [Draft] in
      guard let backbone = statement.text("backbone") else { return [] }
      let numbers = statement.numbers("citations")
      let name = corpus.name(.backbone, backbone)
      let sentence = Finding.Evidence(
        "users of \(name)",
        statement.text("printed") ?? numbers.map { "[\($0)]" }.joined(), at: statement.at)
      let missing = corpus.knowledge.studies.compactMap { study -> Use? in
        guard let number = study.citation(in: statement.source), !numbers.contains(number) else {
          return nil
        }
        for experiment in study.experiments
        where experiment.backbones.contains(where: { corpus.network(backbone, covers: $0) }) {
          for appearance in study.appearances where appearance.at.source == statement.source {
            let name = appearance.names.first {
              $0.entity.kind == .backbone && corpus.network(backbone, covers: $0.entity.id)
            }
            if let name, appearance.at.place != "references" {
              return Use(study: study, at: appearance.at, printed: name.printed)
            }
          }
        }
        return nil
      }
      var drafts: [Draft] = numbers.compactMap { number in
        guard let study = corpus.study(cited: number, in: statement.source) else { return nil }
        let used = study.experiments.flatMap(\.backbones)
        guard !used.isEmpty, !used.contains(where: { corpus.network(backbone, covers: $0) }) else {
          return nil
        }
        let names = ordered(used.map { corpus.name(.backbone, $0) })
        return Draft(
          key: "\(backbone).\(study.id)",
          subjects: [EntityReference(.backbone, backbone), EntityReference(.study, study.id)],
          confidence: .medium,
          summary: "[\(number)] \(study.title) is listed as a user of \(name) in "
            + "\(statement.at.label), but its own rows print \(listed(names))",
          computation: "\(name) ∉ {\(names.joined(separator: ", "))}",
          resolution: "the networks of \(corpus.paper(of: study))", evidence: [sentence])
      }
      if !missing.isEmpty {
        drafts.append(
          Draft(
            key: "\(backbone).missing",
            subjects: [EntityReference(.backbone, backbone)]
              + missing.map { EntityReference(.study, $0.study.id) },
            summary: "the users of \(name) in \(statement.at.label) leave out "
              + listed(missing.map { corpus.cited($0.study, in: statement.source) }),
            computation: "\(numbers.count) listed; also "
              + missing.map { "\($0.printed) in \($0.at.label)" }.joined(separator: ", "),
            resolution: "adding the citations to \(statement.at.label)",
            evidence: [sentence]
              + missing.map { Finding.Evidence($0.study.title, $0.printed, at: $0.at) }))
      }
      return drafts
    }
  }
}

extension Corpus {
  /// The citations listed as users of other sets of the same collection: a bare collection's name
  /// in their rows means those.
  fileprivate func numbersListedForKin(of dataset: String, in source: String) -> Set<Int> {
    guard let collection = knowledge.dataset(dataset)?.partOf else { return [] }
    let kin = statements("used-by").filter { other in
      guard other.source == source, let id = other.text("dataset"), id != dataset else {
        return false
      }
      return knowledge.dataset(id)?.partOf == collection
    }
    return Set(kin.flatMap { $0.numbers("citations") })
  }
}
