// Filling the ledger: the study's value of every axis beside the run's.

import Evidence
import Imaging

/// Compares what the study states (the recipe's stated fields, the knowledge base) with a run.
struct LedgerBuilder {
  /// The recipe as its file has it.
  let declared: Recipe
  /// The recipe as it is run.
  let recipe: Recipe
  let experiment: Experiment?
  let knowledge: KnowledgeBase
  let data: DataChoice
  let weights: WeightChoice
  let isLimited: Bool
  /// How a batch computed in parts differs from a whole one, where it does.
  let batchDeviation: String?

  func entries() -> [LedgerEntry] {
    [
      dataset(), classes(), images(), imageSize(), split(),
      compare(
        .resolution, ["preprocessing.size"], unit: " px",
        isReduced: recipe.preprocessing.size.value < declared.preprocessing.size.value),
      decoding(), compare(.backbone, ["model.backbone"], changesQuestion: true),
      weightsEntry(),
      compare(.strategy, strategyFields, changesQuestion: true),
      compare(.head, headFields, changesQuestion: true),
      compare(.augmentation, augmentation),
      compare(.loss, ["training.loss", "training.class-weights"]),
      compare(.optimiser, ["training.optimiser"]),
      compare(.learningRate, ["training.learning-rate", "training.schedule"]),
      epochs(), batch(), compare(.selection, ["training.selection"]),
      evaluation(), compare(.precision, ["training.precision"]),
    ]
  }

  // MARK: Data

  /// Mixing is rare: it stands in the ledger where a study or the run has it.
  private var augmentation: [String] {
    let mixes = [declared, recipe].contains { $0.augmentation.mixing.value != "none" }
    return ["augmentation.operations", "augmentation.balancing"]
      + (mixes ? ["augmentation.mixing"] : [])
  }

  private func dataset() -> LedgerEntry {
    let row = row("data.dataset")
    let wanted = recipe.data.dataset.value
    let name = knowledge.dataset(wanted)?.name ?? wanted
    let isSame = data.kind == .studyData
    let note: String? =
      switch data.kind {
      case .studyData: nil
      case .substitute: "another dataset: a protocol run"
      case .phantom: "phantoms, drawn by rule: a protocol run"
      }
    return entry(
      .dataset, row, study: name,
      run: isSame ? name : knowledge.dataset(data.dataset.id)?.name ?? data.dataset.id,
      isSame: isSame, changesQuestion: true, note: note)
  }

  private func classes() -> LedgerEntry {
    let stated = experiment?.classes.stated
    let found = data.outputs.count
    return LedgerEntry(
      axis: .classes, study: stated.map { "\($0)" }, at: stated == nil ? nil : place,
      inferred: nil, run: "\(found) (\(data.outputs.names.joined(separator: ", ")))",
      status: stated.map { $0 == found ? .matches : .deviates } ?? .unknown,
      changesQuestion: stated.map { $0 != found } ?? false, note: nil)
  }

  /// The printed sizes of the study's dataset against the number of images used.
  private func images() -> LedgerEntry {
    let used = data.dataset.samples.count
    let known = data.kind == .studyData ? printedSizes() : []
    let shown = known.map { "\($0.n)" }
    let isSame = known.contains { $0.n == used }
    let isNear = known.contains { abs(Double($0.n - used)) <= 0.01 * Double($0.n) }
    var status = LedgerEntry.Status.unknown
    if data.kind != .studyData || isLimited { status = .deviates }
    if !known.isEmpty { status = isSame ? .matches : .deviates }
    return LedgerEntry(
      axis: .images, study: shown.isEmpty ? nil : shown.joined(separator: " or "),
      at: known.first?.at, inferred: nil, run: "\(used)", status: status,
      changesQuestion: status == .deviates && !isNear,
      note: data.dataset.notes.isEmpty ? nil : data.dataset.notes.joined(separator: "; "))
  }

  private func printedSizes() -> [(n: Int, at: Place)] {
    guard let dataset = knowledge.dataset(recipe.data.dataset.value) else { return [] }
    let whole = dataset.counts.filter {
      ["images", "samples"].contains($0.of) && $0.label == nil && $0.magnification == nil
        && $0.subset == nil && $0.bound == nil
    }
    var sizes: [(n: Int, at: Place)] = []
    for count in whole where count.split == nil && !sizes.contains(where: { $0.n == count.n }) {
      sizes.append((count.n, count.at))
    }
    let parts = whole.filter { $0.split != nil }
    if sizes.isEmpty, let first = parts.first {
      let sum = parts.filter { $0.at.place == first.at.place && $0.at.row == first.at.row }
        .reduce(0) { $0 + $1.n }
      sizes.append((sum, first.at))
    }
    return sizes
  }

