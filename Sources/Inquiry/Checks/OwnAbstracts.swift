// Printed results of a network against those in the abstract of the study's own paper.

import Evidence

extension RuleCheck {
  /// A result of one network that the paper's abstract gives otherwise.
  static let ownAbstract = RuleCheck("own-abstract") { corpus, rule in
    corpus.knowledge.studies.flatMap { study -> [Draft] in
      let known = rule.knownFacts.filter { $0.entity == EntityReference(.study, study.id) }
      return known.compactMap { fact -> Draft? in
        guard let network = fact.label, let value = Double(fact.value) else { return nil }
        let experiments = study.experiments.filter { $0.backbones == [network] }
        let claims = experiments.flatMap(\.claims).filter {
          $0.metric.rawValue == fact.about && $0.of == .model && $0.ofClass == nil
            && $0.subset == nil && !$0.printed.isRange
        }
        guard let claim = claims.first, let experiment = experiments.first,
          claims.allSatisfy({ !$0.printedRange.contains(value / 100) })
        else { return nil }
        let name = { (id: String) in corpus.name(.backbone, id) }
        let others = known.filter { $0.about == fact.about && $0.label != network }
        let also = others.compactMap { other in
          other.label.map { "\(other.value)% for \(name($0))" }
        }
        return Draft(
          key: "\(study.id).\(experiment.id).\(fact.about)",
          subjects: subjects(study, experiment)
            + [EntityReference(.backbone, network)], confidence: .medium,
          summary:
            "\(study.title): \(fact.about) of \(name(network)) is printed as \(claim.text) in "
            + "\(claim.at.label); the paper's abstract has "
            + listed(["\(fact.value)% for it"] + also),
          computation: "|\(claim.text) − \(fact.value)%| = "
            + "\(decimal(abs(claim.value * 100 - value))) points (\(fact.source))",
          resolution: "the value and the network in \(corpus.paper(of: study))",
          evidence: claims.map { Finding.Evidence($0, name(network)) })
      }
    }
  }
}
