// The fields of an experiment as they are shown, each with its absence if it has one.

import Evidence

extension Experiment {
  /// The fields of the set-up in reading order.
  func setUp(in knowledge: KnowledgeBase) -> [(column: Table.Column, cell: Table.Cell)] {
    let technique = { (id: String) in knowledge.name(of: .init(.technique, id)) }
    var fields: [(Table.Column, Table.Cell)] = []
    func add(_ key: String, _ title: String, _ cell: Table.Cell) {
      fields.append((Table.Column(key, title, wraps: true), cell))
    }
    add("dataset", "Dataset", knowledge.named(datasets, .dataset, joinedBy: " + "))
    add("dataset_version", "Dataset version", .reported(datasetVersion))
    add("task", "Task", .reported(task.map { knowledge.name(of: .init(.task, $0)) }))
    add("classes", "Classes", classes.stated.map(Table.Cell.count) ?? .reported(classes))
    add("backbone", "Network", knowledge.named(backbones, .backbone, joinedBy: " + "))
    if backbones.count > 1 || combination.stated != nil {
      add("combination", "Combined as", .reported(combination.map(\.rawValue)))
    } else {
      add("combination", "Combined as", .notApplicable)
    }
    add(
      "pretraining", "Pre-trained on",
      .reported(pretraining.map { knowledge.name(of: .init(.dataset, $0)) }))
    add("strategy", "Strategy", .reported(strategy.map(\.kind.rawValue)))
    add("frozen", "Frozen up to", frozen)
    add("head", "Classifier", .reported(head.map(technique)))
    add(
      "techniques", "Techniques",
      techniques.isEmpty ? .notReported : knowledge.names(techniques, .technique))
    add("augmentation", "Augmentation", .reported(augmentation.map(Self.augmentationText)))
    add("split", "Split", .reported(split.map(\.text)))
    add(
      "split_unit", "Split by",
      split.stated.map { .reported($0.unit.map(\.rawValue)) } ?? .notReported)
    add("evaluation_unit", "Evaluated by", .reported(evaluationUnit.map(\.rawValue)))
    let settings = hyperparameters.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    add(
      "hyperparameters", "Hyperparameters",
      settings.isEmpty ? .notReported : .text(settings.joined(separator: ", ")))
    add("doubt", "Doubt", .optional(uncertain?.sentence))
    return fields
  }

  private var frozen: Table.Cell {
    switch strategy {
    case .value(let strategy) where strategy.kind == .fromScratch: .notApplicable
    case .value(let strategy): .reported(strategy.frozen)
    case .notApplicable: .notApplicable
    case .notReported: .notReported
    }
  }

  private static func augmentationText(_ value: String) -> String {
    switch value {
    case "true": "yes, not described"
    case "false": "no"
    default: "yes (\(value))"
    }
  }
}

extension Experiment.Split {
  /// The kind with the printed shares or counts: `hold-out, training 0.8, test 0.2`.
  var text: String {
    let number = { (value: Double) in
      value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }
    let parts = [
      kind.description == "not reported" ? "kind not reported" : kind.stated?.rawValue,
      folds.map { "\($0) folds" }, train.map { "training \(number($0))" },
      validation.map { "validation \(number($0))" }, test.map { "test \(number($0))" },
    ].compactMap { $0 }
    return parts.joined(separator: ", ")
  }
}
