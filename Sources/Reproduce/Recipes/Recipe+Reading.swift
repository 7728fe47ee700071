// Reading a recipe file: every mistake with file, line, field and the nearest name.

import Catalog
import Evidence
import Yams

extension Recipe {
  /// Reads one recipe; every mistake goes to `reading`.
  /// - Parameters:
  ///   - text: the YAML.
  ///   - file: its name in messages.
  /// - Returns: nil only when the text is no YAML mapping at all.
  package static func read(
    _ text: String, file: String, knowledge: KnowledgeBase, reading: Reading
  ) -> Recipe? {
    do {
      guard let node = try Yams.compose(yaml: text) else {
        reading.report("the file is empty", at: .init(file: file, line: 0, field: ""))
        return nil
      }
      let fields = Fields(node, reading: reading, file: file, path: "")
      let recipe = Recipe(fields, knowledge: knowledge)
      fields.finish()
      reading.checkReferences(sources: knowledge.sources)
      return recipe
    } catch let error as YamlError {
      let (message, line) = describe(error)
      reading.report(message, at: .init(file: file, line: line, field: ""))
    } catch {
      reading.report("\(error)", at: .init(file: file, line: 0, field: ""))
    }
    return nil
  }

  private static func describe(_ error: YamlError) -> (String, Int) {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      ("not valid YAML: \(problem)", mark.line)
    case .duplicatedKeysInMapping(_, let context):
      ("a key stands twice in one mapping", context.mark.line)
    default: ("not valid YAML: \(error)", 0)
    }
  }

  private init(_ fields: Fields, knowledge: KnowledgeBase) {
    id = fields.text("id")
    study = fields.text("study")
    experiment = fields.text("experiment")
    declared = fields.text("declared")
    note = fields.optionalText("note")
    if !Self.isDate(declared) { fields.report("declared", "a day such as 2026-11-23 is expected") }
    let known = knowledge.study(study)
    if known == nil, study != "none", !study.isEmpty {
      fields.report(
        "study",
        "unknown study '\(study)'" + suggestion(for: study, in: knowledge.studies.map(\.id)))
    }
    let experiments = known?.experiments.map(\.id) ?? []
    if known != nil, !experiments.contains(experiment) {
      let hint = suggestion(for: experiment, in: experiments)
      fields.report("experiment", "\(study) has no experiment '\(experiment)'" + hint)
    }
    let section = { (key: String) in RecipeSection.Opener(fields: fields, key: key, study: known) }
    data = section("data").read { Data($0, knowledge: knowledge) }
    split = section("split").read { Split($0) }
    preprocessing = section("preprocessing").read { Preprocessing($0) }
    augmentation = section("augmentation").read { Augmentation($0) }
    model = section("model").read { Model($0, knowledge: knowledge) }
    training = section("training").read { Training($0) }
    evaluation = section("evaluation").read { Evaluation($0) }
    verdict = section("verdict").read { Rules($0) }
    if !fields.has("data") { fields.report("data", "missing key 'data'") }
    if !fields.has("model") { fields.report("model", "missing key 'model'") }
    let shares = split.train.value + split.validation.value + split.test.value
    if split.kind.value == .holdOut, abs(shares - 1) > 1e-9 {
      fields.report("split", "train, validation and test add up to \(shares), not to 1")
    }
    for mistake in model.contradictions { fields.report("model", mistake) }
    for mistake in training.contradictions(
      split: split, head: model.head.value, strategy: model.strategy.value)
    {
      fields.report("training", mistake)
    }
    for mistake in augmentation.contradictions(
      loss: training.loss.value, strategy: model.strategy.value)
    {
      fields.report("augmentation", mistake)
    }
  }

  private static func isDate(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    return parts.map(\.count) == [4, 2, 2] && parts.allSatisfy { Int($0) != nil }
  }
}

/// One section of a recipe file; without fields all its settings are defaults.
struct RecipeSection {
  let fields: Fields?
  let study: Study?

  /// Opens the section of a key, present or not.
  struct Opener {
    let fields: Fields
    let key: String
    let study: Study?

    func read<Value>(_ read: (RecipeSection) -> Value) -> Value {
      fields.child(key) { read(RecipeSection(fields: $0, study: study)) }
        ?? read(RecipeSection(fields: nil, study: study))
    }
  }

  /// A setting, checked against `isValid`; the default where the key is absent.
  func setting<Value: SettingValue>(
    _ key: String, default standard: Value, _ expected: String = Value.expectation,
    where isValid: (Value) -> Bool = { _ in true }
  ) -> Setting<Value> {
    item(key, default: standard) { field in
      guard let text = field.optionalText("is") else {
        field.report("is", "missing key 'is': the value")
        return standard
      }
      return value(text, field, expected, where: isValid) ?? standard
    }
  }

