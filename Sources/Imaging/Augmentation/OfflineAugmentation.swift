// Augmentation before training: from so many pictures to exactly so many, as papers report it.

/// One way in which a picture becomes several.
package enum Expansion: Codable, Hashable, Sendable {
  /// Quarter turns, each once; 0 is the picture itself.
  case quarterTurns([Int])
  /// A full turn in steps of so many degrees, 0° included: 360 / step pictures.
  case rotations(step: Double)
  /// The picture and its left–right mirror.
  case mirror
  /// The picture and its top–bottom flip.
  case flip
  /// The picture, its left–right and its top–bottom mirror: 3.
  case mirrorAndFlip
  /// The picture and its reflections in the x axis, the y axis and both: 4.
  case reflections
  /// The picture and `copies` draws of a pipeline.
  case random(AugmentationPipeline, copies: Int)
  /// One draw of a pipeline in the picture's stead: no more pictures than before.
  case altered(AugmentationPipeline)
  /// Squares of `side` pixels, `stride` apart, from the top left, where they fit wholly.
  case patches(side: Int, stride: Int)

  /// How many pictures one of `size` becomes.
  package func count(_ size: PixelSize) -> Int {
    switch self {
    case .quarterTurns(let turns): turns.count
    case .rotations(let step): max(1, Int((360 / step).rounded()))
    case .mirror, .flip: 2
    case .mirrorAndFlip: 3
    case .reflections: 4
    case .random(_, let copies): 1 + copies
    case .altered: 1
    case .patches(let side, let stride):
      side > size.width || side > size.height
        ? 0 : ((size.width - side) / stride + 1) * ((size.height - side) / stride + 1)
    }
  }

  /// The picture's variant number `variant`.
  func apply(_ variant: Int, to image: Image, _ generator: inout SeededGenerator) -> Image {
    switch self {
    case .quarterTurns(let turns): return image.turned(by: turns[variant])
    case .rotations(let step): return image.rotated(degrees: step * Double(variant))
    case .mirror: return variant == 0 ? image : image.mirrored()
    case .flip: return variant == 0 ? image : image.flipped()
    case .mirrorAndFlip:
      return variant == 0 ? image : (variant == 1 ? image.mirrored() : image.flipped())
    case .reflections:
      let turned = variant & 1 == 1 ? image.flipped() : image
      return variant & 2 == 2 ? turned.mirrored() : turned
    case .random(let pipeline, _):
      return variant == 0 ? image : pipeline.apply(to: image, &generator)
    case .altered(let pipeline): return pipeline.apply(to: image, &generator)
    case .patches(let side, let stride):
      let across = (image.width - side) / stride + 1
      return image.cropped(
        x: variant % across * stride, y: variant / across * stride, width: side, height: side)
    }
  }

  func validate() throws(ImagingError) {
    func check(_ isRight: Bool, _ expected: String) throws(ImagingError) {
      if !isRight {
        throw .badSetting(name: "offline augmentation", value: "\(self)", expected: expected)
      }
    }
    switch self {
    case .quarterTurns(let turns): try check(!turns.isEmpty, "at least one turn")
    case .rotations(let step):
      let count = (360 / step).rounded()
      try check(
        step > 0 && step <= 360 && abs(count * step - 360) < 1e-6, "a step that divides 360")
    case .random(let pipeline, let copies):
      try check(copies >= 0, "0 copies or more")
      try pipeline.validate()
    case .altered(let pipeline): try pipeline.validate()
    case .patches(let side, let stride): try check(side > 0 && stride > 0, "1 pixel or more")
    case .mirror, .flip, .mirrorAndFlip, .reflections: break
    }
  }
}

/// How many of the pictures that the expansions offer are taken.
package enum OfflineTarget: Codable, Hashable, Sendable {
  case all
  /// Originals first, then variants of the rarest class at each moment, up to so many in all.
  case total(Int)
  /// Every class brought to the size of the largest.
  case balanced
}

