// What is known about a dataset or a network: printed counts and facts, and who used it.

import Evidence

extension Dossier {
  /// A dataset with every printed count, and the results reported on it.
  public init(_ dataset: Dataset, in knowledge: KnowledgeBase) {
    self.init("datasets/\(dataset.id)", name: dataset.name)
    add("aliases", "Also called", .list(dataset.aliases))
    add(
      "modality", "Modality",
      .reported(dataset.modality.map { knowledge.label(of: .init(.modality, $0)) }))
    add("tasks", "Tasks", knowledge.names(dataset.tasks, .task))
    add("part_of", "Part of", knowledge.names(dataset.partOf.map { [$0] } ?? [], .dataset))
    add("includes", "Includes", knowledge.names(dataset.includes, .dataset))
    let parts = knowledge.datasets.filter { $0.partOf == dataset.id }.map(\.id)
    add("parts", "Parts", knowledge.names(parts, .dataset))
    add("references", "References", knowledge.names(dataset.references, .reference))
    add("doubt", "Doubt", .optional(dataset.uncertain?.sentence))
    add("labels", .labels(of: dataset))
    add("counts", .counts(of: dataset))
    add("facts", .facts(dataset.facts, in: knowledge))
    add("limitations", .limitations(of: dataset))
    let uses = { (experiment: Experiment) in experiment.datasets.contains(dataset.id) }
    add("claims", .claims(in: knowledge, where: uses))
    add("set_ups", .setUps(in: knowledge, where: { uses($0) && $0.claims.isEmpty }))
    add("augmentations", .augmented(dataset.id, in: knowledge))
    add("statements", .statements(about: .init(.dataset, dataset.id), in: knowledge))
  }

  /// A network architecture with its printed facts, and the results reported with it.
  public init(_ backbone: Backbone, in knowledge: KnowledgeBase) {
    self.init("backbones/\(backbone.id)", name: backbone.name)
    add("aliases", "Also called", .list(backbone.aliases))
    add("family", "Family", .text(backbone.family))
    let others = knowledge.backbones.filter {
      $0.family == backbone.family && $0.id != backbone.id
    }
    add("relatives", "Of the same family", knowledge.names(others.map(\.id), .backbone))
    add("year", "Year", backbone.year.map(Table.Cell.count) ?? .notReported)
    add(
      "reference", "Reference", knowledge.names(backbone.reference.map { [$0] } ?? [], .reference))
    add("facts", .facts(backbone.facts, in: knowledge))
    let uses = { (experiment: Experiment) in experiment.backbones.contains(backbone.id) }
    add("claims", .claims(in: knowledge, where: uses))
    add("set_ups", .setUps(in: knowledge, where: { uses($0) && $0.claims.isEmpty }))
    add("statements", .statements(about: .init(.backbone, backbone.id), in: knowledge))
  }
}

extension Table {
  fileprivate static func labels(of dataset: Dataset) -> Table {
    Table(
      title: "Classes",
      columns: [
        Column("id", "Id"), Column("name", "Class", wraps: true), Column("parent", "Part of"),
      ],
      rows: dataset.labels.map { [.text($0.id), .text($0.name), .optional($0.parent)] })
  }

