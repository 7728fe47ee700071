// Which results have no recipe and why; what a recipe lacks to be the study's own set-up.

import Evidence
import Imaging
import Weights

/// Experiments of a study that report results and have no recipe, all for one reason.
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
  /// Every experiment with claims and without a recipe, by study and reason.
  package func missing(in knowledge: KnowledgeBase) -> [MissingRecipe] {
    knowledge.studies.sorted { $0.id < $1.id }.flatMap { study -> [MissingRecipe] in
      let answered = Set(entries(ofStudy: study.id).map(\.recipe.experiment))
      let reporting = study.experiments.filter { !$0.claims.isEmpty && !answered.contains($0.id) }
      var groups: [(reason: String, experiments: [String], canBeDrafted: Bool)] = []
      for experiment in reporting {
        let obstacle = RecipeDraft.obstacle(experiment)
        let reason = obstacle ?? "`tlkb recipe new --study \(study.id)` drafts one"
        if let index = groups.firstIndex(where: { $0.reason == reason }) {
          groups[index].experiments.append(experiment.id)
        } else {
          groups.append((reason, [experiment.id], obstacle == nil))
        }
      }
      return groups.map {
        MissingRecipe(
          study: study.id, experiments: $0.experiments, because: $0.reason,
          canBeDrafted: $0.canBeDrafted)
      }
    }
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
