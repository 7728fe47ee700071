// One change to a picture, as data: drawn afresh for each picture or the same for all.

/// An operation of an augmentation pipeline. Angles are in degrees, lengths are shares of a side,
/// amounts are shares of full strength; what a move uncovers repeats the edge.
package indirect enum Augmentation: Codable, Hashable, Sendable {
  // Geometry.
  case flipHorizontal(probability: Double)
  case flipVertical(probability: Double)
  /// Quarter turns drawn from `turns`, clockwise.
  case quarterTurn(turns: [Int])
  case rotate(from: Double, to: Double)
  /// A multiple of `step`, drawn from a full turn.
  case rotateBySteps(step: Double)
  /// Moved by at most these shares of width and height.
  case shift(x: Double, y: Double)
  /// Scaled about the middle: above 1 magnifies.
  case zoom(from: Double, to: Double)
  case shear(from: Double, to: Double)
  /// A part of an area from `smallest` to `largest` of the whole and of aspect 3:4 to 4:3, scaled
  /// back to the picture's size (torchvision's RandomResizedCrop).
  case crop(smallest: Double, largest: Double)
  /// Elastic: a lattice of `cells` × `cells` knots, each moved by at most `strength` of a cell.
  case distort(cells: Int, strength: Double)
  // Light and colour.
  case brightness(amount: Double)
  case contrast(amount: Double)
  case gamma(from: Double, to: Double)
  case saturation(amount: Double)
  /// Turned by at most this share of the colour circle.
  case hue(amount: Double)
  /// Haematoxylin and eosin concentrations scaled by 1 ± `amount` and moved by ± `amount`/4.
  case stain(amount: Double)
  case greyscale(probability: Double)
  // Damage.
  case noise(sd: Double)
  case speckle(share: Double)
  case blur(from: Double, to: Double)
  /// Saved as JPEG of a drawn quality and read back.
  case compress(from: Int, to: Int)
  /// A rectangle of a drawn area is filled with the picture's mean (random erasing).
  case erase(smallest: Double, largest: Double)
  // Preparation, the same for every picture.
  case equalise
  case clahe(clipLimit: Double, tiles: Int)
  /// Dark hairs found by a closing and painted over (DullRazor's idea).
  case removeHair(width: Int, threshold: Int)
  /// Black outside the largest circle of the retina, cropped to it.
  case circularCrop(threshold: Int)
  /// Local colour averages taken out of fundus pictures (Graham 2015).
  case removeLocalAverage(sigma: Double)
  /// Colours moved to the target's mean and SD in Lab.
  case reinhard(target: LabStatistics)
  /// Stains found in the picture and replaced by the target's (Macenko 2009).
  case macenko(target: StainMatrix)
  // Control.
  case sometimes(probability: Double, then: [Augmentation])
  case oneOf([Augmentation])
}

/// Operations in order; the same (seed, epoch, index) gives the same picture whatever the thread.
package struct AugmentationPipeline: Codable, Hashable, Sendable {
  package var operations: [Augmentation]

  package init(_ operations: [Augmentation]) { self.operations = operations }

  package static let none = AugmentationPipeline([])

  package func apply(to image: Image, seed: UInt64, epoch: Int, index: Int) -> Image {
    guard !operations.isEmpty else { return image }
    var generator = SeededGenerator(
      seed: seed, UInt64(truncatingIfNeeded: epoch), UInt64(truncatingIfNeeded: index))
    return apply(to: image, &generator)
  }

  package func apply(to image: Image, _ generator: inout SeededGenerator) -> Image {
    operations.reduce(image) { $1.apply(to: $0, &generator) }
  }

  /// Refuses values that make no sense, naming the operation.
  package func validate() throws(ImagingError) {
    for operation in operations { try operation.validate() }
  }
}

extension Augmentation {
  /// The picture after this operation, its size kept (circular crop excepted).
  package func apply(to image: Image, _ generator: inout SeededGenerator) -> Image {
    switch self {
    case .flipHorizontal, .flipVertical, .quarterTurn, .rotate, .rotateBySteps, .shift, .zoom,
      .shear, .crop, .distort:
      return moved(image, &generator)
    case .brightness, .contrast, .gamma, .saturation, .hue, .stain, .greyscale:
      return recoloured(image, &generator)
    case .noise, .speckle, .blur, .compress, .erase:
      return damaged(image, &generator)
    case .equalise, .clahe, .removeHair, .circularCrop, .removeLocalAverage, .reinhard, .macenko:
      return prepared(image)
    case .sometimes(let probability, let then):
      guard generator.chance(probability) else { return image }
      return then.reduce(image) { $1.apply(to: $0, &generator) }
    case .oneOf(let choices):
      guard !choices.isEmpty else { return image }
      return choices[generator.below(choices.count)].apply(to: image, &generator)
    }
  }

  func validate() throws(ImagingError) {
    func check(_ isRight: Bool, _ expected: String) throws(ImagingError) {
      if !isRight {
        throw .badSetting(name: "augmentation", value: "\(self)", expected: expected)
      }
    }
    switch self {
    case .flipHorizontal(let p), .flipVertical(let p), .greyscale(let p), .speckle(let p):
      try check((0...1).contains(p), "a share of 0 to 1")
    case .quarterTurn(let turns): try check(!turns.isEmpty, "at least one turn")
    case .rotate(let from, let to), .shear(let from, let to):
      try check(from <= to && from >= -360 && to <= 360, "degrees of −360 to 360, in order")
      if case .shear = self { try check(from > -80 && to < 80, "less than 80 degrees of shear") }
    case .rotateBySteps(let step): try check(step > 0 && step <= 360, "a step of 0 to 360 degrees")
    case .shift(let x, let y):
      try check((0...1).contains(x) && (0...1).contains(y), "shares of 0 to 1")
    case .zoom(let from, let to), .gamma(let from, let to):
      try check(from >= 0.05 && from <= to && to <= 20, "factors of 0.05 to 20, in order")
    case .crop(let from, let to), .erase(let from, let to):
      try check(from > 0 && from <= to && to <= 1, "areas above 0 up to 1, in order")
    case .distort(let cells, let strength):
      try check((1...64).contains(cells) && (0...1).contains(strength), "1 to 64 cells, 0 to 1")
    case .brightness(let a), .contrast(let a), .saturation(let a), .noise(let a), .stain(let a):
      try check((0...1).contains(a), "an amount of 0 to 1")
    case .hue(let a): try check((0...0.5).contains(a), "a share of 0 to 0.5")
    case .blur(let from, let to):
      try check(from >= 0 && from <= to && to <= 50, "sigmas of 0 to 50, in order")
    case .compress(let from, let to):
      try check(from >= 1 && from <= to && to <= 100, "qualities of 1 to 100, in order")
    case .clahe(let clip, let tiles):
      try check(clip > 0 && (1...64).contains(tiles), "a limit above 0 and 1 to 64 tiles")
    case .removeHair(let width, let threshold):
      try check((3...63).contains(width) && (1...255).contains(threshold), "width 3 to 63")
    case .circularCrop(let threshold): try check((0...254).contains(threshold), "0 to 254")
    case .removeLocalAverage(let sigma): try check(sigma > 0 && sigma <= 100, "sigma to 100")
    case .sometimes(let p, let then):
      try check((0...1).contains(p), "a probability of 0 to 1")
      for inner in then { try inner.validate() }
    case .oneOf(let choices):
      try check(!choices.isEmpty, "at least one choice")
      for inner in choices { try inner.validate() }
    case .equalise, .reinhard, .macenko: break
    }
  }
}
