// Facts about what is kept for pictures, and about features that several runs need.

import Files
import Foundation
import Neural
import Testing

@testable import Reproduce

@Suite struct PictureTests {
  private static func plan(_ text: String, _ sandbox: Sandbox) throws -> RunPlan {
    let knowledge = try Knowledge.data.get().knowledge
    let entry = try RecipeBook.read(sandbox.write("recipe.yaml", text), knowledge)
    var plan = try RunPlan(entry, knowledge: knowledge, options: sandbox.options())
    plan.folder = RunFolder(sandbox.folder + "/run")
    return plan
  }

  private static func trial(_ plan: RunPlan) throws -> Trial {
    let split = try plan.split(seed: 1)
    return Trial(
      seed: 1, fold: 0, folds: 1, train: try split.samples(of: plan.dataset, .train),
      validation: try split.samples(of: plan.dataset, .validation),
      test: try split.samples(of: plan.dataset, .test), keepsNetwork: true)
  }

  private static var silent: ProgressReporter {
    ProgressReporter(.quiet, isTerminal: false) { _ in }
  }

  @Test(
    "The network that pictures explain is the one that was tested",
    arguments: ["last", "best-validation-auc", "best-validation-loss"])
  func selected(selection: String) throws {
    let sandbox = try Sandbox()
    let plan = try Self.plan(
      Knowledge.small(["selection": selection, "epochs": "4", "learning-rate": "0.02"]), sandbox)
    let trial = try Self.trial(plan)
    let outcome = try NetworkTrial(
      plan: plan, trial: trial, checkpoint: sandbox.folder + "/c.checkpoint",
      reporter: Self.silent, clock: RunClock()
    ).run()
    let model = try Neural.Model(
      network: plan.network, parameters: try #require(outcome.parameters),
      options: plan.recipe.computeOptions(threads: 1))
    let again = try plan.probabilities(model, plan.loader(trial.test))
    #expect(again == outcome.probabilities)
  }

  @Test(
    "A frozen backbone with a linear head is a network that gives the tested probabilities",
    arguments: ["softmax", "logistic-regression"])
  func frozen(head: String) throws {
    let sandbox = try Sandbox()
    let text = Knowledge.small(["epochs": "4"])
      .replacing(
        "is: from-scratch, origin: default}",
        with: "is: feature-extraction, origin: default}\n  head: {is: \(head), origin: default}")
    let plan = try Self.plan(text, sandbox)
    let trial = try Self.trial(plan)
    let extractor = try FeatureExtractor(plan: plan, reporter: Self.silent)
    let outcome = try FeatureTrial(
      plan: plan, trial: trial, extractor: extractor, reporter: Self.silent
    ).run()
    let model = try Neural.Model(
      network: plan.network, parameters: try #require(outcome.parameters),
      options: plan.recipe.computeOptions(threads: 1))
    let again = try plan.probabilities(model, plan.loader(trial.test))
    for (one, two) in zip(again.joined(), outcome.probabilities.joined()) {
      #expect(abs(one - two) < 1e-4)
    }
  }

  @Test("A run waits while another computes the same features, and then computes none itself")
  func waits() throws {
    let sandbox = try Sandbox()
    let text = Knowledge.small().replacing("is: from-scratch", with: "is: feature-extraction")
    let plan = try Self.plan(text, sandbox)
    let samples = Array(plan.dataset.samples.prefix(20))
    // Another run's claim; it computes and lets go once the second one waits.
    let other = try FeatureExtractor(plan: plan, reporter: Self.silent)
    var claim: FileLock? = try FileLock(other.claim, wait: false)
    var told: [String] = []
    var first: Tensor?
    let reporter = ProgressReporter(.plain, isTerminal: false) { text in
      told.append(text)
      guard text.contains("waiting"), claim != nil else { return }
      claim = nil
      first = try? other.features(samples, variant: 0)
    }
    let second = try FeatureExtractor(plan: plan, reporter: reporter)
    let found = try second.features(samples, variant: 0)
    #expect(first?.values == found.values && first != nil)
    // It says that it waited and nothing of features computed.
    #expect(told.count == 1 && told[0].contains("another run computes these features"))
  }
}
