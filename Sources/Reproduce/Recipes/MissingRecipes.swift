// Which studies have no recipe and why; what a recipe lacks to be the study's own set-up.

import Evidence
import Imaging
import Weights

/// A study that reports results and has no recipe.
package struct MissingRecipe: Sendable {
  package let study: String
  /// Its experiments with claims.
  package let experiments: [String]
  /// Why there is none, or how to draft it.
  package let because: String
  /// Whether `tlkb recipe new` can draft one.
  package let canBeDrafted: Bool
}

/// Something that stands between a recipe and its study.
package struct RecipeLack: Sendable {
  package let recipe: String
  /// `data`, `weights`, `not stated`.
  package let kind: String
  package let text: String
}

extension RecipeBook {
  /// Every study with claims and without a recipe, by id.
  package func missing(in knowledge: KnowledgeBase) -> [MissingRecipe] {
    knowledge.studies.compactMap { study in
      let reporting = study.experiments.filter { !$0.claims.isEmpty }
      guard !reporting.isEmpty, entries(ofStudy: study.id).isEmpty else { return nil }
      var reasons: [String] = []
      for experiment in reporting {
        do {
          _ = try RecipeDraft.draft(
            study: study, experiment: experiment.id, declared: "2000-01-01", knowledge: knowledge)
          return MissingRecipe(
            study: study.id, experiments: reporting.map(\.id),
            because: "tlkb recipe new --study \(study.id) --experiment \(experiment.id) drafts one",
            canBeDrafted: true)
        } catch {
          let reason = Self.reason(experiment, error)
          if !reasons.contains(reason) { reasons.append(reason) }
        }
      }
      return MissingRecipe(
        study: study.id, experiments: reporting.map(\.id),
        because: reasons.joined(separator: "; "), canBeDrafted: false)
    }.sorted { $0.study < $1.study }
  }

  private static func reason(_ experiment: Experiment, _ error: any Error) -> String {
    let backbones = experiment.backbones
    if backbones.isEmpty { return "its network is not reported" }
    if backbones.count > 1 {
      return "it joins several networks: \(backbones.joined(separator: " + "))"
    }
    if Backbones.engineName(of: backbones[0]) == nil {
      return "the engine does not have its network, \(backbones[0])"
    }
    if experiment.datasets.isEmpty { return "its dataset is not reported" }
    return "\(error)"
  }
}

extension Recipe {
  /// The fields whose silence matters most, with what is run in their place.
  private static let asked = [
    "split.kind", "split.unit", "preprocessing.size", "augmentation.operations", "model.weights",
    "model.strategy", "model.head", "training.optimiser", "training.learning-rate",
    "training.epochs", "training.batch",
  ]

  /// What keeps the recipe from being the study's own set-up.
  package var lacks: [RecipeLack] {
    var found: [RecipeLack] = []
    func add(_ kind: String, _ text: String) {
      found.append(RecipeLack(recipe: id, kind: kind, text: text))
    }
    let dataset = data.dataset.value
    if !DatasetReaders.ids.contains(dataset) {
      add("data", "no reader for \(dataset); it runs on phantoms or a substitute")
    }
    let wanted = model.weights.value
    let network = model.backbone.value
    let hasSet = WeightRegistry.sets.contains {
      $0.architecture == network && ($0.name == wanted || $0.name.hasPrefix("\(network).\(wanted)"))
    }
    if wanted != "random", !hasSet {
      add("weights", "no \(wanted) weights of \(network) in the registry; give a file by --weights")
    }
    let settled =
      (split.kind.value == .official ? ["split.unit"] : [])
      + (model.strategy.value == .featureExtraction ? [] : ["model.head"])
    let silent = rows.filter {
      Self.asked.contains($0.name) && $0.origin == "default" && !settled.contains($0.name)
    }
    if !silent.isEmpty {
      add(
        "not stated",
        silent.map { "\($0.name) (run: \($0.text))" }.joined(separator: ", "))
    }
    return found
  }
}
