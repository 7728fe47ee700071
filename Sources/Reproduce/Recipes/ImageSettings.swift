// The words of a recipe for what is done to images, and the operations they mean.

import Imaging

/// Preprocessing and augmentation as a recipe spells them.
package enum ImageSettings {
  package static let interpolations = Interpolation.allCases.map(\.rawValue)

  /// `weights` takes what the weight set was trained with.
  package static let normalisations = ["weights"] + Normalisation.all.map(\.name)

  /// A deterministic step before scaling.
  package enum Step: String, CaseIterable, Sendable {
    /// Colours moved to the statistics of the dataset's first image.
    case reinhard
    case macenko
    case equalise
    case clahe
    case removeHair = "remove-hair"
    case circularCrop = "circular-crop"
    case removeLocalAverage = "remove-local-average"
  }

  package static func step(_ text: String) -> Step? { Step(rawValue: text) }

  package static let stepExpectation =
    "one of " + Step.allCases.map(\.rawValue).joined(separator: ", ")

  package static let operationExpectation =
    "an operation such as flip-horizontal, flip-vertical, quarter-turn, rotate 15, "
    + "rotate-steps 50, shift 0.1, zoom 0.9 1.1, shear 10, crop 0.8, distort 4 0.3, "
    + "brightness 0.2, contrast 0.2, gamma 0.8 1.2, saturation 0.2, hue 0.05, stain 0.2, "
    + "noise 0.02, speckle 0.02, blur 0 1, compress 50 95, erase 0.02 0.2"

  /// The augmentation that a text such as `rotate 15` means; nil when it means none.
  package static func operation(_ text: String) -> Imaging.Augmentation? {
    let words = text.split(separator: " ").map(String.init)
    guard let name = words.first else { return nil }
    let numbers = words.dropFirst().compactMap { Double($0) }
    guard numbers.count == words.count - 1, numbers.allSatisfy(\.isFinite),
      let operation = operation(name, numbers),
      (try? AugmentationPipeline([operation]).validate()) != nil
    else { return nil }
    return operation
  }

  private static func operation(_ name: String, _ numbers: [Double]) -> Imaging.Augmentation? {
    switch (name, numbers.count) {
    case ("flip-horizontal", 0): .flipHorizontal(probability: 0.5)
    case ("flip-vertical", 0): .flipVertical(probability: 0.5)
    case ("quarter-turn", 0): .quarterTurn(turns: [0, 1, 2, 3])
    case ("rotate", 1): .rotate(from: -numbers[0], to: numbers[0])
    case ("rotate-steps", 1): .rotateBySteps(step: numbers[0])
    case ("shift", 1): .shift(x: numbers[0], y: numbers[0])
    case ("zoom", 2): .zoom(from: numbers[0], to: numbers[1])
    case ("shear", 1): .shear(from: -numbers[0], to: numbers[0])
    case ("crop", 1): .crop(smallest: numbers[0], largest: 1)
    case ("distort", 2): .distort(cells: Int(min(max(numbers[0], 0), 99)), strength: numbers[1])
    case ("brightness", 1): .brightness(amount: numbers[0])
    case ("contrast", 1): .contrast(amount: numbers[0])
    case ("gamma", 2): .gamma(from: numbers[0], to: numbers[1])
    case ("saturation", 1): .saturation(amount: numbers[0])
    case ("hue", 1): .hue(amount: numbers[0])
    case ("stain", 1): .stain(amount: numbers[0])
    case ("noise", 1): .noise(sd: numbers[0])
    case ("speckle", 1): .speckle(share: numbers[0])
    case ("blur", 2): .blur(from: numbers[0], to: numbers[1])
    case ("compress", 2):
      .compress(from: Int(min(max(numbers[0], 0), 101)), to: Int(min(max(numbers[1], 0), 101)))
    case ("erase", 2): .erase(smallest: numbers[0], largest: numbers[1])
    default: nil
    }
  }

  package static let mixingExpectation = "none, `mixup ALPHA` or `cutmix ALPHA`, alpha 0 to 100"

  /// How batches are mixed; nil for another text.
  package static func mixing(_ text: String) -> BatchMixing? {
    let words = text.split(separator: " ").map(String.init)
    if words == ["none"] { return BatchMixing.none }
    guard words.count == 2, let alpha = Double(words[1]), alpha > 0, alpha <= 100 else {
      return nil
    }
    return switch words[0] {
    case "mixup": .mixup(alpha: alpha)
    case "cutmix": .cutmix(alpha: alpha)
    default: nil
    }
  }

  /// The steps of a recipe as a pipeline; `first` is the image whose colours Reinhard's step takes.
  package static func pipeline(_ steps: [String], first: () throws -> Image) rethrows
    -> AugmentationPipeline
  {
    AugmentationPipeline(
      try steps.compactMap { step($0) }.map { step in
        switch step {
        case .reinhard: .reinhard(target: LabStatistics(of: try first().rgb()))
        case .macenko: .macenko(target: .macenko)
        case .equalise: .equalise
        case .clahe: .clahe(clipLimit: 2, tiles: 8)
        case .removeHair: .removeHair(width: 9, threshold: 10)
        case .circularCrop: .circularCrop(threshold: 7)
        case .removeLocalAverage: .removeLocalAverage(sigma: 10)
        }
      })
  }
}

extension Recipe {
  /// The random operations on training images.
  var augmentationPipeline: AugmentationPipeline {
    AugmentationPipeline(augmentation.operations.value.compactMap(ImageSettings.operation))
  }

  /// How the images of a training batch are mixed with each other.
  var batchMixing: BatchMixing { ImageSettings.mixing(augmentation.mixing.value) ?? .none }

  /// Size, fit, steps and normalisation; `weights` names what the weight set was trained with.
  func preparation(
    channels: Int, weightsNormalisation: Normalisation?, first: () throws -> Image
  ) rethrows -> Preparation {
    let side = PixelSize(width: preprocessing.size.value, height: preprocessing.size.value)
    let name = preprocessing.normalisation.value
    let fit: Imaging.Fit =
      switch preprocessing.fit.value {
      case .stretch: .stretch
      case .letterbox: .letterbox
      case .centreCrop: .centreCrop(resize: preprocessing.size.value * 8 / 7)
      }
    return Preparation(
      size: side, fit: fit,
      interpolation: Interpolation(rawValue: preprocessing.interpolation.value) ?? .bilinear,
      channels: channels,
      normalisation: Normalisation.all.first { $0.name == name } ?? weightsNormalisation
        ?? .imageNet,
      steps: try ImageSettings.pipeline(preprocessing.steps.value, first: first),
      usesReducedDecoding: preprocessing.decoding.value == .reduced)
  }
}
