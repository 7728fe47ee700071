// Studies listed under a dataset, task or modality that their own paper has nothing to do with.

import Evidence

/// A list of citations that says what the cited studies worked on.
private struct Listing {
  let statement: Statement
  let tasks: [String]
  let about: String
}

extension RuleCheck {
  /// A study cited among those of one disease whose own task is another.
  static let listedTask = RuleCheck("listed-task") { corpus, _ in
    var byStudy: [(study: Study, number: Int, listings: [Listing])] = []
    for listing in listings(in: corpus) {
      let statement = listing.statement
      for number in statement.numbers("citations") + statement.numbers("citation") {
        guard let study = corpus.study(cited: number, in: statement.source), !study.tasks.isEmpty,
          Set(study.tasks).isDisjoint(with: listing.tasks)
        else { continue }
        if let index = byStudy.firstIndex(where: { $0.study.id == study.id }) {
          byStudy[index].listings.append(listing)
        } else {
          byStudy.append((study, number, [listing]))
        }
      }
    }
    return byStudy.map { study, number, listings in
      let own = study.tasks.map { corpus.name(.task, $0) }
      let places = listings.map { "\($0.about) (\($0.statement.at.label))" }
      let reference = study.reference.flatMap { corpus.knowledge.reference($0) }
      return Draft(
        key: study.id,
        subjects: [EntityReference(.study, study.id)]
          + Set(listings.flatMap { $0.statement["dataset"] }).map { EntityReference(.dataset, $0) },
        confidence: .high,
        summary: "[\(number)] \(study.title) is listed under \(listed(places)); its own subject is "
          + listed(own),
        computation: "{\(own.joined(separator: ", "))} ∩ {"
          + Set(listings.flatMap(\.tasks)).sorted().map { corpus.name(.task, $0) }
          .joined(separator: ", ") + "} = ∅",
        resolution: "whether another reference was meant than \(corpus.paper(of: study))",
        evidence: listings.map {
          Finding.Evidence("cited for \($0.about)", "[\(number)]", at: $0.statement.at)
        }
          + (reference.map {
            [
              Finding.Evidence(
                "title of [\(number)]", $0.title,
                at: Place(source: $0.source, place: "references", row: $0.number))
            ]
          } ?? []))
    } + offTopicTitles(in: corpus)
  }

  /// References cited in one breath for a task that most of their titles name, but theirs do not.
  private static func offTopicTitles(in corpus: Corpus) -> [Draft] {
    listings(in: corpus).compactMap { listing in
      let statement = listing.statement
      guard statement.kind == "citation" else { return nil }
      let names = listing.tasks.flatMap { id in
        corpus.knowledge.tasks.filter { $0.id == id }.flatMap { [$0.name] + $0.aliases }
      }.map(foldedName)
      let entries = (statement.numbers("citations") + statement.numbers("citation"))
        .compactMap { corpus.reference($0, of: statement.source) }
      let strangers = entries.filter { entry in
        let title = foldedName(entry.title)
        let tasks = corpus.study(cited: entry.number, in: entry.source)?.tasks ?? []
        return tasks.isEmpty && !names.contains(where: title.contains)
      }
      guard entries.count >= 3, !strangers.isEmpty, strangers.count * 2 < entries.count else {
        return nil
      }
      let numbers = listed(strangers.map { "[\($0.number)]" })
      return Draft(
        key: statement.id,
        subjects: strangers.map { EntityReference(.reference, $0.id) }
          + strangers.compactMap { corpus.study(cited: $0.number, in: $0.source) }
          .map { EntityReference(.study, $0.id) },
        confidence: .medium, severity: .low,
        summary: "\(numbers) are cited for \(listing.about) in \(statement.at.label); their titles "
          + "are of something else",
        computation: "\(entries.count - strangers.count) of \(entries.count) titles name the task",
        resolution: "leaving \(numbers) out or saying what they are cited for",
        evidence: [
          Finding.Evidence(
            "cited for \(listing.about)", statement.text("printed") ?? numbers, at: statement.at)
        ]
          + strangers.map {
            Finding.Evidence(
              "title of [\($0.number)]", $0.title,
              at: Place(source: $0.source, place: "references", row: $0.number))
          })
    }
  }

  private static func listings(in corpus: Corpus) -> [Listing] {
    corpus.knowledge.statements.compactMap { statement in
      switch statement.kind {
      case "used-by":
        guard let dataset = statement.text("dataset").flatMap({ corpus.knowledge.dataset($0) }),
          !dataset.tasks.isEmpty
        else { return nil }
        return Listing(statement: statement, tasks: dataset.tasks, about: dataset.name)
      case "modality-used-by":
        guard let task = statement.text("task"), let modality = statement.text("modality") else {
          return nil
        }
        return Listing(
          statement: statement, tasks: [task],
          about: "\(corpus.name(.modality, modality)) of \(corpus.name(.task, task))")
      case "citation":
        let tasks = statement["about"].compactMap { EntityReference(parsing: $0) }
          .filter { $0.kind == .task }.map(\.id)
        guard !tasks.isEmpty else { return nil }
        return Listing(
          statement: statement, tasks: tasks,
          about: listed(tasks.map { corpus.name(.task, $0) }))
      default: return nil
      }
    }
  }
}