  /// A list of values; `[]` is none.
  func settings<Value: SettingValue>(
    _ key: String, default standard: [Value], _ expected: String = Value.expectation,
    where isValid: (Value) -> Bool = { _ in true }
  ) -> Setting<[Value]> {
    item(key, default: standard) { field in
      field.texts("is").compactMap { value($0, field, expected, where: isValid) }
    }
  }

  func report(_ key: String, _ message: String) { fields?.report(key, message) }

  private func item<Value>(
    _ key: String, default standard: Value, _ read: (Fields) -> Value
  ) -> Setting<Value> {
    fields?.child(key) { field in
      let value = read(field)
      return Setting(value, origin(field))
    } ?? Setting(standard)
  }

  private func value<Value: SettingValue>(
    _ text: String, _ field: Fields, _ expected: String, where isValid: (Value) -> Bool
  ) -> Value? {
    if let value = Value(settingText: text), isValid(value) { return value }
    field.report("is", "'\(text)' is not \(expected)" + suggestion(for: text, in: Value.words))
    return nil
  }

  private func origin(_ field: Fields) -> Origin {
    let words = ["stated", "inferred", "default"]
    switch field.text("origin") {
    case "stated": return .stated(place(field))
    case "inferred": return .inferred(field.text("because"))
    case "default": return .declaredDefault
    case let other:
      if !other.isEmpty {
        field.report(
          "origin",
          "'\(other)' is not one of " + words.joined(separator: ", ")
            + suggestion(for: other, in: words))
      }
      return .declaredDefault
    }
  }

  /// The place that `place` gives, or that of the appearance of the study that `at` names.
  private func place(_ field: Fields) -> Place {
    guard let study, field.has("at") else { return field.place("place") }
    let key = field.text("at")
    if let appearance = study.appearance(key) { return appearance.at }
    let hint = suggestion(for: key, in: study.appearances.map(\.key))
    field.report("at", "\(study.id) has no appearance '\(key)'" + hint)
    return Place(source: "", place: "")
  }
}

extension Recipe.Data {
  init(_ section: RecipeSection, knowledge: KnowledgeBase) {
    dataset = section.setting("dataset", default: "")
    labels = section.setting("labels", default: "any")
    magnification = section.setting("magnification", default: 0, "0 or above") { $0 >= 0 }
    if let fields = section.fields, !fields.has("dataset") {
      fields.report("dataset", "missing key 'dataset'")
    } else if knowledge.dataset(dataset.value) == nil, !dataset.value.isEmpty {
      section.report(
        "dataset",
        "unknown dataset '\(dataset.value)'"
          + suggestion(for: dataset.value, in: knowledge.datasets.map(\.id)))
    }
  }
}

extension Recipe.Split {
  init(_ section: RecipeSection) {
    let share = "a share from 0 to 1"
    kind = section.setting("kind", default: .holdOut)
    unit = section.setting("unit", default: .patient)
    train = section.setting("train", default: 0.7, share) { (0...1).contains($0) }
    validation = section.setting("validation", default: 0.1, share) { (0...1).contains($0) }
    test = section.setting("test", default: 0.2, share) { (0...1).contains($0) }
    folds = section.setting("folds", default: 5, "a whole number from 2") { $0 >= 2 }
    seed = section.setting("seed", default: "per-seed", "per-seed or a whole number") {
      $0 == "per-seed" || UInt64($0) != nil
    }
  }
}

extension Recipe.Preprocessing {
  init(_ section: RecipeSection) {
    decoding = section.setting("decoding", default: .full)
    size = section.setting("size", default: 224, "a side from 8 to 2048 pixels") {
      (8...2048).contains($0)
    }
    fit = section.setting("fit", default: .stretch)
    interpolation = section.setting(
      "interpolation", default: "bilinear",
      "one of " + ImageSettings.interpolations.joined(separator: ", ")
    ) { ImageSettings.interpolations.contains($0) }
    normalisation = section.setting(
      "normalisation", default: "weights",
      "one of " + ImageSettings.normalisations.joined(separator: ", ")
    ) { ImageSettings.normalisations.contains($0) }
    steps = section.settings("steps", default: [], ImageSettings.stepExpectation) {
      ImageSettings.step($0) != nil
    }
  }
}

extension Recipe.Augmentation {
  init(_ section: RecipeSection) {
    operations = section.settings(
      "operations", default: [], ImageSettings.operationExpectation
    ) { ImageSettings.operation($0) != nil }
    balancing = section.setting("balancing", default: .none)
    mixing = section.setting("mixing", default: "none", ImageSettings.mixingExpectation) {
      ImageSettings.mixing($0) != nil
    }
    variants = section.setting("variants", default: 1, "a whole number from 1 to 64") {
      (1...64).contains($0)
    }
  }
}

