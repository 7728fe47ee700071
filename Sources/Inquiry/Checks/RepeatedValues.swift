// Values of one study that different places print differently, or that changed places.

import Evidence

/// The printed values of one metric of one set-up: every place with its value.
private struct ValueGroup {
  let study: Study
  let experiment: Experiment
  let claims: [Claim]

  var key: String { "\(study.id).\(experiment.id).\(claims[0].metric.rawValue)" }
}

extension Corpus {
  /// Model claims grouped by study, set-up, metric, class, part, averaging and aggregation.
  fileprivate var valueGroups: [ValueGroup] {
    struct Key: Hashable {
      let metric: Metric
      let label: String?
      let subset: String?
      let averaging: Reported<Averaging>
      let aggregation: Reported<Aggregation>
      let kind: Reported<AccuracyKind>
    }
    return knowledge.studies.flatMap { study in
      study.experiments.flatMap { experiment -> [ValueGroup] in
        var order: [Key] = []
        var groups: [Key: [Claim]] = [:]
        for claim in experiment.claims where claim.of == .model && !claim.printed.isRange {
          let key = Key(
            metric: claim.metric, label: claim.ofClass, subset: claim.subset,
            averaging: claim.averaging, aggregation: claim.aggregation, kind: claim.accuracyKind)
          if groups[key] == nil { order.append(key) }
          groups[key, default: []].append(claim)
        }
        return order.map {
          ValueGroup(study: study, experiment: experiment, claims: groups[$0] ?? [])
        }
      }
    }
  }
}

/// Whether two prints can stand for one value: their rounding intervals touch.
private func canAgree(_ one: Claim, _ other: Claim) -> Bool {
  let reach =
    one.printed.halfWidth / one.unit.divisor + other.printed.halfWidth / other.unit.divisor
  return abs(one.value - other.value) <= reach + 1e-12
}

extension RuleCheck {
  /// One study, set-up and metric with values that no rounding reconciles.
  static let repeatedValue = RuleCheck("repeated-value") { corpus, rule in
    let swapped = Set(swaps(in: corpus).flatMap { [$0.one.key, $0.other.key] })
    return corpus.valueGroups.compactMap { group in
      guard !swapped.contains(group.key),
        let (one, other) = firstConflict(in: group.claims)
      else { return nil }
      let distance = abs(one.value - other.value) * 100
      let isDoubtful = group.claims.contains { $0.uncertain != nil }
      // Which paper reports which of the values.
      let known = ordered(
        [one, other].flatMap { claim in
          rule.knownFacts.filter { fact in
            fact.entity == EntityReference(.study, group.study.id)
              && fact.about == claim.metric.rawValue && fact.value == claim.printed.text
          }
        })
      return Draft(
        key: group.key,
        subjects: subjects(of: group.study, group.experiment),
        confidence: isDoubtful ? .medium : .high,
        summary: "\(group.study.title): \(group.claims[0].metric.title.lowercased()) of "
          + "\(group.experiment.id) is \(one.text) in \(one.at.label) and \(other.text) in "
          + other.at.label,
        computation: "|\(one.text) − \(other.text)| = \(decimal(distance)) points, more than the "
          + "rounding of both prints allows"
          + known.map { "; \($0.value)% is in \($0.source)" }.joined(),
        resolution: known.count > 1
          ? "keeping the value of \(corpus.paper(of: group.study)), and citing the other paper for "
            + "its own"
          : known.first.map { "\($0.value)%, as the paper itself has it" }
            ?? "the value in \(corpus.paper(of: group.study))",
        evidence: group.claims.map { Finding.Evidence($0) })
    }
  }

  private static func firstConflict(in claims: [Claim]) -> (Claim, Claim)? {
    for (index, one) in claims.enumerated() {
      for other in claims.dropFirst(index + 1) where !canAgree(one, other) { return (one, other) }
    }
    return nil
  }

  private static func subjects(of study: Study, _ experiment: Experiment) -> [EntityReference] {
    [EntityReference(.study, study.id)] + experiment.datasets.map { EntityReference(.dataset, $0) }
  }

  private struct Swap {
    let one: ValueGroup
    let other: ValueGroup
    /// The claims in the order one here, one there, other here, other there.
    let claims: [Claim]
  }

  /// Pairs of set-ups of one study whose values of a metric are exchanged between two places.
  private static func swaps(in corpus: Corpus) -> [Swap] {
    // A value printed in one place has nothing to be exchanged with.
    let groups = corpus.valueGroups.filter { group in
      group.claims.contains { $0.at.place != group.claims[0].at.place }
    }
    var found: [Swap] = []
    for (index, one) in groups.enumerated() {
      for other in groups.dropFirst(index + 1) {
        guard one.study.id == other.study.id, one.experiment.id != other.experiment.id,
          one.claims[0].metric == other.claims[0].metric
        else { continue }
        search: for a in one.claims {
          for b in one.claims where a.at.place != b.at.place && !canAgree(a, b) {
            guard
              let c = other.claims.first(where: { $0.at.place == a.at.place && canAgree($0, b) }),
              let d = other.claims.first(where: { $0.at.place == b.at.place && canAgree($0, a) }),
              !canAgree(c, d)
            else { continue }
            found.append(Swap(one: one, other: other, claims: [a, b, c, d]))
            break search
          }
        }
      }
    }
    return found
  }

  /// Two values of a study that stand in each other's row at another place.
  static let swappedValues = RuleCheck("swapped-values") { corpus, rule in
    swaps(in: corpus).map { swap in
      let (a, b, c, d) = (swap.claims[0], swap.claims[1], swap.claims[2], swap.claims[3])
      let names = [swap.one, swap.other].map { group in
        group.experiment.datasets.map { corpus.name(.dataset, $0) }.joined(separator: " + ")
      }
      let known = [(swap.one, a, b), (swap.other, c, d)].flatMap { group, here, there in
        rule.knownFacts.filter { fact in
          fact.entity == EntityReference(.study, group.study.id)
            && fact.about == group.claims[0].metric.rawValue
            && fact.label.map(group.experiment.datasets.contains) == true
        }.compactMap { fact in
          [here, there].first { $0.printed.text == fact.value }.map { (fact: fact, claim: $0) }
        }
      }
      return Draft(
        key: "\(swap.one.key)-\(swap.other.experiment.id)",
        subjects: Array(
          Set(
            subjects(of: swap.one.study, swap.one.experiment)
              + subjects(of: swap.other.study, swap.other.experiment))),
        summary: "\(swap.one.study.title): the \(a.metric.title.lowercased()) values of "
          + "\(names[0]) and \(names[1]) are exchanged between \(a.at.label) and \(b.at.label)",
        computation: "\(names[0]): \(a.text), then \(b.text); \(names[1]): \(c.text), then "
          + "\(d.text)"
          + (known.isEmpty
            ? ""
            : "; "
              + listed(
                known.map {
                  "\(corpus.name(.dataset, $0.fact.label ?? "")) \($0.fact.value)% in "
                    + $0.fact.source + ", as in " + Place.title(of: $0.claim.at.place)
                })),
        resolution: "the two values in \(corpus.paper(of: swap.one.study))",
        evidence: zip(swap.claims, [0, 0, 1, 1]).map { Finding.Evidence($0, names[$1]) })
    }
  }
}

extension Corpus {
  /// How to find the cited paper: its authors, year and DOI.
  func paper(of study: Study) -> String {
    let doi = study.reference.flatMap { knowledge.reference($0)?.doi }
    return study.title + (doi.map { " (doi \($0))" } ?? "")
  }
}
