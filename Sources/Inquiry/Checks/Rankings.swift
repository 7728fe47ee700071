// "Most used", "common" and "many" against counts over the corpus.

import Evidence

extension Corpus {
  /// How many studies of a source report a metric.
  fileprivate func studiesReporting(_ metric: Metric, in source: String) -> [Study] {
    knowledge.studies.filter { study in
      study.experiments.contains { experiment in
        experiment.claims.contains {
          $0.metric == metric && $0.of == .model && $0.at.source == source
        }
      }
    }
  }

  /// The studies of a source that used a dataset or a set of its collection: those listed in its
  /// used-by columns and those whose rows print it.
  ///
  /// - Parameter apart: datasets counted on their own, not with the collection they belong to.
  func users(of dataset: String, apart: [String] = [], in source: String) -> [Study] {
    let listed = statements("used-by").filter { statement in
      statement.source == source
        && statement.text("dataset").map {
          $0 == dataset || (isPart($0, of: dataset) && !apart.contains($0))
        } == true
    }.flatMap { $0.numbers("citations") }.compactMap { study(cited: $0, in: source) }
    let listedElsewhere = { (study: Study) in
      self.statements("used-by").contains { statement in
        statement.source == source && statement.text("dataset") != dataset
          && statement.numbers("citations").contains(study.citation(in: source) ?? -1)
          && (statement.text("dataset").flatMap { self.knowledge.dataset($0)?.partOf }) == dataset
      }
    }
    let printed = knowledge.studies.filter { study in
      datasetsUsed(by: study).contains { use in
        use.at.source == source
          && (use.dataset == dataset
            || knowledge.dataset(use.dataset)?.includes.contains(dataset) == true)
      }
    }
    // A listed study whose own rows print other sets only is no user.
    let real = listed.filter { study in
      let used = datasetsUsed(by: study)
      return used.isEmpty || used.contains { areRelated($0.dataset, dataset) }
        || listedElsewhere(study)
    }
    return RuleCheck.ordered(real + printed).sorted { $0.id < $1.id }
  }

  /// The studies of a source with a set-up that uses a network or one of its family.
  func users(ofNetwork id: String, task: String?, in source: String) -> [Study] {
    knowledge.studies.filter { study in
      study.reference?.hasPrefix(source + "/") == true
        && study.experiments.contains { experiment in
          experiment.backbones.contains { network(id, covers: $0) }
            && (task == nil || experiment.task.stated == task)
        }
    }
  }
}

extension RuleCheck {
  /// A ranking by use that the counts contradict.
  static let mostUsed = RuleCheck("most-used") { corpus, _ in
    var seen: [[String]] = []
    return corpus.statements("most-used").compactMap { statement in
      switch statement.text("scope") {
      case "datasets": return datasetRanking(statement, corpus)
      case "backbones": return backboneRanking(statement, corpus)
      case "metrics":
        // What several places say alike is one finding.
        let key = [statement.source] + statement["ranking"]
        guard !seen.contains(key) else { return nil }
        seen.append(key)
        return metricRanking(
          statement,
          places: corpus.statements("most-used").filter {
            $0.source == statement.source && $0["ranking"] == statement["ranking"]
          }.map(\.at), corpus)
      default: return nil
      }
    }
  }

  /// Networks called the most used that no study uses.
  private static func backboneRanking(_ statement: Statement, _ corpus: Corpus) -> Draft? {
    let ranking = statement["ranking"]
    let users = ranking.map { corpus.users(ofNetwork: $0, task: nil, in: statement.source) }
    guard !ranking.isEmpty, users.allSatisfy(\.isEmpty) else { return nil }
    let names = ranking.map { corpus.name(.backbone, $0) }
    let counts = corpus.knowledge.backbones.filter { $0.id == $0.family }.map { family in
      (family.name, corpus.users(ofNetwork: family.id, task: nil, in: statement.source).count)
    }.filter { $0.1 > 0 }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    return Draft(
      key: statement.id, subjects: ranking.map { EntityReference(.backbone, $0) },
      confidence: .medium,
      summary: "\(statement.at.label) calls \(listed(names)) the most widely used; no study in the "
        + "tables uses \(names.count == 1 ? "it" : "them")",
      computation: "\(names.joined(separator: ", ")) 0 studies"
        + counts.prefix(3).map { ", \($0.0) \($0.1)" }.joined(),
      resolution: "naming the networks that the tables show",
      evidence: [
        Finding.Evidence("most used", statement.text("printed") ?? listed(names), at: statement.at)
      ])
  }

