// Which weights a run starts from, and where they came from.

import Files
import Foundation
import Imaging
import Neural
import Weights

/// The weights of a run: those of the registry that fit the network, a file of the user's, or none.
struct WeightChoice {
  let used: RunRecord.WeightsUsed
  /// Nil when training starts from random numbers.
  let parameters: ParameterSet?
  /// What the weights expect of their input.
  let normalisation: Normalisation?
  /// What they were trained on, `imagenet`; nil when random or not known.
  let pretraining: String?
  /// Why they are not the recipe's, where they are not.
  let note: String?

  /// What decides features and outcome.
  var identity: String { used.sha256 ?? used.name }

  /// - Parameter isProtocol: a protocol run may go on with random numbers where weights are missing.
  init(
    _ recipe: Recipe, _ network: Network, _ options: RunOptions, isProtocol: Bool
  ) throws {
    let wanted = recipe.model.weights.value
    if let file = options.weightsFile {
      try self.init(file: file, network)
    } else if wanted == "random" {
      self.init(note: nil)
    } else {
      let sets = WeightRegistry.sets.filter {
        $0.architecture == network.name
          && ($0.name == wanted || $0.name.hasPrefix("\(network.name).\(wanted)"))
      }
      let path = sets.lazy.map { "\(options.weightsFolder)/\($0.fileName)" }
        .first { FileManager.default.fileExists(atPath: $0) }
      if let path {
        try self.init(file: path, network)
      } else if isProtocol {
        self.init(note: "no \(wanted) weights of \(network.name) at hand: random numbers instead")
      } else if let set = sets.first {
        throw ReproduceError.missingWeights(wanted: set.name, searched: options.weightsFolder)
      } else {
        throw ReproduceError.noSuchWeights(
          backbone: network.name, wanted: wanted, known: WeightRegistry.sets.map(\.name))
      }
    }
  }

  private init(note: String?) {
    used = RunRecord.WeightsUsed(name: "random", sha256: nil, source: nil)
    parameters = nil
    normalisation = nil
    pretraining = nil
    self.note = note
  }

  /// A file: one of the registry's by its checksum, or any other that fits by name.
  private init(file: String, _ network: Network) throws {
    let digest = SHA256.hex(try readFile(file))
    let name = file.split(separator: "/").last.map(String.init) ?? file
    let set = WeightRegistry.sets.first { $0.fits(sha256: digest) }
    let loaded: ParameterSet
    do {
      loaded =
        try set.map { set throws(WeightsError) in try set.load(file) }
        ?? WeightFile.read(file)
    }
    if let set, set.architecture != network.name {
      throw ReproduceError.unfitWeights(
        file: file,
        reason: "they are of \(set.architecture), the recipe's network is "
          + "\(network.name) (--set model.backbone=\(set.architecture) takes theirs)")
    }
    do {
      var trial = ParameterSet()
      for (name, shape) in network.parameterShapes { trial.add(name, Tensor(zeros: shape)) }
      try trial.load(loaded, exceptLayer: network.classifier)
    } catch {
      throw ReproduceError.unfitWeights(file: file, reason: "\(error)")
    }
    parameters = loaded
    used = RunRecord.WeightsUsed(name: set?.name ?? name, sha256: digest, source: set?.source)
    pretraining = set.flatMap { $0.name.contains(".imagenet") ? "imagenet" : nil }
    normalisation = set.map { Normalisation($0.preprocessing, name: $0.name) }
    note =
      set == nil
      ? "a file that the registry does not know; what it was trained on is yours "
        + "to say" : nil
  }
}

extension Normalisation {
  /// The arithmetic that a weight set expects.
  init(_ preprocessing: Weights.Preprocessing, name: String) {
    self.init(
      name: name, scale: preprocessing.scale, mean: preprocessing.mean,
      sd: preprocessing.deviation, isBGR: preprocessing.order == .bgr)
  }
}
