// Accuracies printed for single classes, where no accuracy over all classes is printed.

import Evidence

extension RuleCheck {
  /// An accuracy of one class, which is that class's recall, without one over all classes.
  static let classAccuracy = RuleCheck("class-accuracy") { corpus, _ in
    corpus.knowledge.studies.flatMap { study in
      study.experiments.compactMap { experiment -> Draft? in
        let accuracies = experiment.claims.filter { $0.metric == .accuracy && $0.of == .model }
        guard let first = accuracies.first, accuracies.allSatisfy({ $0.ofClass != nil }) else {
          return nil
        }
        let values = accuracies.map { "\($0.text) for \($0.ofClass ?? "")" }
        return Draft(
          key: "\(study.id).\(experiment.id)", subjects: subjects(study, experiment),
          confidence: .medium,
          summary: "\(study.title): \(first.at.label) prints an accuracy of each class "
            + "(\(listed(values))) and none over all; that of a class is its recall",
          computation: "rightly classified images of a class / all images of it = TP / (TP + FN)",
          resolution: "the accuracy over all images in \(corpus.paper(of: study))",
          evidence: accuracies.map { Finding.Evidence($0) })
      }
    }
  }
}
