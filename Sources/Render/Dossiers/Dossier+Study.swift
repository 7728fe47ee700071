// What is known about a study: where it is spoken of, its set-ups, claims and augmentations.

import Evidence

extension Dossier {
  /// A study with every number beside the place that prints it.
  public init(_ study: Study, in knowledge: KnowledgeBase) {
    self.init("studies/\(study.id)", name: study.title)
    if let reference = study.reference.flatMap(knowledge.reference) {
      add("title", "Title", .text(reference.title))
      add("published", "Published", .text(reference.published))
      add("doi", "DOI", .doi(reference.doi))
      add("url", "Address", .address(reference.url))
      add(
        "reference", "Reference",
        .entity("\(reference.source) [\(reference.number)]", .init(.reference, reference.id)))
    } else if let source = knowledge.source(study.id) {
      add("title", "Title", .text(source.title))
      add("doi", "DOI", .doi(source.doi))
      add("reference", "Reference", .entity(source.id, .init(.source, source.id)))
    } else {
      add("reference", "Reference", .notReported)
    }
    add("tasks", "Tasks", knowledge.names(study.tasks, .task))
    add("modalities", "Modalities", knowledge.names(study.modalities, .modality))
    add("claims", .claims(of: study, in: knowledge))
    add(
      "set_ups", .setUps(of: study, in: knowledge),
      note: "An answer that is missing is either not reported by the source, or not applicable "
        + "because the question does not arise. Neither is ever 0.")
    add("augmentations", .augmentations(of: study, in: knowledge))
    add("problems", .problems(of: study, in: knowledge))
    add("appearances", .appearances(of: study, in: knowledge))
    add("statements", .statements(about: study, in: knowledge))
  }
}

extension Table {
  /// Where sources speak of a study, and what the printed names were resolved to.
  static func appearances(of study: Study, in knowledge: KnowledgeBase) -> Table {
    Table(
      title: "Where it is spoken of",
      columns: [
        Column("place", "Place", wraps: true), Column("authors", "Authors as printed"),
        Column("citation", "Citation", .right), Column("printed", "Names as printed", wraps: true),
        Column("doubt", "Doubt", wraps: true),
      ],
      rows: study.appearances.map { appearance in
        let names = appearance.names.map { naming in
          let name = knowledge.name(of: naming.entity)
          let meaning = foldedName(name) == foldedName(naming.printed) ? "" : " → \(name)"
          return "\(naming.printed)\(meaning)" + (naming.why.map { " (\($0))" } ?? "")
            + (naming.uncertain.map { " [uncertain: \($0.sentence)]" } ?? "")
        }
        return [
          .text(appearance.at.description), .optional(appearance.authors),
          appearance.citation.map(Cell.count) ?? .blank,
          .optional(names.isEmpty ? nil : names.joined(separator: "; ")),
          .optional(appearance.uncertain?.sentence),
        ]
      })
  }

  /// The set-ups of a study. Few are set side by side under their fields; many are one a row.
  static func setUps(of study: Study, in knowledge: KnowledgeBase) -> Table {
    let title = "Set-ups"
    let fields = study.experiments.map { $0.setUp(in: knowledge) }
    guard let first = fields.first else { return Table(title: title, columns: [], rows: []) }
    if fields.count <= 4 {
      return Table(
        title: title,
        columns: [Column("field", "Field")]
          + study.experiments.map { Column($0.id, $0.id, wraps: true) },
        rows: first.indices.map { index in
          [.text(first[index].column.title)] + fields.map { $0[index].cell }
        }.filter { $0.dropFirst().contains { $0 != .blank } })
    }
    return Table(
      title: title, columns: [Column("experiment", "Experiment")] + first.map(\.column),
      rows: zip(study.experiments, fields).map { [.text($0.id)] + $1.map(\.cell) })
  }

  /// Each printed value of a study with its place.
  static func claims(of study: Study, in knowledge: KnowledgeBase) -> Table {
    Table(
      title: "Reported results",
      columns: [
        Column("experiment", "Experiment", wraps: true), Column("metric", "Metric"),
        Column("reported", "Reported", .right), Column("value", "Value", .right),
        Column("scope", "Of", wraps: true), Column("averaging", "Averaging", wraps: true),
        Column("aggregation", "Aggregation", wraps: true), Column("n", "n", .right),
        Column("location", "Printed in", wraps: true), Column("doubt", "Doubt", wraps: true),
      ],
      rows: study.experiments.flatMap { experiment in
        experiment.claims.map { claim in
          [
            .text(experiment.id), .text(claim.metricText), .text(claim.text),
            .number(claim.value, shown: fixed(claim.value)), .optional(claim.scope),
            .reported(claim.averaging.map(\.rawValue)),
            .reported(claim.aggregation.map(\.rawValue)),
            claim.n.stated.map(Cell.count) ?? .reported(claim.n),
            .text(claim.at.description), .optional(claim.uncertain?.sentence),
          ]
        }
      })
  }

