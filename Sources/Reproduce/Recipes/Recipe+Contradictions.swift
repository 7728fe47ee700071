// Fields of a recipe that exclude or need one another.

extension Recipe.Model {
  /// A sentence for each.
  var contradictions: [String] {
    let strategy = strategy.value
    let head = head.value
    var found: [String] = []
    if strategy != .featureExtraction, head != .softmax {
      found.append("the head \(head.rawValue) needs strategy feature-extraction")
    }
    if strategy == .partialFineTuning, frozenThrough.value == "none" {
      found.append("partial fine-tuning needs frozen-through: the last frozen layer or group")
    }
    if strategy == .fromScratch, weights.value != "random" {
      found.append("training from scratch needs weights: random")
    }
    if strategy == .progressiveUnfreezing, unfreezing.value.isEmpty {
      found.append(
        "progressive unfreezing needs unfreezing: the last frozen layer or group of each stage")
    }
    if strategy == .doubleTransfer, intermediate.value == "none" {
      found.append("double transfer needs intermediate: the dataset of the first training")
    }
    if strategy != .doubleTransfer, intermediate.value != "none" {
      found.append("an intermediate dataset needs strategy double-transfer")
    }
    if strategy == .evaluationOnly, weights.value == "random" {
      found.append("evaluation only needs weights: those that the study released")
    }
    if dropout.value > 0, head != .softmax {
      found.append("dropout needs the head softmax")
    }
    return found
  }
}

extension Recipe.Training {
  /// A sentence for each.
  func contradictions(
    split: Recipe.Split, head: Recipe.Head, strategy: Recipe.Strategy
  ) -> [String] {
    let hasNoValidation = split.kind.value == .holdOut && split.validation.value == 0
    var found: [String] = []
    if selection.value != .last, hasNoValidation {
      found.append("selection by validation needs split.validation above 0")
    }
    if patience.value > 0, hasNoValidation {
      found.append("early stopping needs split.validation above 0")
    }
    if patience.value > 0, head != .softmax || strategy == .evaluationOnly {
      found.append("early stopping needs epochs: the head softmax and a strategy that trains")
    }
    if loss.value == .binaryCrossEntropy {
      if head != .softmax { found.append("binary cross-entropy needs the head softmax") }
      if classWeights.value != .none || labelSmoothing.value > 0 {
        found.append("binary cross-entropy takes no class weights and no label smoothing")
      }
    }
    return found
  }
}

extension Recipe.Augmentation {
  /// A sentence for each.
  func contradictions(loss: Recipe.LossKind, strategy: Recipe.Strategy) -> [String] {
    guard mixing.value != "none" else { return [] }
    var found: [String] = []
    if loss != .crossEntropy { found.append("mixed images need the loss cross-entropy") }
    if strategy == .featureExtraction || strategy == .evaluationOnly {
      found.append("mixed images need a strategy that trains the network")
    }
    return found
  }
}
