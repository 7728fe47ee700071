// What `--vary` changes: one axis of a recipe, and the values it takes.

import Evidence
import Imaging

/// An axis of a set-up whose effect a sensitivity run measures.
package enum VariationAxis: String, CaseIterable, Codable, Sendable {
  /// With against without.
  case augmentation
  /// Images against patients on one side.
  case split
  /// ImageNet against in-domain against random.
  case weights
  case strategy
  case head
  case optimiser
  case loss
  case balancing

  /// Reads `augmentation,split`; names an unknown axis and the nearest known one.
  package static func list(_ text: String) throws(ReproduceError) -> [VariationAxis] {
    var axes: [VariationAxis] = []
    for word in text.split(separator: ",", omittingEmptySubsequences: false) {
      let name = word.filter { !$0.isWhitespace }
      guard let axis = VariationAxis(rawValue: name) else {
        let names = allCases.map(\.rawValue)
        throw .unknownAxis(name: name, nearest: nearestName(to: name, in: names), known: names)
      }
      if !axes.contains(axis) { axes.append(axis) }
    }
    return axes
  }
}

/// One value of an axis: what it is called, and the fields it changes.
package struct Variation: Codable, Hashable, Sendable {
  package let label: String
  /// Empty for the recipe as it is.
  package let overrides: [RunRecord.Override]

  init(_ label: String, _ changes: [(String, String)] = []) {
    self.label = label
    overrides = changes.map { RunRecord.Override(name: $0.0, value: $0.1) }
  }
}

extension VariationAxis {
  /// The values that the axis takes for a recipe, the recipe's own first; and why there is nothing to
  /// compare where there is one alone.
  /// - Parameters:
  ///   - dataset: the images that are split.
  ///   - inDomain: the name of weights or of an intermediate dataset of the recipe's own domain; nil
  ///     where there is none.
  func variations(
    of recipe: Recipe, dataset: ImageDataset, inDomain: InDomainSource?
  ) -> (variations: [Variation], note: String?) {
    switch self {
    case .augmentation: (augmentation(recipe), nil)
    case .split: split(recipe, dataset)
    case .weights: weights(recipe, inDomain)
    case .strategy: (strategy(recipe), nil)
    case .head: head(recipe)
    case .optimiser:
      (closed("training.optimiser", recipe.training.optimiser.value), nil)
    case .loss: loss(recipe)
    case .balancing: (closed("augmentation.balancing", recipe.augmentation.balancing.value), nil)
    }
  }

  private func augmentation(_ recipe: Recipe) -> [Variation] {
    let name = "augmentation.operations"
    if recipe.augmentation.operations.value.isEmpty {
      return [
        Variation("without augmentation"),
        Variation(
          "with augmentation (flips, quarter turns)",
          [(name, "flip-horizontal, flip-vertical, quarter-turn")]),
      ]
    }
    return [
      Variation("with augmentation"), Variation("without augmentation", [(name, "none")]),
    ]
  }

  private func split(
    _ recipe: Recipe, _ dataset: ImageDataset
  ) -> (variations: [Variation], note: String?) {
    let patients = Set(dataset.samples.compactMap { $0.patient ?? $0.lesion })
    guard !patients.isEmpty, patients.count < dataset.samples.count else {
      return (
        [Variation(recipe.split.kind.value.rawValue)],
        "these images name no patient with several images: both splits would be the same"
      )
    }
    let isOfficial = recipe.split.kind.value == .official
    let kind = isOfficial ? [("split.kind", "hold-out")] : []
    let units = [Recipe.Unit.image, .patient].map { unit in
      Variation("split by \(unit.rawValue)", kind + [("split.unit", unit.rawValue)])
    }
    if isOfficial { return ([Variation("official parts")] + units, nil) }
    let own = recipe.split.unit.value
    return (
      [Variation("split by \(own.rawValue)")]
        + units.filter { $0.overrides.last?.value != own.rawValue }, nil
    )
  }

  private func weights(
    _ recipe: Recipe, _ inDomain: InDomainSource?
  ) -> (variations: [Variation], note: String?) {
    let own = recipe.model.weights.value
    let isScratch = recipe.model.strategy.value == .fromScratch
    var variations = [Variation("\(own) weights")]
    if own != "imagenet" {
      variations.append(
        Variation(
          "imagenet weights",
          [("model.weights", "imagenet")]
            + (isScratch ? [("model.strategy", "full-fine-tuning")] : [])))
    }
    switch inDomain {
    case .weights(let name)?:
      variations.append(
        Variation(
          "in-domain weights (\(name))",
          [("model.weights", name)]
            + (isScratch ? [("model.strategy", "full-fine-tuning")] : [])))
    case .dataset(let id)?:
      variations.append(
        Variation(
          "in-domain weights (first trained on \(id))",
          [("model.intermediate", id), ("model.strategy", "double-transfer")]
            + (isScratch ? [("model.weights", "random")] : [])))
    case nil: break
    }
    if own != "random" {
      variations.append(Variation("random weights", [("model.weights", "random")]))
    }
    return (
      variations,
      inDomain == nil
        ? "no in-domain weights: name a weight set or a dataset to train on first by --in-domain"
        : nil
    )
  }

  private func strategy(_ recipe: Recipe) -> [Variation] {
    let own = recipe.model.strategy.value
    var variations = [Variation(own.rawValue)]
    let head: [(String, String)] =
      recipe.model.head.value == .softmax ? [] : [("model.head", "softmax")]
    for other in [Recipe.Strategy.featureExtraction, .fullFineTuning, .fromScratch]
    where other != own {
      var changes = [("model.strategy", other.rawValue)]
      if other != .featureExtraction { changes += head }
      if other == .fromScratch { changes.append(("model.weights", "random")) }
      if own == .fromScratch { changes.append(("model.weights", "imagenet")) }
      variations.append(Variation(other.rawValue, changes))
    }
    return variations
  }

  private func head(_ recipe: Recipe) -> (variations: [Variation], note: String?) {
    guard recipe.model.strategy.value == .featureExtraction else {
      return (
        [Variation(recipe.model.head.value.rawValue)],
        "heads are compared on a frozen backbone: add --set model.strategy=feature-extraction"
      )
    }
    return (closed("model.head", recipe.model.head.value), nil)
  }

  private func loss(_ recipe: Recipe) -> (variations: [Variation], note: String?) {
    let own = recipe.training.loss.value
    if own == .binaryCrossEntropy {
      return ([Variation(own.rawValue)], "several findings per image have one loss")
    }
    return (
      closed("training.loss", own).filter {
        $0.label != Recipe.LossKind.binaryCrossEntropy.rawValue
      },
      nil
    )
  }

  private func closed<Value: SettingValue & CaseIterable>(
    _ name: String, _ own: Value
  ) -> [Variation] {
    [Variation(own.settingText)]
      + Value.allCases.filter { $0 != own }.map {
        Variation($0.settingText, [(name, $0.settingText)])
      }
  }
}

/// What stands for weights of the recipe's own domain.
package enum InDomainSource: Hashable, Sendable {
  /// A weight set of the registry or a file.
  case weights(String)
  /// A dataset of the catalogue on which the network is trained first (double transfer).
  case dataset(String)
}
