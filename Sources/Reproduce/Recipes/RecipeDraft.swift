// A first recipe for a study, from what the knowledge base says of it.

import Evidence
import Neural

/// Drafts recipes: what sources state is filled in with its place, the rest are declared defaults.
package enum RecipeDraft {
  /// A recipe for an experiment of a study; the experiment may be left out when there is one only.
  /// - Parameters:
  ///   - backbone: one of several networks, where the source does not say which of them its values
  ///     are of.
  ///   - settings: fields that differ from the study's set-up, with the reason; such a recipe
  ///     answers no claim.
  /// - Throws: ``ReproduceError`` when the study has no such experiment, or its network is not one
  ///   of the engine's.
  package static func draft(
    study: Study, experiment name: String?, backbone: String? = nil, declared: String,
    knowledge: KnowledgeBase, settings: [String: [String]] = [:], because: String = ""
  ) throws -> Recipe {
    let known = study.experiments.map(\.id)
    let candidates = study.experiments.filter { name == nil ? true : $0.id == name }
    guard candidates.count == 1 || (name == nil && !candidates.isEmpty),
      let experiment = candidates.first(where: { !$0.claims.isEmpty }) ?? candidates.first
    else {
      throw ReproduceError.unknownExperiment(
        study: study.id, experiment: name ?? "", known: known)
    }
    return try Drafter(
      study: study, experiment: experiment, chosen: backbone, knowledge: knowledge,
      settings: settings, because: because
    ).recipe(declared: declared, isOnly: known.count == 1)
  }

  /// Why no recipe can be drafted for an experiment; nil where one can.
  static func obstacle(_ experiment: Experiment) -> String? {
    let backbones = experiment.backbones
    if backbones.isEmpty { return "its network is not reported" }
    if backbones.count > 1, experiment.combination.stated != .oneOf {
      return "it joins several networks: \(backbones.joined(separator: " + "))"
    }
    if let foreign = backbones.first(where: { Backbones.engineName(of: $0) == nil }) {
      return "the engine does not have its network, \(foreign)"
    }
    if let kind = foreignConvolutions.first(where: { experiment.techniques.contains($0.technique) })
    {
      return "the engine has no \(kind.name) convolutions"
    }
    return experiment.datasets.isEmpty ? "its dataset is not reported" : nil
  }

  /// A network of flat images that carries one of these is another network.
  private static let foreignConvolutions = [
    (technique: "conv-3d", name: "3D"), (technique: "conv-2.5d", name: "2.5D"),
    (technique: "conv-acs", name: "axial-coronal-sagittal"),
  ]
}

extension Recipe {
  /// A recipe for a pair of dataset and network that nobody reports; it answers no claim.
  package static func untried(
    id: String, dataset: String, backbone: String, because: String, declared: String,
    knowledge: KnowledgeBase
  ) throws -> Recipe {
    var rows: [String: SettingRow] = [:]
    rows["data.dataset"] = SettingRow(
      "data.dataset", [dataset], isList: false, .inferred(because))
    guard let engine = Backbones.engineName(of: backbone) else {
      throw ReproduceError.badSetting(
        name: "model.backbone", value: backbone, expected: "a network of the engine")
    }
    rows["model.backbone"] = SettingRow(
      "model.backbone", [engine], isList: false, .inferred(because))
    return try Drafter.assemble(
      id: id, study: "none", experiment: "none", declared: declared, rows: rows,
      knowledge: knowledge)
  }
}

private struct Drafter {
  let study: Study
  let experiment: Experiment
  /// The network to take where the experiment names several and the source does not tell them apart.
  let chosen: String?
  let knowledge: KnowledgeBase
  let settings: [String: [String]]
  let because: String

  /// The experiment's network: the only one, or the chosen one of several.
  private func backbone() throws -> (name: String, engine: String, origin: Origin) {
    let names = experiment.backbones
    let isOneOf = names.count > 1
    if let chosen, !names.contains(chosen) || !isOneOf {
      throw ReproduceError.badSetting(
        name: "the network of \(study.id)", value: chosen,
        expected: isOneOf ? "one of \(names.joined(separator: ", "))" : "none: it has only one")
    }
    if isOneOf, chosen == nil {
      throw ReproduceError.badSetting(
        name: "the network of \(study.id)", value: names.joined(separator: " or "),
        expected: "one of them, since no source says whose the values are (--backbone \(names[0]))")
    }
    guard let name = chosen ?? names.first, let engine = Backbones.engineName(of: name) else {
      throw ReproduceError.noDraft(study: study.id, reason: "its network is not known")
    }
    return (
      name, engine,
      isOneOf
        ? .inferred(
          "one of \(names.joined(separator: ", ")); the source does not say whose the values are")
        : .stated(place)
    )
  }

