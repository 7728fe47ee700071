// The project's data, read once for all tests, and small recipes to run.

import Catalog
import Evidence
import Foundation
import Reproduce

enum Knowledge {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  static let data = Result { try loadData(.folder(root + "/Data")) }

  static func book() throws -> RecipeBook { try RecipeBook(data.get(), root: root + "/Data") }

  /// Reads a recipe's text, giving its mistakes.
  static func read(_ text: String) throws -> (recipe: Recipe?, mistakes: [String]) {
    let reading = Reading()
    let recipe = Recipe.read(
      text, file: "r.yaml", knowledge: try data.get().knowledge, reading: reading)
    return (recipe, reading.diagnostics.sorted().map(\.description))
  }

  /// A recipe that trains LeNet on phantoms in seconds.
  static func small(_ more: [String: String] = [:]) -> String {
    let training = [
      "epochs": "3", "batch": "16", "learning-rate": "0.003", "selection": "best-validation-auc",
    ].merging(more) { $1 }
    let lines = training.keys.sorted().map { key in
      "  \(key): {is: \(training[key] ?? ""), origin: default}\n"
    }
    return """
      id: small
      study: none
      experiment: none
      declared: 2026-11-23
      data:
        dataset: {is: breakhis, origin: inferred, because: a test}
      preprocessing:
        size: {is: 32, origin: default}
        normalisation: {is: half, origin: default}
      model:
        backbone: {is: lenet5, origin: inferred, because: a test}
        weights: {is: random, origin: default}
        strategy: {is: from-scratch, origin: default}
      training:

      """ + lines.joined()
  }
}

/// A folder of its own for a test.
final class Sandbox {
  let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "tlkb-reproduce-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func write(_ name: String, _ text: String) throws -> String {
    try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
    return "\(folder)/\(name)"
  }

  func options(images: Int = 80) -> RunOptions {
    var options = RunOptions(
      runsFolder: folder + "/runs", featuresFolder: folder + "/features",
      weightsFolder: folder + "/weights", toolVersion: "test")
    options.phantomImages = images
    options.threads = 1
    return options
  }

  /// Runs a recipe's text on phantoms.
  func run(_ text: String, options: RunOptions, resume: Bool = false) throws -> (
    record: RunRecord, folder: RunFolder
  ) {
    let knowledge = try Knowledge.data.get().knowledge
    let entry = try RecipeBook.read(write("recipe.yaml", text), knowledge)
    let plan = try RunPlan(entry, knowledge: knowledge, options: options)
    let reporter = ProgressReporter(.quiet, isTerminal: false) { _ in }
    return try Runner(plan, knowledge: knowledge, reporter: reporter).run(resume: resume)
  }
}