  /// The printed size of the dataset's images against that of the files: images that were reduced
  /// before deviate, and it is another question where they hold less than the network is shown.
  private func imageSize() -> LedgerEntry {
    let fact = knowledge.dataset(recipe.data.dataset.value)?.facts.first {
      $0.about == "image-size" && $0.subset == nil && Self.sides($0.value) != nil
    }
    let native = fact.flatMap { Self.sides($0.value) }
    let found = data.sizes.map { [$0.width, $0.height].sorted() }
    let isSame = native.map { own in found.allSatisfy { $0 == own } }
    var losesDetail = false
    if let native, let smallest = found.compactMap(\.first).min() {
      losesDetail = smallest < min(native[0], recipe.preprocessing.size.value)
    }
    var note: String?
    if data.kind == .studyData, isSame == false {
      note =
        losesDetail
        ? "the files hold less than the network is shown"
        : "the files are of another size than the dataset's; the network's input is no larger"
    }
    return LedgerEntry(
      axis: .imageSize, study: fact?.printed, at: fact?.at, inferred: nil,
      run: Self.describe(data.sizes),
      status: isSame.map { $0 ? .matches : .deviates } ?? .unknown,
      changesQuestion: isSame == false && losesDetail, note: note)
  }

  /// The shorter and the longer side of `1360x1024`; nil for volumes and ranges.
  private static func sides(_ text: String) -> [Int]? {
    let numbers = text.split(separator: "x").map { Int($0) }
    guard numbers.count == 2, let a = numbers[0], let b = numbers[1] else { return nil }
    return [a, b].sorted()
  }

  private static func describe(_ sizes: [PixelSize]) -> String {
    let order = sizes.sorted { ($0.width * $0.height, $0.width) < ($1.width * $1.height, $1.width) }
    let texts = [order.first, order.last].compactMap { $0.map { "\($0.width) × \($0.height)" } }
    return sizes.count > 1
      ? texts.joined(separator: " to ") + " px" : (texts.first ?? "none") + " px"
  }

  private func split() -> LedgerEntry {
    let names = [
      "split.kind", "split.unit", "split.train", "split.validation", "split.test", "split.folds",
    ]
    let official = recipe.split.kind.value == .official
    let entry = compare(
      .split, official ? ["split.kind"] : names, changesQuestion: true,
      run: Self.describe(recipe.split))
    guard data.kind != .studyData, official else { return entry }
    return LedgerEntry(
      axis: .split, study: entry.study, at: entry.at, inferred: entry.inferred,
      run: "hold-out 0.7/0.1/0.2 by \(recipe.split.unit.value.rawValue)", status: .deviates,
      changesQuestion: true, note: "these images have no official parts")
  }

  private static func describe(_ split: Recipe.Split) -> String {
    let unit = " by \(split.unit.value.rawValue)"
    return switch split.kind.value {
    case .official: "official parts"
    case .kFold: "\(split.folds.value)-fold\(unit), split seed \(split.seed.value)"
    case .holdOut:
      "hold-out \(split.train.value.settingText)/\(split.validation.value.settingText)/"
        + "\(split.test.value.settingText)\(unit), split seed \(split.seed.value)"
    }
  }

  private func decoding() -> LedgerEntry {
    let entry = compare(.decoding, ["preprocessing.decoding"])
    let isReduced = recipe.preprocessing.decoding.value == .reduced
    let hasSteps = !recipe.preprocessing.steps.value.isEmpty
    let note = [
      entry.note, entry.study == nil ? "the default is full: every pixel of a JPEG" : nil,
      isReduced
        ? (hasSteps
          ? "steps before scaling need every pixel, so all are decoded"
          : "JPEGs at least twice the input's size are decoded smaller, a few grey levels different")
        : nil,
    ].compactMap { $0 }
    return LedgerEntry(
      axis: .decoding, study: entry.study, at: entry.at, inferred: entry.inferred, run: entry.run,
      status: entry.status, changesQuestion: false,
      note: note.isEmpty ? nil : note.joined(separator: "; "))
  }

  // MARK: Model and training

  private func weightsEntry() -> LedgerEntry {
    let row = row("model.weights")
    let wanted = declared.model.weights.value
    let isSame =
      wanted == "random"
      ? weights.parameters == nil : weights.pretraining == wanted || weights.used.name == wanted
    return entry(
      .weights, row, study: wanted, run: weights.used.name, isSame: isSame, changesQuestion: true,
      note: weights.note)
  }

  private func epochs() -> LedgerEntry {
    compare(
      .epochs,
      ["training.epochs"]
        + used(["training.patience", "training.monitor"]) {
          $0.training.patience.value > 0
        }, isReduced: recipe.training.epochs.value < declared.training.epochs.value)
  }

  /// Parts of a batch whose normalisation takes statistics of their own are no longer that batch.
  private func batch() -> LedgerEntry {
    let entry = compare(.batch, ["training.batch"])
    guard let batchDeviation else { return entry }
    return LedgerEntry(
      axis: .batch, study: entry.study, at: entry.at, inferred: entry.inferred, run: entry.run,
      status: entry.study == nil ? .unknown : .deviates, changesQuestion: false,
      note: batchDeviation)
  }