  func recipe(declared: String, isOnly: Bool) throws -> Recipe {
    if let reason = RecipeDraft.obstacle(experiment) {
      throw ReproduceError.noDraft(study: study.id, reason: reason)
    }
    let (backbone, engine, origin) = try backbone()
    let dataset = experiment.datasets[0]
    var rows: [String: SettingRow] = [:]
    func set(_ name: String, _ value: String, _ origin: Origin) {
      rows[name] = SettingRow(name, [value], isList: false, origin)
    }
    let stated = Origin.stated(place)
    set("data.dataset", dataset, stated)
    let usesSmallStem = experiment.techniques.contains("small-image-stem")
    set("model.backbone", usesSmallStem ? "medmnist_\(engine)" : engine, origin)
    if let pretraining = experiment.pretraining.stated {
      set("model.weights", pretraining == "random" ? "random" : "imagenet", pretrainingOrigin)
    }
    strategy(set)
    head(set)
    split(set)
    hyperparameters(set)
    var all = rows
    augmentation(&all)
    if experiment.techniques.contains("augmentation-balancing") {
      all["augmentation.balancing"] = SettingRow(
        "augmentation.balancing", ["oversample"], isList: false,
        .inferred("balancing by augmentation is stated, its numbers are not"))
    }
    if experiment.techniques.contains("class-weights") {
      all["training.class-weights"] = SettingRow(
        "training.class-weights", ["balanced"], isList: false, stated)
    }
    if experiment.techniques.contains("focal-loss") {
      all["training.loss"] = SettingRow("training.loss", ["focal"], isList: false, stated)
    }
    if experiment.techniques.contains("binary-cross-entropy") {
      all["training.loss"] = SettingRow(
        "training.loss", ["binary-cross-entropy"], isList: false, stated)
    }
    for (technique, step) in [
      ("reinhard-normalisation", "reinhard"), ("macenko-normalisation", "macenko"),
    ] where experiment.techniques.contains(technique) {
      all["preprocessing.steps"] = SettingRow(
        "preprocessing.steps", [step], isList: true, stated)
    }
    if experiment.techniques.contains("intensity-standardisation") {
      all["preprocessing.normalisation"] = SettingRow(
        "preprocessing.normalisation", ["half"], isList: false, stated)
    }
    for (name, values) in settings {
      all[name] = SettingRow(
        name, values, isList: all[name]?.isList ?? (name == "preprocessing.steps"),
        .inferred(because))
    }
    let isOwn = settings.isEmpty
    return try Self.assemble(
      id: (isOnly ? study.id : "\(study.id)-\(experiment.id)")
        + (chosen == nil ? "" : "-\(backbone)"), study: isOwn ? study.id : "none",
      experiment: isOwn ? experiment.id : "none", declared: declared, rows: all,
      knowledge: knowledge)
  }

  /// The appearance that prints the most claims.
  private var place: Place {
    let keys = experiment.claims.map(\.appearance)
    let key = keys.first ?? study.appearances.first?.key ?? ""
    return study.appearance(key)?.at ?? study.appearances[0].at
  }

  /// A review's table says it for all of its rows together.
  private var pretrainingOrigin: Origin {
    experiment.pretraining.stated == "random" || place.source != "mukhlif-2022"
      ? .stated(place) : .stated(Place(source: "mukhlif-2022", place: "section-6", row: 4))
  }

  private func strategy(_ set: (String, String, Origin) -> Void) {
    guard let strategy = experiment.strategy.stated else { return }
    switch strategy.kind {
    case .fromScratch: set("model.strategy", "from-scratch", .stated(place))
    case .featureExtraction: set("model.strategy", "feature-extraction", .stated(place))
    case .fullFineTuning: set("model.strategy", "full-fine-tuning", .stated(place))
    case .fineTuning, .partialFineTuning:
      set(
        "model.strategy", "full-fine-tuning",
        .inferred("fine-tuning is stated, its depth is not"))
    case .twoStage, .doubleTransfer:
      set(
        "model.strategy", "full-fine-tuning",
        .inferred("the stages' own data are not stated; one stage is run"))
    case .transferLearning: break
    }
  }

  private func head(_ set: (String, String, Origin) -> Void) {
    switch experiment.head.stated {
    case "logistic-regression": set("model.head", "logistic-regression", .stated(place))
    case "knn": set("model.head", "knn", .stated(place))
    case "softmax": set("model.head", "softmax", .stated(place))
    default: break
    }
  }

  private func split(_ set: (String, String, Origin) -> Void) {
    guard let split = experiment.split.stated else { return }
    switch split.kind.stated {
    case .official?: set("split.kind", "official", .stated(place))
    case .kFold?: set("split.kind", "k-fold", .stated(place))
    case .holdOut?, .repeated?: set("split.kind", "hold-out", .stated(place))
    case nil: break
    }
    if let unit = split.unit.stated, unit != .patch {
      set("split.unit", unit.rawValue, .stated(place))
    }
    if let folds = split.folds { set("split.folds", "\(folds)", .stated(place)) }
    if let train = split.train, let test = split.test, train <= 1, test <= 1 {
      let validation = split.validation ?? max(0, 1 - train - test)
      set("split.train", train.settingText, .stated(place))
      set("split.test", test.settingText, .stated(place))
      set(
        "split.validation", ((validation * 1e9).rounded() / 1e9).settingText,
        split.validation == nil ? .inferred("what training and test leave") : .stated(place))
    }
  }

