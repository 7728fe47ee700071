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
  let preparation: Preparation
  /// Where the run's files go; set when it starts.
  var folder = RunFolder("")
  private let positions: [String: Int]

  /// Reads the data, finds the weights, builds the network and the ledger.
  package init(
    _ entry: RecipeBook.Entry, knowledge: KnowledgeBase, options: RunOptions
  ) throws {
    self.entry = entry
    self.options = options
    let recipe = try entry.recipe(with: options.overrides, knowledge: knowledge)
    self.recipe = recipe
    experiment = knowledge.study(recipe.study)?.experiments.first { $0.id == recipe.experiment }
    let data = try DataChoice(recipe, experiment, knowledge, options)
    kind = data.kind
    dataset = data.dataset
    manifest = data.manifest
    datasetName = knowledge.dataset(data.dataset.id)?.name ?? data.dataset.id
    let backbone = recipe.model.backbone.value
    let channels = try Architectures.named(backbone).inputShape[0]
    let side = recipe.preprocessing.size.value
    network = try Architectures.named(
      backbone, classes: data.dataset.classes.count, inputShape: [channels, side, side])
    if recipe.model.strategy.value == .partialFineTuning {
      _ = try network.lastIndex(ofGroup: recipe.model.frozenThrough.value)
    }
    weights = try WeightChoice(recipe, network, options, isProtocol: data.kind != .studyData)
    let first = data.dataset.samples[0]
    preparation = try recipe.preparation(
      channels: channels, weightsNormalisation: weights.normalisation
    ) { try first.load() }
    positions = Dictionary(
      data.dataset.samples.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { a, _ in a })
    fingerprint = SHA256.hex(
      [
        recipe.yaml, manifest, weights.identity, "\(options.imagesPerClass ?? 0)",
        "\(options.threads)", "engine 1",
      ].joined(separator: "\n"))
    ledger = LedgerBuilder(
      declared: entry.recipe, recipe: recipe, experiment: experiment, knowledge: knowledge,
      data: data, weights: weights, isLimited: options.imagesPerClass != nil
    ).entries()
  }

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
  func model(initialSeed: UInt64) throws -> Neural.Model {
    var generator = Neural.SeededGenerator(seed: initialSeed)
    var parameters = network.initialParameters(using: &generator)
    if let pretrained = weights.parameters {
      do {
        try parameters.load(pretrained, exceptLayer: network.classifier)
      } catch {
        throw ReproduceError.unfitWeights(file: weights.used.name, reason: "\(error)")
      }
    }
    return try Neural.Model(
      network: network, parameters: parameters,
      options: ComputeOptions(threads: options.threads, algorithms: algorithms))
  }

  /// Training a network without batch normalisation by Winograd's algorithm asks oneDNN 2.6 for a
  /// reordering of weights that it does not have; such networks take the direct one.
  private var algorithms: AlgorithmChoice {
    let isNormalised = network.layers.contains { layer in
      if case .batchNorm = layer.operation { true } else { false }
    }
    return isNormalised || recipe.model.strategy.value == .featureExtraction
      ? .heuristic : .direct
  }

  func loader(
    _ samples: [Sample], order: SampleOrder = .asGiven, seed: UInt64 = 0, augmented: Bool = false
  ) throws -> BatchLoader {
    try BatchLoader(
      samples: samples, preparation: preparation,
      augmentation: augmented ? recipe.augmentationPipeline : .none,
      batchSize: recipe.training.batch.value, order: order, seed: seed, workers: 1)
  }

  /// One row per sample of the loader, in order.
  func probabilities(_ model: Neural.Model, _ loader: BatchLoader) throws -> [[Float]] {
    var rows: [[Float]] = []
    let batches = loader.epoch(0)
    while let batch = try batches.next() {
      let images = Tensor(
        shape: [batch.count, batch.channels, batch.height, batch.width], values: batch.pixels)
      rows += Self.rows(try model.probabilities(images))
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

  static func rows(_ tensor: Tensor) -> [[Float]] {
    let width = tensor.shape[1]
    return (0..<tensor.shape[0]).map {
      Array(tensor.values[($0 * width)..<(($0 + 1) * width)])
    }
  }

  /// The index of the positive class.
  package var positiveClass: Int {
    let name = recipe.evaluation.positive.value
    if name == "last" { return dataset.classes.count - 1 }
    let folded = foldedName(name)
    return dataset.classes.firstIndex { foldedName($0) == folded } ?? dataset.classes.count - 1
  }
}