/// One picture of an augmented set: which original, and which variant of each expansion.
package struct OfflineView: Codable, Hashable, Sendable {
  package let original: Int
  package let variants: [Int]

  package var isOriginal: Bool { variants.allSatisfy { $0 == 0 } }
}

/// An augmentation done once, its size known before it is drawn.
package struct OfflineAugmentation: Codable, Hashable, Sendable {
  /// Applied one upon another: the numbers of pictures multiply.
  package var expansions: [Expansion]
  package var target: OfflineTarget
  package var seed: UInt64

  package init(_ expansions: [Expansion], target: OfflineTarget = .all, seed: UInt64 = 0) {
    self.expansions = expansions
    self.target = target
    self.seed = seed
  }

  /// How many pictures one of `size` may become.
  package func factor(_ size: PixelSize) -> Int {
    var product = 1
    var size = size
    for expansion in expansions {
      product *= expansion.count(size)
      if case .patches(let side, _) = expansion { size = PixelSize(side) }
    }
    return product
  }

  /// The pictures of the augmented set, originals of `labels` and all of one `size`.
  package func views(labels: [Int], size: PixelSize) throws(ImagingError) -> [OfflineView] {
    for expansion in expansions { try expansion.validate() }
    let factor = factor(size)
    switch target {
    case .all:
      return labels.indices.flatMap { original in
        (0..<factor).map { view(original, $0, size) }
      }
    case .total(let wanted):
      guard wanted >= labels.count else {
        throw .badSetting(
          name: "augmented total", value: "\(wanted)", expected: "at least \(labels.count)")
      }
      return try grown(labels, size, factor) { _, total in total >= wanted }
    case .balanced:
      let most = Dictionary(grouping: labels) { $0 }.values.map(\.count).max() ?? 0
      return try grown(labels, size, factor) { counts, _ in counts.allSatisfy { $0 >= most } }
    }
  }

  /// The picture of a view, from its original; random parts are drawn from (seed, view).
  package func image(_ view: OfflineView, from original: Image) -> Image {
    var streams = UInt64(view.original)
    for variant in view.variants { streams = streams &* 1_000_003 &+ UInt64(variant) }
    var generator = SeededGenerator(seed: seed, streams)
    return zip(expansions, view.variants).reduce(original) { image, step in
      step.0.apply(step.1, to: image, &generator)
    }
  }

  /// All originals, then one variant at a time for the class that has fewest, until `isEnough`.
  private func grown(
    _ labels: [Int], _ size: PixelSize, _ factor: Int, until isEnough: ([Int], Int) -> Bool
  ) throws(ImagingError) -> [OfflineView] {
    var views = labels.indices.map { view($0, 0, size) }
    let present = Array(Set(labels)).sorted()
    var members = present.map { label in labels.indices.filter { labels[$0] == label } }
    var generator = SeededGenerator(seed: seed, 0x4F46_46)
    for i in members.indices { generator.shuffle(&members[i]) }
    var counts = members.map(\.count)
    var next = [Int](repeating: 0, count: members.count)
    while !isEnough(counts, views.count) {
      let open = members.indices.filter { next[$0] < members[$0].count * (factor - 1) }
      guard let rarest = open.min(by: { counts[$0] < counts[$1] }) else {
        throw .badSetting(
          name: "augmented total", value: "\(target)",
          expected: "at most \(labels.count * factor): each picture gives \(factor)")
      }
      let group = members[rarest]
      views.append(view(group[next[rarest] % group.count], next[rarest] / group.count + 1, size))
      next[rarest] += 1
      counts[rarest] += 1
    }
    return views
  }

  /// Variant number `number` of a picture, taken apart into a variant of each expansion.
  private func view(_ original: Int, _ number: Int, _ size: PixelSize) -> OfflineView {
    var left = number
    var size = size
    var variants: [Int] = []
    for expansion in expansions {
      let count = max(1, expansion.count(size))
      variants.append(left % count)
      left /= count
      if case .patches(let side, _) = expansion { size = PixelSize(side) }
    }
    return OfflineView(original: original, variants: variants)
  }
}
