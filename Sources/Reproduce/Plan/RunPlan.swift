// A recipe made ready to run: images, network, weights, splits, ledger.

import Evidence
import Files
import Imaging
import Neural

/// Everything a run needs, decided and checked before any training.
package struct RunPlan {
  package let entry: RecipeBook.Entry
  /// The recipe as it is run, overrides included.
  package let recipe: Recipe
  package let options: RunOptions
  package let experiment: Experiment?
  package let kind: RunRecord.Kind
  package let dataset: ImageDataset
  package let manifest: String
  package let datasetName: String
  package let network: Network
  package let ledger: [LedgerEntry]
  /// SHA-256 of everything that decides the outcome.
  package let fingerprint: String
  let weights: WeightChoice
  let outputs: Outputs
  let stages: [Stage]
  /// How a batch is computed under the memory limit; nil without a limit or without training.
  package let microBatches: MicroBatches?
  private let data: DataChoice
  private let knowledge: KnowledgeBase
  let preparation: Preparation
  /// Where the run's files go; set when it starts.
  var folder = RunFolder("")
  private let positions: [String: Int]

  /// Reads the data, finds the weights, builds the network and the ledger.
  /// - Parameter other: a plan whose images are taken over where they are the same.
  package init(
    _ entry: RecipeBook.Entry, knowledge: KnowledgeBase, options: RunOptions,
    sharing other: RunPlan? = nil
  ) throws {
    self.entry = entry
    self.options = options
    try Self.checkThreads(options.threads)
    let recipe = try entry.recipe(with: options.overrides, knowledge: knowledge)
    self.recipe = recipe
    experiment = knowledge.study(recipe.study)?.experiments.first { $0.id == recipe.experiment }
    let data =
      try other.flatMap { $0.data(for: recipe, options) }
      ?? DataChoice(recipe, experiment, knowledge, options)
    self.data = data
    self.knowledge = knowledge
    outputs = data.outputs
    kind = data.kind
    try Self.checkPositive(recipe.evaluation.positive.value, data)
    dataset = data.dataset
    manifest = data.manifest
    datasetName = knowledge.dataset(data.dataset.id)?.name ?? data.dataset.id
    let backbone = recipe.model.backbone.value
    let channels = try Architectures.named(backbone).inputShape[0]
    let side = recipe.preprocessing.size.value
    let plain = try Architectures.named(
      backbone, classes: data.outputs.count, inputShape: [channels, side, side])
    network =
      recipe.model.strategy.value == .featureExtraction
      ? plain : try plain.droppingFeatures(rate: recipe.model.dropout.value)
    stages = try recipe.stages(of: network)
    weights = try WeightChoice(recipe, network, options, isProtocol: data.kind != .studyData)
    let first = data.dataset.samples[0]
    preparation = try recipe.preparation(
      channels: channels, weightsNormalisation: weights.normalisation
    ) { try first.load() }
    positions = Dictionary(
      data.dataset.samples.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { a, _ in a })
    microBatches = try Self.microBatches(
      recipe, network, weights, stages, data.dataset, options)
    let parts = microBatches.map(\.sizes).flatMap { $0.count > 1 ? ["parts \($0)"] : nil } ?? []
    fingerprint = SHA256.hex(
      ([
        recipe.yaml, manifest, weights.identity, "\(options.imagesPerClass ?? 0)",
        "\(options.threads)", Self.engine,
      ] + parts).joined(separator: "\n"))
    ledger = LedgerBuilder(
      declared: entry.recipe, recipe: recipe, experiment: experiment, knowledge: knowledge,
      data: data, weights: weights, isLimited: options.imagesPerClass != nil,
      batchDeviation: microBatches?.deviation
    ).entries()
  }

  /// Raised whenever the same run would give other bits, so that no run is resumed or merged across.
  static let engine = "engine 6"

  /// Seeds 1 … n of the recipe.
  package var seeds: [Int] { Array(1...recipe.evaluation.seeds.value) }

  /// The sentence that every output of a protocol run shows.
  package var banner: String? {
    let study = recipe.study
    let meaning =
      study == "none"
      ? " Its numbers say nothing about real images of \(recipe.data.dataset.value)."
      : " This run shows the protocol of \(study); its numbers say nothing about \(study)."
    return switch kind {
    case .studyData: nil
    case .phantom: "PHANTOM DATA: drawn images (\(dataset.id)), of no patient." + meaning
    case .substitute:
      "SUBSTITUTE DATA: \(datasetName) in place of \(recipe.data.dataset.value)." + meaning
    }
  }

  /// How the dataset is divided for a seed.
  package func split(seed: Int) throws -> Split {
    try splitPlan(seed: seed).split(dataset)
  }

  /// Whether the dataset has the parts that an official split needs.
  var hasOfficialParts: Bool {
    let parts = Set(dataset.samples.compactMap(\.officialPartition))
    return parts.contains(.train) && parts.count > 1
  }

  private func splitPlan(seed: Int) -> SplitPlan {
    let split = recipe.split
    let number = UInt64(split.seed.value) ?? UInt64(seed)
    let validation = split.validation.value
    let method: SplitMethod =
      switch split.kind.value {
      case .official:
        hasOfficialParts || kind == .studyData
          ? .official(validation: 0) : .holdout(train: 0.7, validation: 0.1, test: 0.2)
      case .holdOut:
        .holdout(train: split.train.value, validation: validation, test: split.test.value)
      case .kFold: .kFold(k: split.folds.value, repeats: 1, validation: validation)
      }
    let unit: SplitUnit =
      switch split.unit.value {
      case .image: .image
      case .lesion: .lesion
      case .patient: .patient
      }
    return SplitPlan(unit: unit, method: method, seed: number)
  }

  // MARK: For trials

  /// A model with the chosen weights; what they do not cover starts from `initialSeed`.
  /// - Parameter start: parameters that an earlier training left, in place of the chosen weights.
  func model(initialSeed: UInt64, from start: ParameterSet? = nil) throws -> Neural.Model {
    try Self.model(recipe, network, weights, options, initialSeed: initialSeed, from: start)
  }

  private static func model(
    _ recipe: Recipe, _ network: Network, _ weights: WeightChoice, _ options: RunOptions,
    initialSeed: UInt64, from start: ParameterSet? = nil
  ) throws -> Neural.Model {
    var generator = Neural.SeededGenerator(seed: initialSeed)
    var parameters = network.initialParameters(using: &generator)
    if let pretrained = start ?? weights.parameters {
      let keepsClassifier = recipe.model.strategy.value == .evaluationOnly
      do {
        try parameters.load(
          pretrained, exceptLayer: keepsClassifier ? nil : network.classifier)
      } catch {
        throw ReproduceError.unfitWeights(file: weights.used.name, reason: "\(error)")
      }
    }
    return try Neural.Model(
      network: network, parameters: parameters,
      options: recipe.computeOptions(threads: options.threads))
  }

  /// Bytes that the engine may take; nil without a limit.
  var engineLimit: Int? { options.engineLimit(parameters: network.summary().parameterCount) }

  /// In how many parts a batch is computed so that the run stays within the limit.
  private static func microBatches(
    _ recipe: Recipe, _ network: Network, _ weights: WeightChoice, _ stages: [Stage],
    _ dataset: ImageDataset, _ options: RunOptions
  ) throws -> MicroBatches? {
    let strategy = recipe.model.strategy.value
    guard let limit = options.engineLimit(parameters: network.summary().parameterCount),
      ![.featureExtraction, .evaluationOnly].contains(strategy)
    else { return nil }
    let trainer = try Trainer(
      model: model(recipe, network, weights, options, initialSeed: 1),
      options: recipe.trainingOptions(
        classCounts: dataset.classCounts, seed: 1, frozenThrough: stages.last?.frozenThrough,
        memoryLimit: limit))
    do {
      return try trainer.microBatches(
        for: min(recipe.training.batch.value, dataset.samples.count))
    } catch {
      throw Self.inTermsOfTheWhole(error, options)
    }
  }

  /// The engine knows its share of the limit; a person knows the limit.
  private static func inTermsOfTheWhole(_ error: any Error, _ options: RunOptions) -> any Error {
    guard let limit = options.memoryLimit,
      case .memoryLimit(let network, let granted, let needed)? = error as? NeuralError
    else { return error }
    return ReproduceError.limitTooLow(
      network: network, needed: needed + max(0, limit - granted), limit: limit)
  }

  /// Every thread has working memory of its own: thousands would take all there is.
  private static func checkThreads(_ threads: Int) throws {
    let processors = RunRecord.Machine.processors
    guard threads > 8 * processors else { return }
    throw ReproduceError.badSetting(
      name: "--threads", value: "\(threads)",
      expected: "at most \(8 * processors) (this computer has \(processors) processors)")
  }

  func loader(
    _ samples: [Sample], order: SampleOrder = .asGiven, seed: UInt64 = 0, augmented: Bool = false
  ) throws -> BatchLoader {
    try BatchLoader(
      samples: samples, preparation: preparation,
      augmentation: augmented ? recipe.augmentationPipeline : .none,
      mixing: augmented ? recipe.batchMixing : .none,
      batchSize: recipe.training.batch.value, order: order, seed: seed, workers: 1,
      cacheBytes: options.imageCache)
  }

  /// One row per sample of the loader, in order.
  func probabilities(_ model: Neural.Model, _ loader: BatchLoader) throws -> [[Float]] {
    var rows: [[Float]] = []
    let batches = loader.epoch(0)
    while let batch = try batches.next() {
      let images = Tensor(
        shape: [batch.count, batch.channels, batch.height, batch.width], values: batch.pixels)
      rows += outputs.probabilities(try model.logits(images))
    }
    return rows
  }

  func classCounts(_ samples: [Sample]) -> [Int] {
    var counts = [Int](repeating: 0, count: dataset.classes.count)
    for sample in samples { counts[sample.label] += 1 }
    return counts
  }

  /// The sample's place in the dataset.
  func position(of sample: Sample) -> Int { positions[sample.id] ?? 0 }

  /// This plan's images for another recipe and options; nil where they would be others.
  private func data(for recipe: Recipe, _ options: RunOptions) -> DataChoice? {
    let isSame =
      recipe.data == self.recipe.data && options.dataPath == self.options.dataPath
      && options.substitute == self.options.substitute
      && options.imagesPerClass == self.options.imagesPerClass
      && options.phantomImages == self.options.phantomImages
      && recipe.preprocessing.size == self.recipe.preprocessing.size
      && recipe.training.loss == self.recipe.training.loss
    return isSame ? data : nil
  }

  /// The plan of a double transfer's first training: the same recipe on the intermediate dataset.
  func intermediate() throws -> RunPlan {
    var options = options
    let id = recipe.model.intermediate.value
    options.dataPath = options.intermediatePath
    options.intermediatePath = nil
    options.substitute = nil
    let isReal = options.dataPath != nil
    let start = recipe.model.weights.value == "random" ? "from-scratch" : "full-fine-tuning"
    options.overrides += [
      .init(name: "data.dataset", value: id), .init(name: "data.labels", value: "any"),
      .init(name: "data.magnification", value: "0"),
      .init(name: "split.kind", value: "hold-out"),
      .init(name: "model.intermediate", value: "none"),
      .init(name: "model.strategy", value: start),
      .init(name: "training.epochs", value: recipe.model.intermediateEpochs.value.settingText),
      .init(name: "training.selection", value: "last"),
      .init(name: "training.patience", value: "0"),
    ]
    guard isReal == (self.options.dataPath != nil) else {
      throw ReproduceError.missingIntermediate(dataset: id)
    }
    var plan = try RunPlan(entry, knowledge: knowledge, options: options)
    plan.folder = folder
    return plan
  }

  static func rows(_ tensor: Tensor) -> [[Float]] {
    let width = tensor.shape[1]
    return (0..<tensor.shape[0]).map {
      Array(tensor.values[($0 * width)..<(($0 + 1) * width)])
    }
  }

  /// The study's own images must have the class that the recipe calls positive; others have classes of
  /// their own, of which the last counts.
  private static func checkPositive(_ name: String, _ data: DataChoice) throws {
    let names = data.outputs.names
    guard data.kind == .studyData, name != "last",
      !names.contains(where: { foldedName($0) == foldedName(name) })
    else { return }
    throw ReproduceError.badSetting(
      name: "evaluation.positive", value: name,
      expected: "last or a class of the images: " + names.joined(separator: ", "))
  }

  /// The index of the positive class.
  package var positiveClass: Int {
    let name = recipe.evaluation.positive.value
    let last = outputs.count - 1
    if name == "last" { return last }
    let folded = foldedName(name)
    return outputs.names.firstIndex { foldedName($0) == folded } ?? last
  }
}
