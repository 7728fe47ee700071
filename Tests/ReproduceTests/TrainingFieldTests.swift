// Facts about the fields of training: each changes a tiny real run as its name says.

import Evidence
import Foundation
import Neural
import Testing

@testable import Reproduce

@Suite struct TrainingFieldTests {
  private static func run(
    _ changes: [(String, String)], text: String = Knowledge.small(), images: Int = 64,
    in sandbox: Sandbox
  ) throws -> RunRecord {
    var options = sandbox.options(images: images)
    options.overrides =
      [.init(name: "evaluation.seeds", value: "1")]
      + changes.map { RunRecord.Override(name: $0.0, value: $0.1) }
    return try sandbox.run(text, options: options).record
  }

  @Test(
    "Every head classifies cached features",
    arguments: ["softmax", "logistic-regression", "linear-svm", "rbf-svm", "knn"])
  func heads(head: String) throws {
    let record = try Self.run(
      [("model.strategy", "feature-extraction"), ("model.head", head)], in: Sandbox())
    let accuracy = try #require(record.summary.first { $0.name.metric == .accuracy })
    #expect(accuracy.mean > 0.4)
    let entry = try #require(record.ledger.first { $0.axis == .head })
    #expect(entry.run.hasPrefix(head))
  }

  @Test("Early stopping ends training after the patience, and the curve shows it")
  func earlyStopping() throws {
    // A rate so small that nothing improves by the monitored accuracy.
    let changes = [
      ("training.epochs", "30"), ("training.learning-rate", "1e-12"),
      ("training.patience", "2"), ("training.monitor", "validation-accuracy"),
      ("training.selection", "last"), ("split.validation", "0.2"), ("split.train", "0.6"),
    ]
    let sandbox = try Sandbox()
    let record = try Self.run(changes, in: sandbox)
    #expect(record.results[0].curve.map(\.epoch) == [1, 2, 3])
    #expect(record.results[0].selectedEpochs == [3])
    let frozen = try Self.run(
      changes + [("model.strategy", "feature-extraction")], in: sandbox)
    #expect(frozen.results[0].curve.count == 3)
    let entry = try #require(record.ledger.first { $0.axis == .epochs })
    #expect(entry.run.contains("patience 2"))
  }