  private static func datasetRanking(_ statement: Statement, _ corpus: Corpus) -> Draft? {
    let ranking = statement["ranking"]
    let task = statement.text("task")
    var counts = ranking.map {
      (id: $0, users: corpus.users(of: $0, apart: ranking, in: statement.source))
    }
    // Datasets of the same task that the source catalogues but leaves out of the ranking.
    for dataset in corpus.knowledge.datasets where !ranking.contains(dataset.id) {
      guard let task, dataset.tasks.contains(task), dataset.includes.isEmpty,
        !ranking.contains(where: { corpus.areRelated($0, dataset.id) }),
        corpus.statements("used-by").contains(where: {
          $0.source == statement.source && $0.text("dataset") == dataset.id
        })
      else { continue }
      counts.append((dataset.id, corpus.users(of: dataset.id, in: statement.source)))
    }
    guard let first = counts.first else { return nil }
    var overtaken: (low: Int, high: Int)?
    for (low, entry) in counts.enumerated() where low < ranking.count {
      if let high = counts.indices.first(where: {
        $0 > low && counts[$0].users.count > entry.users.count
      }) {
        overtaken = (low, high)
        break
      }
    }
    guard let overtaken else { return nil }
    let (low, high) = (counts[overtaken.low], counts[overtaken.high])
    let name = { (id: String) in corpus.name(.dataset, id) }
    return Draft(
      key: statement.id, subjects: counts.map { EntityReference(.dataset, $0.id) },
      confidence: high.users.count - low.users.count > 1 ? .high : .medium,
      summary: "\(statement.at.label) ranks \(name(low.id)) before \(name(high.id))"
        + (task.map { " for \(corpus.name(.task, $0))" } ?? "")
        + ", but \(high.users.count) studies use \(name(high.id)) and "
        + "\(low.users.count) \(name(low.id))",
      computation: counts.map { entry in
        "\(name(entry.id)) \(entry.users.count) {"
          + entry.users.map { study in
            study.citation(in: statement.source).map { "[\($0)]" } ?? study.id
          }.joined(separator: " ") + "}"
      }.joined(separator: ", "),
      resolution: "counting the studies of the tables again",
      evidence: [
        Finding.Evidence(
          "ranking, first is \(name(first.id))", ranking.joined(separator: " > "),
          at: statement.at)
      ])
  }

  private static func metricRanking(
    _ statement: Statement, places: [Place], _ corpus: Corpus
  ) -> Draft? {
    let ranking = statement["ranking"]
    let counted = Metric.allCases.map { metric in
      (metric, corpus.studiesReporting(metric, in: statement.source).count)
    }
    let count = { (name: String) in
      Metric(rawValue: name).map { metric in counted.first { $0.0 == metric }?.1 ?? 0 } ?? 0
    }
    let rarest = ranking.min { count($0) < count($1) }
    guard let rarest else { return nil }
    let above = counted.filter { $0.1 > count(rarest) && !ranking.contains($0.0.rawValue) }
      .sorted { $0.1 > $1.1 }
    let unreported = ranking.filter { count($0) == 0 }
    guard !above.isEmpty || !unreported.isEmpty else { return nil }
    let what =
      ranking.count == 1
      ? "\(places.count == 1 ? "calls" : "call") \(ranking[0]) the most used"
      : "\(places.count == 1 ? "counts" : "count") \(listed(ranking)) as the most used"
    let why =
      !unreported.isEmpty
      ? "no row reports \(listed(unreported))"
      : "\(above[0].1) studies report \(above[0].0.rawValue) and \(count(rarest)) \(rarest)"
    let beaten =
      unreported.isEmpty || above.isEmpty || ranking.count == 1
      ? ""
      : ", and \(above[0].0.rawValue) (\(above[0].1)) is reported more often than "
        + (ranking.filter { count($0) > 0 && count($0) < above[0].1 }.first ?? rarest)
    return Draft(
      key: statement.id, subjects: [EntityReference(.statement, statement.id)],
      confidence: .medium,
      summary: "\(listed(places.map(\.label))) \(what), but \(why)\(beaten)",
      computation: "studies with a value: "
        + (ranking.map { "\($0) \(count($0))" }
        + above.prefix(3).map { "\($0.0.rawValue) \($0.1)" }).joined(separator: ", "),
      resolution: "counting over the primary papers, or naming what the tables report",
      evidence: places.map {
        Finding.Evidence("most used", ranking.joined(separator: ", "), at: $0)
      })
  }
}
