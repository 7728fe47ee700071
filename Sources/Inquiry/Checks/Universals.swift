// Claims about all studies against studies that contradict them.

import Evidence

extension RuleCheck {
  /// A claim about all studies with studies that contradict it.
  static let universalClaim = RuleCheck("universal-claim") { corpus, _ in
    corpus.statements("all-studies").compactMap { statement in
      guard statement.uncertain == nil, let value = statement.text("value") else { return nil }
      var against: [(study: Study, evidence: Finding.Evidence, reason: String)] = []
      for study in corpus.knowledge.studies
      where study.reference?.hasPrefix(statement.source + "/") == true {
        guard let found = counterexample(study, statement.text("property") ?? "", value, corpus)
        else { continue }
        against.append((study, found.evidence, found.reason))
      }
      guard !against.isEmpty else { return nil }
      return Draft(
        key: statement.id, subjects: against.map { EntityReference(.study, $0.study.id) },
        confidence: .medium,
        summary:
          "\(statement.at.label) says of all studies: \(statement.text("property") ?? "") "
          + "\(value); not so "
          + listed(against.map { corpus.cited($0.study, in: statement.source) }),
        computation: against.map { "\($0.study.authors): \($0.reason)" }.joined(separator: ", "),
        resolution: "most instead of all",
        evidence: [
          Finding.Evidence(
            "all studies: \(statement.text("property") ?? "")", value, at: statement.at)
        ] + against.map(\.evidence))
    }
  }

  private static func counterexample(
    _ study: Study, _ property: String, _ value: String, _ corpus: Corpus
  ) -> (evidence: Finding.Evidence, reason: String)? {
    switch property {
    case "pretraining":
      for experiment in study.experiments {
        let other = experiment.pretraining.stated.flatMap { $0 == value ? nil : $0 }
        let isFromScratch = experiment.strategy.stated.map {
          $0.kind == .fromScratch
        }
        guard other != nil || isFromScratch == true,
          let appearance = experiment.claims.first.flatMap({ study.appearance($0.appearance) })
            ?? study.appearances.first
        else { continue }
        let reason =
          other.map { $0 == "random" ? "random initial weights" : corpus.name(.dataset, $0) }
          ?? experiment.strategy.stated?.kind.rawValue ?? ""
        return (Finding.Evidence(study.title, reason, at: appearance.at), reason)
      }
      return nil
    case "augmentation":
      for augmentation in study.augmentations {
        for operation in augmentation.operations
        where corpus.knowledge.technique(operation.technique)?.kind == "generative" {
          return (
            Finding.Evidence(study.title, operation.technique, at: augmentation.at),
            operation.technique
          )
        }
      }
      return nil
    default: return nil
    }
  }
}