  /// Every printed number of things, in the order of the data.
  static func counts(of dataset: Dataset) -> Table {
    let names = Dictionary(
      dataset.labels.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
    return Table(
      title: "Printed counts",
      columns: [
        Column("of", "Of"), Column("class", "Class", wraps: true),
        Column("magnification", "Magnification"), Column("split", "Split"),
        Column("subset", "Part", wraps: true), Column("printed", "Printed", .right, wraps: true),
        Column("n", "n", .right), Column("location", "Printed in", wraps: true),
        Column("doubt", "Doubt", wraps: true),
      ],
      rows: dataset.counts.map { count in
        let bound = count.bound.map { $0.rawValue.replacing("-", with: " ") + " " } ?? ""
        return [
          .text(count.of), .optional(count.label.map { names[$0] ?? $0 }),
          .optional(count.magnification), .optional(count.split?.rawValue),
          .optional(count.subset), .text(bound + count.printed), .count(count.n),
          .text(count.at.description), .optional(count.uncertain?.sentence),
        ]
      })
  }

  /// Printed facts that are not counts.
  static func facts(_ facts: [Fact], in knowledge: KnowledgeBase) -> Table {
    Table(
      title: "Printed facts",
      columns: [
        Column("about", "About"), Column("printed", "Printed", wraps: true),
        Column("value", "Value", wraps: true), Column("of", "Of", wraps: true),
        Column("location", "Printed in", wraps: true), Column("doubt", "Doubt", wraps: true),
      ],
      rows: facts.map { fact in
        let relation = fact.than.map { other in
          "\(fact.relation ?? "compared with") \(knowledge.label(of: other))"
        }
        let scope = [
          fact.label, fact.subset, relation,
          fact.dataset.map { knowledge.label(of: .init(.dataset, $0)) },
          fact.edition.map { "\($0)" },
          fact.members.isEmpty ? nil : fact.members.joined(separator: ", "),
          fact.reference.map { "[\($0)]" },
        ].compactMap { $0 }
        return [
          .text(fact.about), .text(fact.printed), .text(fact.value), .list(scope),
          .text(fact.at.description), .optional(fact.uncertain?.sentence),
        ]
      })
  }

  fileprivate static func limitations(of dataset: Dataset) -> Table {
    Table(
      title: "Limitations",
      columns: [Column("code", "Limitation"), Column("location", "Printed in", wraps: true)],
      rows: dataset.limitations.map { [.text($0.code), .text($0.at.description)] })
  }

  /// The claims of the experiments that pass a test, with their study.
  static func claims(
    in knowledge: KnowledgeBase, where isIncluded: (Experiment) -> Bool,
    and claimIsIncluded: (Claim) -> Bool = { _ in true }
  ) -> Table {
    Table(
      title: "Reported results",
      columns: [
        Column("study", "Study", wraps: true), Column("dataset", "Dataset", wraps: true),
        Column("backbone", "Network", wraps: true), Column("metric", "Metric"),
        Column("reported", "Reported", .right), Column("scope", "Of", wraps: true),
        Column("location", "Printed in", wraps: true),
      ],
      rows: knowledge.allClaims.filter {
        isIncluded($0.experiment) && claimIsIncluded($0.claim)
      }.map { study, experiment, claim in
        [
          knowledge.cell(study.id, .study),
          knowledge.named(experiment.datasets, .dataset, joinedBy: " + "),
          knowledge.named(experiment.backbones, .backbone, joinedBy: " + "),
          .text(claim.metricText), .text(claim.text), .optional(claim.scope),
          .text(claim.at.description + (claim.uncertain == nil ? "" : " (uncertain)")),
        ]
      })
  }

  /// The experiments that pass a test, with their study.
  static func setUps(
    in knowledge: KnowledgeBase, where isIncluded: (Experiment) -> Bool
  ) -> Table {
    Table(
      title: "Set-ups without a printed result",
      columns: [
        Column("study", "Study", wraps: true), Column("experiment", "Experiment"),
        Column("dataset", "Dataset", wraps: true), Column("backbone", "Network", wraps: true),
        Column("strategy", "Strategy"),
      ],
      rows: knowledge.studies.flatMap { study in
        study.experiments.filter(isIncluded).map { experiment in
          [
            knowledge.cell(study.id, .study), .text(experiment.id),
            knowledge.named(experiment.datasets, .dataset, joinedBy: " + "),
            knowledge.named(experiment.backbones, .backbone, joinedBy: " + "),
            .reported(experiment.strategy.map(\.kind.rawValue)),
          ]
        }
      })
  }

  /// The augmentations of a dataset, by study.
  fileprivate static func augmented(_ dataset: String, in knowledge: KnowledgeBase) -> Table {
    Table(
      title: "Augmented by",
      columns: [
        Column("study", "Study", wraps: true), Column("before", "Before", .right),
        Column("after", "After", .right), Column("operations", "Operations", wraps: true),
        Column("location", "Printed in", wraps: true),
      ],
      rows: knowledge.studies.flatMap { study in
        study.augmentations.filter { $0.dataset == dataset }.map { augmentation in
          let operations = augmentation.operations.map(\.technique)
          return [
            knowledge.cell(study.id, .study),
            augmentation.before.map { .text($0.printed) } ?? .notReported,
            augmentation.after.map { .text($0.printed) } ?? .notReported,
            knowledge.named(operations, .technique, joinedBy: ", "),
            .text(augmentation.at.description),
          ]
        }
      })
  }
}
