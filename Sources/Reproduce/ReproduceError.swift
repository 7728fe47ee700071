// What can go wrong between a recipe and its record, each with its sentence and exit code.

import Foundation

/// A failure that a user can mend; its description says what and how.
package enum ReproduceError: Error, Equatable, CustomStringConvertible {
  case unknownRecipe(name: String, nearest: String?)
  case severalRecipes(study: String, recipes: [String])
  case noRecipe(study: String)
  case unknownExperiment(study: String, experiment: String, known: [String])
  case noDraft(study: String, reason: String)
  case unknownSetting(name: String, nearest: String?)
  case badSetting(name: String, value: String, expected: String)
  case noReader(dataset: String, readers: [String])
  case substituteWithoutPath(String)
  case wrongData(expected: String, reason: String)
  case tooFewImages(part: String, count: Int, reason: String)
  case missingWeights(wanted: String, searched: String)
  case noSuchWeights(backbone: String, wanted: String, known: [String])
  case unfitWeights(file: String, reason: String)
  case notEnoughMemory(needed: Int, available: Int)
  case limitTooLow(network: String, needed: Int, limit: Int)
  case nothingToResume(recipe: String, folder: String)
  case badCheckpoint(path: String, reason: String)
  case unknownRun(name: String, nearest: String?, folder: String)
  case severalRuns(name: String, runs: [String], folder: String)
  case badRecord(path: String, reason: String)
  case notFinite(epoch: Int, learningRate: Double)
  case unknownAxis(name: String, nearest: String?, known: [String])
  case contradiction(String)
  case folderNotEmpty(path: String)
  case unfinishedRun(String)
  case missingIntermediate(dataset: String)
  case diverged(epoch: Int, loss: Double, learningRate: Double)
  case missingLibrary(name: String, package: String, reason: String)
  case badHead(head: String, reason: String)
  case interrupted(folder: String, epoch: Int)

  package var description: String {
    switch self {
    case .unknownRecipe(let name, let nearest):
      "no recipe or study is called '\(name)'"
        + (nearest.map { "; did you mean '\($0)'?" } ?? "; `tlkb recipe list` shows them")
    case .severalRecipes(let study, let recipes):
      "\(study) has \(recipes.count) recipes; name one: " + recipes.joined(separator: ", ")
    case .noRecipe(let study):
      "there is no recipe for \(study); `tlkb recipe new --study \(study)` drafts one"
    case .unknownExperiment(let study, let experiment, let known):
      "\(study) has no experiment '\(experiment)'; it has "
        + (known.isEmpty ? "none" : known.joined(separator: ", "))
    case .noDraft(let study, let reason):
      "no recipe can be drafted for \(study): \(reason)"
    case .unknownSetting(let name, let nearest):
      "no recipe field is called '\(name)'"
        + (nearest.map { "; did you mean '\($0)'?" } ?? "; `tlkb recipe show` lists them")
    case .badSetting(let name, let value, let expected):
      "\(name) is '\(value)'; expected \(expected)"
    case .noReader(let dataset, let readers):
      "there is no reader for the dataset \(dataset); run on phantoms (no --data-path) or on "
        + "another set with --substitute: \(readers.joined(separator: ", "))"
    case .substituteWithoutPath(let dataset):
      "--substitute \(dataset) needs --data-path: where is \(dataset)?"
    case .wrongData(let expected, let reason):
      "these are not the images of \(expected): \(reason)"
    case .tooFewImages(let part, let count, let reason):
      "the \(part) part has \(count) images; \(reason)"
    case .missingWeights(let wanted, let searched):
      "the weights \(wanted) are not here (looked in \(searched)); "
        + "`tlkb weights get \(wanted)` fetches them, --weights FILE names a file, "
        + "--set model.weights=random trains without"
    case .noSuchWeights(let backbone, let wanted, let known):
      "there are no weights '\(wanted)' for \(backbone)"
        + (known.isEmpty ? "" : "; known: " + known.joined(separator: ", "))
        + "; give a file with --weights, or train without by --set model.weights=random"
    case .unfitWeights(let file, let reason):
      "\(file): these weights do not fit the network: \(reason)"
    case .notEnoughMemory(let needed, let available):
      "the run needs about \(gibibytes(needed)) of memory, \(gibibytes(available)) are free; "
        + "compute batches in parts (--memory-limit \(gibibytes(available / 2).filter { $0 != " " })), "
        + "or lower training.batch or preprocessing.size (--set training.batch=8)"
    case .limitTooLow(let network, let needed, let limit):
      "training \(network) takes about \(gibibytes(needed)) even with one image at a time, more than "
        + "--memory-limit \(gibibytes(limit)); raise the limit, freeze layers "
        + "(--set model.strategy=feature-extraction) or use smaller images "
        + "(--set preprocessing.size=96)"
    case .nothingToResume(let recipe, let folder):
      "there is no interrupted run of \(recipe) with these settings, data and weights in \(folder); "
        + "leave --resume out to start one"
    case .badCheckpoint(let path, let reason):
      "\(path): the checkpoint cannot be used (\(reason)); remove it to start this seed anew"
    case .unknownRun(let name, let nearest, let folder):
      "there is no run '\(name)' in \(folder)"
        + (nearest.map { "; did you mean '\($0)'?" } ?? "; `tlkb run list` shows them")
    case .severalRuns(let name, let runs, let folder):
      "\(runs.count) runs in \(folder) begin with '\(name)'; name one: "
        + runs.joined(separator: ", ")
    case .badRecord(let path, let reason):
      "\(path): not a usable run record (\(reason))"
    case .notFinite(let epoch, let learningRate):
      "the loss is no number any more in epoch \(epoch); lower the learning rate "
        + "(--set training.learning-rate=\(brief(learningRate / 10)))"
    case .unknownAxis(let name, let nearest, let known):
      "--vary knows no axis '\(name)'"
        + (nearest.map { "; did you mean '\($0)'?" } ?? "; known: " + known.joined(separator: ", "))
    case .contradiction(let text): "the recipe with these changes contradicts itself: \(text)"
    case .folderNotEmpty(let path):
      "\(path) holds files already; name a new or empty folder"
    case .unfinishedRun(let id):
      "the run \(id) is not complete; finish it with --resume before you export it"
    case .missingIntermediate(let dataset):
      "double transfer is trained on \(dataset) first: give its images by --intermediate-path, or "
        + "run both trainings on phantoms (no --data-path)"
    case .diverged(let epoch, let loss, let learningRate):
      "the loss is \(brief(loss)) in epoch \(epoch): training diverged; lower the learning rate "
        + "(--set training.learning-rate=\(brief(learningRate / 10)))"
    case .missingLibrary(let name, let package, let reason):
      "\(name) cannot be loaded (\(reason)); install it: apt-get install \(package)"
    case .badHead(let head, let reason): "the head \(head) cannot be trained: \(reason)"
    case .interrupted(let folder, let epoch):
      "stopped after epoch \(epoch); the state is kept in \(folder): "
        + "run the same command with --resume to go on"
    }
  }

  /// The code a process ends with, as sysexits has them; 130 for ctrl-C as shells have it.
  package var exitCode: Int32 {
    switch self {
    case .unknownRecipe, .severalRecipes, .unknownExperiment, .unknownSetting, .badSetting,
      .substituteWithoutPath, .unknownRun, .severalRuns, .unknownAxis, .unfinishedRun,
      .contradiction:
      64
    case .wrongData, .tooFewImages, .unfitWeights, .badCheckpoint, .badRecord, .badHead: 65
    case .noRecipe, .noDraft, .noReader, .missingWeights, .noSuchWeights, .nothingToResume,
      .missingLibrary, .missingIntermediate:
      66
    case .notEnoughMemory, .limitTooLow: 71
    case .folderNotEmpty: 73
    case .notFinite, .diverged: 70
    case .interrupted: 130
    }
  }
}

/// `1.5 GiB`, `320 MiB`.
package func gibibytes(_ bytes: Int) -> String {
  let mebibytes = Double(bytes) / 1_048_576
  guard mebibytes >= 1024 else { return "\(Int(mebibytes.rounded(.up))) MiB" }
  return "\((mebibytes / 1024 * 10).rounded() / 10) GiB"
}

/// A number in at most six digits: `1e+29`, `0.003`.
private func brief(_ value: Double) -> String { String(format: "%.6g", value) }
