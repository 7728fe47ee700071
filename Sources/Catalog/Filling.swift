// Filling the store's tables from loaded data.

import Evidence
import Foundation
import GRDB

/// Writes entities into the store's tables through cached statements.
struct Filling {
  let database: Database
  private let encoder: JSONEncoder

  init(_ database: Database) {
    self.database = database
    encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  }

  func fill(_ data: LoadedData) throws {
    for table in Schema.tables { try database.execute(sql: "DELETE FROM \"\(table)\"") }
    for document in data.documents {
      try insert("document", ["path": document.path, "text": document.text])
    }
    let knowledge = data.knowledge
    for source in knowledge.sources { try add(source) }
    for reference in knowledge.references { try add(reference) }
    for term in knowledge.tasks { try add(term, .task, "task") }
    for term in knowledge.modalities { try add(term, .modality, "modality") }
    for technique in knowledge.techniques { try add(technique) }
    for backbone in knowledge.backbones { try add(backbone) }
    for dataset in knowledge.datasets { try add(dataset) }
    for study in knowledge.studies { try add(study) }
    for topic in knowledge.challenges { try add(topic, .challenge) }
    for topic in knowledge.recommendations { try add(topic, .recommendation) }
    for statement in knowledge.statements { try add(statement) }
  }

  // MARK: Entities

  private func add(_ source: Source) throws {
    try entity(.source, source.id, source, names: [source.title])
    try insert(
      "source",
      [
        "id": source.id, "kind": source.kind.rawValue, "title": source.title,
        "authors": source.authors.joined(separator: "; "), "year": source.year,
        "venue": source.venue, "doi": source.doi,
      ])
    for (position, part) in source.parts.enumerated() {
      try insert(
        "source_part",
        [
          "source": source.id, "id": part.id, "kind": part.kind.rawValue, "title": part.title,
          "rows": part.rows, "position": position,
        ])
    }
  }

  private func add(_ reference: Reference) throws {
    try entity(.reference, reference.id, reference, names: [reference.title])
    try insert(
      "reference",
      [
        "id": reference.id, "source": reference.source, "number": reference.number,
        "authors": reference.authors.joined(separator: "; "), "title": reference.title,
        "venue": reference.venue, "year": reference.year, "volume": reference.volume,
        "pages": reference.pages, "doi": reference.doi, "url": reference.url,
        "kind": reference.kind.rawValue,
      ])
  }

  private func add(_ term: Term, _ kind: EntityKind, _ table: String) throws {
    try entity(kind, term.id, term, names: [term.name] + term.aliases)
    try insert(table, ["id": term.id, "name": term.name])
  }

  private func add(_ technique: Technique) throws {
    try entity(.technique, technique.id, technique, names: [technique.name] + technique.aliases)
    try insert(
      "technique", ["id": technique.id, "name": technique.name, "kind": technique.kind])
  }

  private func add(_ backbone: Backbone) throws {
    try entity(.backbone, backbone.id, backbone, names: [backbone.name] + backbone.aliases)
    try insert(
      "backbone",
      [
        "id": backbone.id, "name": backbone.name, "family": backbone.family,
        "year": backbone.year, "reference": backbone.reference,
      ])
    for fact in backbone.facts { try add(fact, to: "backbone", backbone.id) }
  }

  private func add(_ fact: Fact, to table: String, _ id: String) throws {
    try insert(
      "\(table)_fact",
      [
        table: id, "about": fact.about, "printed": fact.printed, "value": fact.value,
      ].merging(place(fact.at)) { own, _ in own })
  }

  private func add(_ dataset: Dataset) throws {
    try entity(.dataset, dataset.id, dataset, names: [dataset.name] + dataset.aliases)
    try insert(
      "dataset",
      [
        "id": dataset.id, "name": dataset.name, "part_of": dataset.partOf,
        "modality": dataset.modality.stated, "reference": dataset.references.first,
      ])
    for task in dataset.tasks { try insert("dataset_task", ["dataset": dataset.id, "task": task]) }
    for label in dataset.labels {
      try insert(
        "dataset_label",
        ["dataset": dataset.id, "id": label.id, "name": label.name, "parent": label.parent])
    }
    for count in dataset.counts {
      try insert(
        "dataset_count",
        [
          "dataset": dataset.id, "of": count.of, "n": count.n, "printed": count.printed,
          "label": count.label, "magnification": count.magnification,
          "split": count.split?.rawValue, "subset": count.subset,
        ].merging(place(count.at)) { own, _ in own })
    }
    for fact in dataset.facts { try add(fact, to: "dataset", dataset.id) }
    for limitation in dataset.limitations {
      try insert(
        "dataset_limitation",
        [
          "dataset": dataset.id, "code": limitation.code, "source": limitation.at.source,
          "place": limitation.at.place, "row": limitation.at.row,
        ])
    }
  }

  private func add(_ study: Study) throws {
    try entity(.study, study.id, study, names: [study.authors, study.title])
    try insert(
      "study",
      [
        "id": study.id, "authors": study.authors, "title": study.title, "year": study.year,
        "reference": study.reference,
      ])
    for task in study.tasks { try insert("study_task", ["study": study.id, "task": task]) }
    for modality in study.modalities {
      try insert("study_modality", ["study": study.id, "modality": modality])
    }
    for appearance in study.appearances { try add(appearance, of: study.id) }
    for augmentation in study.augmentations { try add(augmentation, of: study.id) }
    for experiment in study.experiments { try add(experiment, of: study.id) }
  }

