// Recommendations of what is, by the source's own account, done already.

import Evidence

extension RuleCheck {
  /// A recommendation all of whose techniques the source describes as the usual practice, or that a
  /// row gives as what its study did.
  static let recommendedPractice = RuleCheck("recommended-practice") { corpus, _ in
    usualPractice(corpus) + ownMethod(corpus)
  }

  private static func usualPractice(_ corpus: Corpus) -> [Draft] {
    corpus.knowledge.recommendations.compactMap { recommendation -> Draft? in
      guard let at = recommendation.at.first, !recommendation.techniques.isEmpty else {
        return nil
      }
      let usual = recommendation.techniques.map { technique in
        corpus.statements("usage").first { statement in
          statement.source == at.source && statement.text("technique") == technique
            && ["dominant", "common"].contains(statement.text("level") ?? "")
            && statement.at != at
        }
      }
      let statements = usual.compactMap { $0 }
      guard statements.count == usual.count else { return nil }
      let places = ordered(statements.map(\.at.label))
      return Draft(
        key: recommendation.id,
        subjects: [EntityReference(.recommendation, recommendation.id)]
          + recommendation.techniques.map { EntityReference(.technique, $0) },
        confidence: .medium,
        summary: "\(at.label) recommends \"\(recommendation.name)\""
          + (recommendation.challenges.first.map { " against \(corpus.challenge($0))" }
            ?? "")
          + "; by \(listed(places)) that is what studies do already",
        computation: zip(recommendation.techniques, statements).map { technique, statement in
          "\(corpus.name(.technique, technique)): \(statement.text("level") ?? "") in "
            + statement.at.label
        }.joined(separator: ", "),
        resolution: "what the recommendation changes in the usual practice",
        evidence: [Finding.Evidence("recommended", recommendation.name, at: at)]
          + statements.map {
            Finding.Evidence(
              "usual practice", $0.text("printed") ?? $0.text("technique") ?? "", at: $0.at)
          })
    }
  }

  private static func ownMethod(_ corpus: Corpus) -> [Draft] {
    corpus.knowledge.studies.flatMap { study in
      study.problems.compactMap { problem -> Draft? in
        let again = problem.proposed.filter(problem.techniques.contains)
        guard !again.isEmpty, let appearance = study.appearance(problem.appearance) else {
          return nil
        }
        let names = again.map { corpus.name(.technique, $0) }
        return Draft(
          key: "\(study.id).\(appearance.at.place)",
          subjects: [EntityReference(.study, study.id)]
            + again.map { EntityReference(.technique, $0) },
          confidence: .medium,
          summary: "\(appearance.at.label) proposes \(listed(names)) to "
            + "\(corpus.cited(study, in: appearance.at.source)), and the same row gives "
            + "\(names.count == 1 ? "it" : "them") as what the study did",
          computation: "used {\(problem.techniques.joined(separator: ", "))} ∩ proposed "
            + "{\(problem.proposed.joined(separator: ", "))} = {\(again.joined(separator: ", "))}",
          resolution: "what is proposed beyond what was done",
          evidence: [
            Finding.Evidence(
              "used", problem.techniques.joined(separator: ", "), at: appearance.at),
            Finding.Evidence(
              "proposed", problem.proposed.joined(separator: ", "), at: appearance.at),
          ])
      }
    }
  }
}

extension Corpus {
  /// The name of a challenge.
  fileprivate func challenge(_ id: String) -> String {
    knowledge.challenges.first { $0.id == id }?.name ?? id
  }
}
