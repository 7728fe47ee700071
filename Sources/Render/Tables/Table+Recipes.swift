// Recipes as listings, and the cost of a run before it starts.

import Reproduce

extension Table {
  /// All recipes, one a row.
  package static func recipes(_ recipes: [Recipe]) -> Table {
    Table(
      title: "Recipes",
      columns: [
        Column("recipe", "Recipe"), Column("study", "Study"),
        Column("experiment", "Experiment", wraps: true), Column("dataset", "Dataset"),
        Column("backbone", "Network"), Column("weights", "Weights"),
        Column("strategy", "Strategy", wraps: true), Column("stated", "Stated", .right),
        Column("inferred", "Inferred", .right), Column("default", "Default", .right),
      ],
      rows: recipes.map { recipe in
        let rows = recipe.rows
        let count = { (word: String) in Cell.count(rows.count { $0.origin == word }) }
        return [
          .text(recipe.id), .text(recipe.study), .text(recipe.experiment),
          .text(recipe.data.dataset.value), .text(recipe.model.backbone.value),
          .text(recipe.model.weights.value), .text(recipe.model.strategy.value.rawValue),
          count("stated"), count("inferred"), count("default"),
        ]
      })
  }

  /// Experiments with results and without a recipe, one row for each reason of a study.
  package static func missingRecipes(_ missing: [MissingRecipe]) -> Table {
    Table(
      title: "Results without a recipe",
      columns: [
        Column("study", "Study"), Column("count", "Count", .right),
        Column("experiments", "Experiments", wraps: true), Column("draft", "Can be drafted"),
        Column("because", "Because", wraps: true),
      ],
      rows: missing.map {
        [
          .text($0.study), .count($0.experiments.count),
          .texts($0.experiments, separator: ", "),
          .text($0.canBeDrafted ? "yes" : "no"), .text($0.because),
        ]
      })
  }

  /// What keeps recipes from being their studies' own set-ups, one a row.
  package static func recipeLacks(_ lacks: [RecipeLack]) -> Table {
    Table(
      title: "What the recipes lack",
      columns: [
        Column("recipe", "Recipe"), Column("kind", "Missing"),
        Column("what", "What is missing, and what is done instead", wraps: true),
      ],
      rows: lacks.map { [.text($0.recipe), .text($0.kind), .text($0.text)] })
  }

  /// Every field of a recipe with its origin.
  package static func recipe(_ recipe: Recipe) -> Table {
    Table(
      title: "Recipe \(recipe.id)",
      columns: [
        Column("field", "Field"), Column("value", "Value", wraps: true),
        Column("origin", "Origin"), Column("location", "Stated in", wraps: true),
        Column("because", "Because", wraps: true),
      ],
      rows: recipe.rows.map { row in
        [
          .text(row.name), .text(row.text), .text(row.origin), .optional(row.at?.description),
          .optional(row.because),
        ]
      })
  }

  /// What a run will do and cost.
  package static func cost(_ cost: CostEstimate, plan: RunPlan) -> Table {
    var facts: [(String, String)] = [
      ("recipe", plan.recipe.id), ("data", "\(plan.datasetName), \(plan.kind.rawValue)"),
      ("images", "\(cost.images)"),
      (
        "split",
        "\(cost.train) training, \(cost.validation) validation, \(cost.test) test"
          + (cost.folds > 1 ? ", \(cost.folds) folds" : "")
      ),
      ("network", plan.network.name), ("parameters", "\(cost.parameters)"),
      (
        "multiply-adds", "\(cost.multiplyAdds) an image forward"
      ),
      ("seeds × epochs", "\(cost.seeds) × \(cost.epochs)"),
      (
        "memory",
        "about \(gibibytes(cost.memoryBytes))"
          + (cost.parts > 1 ? ", each batch in \(cost.parts) parts" : "")
      ),
    ]
    if let speed = cost.imagesPerSecond, let seconds = cost.seconds {
      facts += [
        ("speed", "\(rounded(speed, speed < 10 ? 1 : 0)) images/s in a two-second calibration"),
        ("time", "about \(duration(seconds))"),
      ]
    }
    return Table(
      title: "Plan of \(plan.recipe.id)",
      columns: [Column("what", "What"), Column("value", "Value", wraps: true)],
      rows: facts.map { [.text($0.0), .text($0.1)] })
  }
}