  @Test("Mixed batches train on shares of classes, stand in the ledger and need cross-entropy")
  func mixing() throws {
    let sandbox = try Sandbox()
    let plain = try Self.run([], in: sandbox)
    #expect(
      try #require(plain.ledger.first { $0.axis == .augmentation }).run.contains("mix") == false)
    let mixed = try ["mixup 0.4", "cutmix 1"].map { text in
      try Self.run([("augmentation.mixing", text)], in: sandbox)
    }
    let losses = try ([plain] + mixed).map { try #require($0.results[0].curve.last).trainingLoss }
    #expect(Set(losses).count == 3)
    #expect(losses.allSatisfy { $0 > 0 && $0 < 3 })
    let entry = try #require(mixed[0].ledger.first { $0.axis == .augmentation })
    #expect(entry.run.contains("mixup 0.4"))
    for wrong in [
      [("augmentation.mixing", "mixup")], [("augmentation.mixing", "cutmix -1")],
      [("augmentation.mixing", "mixup 1"), ("training.loss", "focal")],
      [("augmentation.mixing", "mixup 1"), ("model.strategy", "feature-extraction")],
    ] {
      #expect(throws: ReproduceError.self) { try Self.run(wrong, in: sandbox) }
    }
  }

  @Test(
    "Training in bfloat16 stands in the ledger and gives other losses, hardly other ones",
    .enabled(if: Precision.bfloat16.support != .none, "this processor has no bfloat16"))
  func precision() throws {
    let sandbox = try Sandbox()
    let single = try Self.run([], in: sandbox)
    let half = try Self.run([("training.precision", "bfloat16")], in: sandbox)
    let losses = try [single, half].map { try #require($0.results[0].curve.first).trainingLoss }
    #expect(losses[0] != losses[1] && abs(losses[0] / losses[1] - 1) < 0.05, "\(losses)")
    let entries = [single, half].map { $0.ledger.first { $0.axis == .precision }?.run }
    #expect(entries == ["float32", "bfloat16"])
  }

  @Test("Dropout before the head changes what is learned, and stands in the ledger")
  func dropout() throws {
    let sandbox = try Sandbox()
    let without = try Self.run([], in: sandbox)
    let with = try Self.run([("model.dropout", "0.5")], in: sandbox)
    #expect(with.outcome != without.outcome)
    #expect(with.model.parameters == without.model.parameters)
    let entry = try #require(with.ledger.first { $0.axis == .head })
    #expect(entry.run.contains("dropout 0.5"))
  }

  @Test("The stages of a training train ever more layers")
  func stages() throws {
    let network = try Architectures.named("resnet18", classes: 2)
    let text = Knowledge.small(["epochs": "12"]).replacing("is: lenet5", with: "is: resnet18")
    let knowledge = try Knowledge.data.get().knowledge
    let entry = try RecipeBook.parse(text, file: "r.yaml", knowledge)
    let recipe = try entry.recipe(
      with: [
        .init(name: "model.strategy", value: "progressive-unfreezing"),
        .init(name: "model.unfreezing", value: "layer3, layer2"),
        .init(name: "model.stage-epochs", value: "3"),
      ], knowledge: knowledge)
    let stages = try recipe.stages(of: network)
    #expect(stages.map(\.firstEpoch) == [0, 3, 6, 9])
    #expect(stages.map(\.frozenThrough) == ["avgpool", "layer3", "layer2", nil])
    #expect(stages.map(\.rateFactor) == [1, 0.1, 0.1, 0.1])
    #expect((0..<12).map(stages.index(ofEpoch:)) == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3])
  }

  @Test(
    "Staged trainings run, and a resumed one has the bits of one left alone",
    arguments: [
      [("model.strategy", "two-stage"), ("model.stage-epochs", "2")],
      [
        ("model.strategy", "progressive-unfreezing"), ("model.unfreezing", "conv2"),
        ("model.stage-epochs", "1"),
      ],
      [
        ("model.strategy", "double-transfer"), ("model.intermediate", "ham10000"),
        ("model.intermediate-epochs", "2"),
      ],
    ])
  func staged(changes: [(String, String)]) throws {
    let sandbox = try Sandbox()
    let changes = changes + [("training.epochs", "4")]
    let whole = try Self.run(changes, in: sandbox)
    #expect(whole.results[0].curve.count == 4)
    let plain = try Self.run([("training.epochs", "4")], in: sandbox)
    #expect(plain.outcome != whole.outcome)
    #expect(whole.ledger.first { $0.axis == .strategy }?.run.hasPrefix(changes[0].1) == true)
    // Stop after every epoch, go on from the checkpoint each time.
    let knowledge = try Knowledge.data.get().knowledge
    let entry = try RecipeBook.read(sandbox.folder + "/recipe.yaml", knowledge)
    var options = sandbox.options(images: 64)
    options.runsFolder += "-resumed"
    options.overrides =
      [.init(name: "evaluation.seeds", value: "1")]
      + changes.map { RunRecord.Override(name: $0.0, value: $0.1) }
    let plan = try RunPlan(entry, knowledge: knowledge, options: options)
    let stopper = StopAfterEpoch()
    var resumes = 0
    while true {
      do {
        let record = try Runner(plan, knowledge: knowledge, reporter: stopper.reporter())
          .run(resume: resumes > 0).record
        #expect(record.outcome == whole.outcome)
        break
      } catch ReproduceError.interrupted {
        resumes += 1
      }
    }
    #expect(resumes >= 3)
  }

  @Test("A run whose best epoch's network is damaged keeps its scores and says what it lost")
  func damagedBest() throws {
    let sandbox = try Sandbox()
    // A rate that moves nothing: no later epoch is better than the first.
    let text = Knowledge.small(["learning-rate": "1e-12"])
    let knowledge = try Knowledge.data.get().knowledge
    var options = sandbox.options(images: 64)
    options.overrides = [.init(name: "evaluation.seeds", value: "1")]
    let whole = try sandbox.run(text, options: options).record
    #expect(whole.results[0].selectedEpochs == [1])
    options.runsFolder += "-damaged"
    let plan = try RunPlan(
      RecipeBook.parse(text, file: "r.yaml", knowledge), knowledge: knowledge, options: options)
    #expect(throws: ReproduceError.self) {
      try Runner(plan, knowledge: knowledge, reporter: StopAfterEpoch().reporter())
        .run(resume: false)
    }
    let name = try #require(
      FileManager.default.subpathsOfDirectory(atPath: options.runsFolder)
        .first { $0.hasSuffix(".best.safetensors") })
    try Data("damaged".utf8).write(to: URL(fileURLWithPath: options.runsFolder + "/" + name))
    var lines = ""
    let reporter = ProgressReporter(
      .jsonl, isTerminal: false, stop: { false }, write: { lines += $0 })
    let record = try Runner(plan, knowledge: knowledge, reporter: reporter).run(resume: true).record
    #expect(record.outcome == whole.outcome)
    #expect(lines.contains("the network of the best epoch cannot be read"))
  }

