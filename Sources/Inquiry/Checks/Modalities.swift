// Imaging modalities: of a dataset against its own reference, of a study against its dataset.

import Evidence

extension RuleCheck {
  /// A dataset printed with another modality than its catalogue entry and reference have.
  static let datasetModality = RuleCheck("dataset-modality") { corpus, _ in
    corpus.knowledge.datasets.compactMap { dataset in
      guard let own = dataset.modality.stated else { return nil }
      let facts = dataset.facts.filter { $0.about == "modality" && $0.uncertain == nil }
      guard let wrong = facts.first(where: { $0.value != own }) else { return nil }
      let right = facts.filter { $0.value == own }
      let title = dataset.references.compactMap { corpus.knowledge.reference($0) }
        .first { entry in right.contains { $0.reference == entry.id } }
      return Draft(
        key: dataset.id, subjects: [EntityReference(.dataset, dataset.id)],
        confidence: right.isEmpty ? .medium : .high,
        summary: "\(dataset.name) is printed as \(wrong.printed) in \(wrong.at.label); it is "
          + corpus.name(.modality, own)
          + (title.map { ", as the title of its own reference [\($0.number)] says" } ?? ""),
        computation: "\(corpus.name(.modality, wrong.value)) ≠ \(corpus.name(.modality, own))"
          + (dataset.uncertain.map { " (\($0.because))" } ?? ""),
        resolution: "the dataset's own description"
          + (dataset.references.isEmpty ? "" : " (\(dataset.references.joined(separator: ", ")))"),
        evidence: facts.map { Finding.Evidence("modality", $0.printed, at: $0.at) })
    }
  }

  /// A study listed under a modality that is not that of the datasets it worked on.
  static let modalityList = RuleCheck("modality-list") { corpus, _ in
    corpus.statements("modality-used-by").flatMap { statement -> [Draft] in
      guard let modality = statement.text("modality") else { return [] }
      let name = corpus.name(.modality, modality)
      let numbers = statement.numbers("citations")
      let sentence = Finding.Evidence(
        "imaged with \(name)", statement.text("printed") ?? "\(numbers)", at: statement.at)
      var drafts: [Draft] = numbers.compactMap { number in
        guard let study = corpus.study(cited: number, in: statement.source),
          statement.text("task").map({ study.tasks.isEmpty || study.tasks.contains($0) }) ?? true
        else { return nil }
        let used = corpus.datasetsUsed(by: study).compactMap { use in
          corpus.knowledge.dataset(use.dataset)?.modality.stated.map {
            (name: use.printed, modality: $0, at: use.at)
          }
        }
        let own = study.modalities
        let isOther =
          used.isEmpty
          ? !own.isEmpty && !own.contains(modality)
          : !used.contains { $0.modality == modality } && !own.contains(modality)
        let byTitle = otherModality(inTitleOf: study, than: modality, corpus)
        let byRow = rowModality(of: study, corpus)
        guard isOther || byTitle != nil || (byRow.map { $0.modality != modality } ?? false) else {
          return nil
        }
        let reason =
          isOther && !used.isEmpty
          ? used.map { "\($0.name) is \(corpus.name(.modality, $0.modality))" }
            .joined(separator: ", ")
          : byRow.map { "\($0.at.label) prints \"\($0.printed)\"" }
            ?? byTitle.map { "its title has \"\($0)\"" }
            ?? "its modality is \(listed(own.map { corpus.name(.modality, $0) }))"
        // A study may have used images that its rows do not print.
        let isOfTask = statement.text("task").map { task in
          study.experiments.contains { $0.task.stated == task }
        }
        return Draft(
          key: "\(statement.id).\(study.id)",
          subjects: [EntityReference(.study, study.id), EntityReference(.modality, modality)],
          confidence: isOther ? (isOfTask == false ? .medium : .high) : byRow == nil ? .low : .high,
          severity: isOther || byRow != nil ? nil : .low,
          summary:
            "[\(number)] \(study.title) is listed under \(statement.text("body-part").map { "\($0) " } ?? "")"
            + "\(name) in \(statement.at.label), but \(reason)",
          computation: "\(name) against \(reason)",
          resolution: "the images of \(corpus.paper(of: study))",
          evidence: [sentence]
            + used.map { Finding.Evidence("dataset", $0.name, at: $0.at) }
            + (byRow.map { [Finding.Evidence("images", $0.printed, at: $0.at)] } ?? []))
      }
      if let task = statement.text("task") {
        drafts += missing(
          from: statement, modality: modality, task: task, numbers, sentence, corpus)
      }
      return drafts
    }
  }

