// One result printed in several roles: under two studies, or as a model's and as a person's.

import Evidence

extension RuleCheck {
  /// The same values of several metrics under two studies: one of them is wrongly cited.
  static let sharedValues = RuleCheck("shared-values", parameters: ["metrics", "different-values"])
  {
    corpus, rule in
    let rows = corpus.resultRows
    var drafts: [Draft] = []
    for (index, one) in rows.enumerated() {
      for other in rows.dropFirst(index + 1)
      where one.study.id != other.study.id && one.appearance.at.source == other.appearance.at.source
      {
        let shared = one.claims.filter { claim in
          !claim.printed.isRange
            && other.claims.contains {
              $0.metric == claim.metric && $0.text == claim.text && $0.ofClass == claim.ofClass
            }
        }
        guard Double(shared.count) >= rule.number("metrics"),
          Double(Set(shared.map(\.printed.text)).count) >= rule.number("different-values")
        else { continue }
        let source = one.appearance.at.source
        // What one of the papers is known to report decides whose the result is.
        let owner = [one, other].compactMap { row -> (row: ResultRow, fact: Rule.KnownFact)? in
          rule.knownFacts.first { fact in
            fact.entity == EntityReference(.study, row.study.id)
              && shared.contains {
                $0.metric.rawValue == fact.about && $0.printed.text == fact.value
              }
          }.map { (row, $0) }
        }.first
        drafts.append(
          Draft(
            key: [one.key, other.key].joined(separator: "-"),
            subjects: [
              EntityReference(.study, one.study.id), EntityReference(.study, other.study.id),
            ],
            summary: "one result is attributed to two studies: "
              + "\(corpus.cited(one.study, in: source)) in \(one.appearance.at.label) and "
              + "\(corpus.cited(other.study, in: source)) in \(other.appearance.at.label)",
            computation: "\(shared.count) of \(shared.count) shared metrics are printed alike: "
              + shared.map { "\($0.metric.title.lowercased()) \($0.text)" }
              .joined(separator: ", ")
              + (owner.map {
                "; \($0.fact.about) \($0.fact.value)% is reported by \($0.row.study.title) "
                  + "(\($0.fact.source))"
              } ?? ""),
            resolution: owner.map { "crediting \(corpus.cited($0.row.study, in: source))" }
              ?? "which of \(corpus.paper(of: one.study)) and "
              + "\(corpus.paper(of: other.study)) reports these values",
            evidence: shared.map { Finding.Evidence($0, one.study.title) }
              + other.claims.filter { claim in
                shared.contains { $0.metric == claim.metric && $0.text == claim.text }
              }.map { Finding.Evidence($0, other.study.title) }))
      }
    }
    return drafts
  }

  /// A value of the people compared with that is also a model's value of another metric.
  static let comparatorValue = RuleCheck("comparator-value") { corpus, _ in
    corpus.knowledge.studies.flatMap { study in
      study.experiments.flatMap { experiment in
        experiment.claims.filter { $0.of == .clinicians }.compactMap { human -> Draft? in
          let same = experiment.claims.filter { claim in
            claim.of == .model && !claim.printed.isRange && claim.metric != human.metric
              && claim.printed.text.filter(\.isNumber).drop { $0 == "0" }
                == human.printed.text.filter(\.isNumber).drop { $0 == "0" }
              && abs(claim.value - human.value) < 1e-9
          }
          guard Set(same.map(\.metric)).count >= 2 else { return nil }
          return Draft(
            key: "\(study.id).\(experiment.id).\(human.metric.rawValue)",
            subjects: [EntityReference(.study, study.id)], confidence: .low,
            summary: "\(study.title): \(human.text) is printed as the clinicians' "
              + "\(human.metric.title.lowercased()) and as the model's "
              + listed(same.map { "\($0.metric.title) (\($0.at.label))" }),
            computation: ([human] + same).map { "\($0.metric.title) \($0.text)" }
              .joined(separator: " = "),
            resolution: "which of these values \(corpus.paper(of: study)) gives to the model",
            evidence: [Finding.Evidence(human, "clinicians")]
              + same.map { Finding.Evidence($0, "model") })
        }
      }
    }
  }

  /// A task with fewer classes done worse than one with more, by one network on one dataset.
  static let classCountOrder = RuleCheck("class-count-order", parameters: ["points"]) {
    corpus, rule in
    struct Setting: Hashable {
      let datasets: [String]
      let backbones: [String]
    }
    return corpus.knowledge.studies.flatMap { study -> [Draft] in
      var groups: [Setting: [(classes: Int, claim: Claim)]] = [:]
      var order: [Setting] = []
      for experiment in study.experiments {
        guard let classes = experiment.classes.stated,
          let claim = experiment.claims.first(where: {
            $0.metric == .accuracy && $0.of == .model && $0.ofClass == nil
          })
        else { continue }
        let setting = Setting(datasets: experiment.datasets, backbones: experiment.backbones)
        if groups[setting] == nil { order.append(setting) }
        groups[setting, default: []].append((classes, claim))
      }
      return order.compactMap { setting in
        let values = (groups[setting] ?? []).sorted { $0.classes < $1.classes }
        guard Set(values.map(\.classes)).count == values.count,
          let pair = zip(values, values.dropFirst()).first(where: {
            ($1.claim.value - $0.claim.value) * 100 >= rule.number("points")
          })
        else { return nil }
        let (fewer, more) = pair
        let isConfirmed = [fewer.claim, more.claim].allSatisfy { claim in
          rule.knownFacts.contains { fact in
            fact.entity == EntityReference(.study, study.id) && fact.about == claim.metric.rawValue
              && fact.value == claim.printed.text
          }
        }
        return Draft(
          key: "\(study.id).\(fewer.classes)-\(more.classes)",
          subjects: [EntityReference(.study, study.id)]
            + setting.datasets.map { EntityReference(.dataset, $0) },
          confidence: .low,
          summary: "\(study.title): \(fewer.classes) classes are told apart less well "
            + "(\(fewer.claim.text)) than \(more.classes) (\(more.claim.text)), by the same network "
            + "on the same dataset",
          computation: values.map { "\($0.classes) classes \($0.claim.text)" }
            .joined(separator: ", ")
            + "; were the \(fewer.classes) classes merged from the \(more.classes), merging could not "
            + "lower a model's accuracy",
          resolution: isConfirmed
            ? "what the \(fewer.classes) classes are: \(corpus.paper(of: study)) has the values, too"
            : "whether the values of \(fewer.classes) and \(more.classes) classes are "
              + "exchanged in \(corpus.paper(of: study))",
          evidence: values.map { Finding.Evidence($0.claim, "\($0.classes) classes") })
      }
    }
  }
}