  @Test("Under a memory limit a batch is computed in parts that train alike")
  func memoryLimit() throws {
    let sandbox = try Sandbox()
    let text = Knowledge.small(["batch": "128", "epochs": "2"])
    let whole = try sandbox.run(text, options: Self.options(sandbox, limit: nil))
    let limited = Self.options(sandbox, limit: 16 << 20)
    let knowledge = try Knowledge.data.get().knowledge
    let plan = try RunPlan(
      RecipeBook.parse(text, file: "r.yaml", knowledge), knowledge: knowledge, options: limited)
    let parts = try #require(plan.microBatches)
    #expect(parts.sizes.count > 1 && parts.sizes.reduce(0, +) == 128 && parts.deviation == nil)
    let split = try sandbox.run(text, options: limited)
    #expect(split.record.fingerprint != whole.record.fingerprint)
    let rows = try [whole, split].map { try $0.folder.predictions(of: $0.record)[0].rows }
    for (a, b) in zip(rows[0], rows[1]) {
      #expect(abs(a.probabilities[1] - b.probabilities[1]) < 1e-3)
    }
  }

  private static func options(_ sandbox: Sandbox, limit: Int?) -> RunOptions {
    var options = sandbox.options(images: 240)
    options.memoryLimit = limit
    options.overrides = [.init(name: "evaluation.seeds", value: "1")]
    return options
  }

  @Test("Weights alone are tested without training, classifier included")
  func evaluationOnly() throws {
    let sandbox = try Sandbox()
    let record = try Self.run(
      [("model.strategy", "evaluation-only"), ("model.weights", "imagenet")], in: sandbox)
    #expect(record.results[0].curve.isEmpty && record.results[0].selectedEpochs == [0])
    #expect(record.model.trainable == 0)
  }

  @Test("Several findings per image are learned together and scored as MedMNIST scores them")
  func findings() throws {
    let sandbox = try Sandbox()
    let text = Knowledge.small().replacing("is: breakhis", with: "is: chestmnist")
    for strategy in ["from-scratch", "feature-extraction"] {
      let record = try Self.run(
        [
          ("training.loss", "binary-cross-entropy"), ("model.strategy", strategy),
          ("model.weights", "random"),
        ], text: text, in: sandbox)
      #expect(record.outputs == ["phantom grade 1 or more", "phantom grade 2 or more"])
      #expect(record.results[0].confusion.isEmpty)
      let names = record.summary.map(\.name.metric)
      #expect(names.contains(.accuracy) && names.contains(.auc))
      let folder = RunFolder("\(sandbox.folder)/runs/\(record.id)")
      let rows = try folder.predictions(of: record)[0].rows
      #expect(rows.count == record.results[0].testImages)
      #expect(Set(rows.map { $0.findings?.count }) == [0, 1, 2])
    }
    #expect(throws: ReproduceError.self) {
      try Self.run(
        [("training.loss", "binary-cross-entropy"), ("model.head", "knn")], in: sandbox)
    }
  }

  @Test(
    "Training that diverges is stopped and the rate to try is named",
    arguments: ["from-scratch", "feature-extraction"])
  func diverged(strategy: String) throws {
    let sandbox = try Sandbox()
    let error = #expect(throws: ReproduceError.self) {
      try Self.run(
        [("training.learning-rate", "1e30"), ("model.strategy", strategy)], in: sandbox)
    }
    // Going on would diverge again: no unfinished run is left.
    #expect(RunFolder.names(in: sandbox.options().runsFolder).isEmpty)
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains("training.learning-rate=1e+29"), "\(text)")
    #expect(error?.exitCode == 70)
  }
}

/// Asks a run to stop after each epoch, as ctrl-C would.
private final class StopAfterEpoch {
  private var hasEnded = false

  func reporter() -> ProgressReporter {
    hasEnded = false
    return ProgressReporter(
      .jsonl, isTerminal: false, stop: { self.hasEnded },
      write: { line in
        if line.contains("\"event\": \"epoch\"") { self.hasEnded = true }
      })
  }
}
