// The stages of a training: which layers learn in which epochs, at which rate.

import Neural

/// Some epochs of a training in which the same layers learn.
struct Stage: Hashable {
  /// Counted from 0.
  let firstEpoch: Int
  /// Everything up to the end of this layer or group keeps its parameters; nil trains all.
  let frozenThrough: String?
  /// Times the schedule's learning rate.
  let rateFactor: Double
}

extension Recipe {
  /// The stages in order, the first at epoch 0. Each has an optimiser that starts anew.
  func stages(of network: Network) throws -> [Stage] {
    let every = model.stageEpochs.value
    let head = try network.layerBeforeClassifier()
    let boundaries: [String?]
    switch model.strategy.value {
    case .partialFineTuning: boundaries = [model.frozenThrough.value]
    case .twoStage: boundaries = [head, nil]
    case .progressiveUnfreezing: boundaries = [head] + model.unfreezing.value + [nil]
    case .featureExtraction: boundaries = [head]
    case .fromScratch, .fullFineTuning, .doubleTransfer, .evaluationOnly: boundaries = [nil]
    }
    return try boundaries.enumerated().map { index, boundary in
      if let boundary { _ = try network.lastIndex(ofGroup: boundary) }
      return Stage(
        firstEpoch: index * every, frozenThrough: boundary,
        rateFactor: index == 0 ? 1 : model.stageFactor.value)
    }
  }
}

extension Array where Element == Stage {
  /// The index of the stage of an epoch, counted from 0.
  func index(ofEpoch epoch: Int) -> Int { lastIndex { $0.firstEpoch <= epoch } ?? 0 }
}

extension Network {
  /// The name of the last layer before the classifier.
  func layerBeforeClassifier() throws -> String { layers[try index(of: classifier) - 1].name }

  /// The same network with dropout before its classifier.
  func droppingFeatures(rate: Double) throws -> Network {
    guard rate > 0 else { return self }
    let target = try index(of: classifier)
    var builder = NetworkBuilder(name: name, inputShape: inputShape)
    builder.initialisation = initialisation
    var nodes = [builder.input]
    for (index, layer) in layers.enumerated().dropFirst() {
      var inputs = layer.inputs.map { nodes[$0] }
      if index == target {
        inputs = [builder.dropout("recipe.dropout", inputs[0], rate: Float(rate))]
      }
      nodes.append(builder.append(layer.name, layer.operation, inputs))
    }
    return try builder.build(classifier: classifier)
  }
}
