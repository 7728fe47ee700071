// Which networks a study is said to have used, place by place, and results that name none of them.

import Evidence

/// The networks that one place prints for a study.
private struct NamedNetworks {
  let at: Place
  let ids: [String]
  let printed: String
}

extension Corpus {
  /// What each row, cell or paragraph that names the study's authors prints of its networks; a
  /// statement about a cell stands for the row it is in.
  fileprivate func namedNetworks(of study: Study) -> [NamedNetworks] {
    let counted = statements("count").filter { statement in
      statement.text("of") == "backbones" && statement.text("scope") == study.id
        && !statement["members"].isEmpty
    }.map {
      NamedNetworks(
        at: $0.at, ids: $0["members"],
        printed: $0.text("printed") ?? $0["members"].joined(separator: ", "))
    }
    let rows = study.appearances.filter { appearance in
      appearance.authors != nil
        && !counted.contains {
          $0.at.place == appearance.at.place && $0.at.row == appearance.at.row
        }
    }.compactMap { appearance -> NamedNetworks? in
      let names = appearance.names.filter { $0.entity.kind == .backbone }
      guard !names.isEmpty else { return nil }
      return NamedNetworks(
        at: appearance.at, ids: RuleCheck.ordered(names.map(\.entity.id)),
        printed: names.map(\.printed).joined(separator: ", "))
    }
    return counted + rows
  }

  /// The set-ups of a study with a printed result of a network.
  fileprivate func result(of network: String, in study: Study) -> Claim? {
    study.experiments.filter { $0.backbones == [network] }.flatMap(\.claims).first {
      $0.of == .model
    }
  }
}

extension RuleCheck {
  /// Places that name fewer networks for a study than another place of the same source.
  static let networksNamed = RuleCheck("networks-named") { corpus, _ in
    corpus.knowledge.studies.compactMap { study in
      let places = corpus.namedNetworks(of: study)
      // Of places that name as many, the one that prints results is the better witness.
      guard
        let most = places.map(\.ids.count).max(),
        let fullest = places.filter({ $0.ids.count == most }).min(by: {
          ($0.at.place.hasPrefix("table") ? 0 : 1) < ($1.at.place.hasPrefix("table") ? 0 : 1)
        })
      else { return nil }
      var missing: [String] = []
      let lacking = places.filter { place in
        let left = fullest.ids.filter { id in
          !place.ids.contains { corpus.network($0, covers: id) || corpus.network(id, covers: $0) }
        }
        missing += left
        return place.at.source == fullest.at.source && !left.isEmpty
      }
      guard !lacking.isEmpty else { return nil }
      let left = ordered(missing)
      let results = left.compactMap { corpus.result(of: $0, in: study) }
      let isOneRow = places.contains { one in
        lacking.contains { $0.at.place == one.at.place && $0.at.row == one.at.row }
          && left.allSatisfy(one.ids.contains)
      }
      let name = { (id: String) in corpus.name(.backbone, id) }
      return Draft(
        key: study.id,
        subjects: [EntityReference(.study, study.id)]
          + left.map { EntityReference(.backbone, $0) },
        confidence: isOneRow ? .high : .medium, severity: results.isEmpty ? .low : nil,
        summary: "\(study.title): \(listed(lacking.map(\.at.label))) "
          + "\(lacking.count == 1 ? "does" : "do") not name \(listed(left.map(name))), which "
          + "\(fullest.at.label) does"
          + (results.isEmpty ? "" : ", with a result of \(listed(results.map(\.text)))"),
        computation: places.map { place in
          "\(place.at.label): \(place.ids.map(name).joined(separator: ", "))"
        }.joined(separator: "; "),
        resolution: "the networks of \(corpus.paper(of: study))",
        evidence: (lacking + [fullest]).map {
          Finding.Evidence("networks of the study", $0.printed, at: $0.at)
        })
    }
  }

  /// One result of several compared networks, without saying of which.
  static let unassignedResult = RuleCheck("unassigned-result") { corpus, _ in
    oneForSeveral(corpus) + alikeInEverything(corpus)
  }

  /// Rows that print one set of values for two networks, alike in every metric.
  private static func alikeInEverything(_ corpus: Corpus) -> [Draft] {
    let rows = corpus.resultRows
    return corpus.knowledge.studies.flatMap { study -> [Draft] in
      let own = rows.filter { $0.study.id == study.id && $0.experiment.backbones.count == 1 }
      return ordered(own.map(\.appearance.key)).compactMap { key -> Draft? in
        let same = own.filter { $0.appearance.key == key }
        guard let first = same.first, same.count > 1, first.claims.count >= 3,
          Set(same.map { $0.experiment.backbones[0] }).count == same.count,
          same.dropFirst().allSatisfy({ row in
            row.claims.map(\.metric) == first.claims.map(\.metric)
              && row.claims.map(\.text) == first.claims.map(\.text)
          }),
          // Set-ups told apart by something else than the network are not meant.
          same.allSatisfy({ $0.experiment.datasets == first.experiment.datasets }),
          first.appearance.at.place.hasPrefix("table")
        else { return nil }
        let names = same.map { corpus.name(.backbone, $0.experiment.backbones[0]) }
        return Draft(
          key: "\(study.id).\(key)", subjects: subjects(study, first.experiment),
          confidence: .medium,
          summary: "\(study.title): \(first.appearance.at.label) prints one line of values for "
            + "\(listed(names)), so that they would be alike in every metric",
          computation: first.claims.map { "\($0.metric.title) \($0.text)" }.joined(separator: ", ")
            + ": \(first.claims.count) metrics, \(names.count) networks, "
            + "\(Set(first.claims.map(\.text)).count) "
            + (Set(first.claims.map(\.text)).count == 1 ? "value" : "values"),
          resolution: "the values of each network in \(corpus.paper(of: study))",
          evidence: first.claims.map { Finding.Evidence($0, listed(names)) })
      }
    }
  }

  private static func oneForSeveral(_ corpus: Corpus) -> [Draft] {
    corpus.knowledge.studies.flatMap { study in
      study.experiments.compactMap { experiment -> Draft? in
        guard experiment.combination.stated == .oneOf, experiment.backbones.count > 1,
          let claim = experiment.claims.first(where: { $0.of == .model })
        else { return nil }
        let names = experiment.backbones.map { corpus.name(.backbone, $0) }
        return Draft(
          key: "\(study.id).\(experiment.id)", subjects: subjects(study, experiment),
          summary: "\(study.title): \(claim.at.label) prints one "
            + "\(claim.metric.title.lowercased()), \(claim.text), for \(names.count) networks and "
            + "does not say of which",
          computation: "\(names.joined(separator: ", ")): \(names.count) networks, 1 value",
          resolution: "the network of the value in \(corpus.paper(of: study))",
          evidence: [Finding.Evidence(claim, listed(names))])
      }
    }
  }
}