extension Recipe.Model {
  init(_ section: RecipeSection, knowledge: KnowledgeBase) {
    backbone = section.setting(
      "backbone", default: "", "an architecture of the engine (`tlkb model list`)"
    ) { Backbones.isKnown($0) }
    weights = section.setting("weights", default: "imagenet")
    strategy = section.setting("strategy", default: .featureExtraction)
    frozenThrough = section.setting("frozen-through", default: "none")
    unfreezing = section.settings("unfreezing", default: [], "layers or groups of the network")
    stageEpochs = section.setting("stage-epochs", default: 5, "a whole number from 1") { $0 >= 1 }
    stageFactor = section.setting("stage-factor", default: 0.1, "above 0, to 1") {
      $0 > 0 && $0 <= 1
    }
    intermediate = section.setting("intermediate", default: "none")
    intermediateEpochs = section.setting(
      "intermediate-epochs", default: 10, "a whole number from 1"
    ) { $0 >= 1 }
    head = section.setting("head", default: .softmax)
    dropout = section.setting("dropout", default: 0, "from 0 to below 1") {
      (0..<1).contains($0)
    }
    cost = section.setting("cost", default: 1, "above 0") { $0 > 0 }
    gamma = section.setting("gamma", default: "scale", "scale or a number above 0") { text in
      text == "scale" || Double(text).map { $0 > 0 && $0.isFinite } ?? false
    }
    neighbours = section.setting("neighbours", default: 5, "a whole number from 1") { $0 >= 1 }
    if let fields = section.fields, !fields.has("backbone") {
      fields.report("backbone", "missing key 'backbone'")
    }
    let other = intermediate.value
    if other != "none", knowledge.dataset(other) == nil {
      section.report(
        "intermediate",
        "unknown dataset '\(other)'" + suggestion(for: other, in: knowledge.datasets.map(\.id)))
    }
  }
}

extension Recipe.Training {
  init(_ section: RecipeSection) {
    loss = section.setting("loss", default: .crossEntropy)
    labelSmoothing = section.setting("label-smoothing", default: 0, "from 0 to below 1") {
      (0..<1).contains($0)
    }
    classWeights = section.setting("class-weights", default: .none)
    optimiser = section.setting("optimiser", default: .adam)
    learningRate = section.setting("learning-rate", default: 0.001, "above 0") { $0 > 0 }
    momentum = section.setting("momentum", default: 0.9, "from 0 to below 1") {
      (0..<1).contains($0)
    }
    weightDecay = section.setting("weight-decay", default: 0, "0 or above") { $0 >= 0 }
    schedule = section.setting("schedule", default: .constant)
    scheduleEpochs = section.settings("schedule-epochs", default: [], "epochs from 1") { $0 >= 1 }
    scheduleFactor = section.setting("schedule-factor", default: 0.1, "above 0, to 1") {
      $0 > 0 && $0 <= 1
    }
    epochs = section.setting("epochs", default: 30, "a whole number from 1") { $0 >= 1 }
    patience = section.setting("patience", default: 0, "a whole number from 0") { $0 >= 0 }
    monitor = section.setting("monitor", default: .validationLoss)
    batch = section.setting("batch", default: 32, "a whole number from 1 to 4096") {
      (1...4096).contains($0)
    }
    precision = section.setting("precision", default: .float32)
    selection = section.setting("selection", default: .last)
    if [.step, .milestones].contains(schedule.value), scheduleEpochs.value.isEmpty {
      section.report("schedule-epochs", "the schedule \(schedule.value.rawValue) needs its epochs")
    }
  }
}

extension Recipe.Evaluation {
  init(_ section: RecipeSection) {
    seeds = section.setting("seeds", default: 5, "a whole number from 1 to 1000") {
      (1...1000).contains($0)
    }
    averaging = section.setting("averaging", default: .macro)
    positive = section.setting("positive", default: "last")
    level = section.setting("level", default: 0.95, "between 0 and 1") { $0 > 0 && $0 < 1 }
  }
}

extension Recipe.Rules {
  init(_ section: RecipeSection) {
    margin = section.setting("margin", default: 0.02, "above 0, below 0.5") {
      $0 > 0 && $0 < 0.5
    }
    width = section.setting("width", default: 0.1, "above 0, to 1") { $0 > 0 && $0 <= 1 }
    alpha = section.setting("alpha", default: 0.05, "above 0, below 0.5") { $0 > 0 && $0 < 0.5 }
    minimumSeeds = section.setting("minimum-seeds", default: 3, "a whole number from 2") {
      $0 >= 2
    }
  }
}
