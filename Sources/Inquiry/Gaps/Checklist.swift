// Reporting checklists: which items a study is known to report, read off its structured data.

import Catalog
import Evidence

/// A reporting guideline, as far as its items can be read off structured data.
public struct Checklist: Sendable {
  /// One item with the property that answers it.
  public struct Item: Sendable, Hashable {
    /// The item's number in the guideline.
    public let number: String
    public let name: String
    let reads: Property
  }

  /// What of a study's data answers an item.
  enum Property: String, CaseIterable, Sendable {
    case dataset
    case preprocessing
    case sampleSize = "sample-size"
    case split
    case splitUnit = "split-unit"
    case backbone
    case pretraining
    case training
    case modelChoice = "model-choice"
    case combination
    case metrics
    case uncertainty
    case intervals
    case explanation
    case external
    case imbalance
    case confusionMatrix = "confusion-matrix"
  }

  /// The answer to one item for one study, as far as the sources read tell.
  public enum Answer: String, Sendable, CaseIterable {
    case reported
    case partly
    case notReported = "not reported"
    case notApplicable = "not applicable"
  }

  /// One study's answer to one item.
  public struct Row: Sendable {
    public let study: String
    public let item: Item
    public let answer: Answer
    /// What the answer rests on.
    public let because: String
  }

  public let id: String
  public let title: String
  public let source: String
  public let items: [Item]
}

extension Checklist {
  /// The checklists of a store, sorted by id.
  /// - Throws: ``InvalidData`` naming file, line and field of every mistake.
  public static func all(of store: Store) throws -> [Checklist] {
    try read(store.documents(in: "checklists"))
  }

  /// Reads checklist files.
  static func read(_ files: [DataOrigin.File]) throws -> [Checklist] {
    let reading = Reading()
    let lists = try documents(files, reading) { Checklist($0) }
    guard reading.diagnostics.isEmpty else { throw InvalidData(reading.diagnostics) }
    return lists.sorted { $0.id < $1.id }
  }

  /// The checklist of that id.
  /// - Throws: ``CatalogError/unknownName(kind:name:suggestion:)`` with the nearest id.
  public static func named(_ id: String, in store: Store) throws -> Checklist {
    let lists = try all(of: store)
    guard let list = lists.first(where: { foldedName($0.id) == foldedName(id) }) else {
      throw CatalogError.unknownName(
        kind: "checklist", name: id, suggestion: nearestName(to: id, in: lists.map(\.id)))
    }
    return list
  }

  private init(_ fields: Fields) {
    id = fields.text("id")
    title = fields.text("title")
    source = fields.text("source")
    items = fields.children("items") { item in
      Item(
        number: item.text("number"), name: item.text("name"),
        reads: item.oneCase("reads", Property.self, placeholder: .dataset))
    }
  }

  /// Every item's answer for the studies with an experiment, by study and item.
  /// - Parameter study: only this one.
  public func answers(in store: Store, study: String? = nil) throws -> [Row] {
    let wanted = try study.map { try store.studies(named: $0).map(\.id) }
    let corpus = Corpus(try store.knowledge())
    return corpus.experimentalStudies.filter { wanted?.contains($0.id) ?? true }.flatMap { study in
      answers(of: study, corpus)
    }
  }

  func answers(of study: Study, _ corpus: Corpus) -> [Row] {
    items.map { item in
      let (answer, because) = corpus.answer(item.reads, of: study)
      return Row(study: study.id, item: item, answer: answer, because: because)
    }
  }
}

extension Corpus {
  /// Reported when every experiment has it, partly when some have.
  private func ask(
    _ study: Study, _ what: String, _ has: (Experiment) -> Bool
  ) -> (Checklist.Answer, String) {
    let count = study.experiments.filter(has).count
    let total = study.experiments.count
    if count == 0 { return (.notReported, "no \(what) in the sources read") }
    return (
      count == total ? .reported : .partly, "\(what) of \(count) of \(total) set-ups"
    )
  }

  fileprivate func answer(
    _ property: Checklist.Property, of study: Study
  ) -> (Checklist.Answer, String) {
    let kinds = { (experiment: Experiment) in
      Set(experiment.techniques.compactMap { self.knowledge.technique($0)?.kind })
    }
    switch property {
    case .dataset: return ask(study, "named dataset") { !$0.datasets.isEmpty }
    case .preprocessing:
      return ask(study, "preprocessing step") { kinds($0).contains("preprocessing") }
    case .sampleSize:
      if !study.augmentations.isEmpty { return (.reported, "sizes before and after augmentation") }
      return ask(study, "number of evaluated images") { experiment in
        experiment.claims.contains { $0.n.stated != nil }
      }
    case .split: return ask(study, "split") { $0.split.stated?.kind.stated != nil }
    case .splitUnit: return ask(study, "unit of the split") { $0.split.stated?.unit.stated != nil }
    case .backbone: return ask(study, "network") { !$0.backbones.isEmpty }
    case .pretraining: return ask(study, "pre-training") { $0.pretraining.stated != nil }
    case .training:
      let (answer, because) = ask(study, "hyperparameters") { !$0.hyperparameters.isEmpty }
      if answer == .notReported, !study.augmentations.isEmpty {
        return (.partly, "augmentation, no hyperparameters")
      }
      return (answer, because)
    case .modelChoice:
      return ask(study, "how values were chosen") { experiment in
        experiment.claims.contains { $0.aggregation.stated != nil }
      }
    case .combination:
      let several = study.experiments.filter { $0.backbones.count > 1 }
      if several.isEmpty { return (.notApplicable, "single networks") }
      return several.allSatisfy({ $0.combination.stated != nil })
        ? (.reported, "how networks were combined") : (.notReported, "networks combined unsaid")
    case .metrics: return ask(study, "metric") { !$0.claims.isEmpty }
    case .uncertainty:
      return ask(study, "interval or deviation") { experiment in
        experiment.claims.contains { $0.interval != nil || $0.sd != nil }
      }
    case .intervals:
      return ask(study, "confidence interval") { experiment in
        experiment.claims.contains { $0.interval != nil }
      }
    case .explanation: return ask(study, "explanation") { kinds($0).contains("explanation") }
    case .external:
      let datasets = Set(study.experiments.flatMap(\.datasets))
      guard !isTestedElsewhere(study) else {
        return (.reported, "a test on data of another origin")
      }
      return (
        .notReported,
        datasets.count > 1
          ? "\(datasets.count) datasets, each a set-up of its own; none is said to be external"
          : "one dataset"
      )
    case .imbalance:
      let imbalanced = study.experiments.flatMap(\.datasets).contains { isImbalanced($0).isSo }
      guard imbalanced else { return (.notApplicable, "no dataset known as imbalanced") }
      return ask(study, "handling of imbalance") {
        kinds($0).contains("balancing") || $0.techniques.contains("focal-loss")
      }
    case .confusionMatrix: return (.notReported, "no confusion matrix in the sources read")
    }
  }
}
