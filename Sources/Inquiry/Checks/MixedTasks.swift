// A size that adds the images of different tasks, beside classes that only one of them has.

import Evidence

extension RuleCheck {
  /// A dataset printed with one size and one number of classes over parts of different tasks.
  static let mixedTasks = RuleCheck("mixed-tasks") { corpus, rule in
    func kind(_ part: Dataset) -> (value: String, source: String)? {
      let fact = part.facts.first { $0.about == "task-kind" }
      let known = rule.knownFacts.first {
        $0.entity == EntityReference(.dataset, part.id) && $0.about == "task-kind"
      }
      return fact.map { ($0.value, $0.at.label) } ?? known.map { ($0.value, $0.source) }
    }
    return corpus.knowledge.datasets.compactMap { dataset -> Draft? in
      let parts = dataset.includes.compactMap { corpus.knowledge.dataset($0) }.compactMap { part in
        kind(part).map { (part: part, kind: $0.value, source: $0.source) }
      }
      guard parts.count >= 2, parts.count == dataset.includes.count,
        Set(parts.map(\.kind)).count > 1,
        let total = dataset.counts.first(where: {
          ["images", "samples"].contains($0.of) && $0.label == nil && $0.split == nil
            && $0.subset == nil
        }), let classes = dataset.counts.first(where: { $0.of == "classes" && $0.subset == nil })
      else { return nil }
      let sizes = parts.compactMap { entry in
        entry.part.counts.first { ["images", "samples"].contains($0.of) && $0.label == nil }.map {
          (part: entry.part, kind: entry.kind, count: $0)
        }
      }
      // Only a size that the largest part does not reach alone adds several tasks.
      guard sizes.count == parts.count, let most = sizes.map(\.count.n).max(), total.n > most else {
        return nil
      }
      return Draft(
        key: dataset.id,
        subjects: [EntityReference(.dataset, dataset.id)]
          + parts.map { EntityReference(.dataset, $0.part.id) },
        summary: "\(dataset.name): \(total.printed) in \(total.at.label) adds images of "
          + "\(listed(ordered(parts.map(\.kind)))); the \(classes.printed.lowercased()) classes "
          + "beside it are of \(listed(parts.filter { $0.kind == "classification" }.map(\.part.name)))",
        computation: sizes.map { "\($0.part.name) \($0.count.printed), \($0.kind)" }
          .joined(separator: "; ") + " (\(ordered(parts.map(\.source)).joined(separator: "; ")))",
        resolution: "the size of the part that has the classes",
        evidence: [
          Finding.Evidence(dataset.name, total.printed, at: total.at),
          Finding.Evidence("classes of \(dataset.name)", classes.printed, at: classes.at),
        ] + sizes.map { Finding.Evidence($0.part.name, $0.count.printed, at: $0.count.at) })
    }
  }
}
