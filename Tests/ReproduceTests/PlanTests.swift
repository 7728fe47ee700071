// Facts about plans: every recipe of the data can be planned, so that a broken one fails in seconds.

import Foundation
import Neural
import Reproduce
import Testing

@Suite struct PlanTests {
  private static let book = Result { try Knowledge.book() }
  static let recipes = (try? book.get().recipes.map(\.id)) ?? []

  /// The plan of a quick look on few phantoms: drawing them is what takes time.
  private func plan(_ entry: RecipeBook.Entry) throws -> RunPlan {
    var options = RunOptions(
      runsFolder: "/nowhere", featuresFolder: "/nowhere", weightsFolder: "/nowhere",
      toolVersion: "test")
    options.threads = 1
    options.phantomImages = 80
    options.makeQuick(entry.recipe)
    options.overrides.append(
      .init(name: "evaluation.seeds", value: "\(entry.recipe.evaluation.seeds.value)"))
    return try RunPlan(entry, knowledge: Knowledge.data.get().knowledge, options: options)
  }

  @Test("Every recipe makes a plan: stages, splits of every seed, ledger, cost", arguments: recipes)
  func plans(_ id: String) throws {
    let plan = try plan(Self.book.get().entry(named: id))
    #expect(plan.network.name == plan.recipe.model.backbone.value)
    #expect(plan.banner?.contains("PHANTOM") == true)
    #expect(Set(plan.ledger.map(\.axis)).count == plan.ledger.count)
    #expect(plan.recipe.training.epochs.value <= 3 && plan.network.inputShape[1] <= 96)
    for seed in plan.seeds {
      for fold in try plan.split(seed: seed).folds {
        let test = Set(fold.test)
        #expect(!fold.train.isEmpty && !test.isEmpty)
        #expect(test.isDisjoint(with: fold.train + fold.validation))
        let shown = Set(plan.dataset.samples.filter { test.contains($0.id) }.map(\.label))
        #expect(shown.count > 1 || plan.recipe.training.loss.value == .binaryCrossEntropy)
      }
    }
    let cost = try CostEstimate(plan, calibrating: false)
    #expect(cost.multiplyAdds > 0 && cost.memoryBytes > 0)
    #expect(cost.train + cost.validation + cost.test <= cost.images)
  }

  @Test("Every recipe's network takes images of the recipe's own size", arguments: recipes)
  func networks(_ id: String) throws {
    let recipe = try Self.book.get().entry(named: id).recipe
    let side = recipe.preprocessing.size.value
    let channels = try Architectures.named(recipe.model.backbone.value).inputShape[0]
    let network = try Architectures.named(
      recipe.model.backbone.value, classes: 3, inputShape: [channels, side, side])
    #expect(network.summary().rows.last?.outputShape.reduce(1, *) == 3)
  }

  @Test("The data holds recipes to plan")
  func names() { #expect(Self.recipes.count > 50) }
}