  private func hyperparameters(_ set: (String, String, Origin) -> Void) {
    let stated = Origin.stated(place)
    let given = experiment.hyperparameters
    for (key, name) in [
      ("epochs", "training.epochs"), ("batch-size", "training.batch"),
      ("learning-rate", "training.learning-rate"), ("input-size", "preprocessing.size"),
      ("optimiser", "training.optimiser"), ("learning-rate-factor", "training.schedule-factor"),
    ] {
      if let value = given[key] { set(name, value, stated) }
    }
    if given["enlargement"] == "nearest-neighbour" {
      set("preprocessing.interpolation", "nearest", stated)
    }
    if given["learning-rate-steps"] != nil { set("training.schedule", "milestones", stated) }
    if given["learning-rate-lowered-after-epochs"] != nil {
      set("training.schedule", "step", stated)
    }
    if given["model-selection"] == "best validation AUC" {
      set("training.selection", "best-validation-auc", stated)
    }
  }

  private func augmentation(_ rows: inout [String: SettingRow]) {
    if let steps = experiment.hyperparameters["learning-rate-steps"] {
      let items = steps.split(separator: ",").map { String($0.drop { $0 == " " }) }
      rows["training.schedule-epochs"] = SettingRow(
        "training.schedule-epochs", items, isList: true, .stated(place))
    }
    if let period = experiment.hyperparameters["learning-rate-lowered-after-epochs"] {
      rows["training.schedule-epochs"] = SettingRow(
        "training.schedule-epochs", [period], isList: true, .stated(place))
    }
    let name = "augmentation.operations"
    switch experiment.augmentation.stated {
    case "false": rows[name] = SettingRow(name, [], isList: true, .stated(place))
    case nil: break
    case "true":
      // What was done is not printed: the operations that most of the review's studies name.
      let origin = Origin.inferred("augmentation is stated, its operations are not")
      rows[name] = SettingRow(
        name, ["flip-horizontal", "flip-vertical", "quarter-turn"], isList: true, origin)
    case let id?:
      guard let augmentation = study.augmentations.first(where: { $0.id == id }) else { return }
      let operations = Self.operations(augmentation.operations)
      if !operations.isEmpty {
        rows[name] = SettingRow(name, operations, isList: true, .stated(augmentation.at))
      }
      if let before = augmentation.before, let after = augmentation.after, before.n > 0 {
        let copies = min(max(after.n / before.n - 1, 1), 16)
        rows["augmentation.variants"] = SettingRow(
          "augmentation.variants", ["\(copies)"], isList: false,
          .inferred("\(after.printed) from \(before.printed); at most 16 are drawn"))
      }
    }
  }

  /// The engine's operations for printed ones, without repetition.
  static func operations(_ printed: [Evidence.Augmentation.Operation]) -> [String] {
    var result: [String] = []
    for operation in printed {
      let words: [String] =
        switch operation.technique {
        case "rotation":
          operation.step.map { ["rotate-steps \($0.settingText)"] }
            ?? (operation.angles.contains { $0 == 90 || $0 == 180 || $0 == 270 }
              ? ["quarter-turn"]
              : operation.angles.max().map { ["rotate \($0.settingText)"] } ?? ["rotate 180"])
        case "flip", "mirror", "reflection":
          operation.axes.contains { ["vertical", "x"].contains($0) }
            ? ["flip-vertical"] : ["flip-horizontal"]
        case "shift": ["shift 0.1"]
        case "zoom", "scale": ["zoom 0.9 1.1"]
        case "crop": ["crop 0.8"]
        case "noise": ["noise 0.02"]
        case "colour-change": ["saturation 0.2", "hue 0.05"]
        case "lighting": ["brightness 0.2"]
        case "compression": ["compress 50 95"]
        case "random-distortion": ["distort 4 0.3"]
        default: []
        }
      for word in words where !result.contains(word) { result.append(word) }
    }
    return result
  }

  /// A recipe from given rows, the rest being defaults.
  static func assemble(
    id: String, study: String, experiment: String, declared: String,
    rows: [String: SettingRow], knowledge: KnowledgeBase
  ) throws -> Recipe {
    var text = "id: \(id)\nstudy: \(study)\nexperiment: \(experiment)\ndeclared: \(declared)\n"
    var sections: [String: [SettingRow]] = [:]
    for name in rows.keys.sorted() {
      let section = String(name.prefix { $0 != "." })
      if let row = rows[name] { sections[section, default: []].append(row) }
    }
    for section in sections.keys.sorted() {
      text += "\(section):\n" + Recipe.lines(sections[section] ?? [])
    }
    return try RecipeBook.parse(text, file: "the draft of \(id)", knowledge).recipe
  }
}
