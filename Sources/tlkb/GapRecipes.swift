// Recipes that fill gaps: which set-up of `tlkb reproduce` answers what nobody tried or compared.

import Evidence
import Inquiry
import Reproduce

/// A recipe that fills a gap, and the command that runs it.
struct GapRecipe {
  let gap: Gap
  let recipe: Recipe
  /// What follows the recipe's file on the command line: `--vary augmentation`.
  let options: String

  /// The file's text: the recipe, after a line that says how to run it.
  func text(file: String) -> String { "# \(command(file: file))\n" + recipe.yaml }

  func command(file: String) -> String {
    "tlkb reproduce \(file)" + (options.isEmpty ? "" : " \(options)")
  }
}

extension Gap.Kind {
  /// Whether a recipe can fill gaps of this kind.
  var hasRecipe: Bool {
    switch self {
    case .untriedPair, .untriedStrategy, .untriedBackbone, .untriedTechnique, .unusedDataset,
      .noAugmentationComparison, .noPatientSeparation:
      true
    default: false
    }
  }
}

/// Writes recipes for gaps from what the knowledge base says.
struct GapRecipes {
  let knowledge: KnowledgeBase
  let matrix: [MatrixCell]
  /// The day the recipes are declared.
  let declared: String

  /// The recipe that fills a gap; nil where the engine has no network or setting for it.
  func recipe(for gap: Gap) -> GapRecipe? {
    let made: (recipe: Recipe, options: String)? =
      switch gap.kind {
      case .untriedPair:
        pair(gap, dataset: subject(gap, .dataset), backbone: subject(gap, .backbone))
      case .unusedDataset:
        subject(gap, .dataset).flatMap { pair(gap, dataset: $0, backbone: usualNetwork(for: $0)) }
      case .untriedBackbone: pair(gap, dataset: usualDataset, backbone: subject(gap, .backbone))
      case .noAugmentationComparison: own(gap, options: "--vary augmentation")
      case .noPatientSeparation: own(gap, options: "--vary split")
      case .untriedStrategy: strategy(gap)
      case .untriedTechnique: technique(gap)
      default: nil
      }
    return made.map { GapRecipe(gap: gap, recipe: $0.recipe, options: $0.options) }
  }

  private func subject(_ gap: Gap, _ kind: EntityKind) -> String? {
    gap.subjects.first { $0.kind == kind }?.id
  }

  private func because(_ gap: Gap) -> String { "\(gap.summary) (\(gap.because))" }

  private func pair(
    _ gap: Gap, dataset: String?, backbone: String?
  ) -> (recipe: Recipe, options: String)? {
    guard let dataset, let backbone else { return nil }
    let recipe = try? Recipe.untried(
      id: "\(backbone)-\(dataset)", dataset: dataset, backbone: backbone, because: because(gap),
      declared: declared, knowledge: knowledge)
    return recipe.map { ($0, "") }
  }

  /// The study's own set-up, run with an axis varied.
  private func own(_ gap: Gap, options: String) -> (recipe: Recipe, options: String)? {
    guard let study = subject(gap, .study).flatMap({ knowledge.study($0) }) else { return nil }
    return drafted(study).map { ($0, options) }
  }

  /// The set-up of a study that tried the pair, with the strategy varied.
  private func strategy(_ gap: Gap) -> (recipe: Recipe, options: String)? {
    guard let dataset = subject(gap, .dataset), let backbone = subject(gap, .backbone) else {
      return nil
    }
    let studies = matrix.filter { $0.dataset == dataset && $0.backbone == backbone }
      .flatMap(\.studies).compactMap { knowledge.study($0) }
    let recipe = studies.lazy.compactMap { study in
      drafted(study) { $0.datasets.contains(dataset) && $0.backbones == [backbone] }
    }.first
    return recipe.map { ($0, "--vary strategy") }
  }

  /// The engine's fields for techniques that a recipe can hold.
  private static let settings: [String: [String: [String]]] = [
    "dropout": ["model.dropout": ["0.5"], "model.head": ["softmax"]],
    "layer-freezing": ["model.strategy": ["feature-extraction"]],
    "last-layer-retraining": ["model.strategy": ["feature-extraction"]],
    "stain-normalisation": ["preprocessing.steps": ["reinhard"]],
    "class-weights": ["training.class-weights": ["balanced"]],
    "focal-loss": ["training.loss": ["focal"]],
  ]

  /// A set-up with the technique: of a study it was recommended to, else of the smallest dataset of
  /// the technique's modality.
  private func technique(_ gap: Gap) -> (recipe: Recipe, options: String)? {
    guard let technique = subject(gap, .technique), let settings = Self.settings[technique] else {
      return nil
    }
    let isOfTissue = technique == "stain-normalisation"
    let addressed = gap.subjects.filter { $0.kind == .study }.map(\.id)
    let studies = knowledge.studies.sorted { one, other in
      let keys = [one, other].map { study in
        (
          addressed.contains(study.id) ? 0 : 1,
          study.experiments.flatMap(\.datasets).map(size).min() ?? .max, study.id
        )
      }
      return keys[0] < keys[1]
    }
    let recipe = studies.lazy.compactMap { study in
      drafted(study, settings: settings, because: because(gap)) { experiment in
        !experiment.claims.isEmpty
          && (!isOfTissue
            || experiment.datasets.allSatisfy {
              knowledge.dataset($0)?.modality.stated == "histopathology"
            })
      }
    }.first
    return recipe.map { ($0, "") }
  }

  /// The first set-up of a study that the engine has a network for.
  private func drafted(
    _ study: Study, settings: [String: [String]] = [:], because: String = "",
    where fits: (Experiment) -> Bool = { _ in true }
  ) -> Recipe? {
    study.experiments.lazy.filter(fits).compactMap { experiment in
      try? RecipeDraft.draft(
        study: study, experiment: experiment.id, declared: declared, knowledge: knowledge,
        settings: settings, because: because)
    }.first
  }

  private func size(_ dataset: String) -> Int {
    knowledge.dataset(dataset)?.counts.filter { $0.of == "images" }.map(\.n).max() ?? .max
  }

  /// The network that most studies of the dataset's diseases used, of those the engine has.
  private func usualNetwork(for dataset: String) -> String? {
    let tasks = Set(knowledge.dataset(dataset)?.tasks ?? [])
    var users: [String: Set<String>] = [:]
    for study in knowledge.studies {
      for experiment in study.experiments where experiment.task.stated.map(tasks.contains) == true {
        for backbone in experiment.backbones where Backbones.engineName(of: backbone) != nil {
          users[backbone, default: []].insert(study.id)
        }
      }
    }
    return users.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }?.key ?? "resnet18"
  }

  /// The dataset that most studies used, the smaller of two.
  private var usualDataset: String? {
    let sets = Set(matrix.map(\.dataset)).sorted()
    let users = { (dataset: String) in
      Set(matrix.filter { $0.dataset == dataset }.flatMap(\.studies)).count
    }
    return sets.max { one, other in
      (users(one), size(other), other) < (users(other), size(one), one)
    }
  }
}