  /// What was done to enlarge the training data, with the printed sizes.
  static func augmentations(of study: Study, in knowledge: KnowledgeBase) -> Table {
    let operations = { (list: [Augmentation.Operation]) in
      list.map { $0.text(in: knowledge) }.joined(separator: "; ")
    }
    return Table(
      title: "Augmentations",
      columns: [
        Column("dataset", "Dataset", wraps: true), Column("before", "Before", .right),
        Column("after", "After", .right), Column("factor", "Factor", .right),
        Column("stage", "Stage", wraps: true), Column("operations", "Operations", wraps: true),
        Column("location", "Printed in", wraps: true), Column("doubt", "Doubt", wraps: true),
      ],
      rows: study.augmentations.map { augmentation in
        let doubt = [
          augmentation.uncertain?.sentence,
          augmentation.alternativeOperations.isEmpty
            ? nil : "or read as: " + operations(augmentation.alternativeOperations),
        ].compactMap { $0 }
        return [
          .entity(
            knowledge.name(of: .init(.dataset, augmentation.dataset)),
            .init(.dataset, augmentation.dataset)),
          augmentation.before.map { .text($0.text) } ?? .notReported,
          augmentation.after.map { .text($0.text) } ?? .notReported, augmentation.factor,
          .reported(augmentation.stage.map(\.rawValue)),
          augmentation.operations.isEmpty
            ? .notReported : .text(operations(augmentation.operations)),
          .text(augmentation.at.description),
          .optional(doubt.isEmpty ? nil : doubt.joined(separator: "; ")),
        ]
      })
  }

  /// The problems a study met and what it did about them, coded.
  static func problems(of study: Study, in knowledge: KnowledgeBase) -> Table {
    Table(
      title: "Problems and answers",
      columns: [
        Column("challenges", "Problem", wraps: true), Column("techniques", "Answer", wraps: true),
        Column("proposed", "Proposed by the source", wraps: true),
        Column("datasets", "Datasets", wraps: true), Column("location", "Printed in", wraps: true),
      ],
      rows: study.problems.map { problem in
        [
          knowledge.names(problem.challenges, .challenge),
          knowledge.names(problem.techniques, .technique),
          knowledge.names(problem.proposed, .technique),
          knowledge.names(problem.datasets, .dataset),
          .optional(study.appearance(problem.appearance)?.at.description),
        ]
      })
  }
}

extension Claim {
  /// The metric, with the printed word where it is another: `Recall (printed as Sensitivity)`.
  var metricText: String { metric.title + (label.map { " (printed as \($0))" } ?? "") }

  /// What the value is of, where not of the whole.
  var scope: String? {
    let parts = [
      ofClass.map { "class \($0)" }, subset, of == .clinicians ? "by clinicians" : nil,
    ].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }
}

extension Doubt {
  /// Why, and the other reading.
  var sentence: String { because + (alternative.map { "; else: \($0)" } ?? "") }
}

extension Augmentation {
  fileprivate var factor: Table.Cell {
    guard let before, let after, before.n > 0, before.unit == after.unit else { return .blank }
    let hundredths = Int((Double(after.n) / Double(before.n) * 100).rounded())
    let digits =
      hundredths % 100 == 0
      ? ""
      : hundredths % 10 == 0
        ? ".\(hundredths % 100 / 10)"
        : "." + (hundredths % 100 < 10 ? "0" : "") + "\(hundredths % 100)"
    return .text("× \(hundredths / 100)\(digits)")
  }
}

extension Augmentation.Size {
  fileprivate var text: String { printed + (split.map { " (\($0.rawValue))" } ?? "") }
}

extension Augmentation.Operation {
  fileprivate func text(in knowledge: KnowledgeBase) -> String {
    let degrees = { (angle: Double) in
      (angle == angle.rounded() && abs(angle) < 1e6 ? "\(Int(angle))" : "\(angle)") + "°"
    }
    let details = [
      random ? "random" : nil,
      angles.isEmpty ? nil : angles.map(degrees).joined(separator: ", "),
      step.map { "steps of \(degrees($0))" },
      axes.isEmpty ? nil : axes.joined(separator: " and "), of.map { "of \($0)" },
      printed.map { "printed \($0)" },
    ].compactMap { $0 }
    let name = knowledge.name(of: .init(.technique, technique))
    return details.isEmpty ? name : "\(name) (\(details.joined(separator: "; ")))"
  }
}