  private var strategyFields: [String] {
    ["model.strategy"]
      + used(["model.frozen-through"]) { $0.model.strategy.value == .partialFineTuning }
      + used(["model.unfreezing"]) { $0.model.strategy.value == .progressiveUnfreezing }
      + used(["model.stage-epochs", "model.stage-factor"]) {
        [.twoStage, .progressiveUnfreezing].contains($0.model.strategy.value)
      }
      + used(["model.intermediate", "model.intermediate-epochs"]) {
        $0.model.strategy.value == .doubleTransfer
      }
  }

  private var headFields: [String] {
    ["model.head"] + used(["model.dropout"]) { $0.model.dropout.value > 0 }
      + used(["model.cost"]) { [.linearSVM, .rbfSVM].contains($0.model.head.value) }
      + used(["model.gamma"]) { $0.model.head.value == .rbfSVM }
      + used(["model.neighbours"]) { $0.model.head.value == .knn }
  }

  /// Fields that only some recipes use: named where the study's or the run's does.
  private func used(_ names: [String], where isUsed: (Recipe) -> Bool) -> [String] {
    isUsed(declared) || isUsed(recipe) ? names : []
  }

  private func evaluation() -> LedgerEntry {
    let stated = experiment?.claims.compactMap(\.aggregation.stated).first
    let unit = experiment?.evaluationUnit.stated
    let study = [stated?.rawValue, unit.map { "by \($0.rawValue)" }].compactMap { $0 }
    let seeds = recipe.evaluation.seeds.value
    return LedgerEntry(
      axis: .evaluation, study: study.isEmpty ? nil : study.joined(separator: ", "),
      at: study.isEmpty ? nil : place, inferred: nil,
      run: (seeds == 1 ? "a single seed" : "\(seeds) seeds, each and their mean") + ", by image"
        + (recipe.split.kind.value == .kFold ? ", all folds' predictions together" : ""),
      status: unit.map { $0 == .image ? .matches : .deviates } ?? .unknown,
      changesQuestion: unit != nil && unit != .image, note: nil)
  }

  // MARK: Comparing recipe fields

  private var place: Place? { experiment?.claims.first?.at }

  private func row(_ name: String) -> SettingRow? { declared.rows.first { $0.name == name } }

  /// The first stated field of a group decides the origin; any stated field that differs deviates.
  /// - Parameter isReduced: whether the run does less than the recipe asks for, stated or not: that
  ///   deviates and makes it another question too.
  private func compare(
    _ axis: LedgerEntry.Axis, _ names: [String], changesQuestion: Bool = false, unit: String = "",
    run: String? = nil, isReduced: Bool = false
  ) -> LedgerEntry {
    let before = names.compactMap { name in declared.rows.first { $0.name == name } }
    let after = names.compactMap { name in recipe.rows.first { $0.name == name } }
    let pairs = zip(before, after)
    let stated = pairs.filter { $0.0.origin != "default" }
    let differs = stated.contains { $0.0.value != $0.1.value }
    let certain = stated.filter { $0.0.origin == "stated" }
    let study = stated.map { Self.text($0.0) }.joined(separator: ", ")
    var status = LedgerEntry.Status.unknown
    if !certain.isEmpty { status = .matches }
    if differs || isReduced { status = .deviates }
    let silent = pairs.filter { $0.0.origin == "default" }.map { Self.short($0.0.name) }
    let changed = pairs.filter { $0.0.origin == "default" && $0.0.value != $0.1.value }
      .map { Self.text($0.0) + unit }
    let notes = [
      !certain.isEmpty && !silent.isEmpty ? "not reported: " + silent.joined(separator: ", ") : nil,
      changed.isEmpty ? nil : "the recipe has " + changed.joined(separator: ", "),
    ].compactMap { $0 }
    return LedgerEntry(
      axis: axis, study: study.isEmpty ? nil : study + unit,
      at: certain.first?.0.at, inferred: stated.compactMap(\.0.because).first,
      run: run ?? after.map { Self.text($0) }.joined(separator: ", ") + unit, status: status,
      changesQuestion: (differs && changesQuestion) || isReduced,
      note: notes.isEmpty ? nil : notes.joined(separator: "; "))
  }

  private func entry(
    _ axis: LedgerEntry.Axis, _ row: SettingRow?, study: String, run: String, isSame: Bool,
    changesQuestion: Bool, note: String?
  ) -> LedgerEntry {
    let isKnown = row.map { $0.origin != "default" } ?? false
    let isStated = row?.origin == "stated"
    return LedgerEntry(
      axis: axis, study: isKnown ? study : nil, at: row?.at, inferred: row?.because, run: run,
      status: isSame
        ? (isStated ? .matches : .unknown)
        : (isKnown || axis == .dataset ? .deviates : .unknown),
      changesQuestion: !isSame && changesQuestion, note: note)
  }

  private static func text(_ row: SettingRow) -> String {
    let name = short(row.name)
    let plain = [
      "size", "backbone", "strategy", "head", "optimiser", "epochs", "batch", "loss", "precision",
    ]
    return plain.contains(name) || name == "selection" || name == "kind"
      ? row.text : "\(name) \(row.text)"
  }

  private static func short(_ name: String) -> String {
    name.split(separator: ".").last.map(String.init) ?? name
  }
}