  private func add(_ appearance: Study.Appearance, of study: String) throws {
    try insert(
      "appearance",
      [
        "study": study, "key": appearance.key, "source": appearance.at.source,
        "place": appearance.at.place, "row": appearance.at.row, "authors": appearance.authors,
        "citation": appearance.citation, "doubt": appearance.uncertain?.because,
      ])
    for name in appearance.names {
      try insert(
        "naming",
        [
          "study": study, "appearance": appearance.key, "printed": name.printed,
          "kind": name.entity.kind.rawValue, "id": name.entity.id, "why": name.why,
          "doubt": name.uncertain?.because,
        ])
    }
  }

  private func add(_ augmentation: Augmentation, of study: String) throws {
    try insert(
      "augmentation",
      [
        "study": study, "id": augmentation.id, "appearance": augmentation.appearance,
        "dataset": augmentation.dataset, "before": augmentation.before?.n,
        "after": augmentation.after?.n, "unit": augmentation.before?.unit,
        "stage": augmentation.stage.map(\.rawValue).description,
        "operations": try json(augmentation.operations), "doubt": augmentation.uncertain?.because,
      ])
  }

  private func add(_ experiment: Experiment, of study: String) throws {
    let split = experiment.split.stated
    try insert(
      "experiment",
      [
        "study": study, "id": experiment.id, "task": experiment.task.description,
        "dataset_version": experiment.datasetVersion.description,
        "classes": experiment.classes.description,
        "combination": experiment.combination.map(\.rawValue).description,
        "pretraining": experiment.pretraining.description,
        "strategy": experiment.strategy.map(\.kind.rawValue).description,
        "frozen": (experiment.strategy.stated?.frozen ?? .notReported).description,
        "head": experiment.head.description, "augmentation": experiment.augmentation.description,
        "split": (split?.kind ?? .notReported).map(\.rawValue).description,
        "split_unit": (split?.unit ?? .notReported).map(\.rawValue).description,
        "evaluation_unit": experiment.evaluationUnit.map(\.rawValue).description,
        "hyperparameters": try json(experiment.hyperparameters),
        "doubt": experiment.uncertain?.because,
      ])
    for (table, ids) in [
      ("dataset", experiment.datasets), ("backbone", experiment.backbones),
      ("technique", experiment.techniques),
    ] {
      for id in ids {
        try insert(
          "experiment_\(table)", ["study": study, "experiment": experiment.id, table: id])
      }
    }
    for (position, claim) in experiment.claims.enumerated() {
      try insert(
        "claim",
        [
          "study": study, "experiment": experiment.id, "position": position,
          "metric": claim.metric.rawValue, "label": claim.label, "printed": claim.printed.text,
          "unit": claim.unit.rawValue, "decimals": claim.printed.decimals, "value": claim.value,
          "high": claim.high,
          "averaging": claim.averaging.map(\.rawValue).description,
          "positive": claim.positive.description,
          "accuracy_kind": claim.accuracyKind.map(\.rawValue).description,
          "aggregation": claim.aggregation.map(\.rawValue).description,
          "n": claim.n.description, "of_class": claim.ofClass, "subset": claim.subset,
          "subject": claim.of.rawValue, "appearance": claim.appearance,
          "doubt": claim.uncertain?.because,
        ].merging(place(claim.at)) { own, _ in own })
    }
  }

  private func add(_ topic: Topic, _ kind: EntityKind) throws {
    try entity(kind, topic.id, topic, names: [topic.name])
    try insert("topic", ["kind": kind.rawValue, "id": topic.id, "name": topic.name])
  }

  private func add(_ statement: Evidence.Statement) throws {
    let id = "\(statement.source)/\(statement.id)"
    try entity(.statement, id, statement, names: [])
    try insert(
      "statement",
      [
        "id": statement.id, "kind": statement.kind, "keys": try json(statement.keys),
        "doubt": statement.uncertain?.because,
      ].merging(place(statement.at)) { own, _ in own })
  }

  // MARK: Rows

  private func entity(
    _ kind: EntityKind, _ id: String, _ value: some Encodable, names: [String]
  ) throws {
    try insert("entity", ["kind": kind.rawValue, "id": id, "json": try json(value)])
    var seen: Set<String> = []
    for name in [id] + names {
      let folded = foldedName(name)
      guard seen.insert(folded).inserted else { continue }
      try insert("alias", ["kind": kind.rawValue, "id": id, "name": name, "folded": folded])
    }
  }

  private func json(_ value: some Encodable) throws -> String {
    String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  private func place(_ place: Place) -> [String: (any DatabaseValueConvertible)?] {
    ["source": place.source, "place": place.place, "row": place.row, "column": place.column]
  }

  private func insert(
    _ table: String, _ values: [String: (any DatabaseValueConvertible)?]
  ) throws {
    let columns = values.keys.sorted()
    let names = columns.map { "\"\($0)\"" }.joined(separator: ", ")
    let marks = columns.map { _ in "?" }.joined(separator: ", ")
    let statement = try database.cachedStatement(
      sql: "INSERT INTO \"\(table)\" (\(names)) VALUES (\(marks))")
    let arguments: [(any DatabaseValueConvertible)?] = columns.map { values[$0] ?? nil }
    try statement.execute(arguments: StatementArguments(arguments))
  }
}