  /// Studies of the task whose datasets are of the modality and that no list of it names.
  private static func missing(
    from statement: Statement, modality: String, task: String, _ numbers: [Int],
    _ sentence: Finding.Evidence, _ corpus: Corpus
  ) -> [Draft] {
    let name = corpus.name(.modality, modality)
    let left = corpus.knowledge.studies.compactMap { study -> (Study, Place, String)? in
      guard let number = study.citation(in: statement.source), !numbers.contains(number) else {
        return nil
      }
      for experiment in study.experiments where experiment.task.stated == task {
        for use in corpus.datasetsUsed(by: study)
        where experiment.datasets.contains(use.dataset)
          && corpus.knowledge.dataset(use.dataset)?.modality.stated == modality
          && use.at.source == statement.source
        {
          return (study, use.at, use.printed)
        }
      }
      // A study without a set-up of its own, such as one of a used-by column.
      guard study.experiments.allSatisfy(\.claims.isEmpty), study.tasks.contains(task),
        study.modalities.contains(modality),
        let row = study.appearances.first(where: {
          $0.at.source == statement.source
            && ($0.at.column == "Used by" || study.problems.map(\.appearance).contains($0.key))
        })
      else { return nil }
      return (study, row.at, row.names.first { $0.entity.kind == .dataset }?.printed ?? name)
    }
    guard !left.isEmpty else { return [] }
    return [
      Draft(
        key: "\(statement.id).missing",
        subjects: [EntityReference(.modality, modality)]
          + left.map { EntityReference(.study, $0.0.id) },
        confidence: .low, severity: .low,
        summary: "the studies listed for \(name) of \(corpus.name(.task, task)) in "
          + "\(statement.at.label) leave out "
          + listed(left.map { corpus.cited($0.0, in: statement.source) }),
        computation: "\(numbers.count) listed; also "
          + left.map { "\($0.2) in \($0.1.label)" }.joined(separator: ", "),
        resolution: "adding the citations",
        evidence: [sentence] + left.map { Finding.Evidence($0.0.title, $0.2, at: $0.1) })
    ]
  }

  /// What a study's row prints of its images, where the name of a dataset says the modality.
  private static func rowModality(
    of study: Study, _ corpus: Corpus
  ) -> (modality: String, printed: String, at: Place)? {
    for appearance in study.appearances where appearance.at.place.hasPrefix("table") {
      for naming in appearance.names where naming.entity.kind == .dataset {
        let folded = foldedName(naming.printed)
        guard corpus.knowledge.dataset(naming.entity.id)?.modality.stated == nil else { continue }
        for modality in corpus.knowledge.modalities {
          let words = ([modality.name] + modality.aliases).map(foldedName)
          if words.contains(where: { $0.count > 4 && folded.contains($0) }) {
            return (modality.id, naming.printed, appearance.at)
          }
        }
      }
    }
    return nil
  }

  /// A word of the study's title that is the name of another modality.
  private static func otherModality(
    inTitleOf study: Study, than modality: String, _ corpus: Corpus
  ) -> String? {
    guard let title = study.reference.flatMap({ corpus.knowledge.reference($0)?.title }) else {
      return nil
    }
    let folded = foldedName(title)
    let names = { (term: Term) in
      ([term.name] + term.aliases).filter {
        foldedName($0).count > 4 && folded.contains(foldedName($0))
      }
    }
    guard let own = corpus.knowledge.modalities.first(where: { $0.id == modality }),
      names(own).isEmpty
    else { return nil }
    return corpus.knowledge.modalities.filter { $0.id != modality }.flatMap(names).first
  }
}
