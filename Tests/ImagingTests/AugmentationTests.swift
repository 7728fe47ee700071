// Augmentations do what their names say, the same for the same draw, and count exactly offline.
import Foundation
import Testing

@testable import Imaging

private let everyOperation: [Augmentation] = [
  .flipHorizontal(probability: 0.5), .flipVertical(probability: 0.5),
  .quarterTurn(turns: [0, 1, 3]),
  .rotate(from: -30, to: 30), .rotateBySteps(step: 5), .shift(x: 0.1, y: 0.2),
  .zoom(from: 0.8, to: 1.3), .shear(from: -10, to: 10), .crop(smallest: 0.5, largest: 1),
  .distort(cells: 4, strength: 0.8), .brightness(amount: 0.3), .contrast(amount: 0.3),
  .gamma(from: 0.7, to: 1.4), .saturation(amount: 0.5), .hue(amount: 0.1), .stain(amount: 0.2),
  .greyscale(probability: 0.5), .noise(sd: 0.05), .speckle(share: 0.02), .blur(from: 0.5, to: 2),
  .compress(from: 30, to: 60), .erase(smallest: 0.05, largest: 0.2), .equalise,
  .clahe(clipLimit: 2, tiles: 4), .removeHair(width: 9, threshold: 10),
  .circularCrop(threshold: 7), .removeLocalAverage(sigma: 3),
  .reinhard(target: LabStatistics(mean: [60, 20, -10], sd: [12, 6, 5])),
  .macenko(target: .macenko), .sometimes(probability: 0.5, then: [.equalise]),
  .oneOf([.flipHorizontal(probability: 1), .flipVertical(probability: 1)]),
]

@Suite struct AugmentationTests {
  @Test(
    "Every operation keeps size and channels, and is the same for the same draw",
    arguments: everyOperation)
  func everyOperationIsDeterministic(operation: Augmentation) throws {
    let pipeline = AugmentationPipeline([operation])
    try pipeline.validate()
    for channels in [1, 3] {
      let image = testScene(width: 31, height: 24, channels: channels)
      let once = pipeline.apply(to: image, seed: 5, epoch: 2, index: 7)
      #expect(once == pipeline.apply(to: image, seed: 5, epoch: 2, index: 7))
      #expect(once.channels == channels)
      if case .circularCrop = operation { continue }
      #expect(once.size == image.size)
    }
  }

  @Test("A drawn operation differs between epochs and between pictures")
  func draws() {
    let pipeline = AugmentationPipeline([.rotate(from: -90, to: 90)])
    let image = testScene()
    let one = pipeline.apply(to: image, seed: 5, epoch: 0, index: 0)
    #expect(one != pipeline.apply(to: image, seed: 5, epoch: 1, index: 0))
    #expect(one != pipeline.apply(to: image, seed: 5, epoch: 0, index: 1))
    #expect(one != pipeline.apply(to: image, seed: 6, epoch: 0, index: 0))
  }

  @Test("A pipeline survives JSON unchanged")
  func codable() throws {
    let pipeline = AugmentationPipeline(everyOperation)
    let data = try JSONEncoder().encode(pipeline)
    #expect(try JSONDecoder().decode(AugmentationPipeline.self, from: data) == pipeline)
  }

  @Test(
    "Values that make no sense are refused",
    arguments: [
      Augmentation.flipHorizontal(probability: 1.2), .rotate(from: 10, to: -10),
      .zoom(from: 0, to: 1), .compress(from: 0, to: 50), .quarterTurn(turns: []),
      .sometimes(probability: 1, then: [.blur(from: 2, to: 1)]), .oneOf([]),
    ])
  func refused(operation: Augmentation) {
    #expect(throws: ImagingError.self) { try AugmentationPipeline([operation]).validate() }
  }

  @Test("A turn by a right angle is exact, and a full turn by steps returns")
  func rightAngle() {
    let image = testScene(width: 24, height: 24)
    #expect(image.rotated(degrees: 90) == image.rotated(quarterTurns: 1))
    #expect(image.rotated(degrees: 360) == image)
  }

  @Test("A warp by 89.99° lies beside the exact quarter turn")
  func nearRightAngle() {
    let image = testScene(width: 24, height: 24).blurred(sigma: 2)
    let near = image.rotated(degrees: 89.99)
    #expect(meanDifference(near.pixels, image.rotated(quarterTurns: 1).pixels) < 1.5)
  }

  @Test("A zoom by two shows the middle, twice as large")
  func zoom() {
    let image = testScene(width: 32, height: 32).blurred(sigma: 2)
    let zoomed = AugmentationPipeline([.zoom(from: 2, to: 2)]).apply(
      to: image, seed: 1, epoch: 0, index: 0)
    let middle = image.cropped(x: 8, y: 8, width: 16, height: 16).resized(to: PixelSize(32))
    #expect(meanDifference(zoomed.pixels, middle.pixels) < 3)
  }

  @Test("Brightness by 1.0 ± 0 leaves a picture alone; saturation 0 leaves grey")
  func colours() {
    let image = testScene()
    #expect(
      AugmentationPipeline([.brightness(amount: 0), .contrast(amount: 0), .hue(amount: 0)])
        .apply(to: image, seed: 1, epoch: 0, index: 0).pixels
        .elementsEqual(image.pixels) { abs(Int($0) - Int($1)) <= 1 })
  }

  @Test("CLAHE agrees with OpenCV within one grey level")
  func clahe() throws {
    let array = try expected("scene")
    let scene = Image(width: 120, height: 90, channels: 3, pixels: try array.bytes())
    let wanted = try expected("clahe").bytes()
    #expect(largestDifference(scene.grey().clahe(clipLimit: 2, tiles: 4).pixels, wanted) <= 1)
  }

  private func stains(_ name: String) throws -> Image {
    let array = try expected(name)
    return Image(
      width: array.shape[1], height: array.shape[0], channels: 3, pixels: try array.bytes())
  }

  @Test("Macenko's normalisation agrees with torchstain within two grey levels")
  func macenko() throws {
    let source = try stains("stain-source")
    let reference = StainMatrix.macenko.normalising(source).pixels
    #expect(largestDifference(reference, try expected("macenko-reference").bytes()) <= 2)
    let target = try #require(StainMatrix(of: try stains("stain-target")))
    let fitted = target.normalising(source).pixels
    #expect(largestDifference(fitted, try expected("macenko-fitted").bytes()) <= 2)
  }

  @Test("Reinhard's normalisation agrees with torchstain within three grey levels on average one")
  func reinhard() throws {
    let target = LabStatistics(of: try stains("stain-target"))
    let result = target.normalising(try stains("stain-source")).pixels
    let wanted = try expected("reinhard-fitted").bytes()
    #expect(meanDifference(result, wanted) < 1)
    #expect(largestDifference(result, wanted) <= 3)
  }

  @Test("A picture without tissue is left as it is by stain normalisation")
  func blankSlide() {
    let blank = Image(width: 16, height: 16, channels: 3, filledWith: 245)
    #expect(StainMatrix.macenko.normalising(blank) == blank)
    #expect(StainMatrix(of: blank) == nil)
  }

  @Test("Hairs drawn on skin are removed, the skin is kept")
  func hair() {
    let skin = Image(width: 64, height: 64, channels: 3, filledWith: 180)
    var hairy = skin
    for i in 0..<64 {
      for k in 0..<3 {
        hairy.pixels[(i * 64 + 20) * 3 + k] = 30
        hairy.pixels[(i * 64 + i) * 3 + k] = 30
      }
    }
    #expect(largestDifference(hairy.removingHair(width: 9, threshold: 20).pixels, skin.pixels) <= 2)
  }

  @Test("A fundus is cropped to its circle")
  func circularCrop() throws {
    var image = Image(width: 60, height: 40, channels: 3)
    for y in 0..<40 {
      for x in 0..<60 where (x - 30) * (x - 30) + (y - 20) * (y - 20) < 225 {
        for k in 0..<3 { image.pixels[(y * 60 + x) * 3 + k] = 150 }
      }
    }
    let crop = image.circularlyCropped(threshold: 7)
    #expect(crop.size == PixelSize(29))
    #expect(crop.pixels[0] == 0 && crop.pixels[(14 * 29 + 14) * 3] == 150)
  }
}

/// The factors of Table 2 of the review that this knowledge base starts from.
@Suite struct OfflineAugmentationTests {
  struct Row: CustomTestStringConvertible, Sendable {
    let study: String
    let before: Int
    let after: Int
    let augmentation: OfflineAugmentation
    var testDescription: String { study }
  }

  static let rows = [
    Row(
      study: "Chang: BreCaHAD, quarter turns × mirror, distorted at random", before: 1398,
      after: 11184,
      augmentation: OfflineAugmentation([
        .quarterTurns([0, 1, 2, 3]), .mirror,
        .altered(AugmentationPipeline([.distort(cells: 4, strength: 0.5)])),
      ])),
    // 72 = 360° / 5°: the printed step of 50° would not give a whole number of pictures.
    Row(
      study: "Hosny: MED-NODE, turns by 5°", before: 170, after: 12240,
      augmentation: OfflineAugmentation([.rotations(step: 5)])),
    Row(
      study: "Hosny: DermIS and DermQuest, turns by 5°", before: 206, after: 14832,
      augmentation: OfflineAugmentation([.rotations(step: 5)])),
    Row(
      study: "Hosny: ISIC, turns by 5°", before: 2000, after: 144_000,
      augmentation: OfflineAugmentation([.rotations(step: 5)])),
    Row(
      study: "Jasil: ISIC, 69 more by shift, zoom, compression, flip, lighting", before: 2418,
      after: 2487,
      augmentation: OfflineAugmentation(
        [
          .random(
            AugmentationPipeline([
              .shift(x: 0.1, y: 0.1), .zoom(from: 0.9, to: 1.1), .compress(from: 50, to: 90),
              .flipHorizontal(probability: 0.5), .brightness(amount: 0.2),
            ]), copies: 1)
        ], target: .total(2487))),
    Row(
      study: "Saber: MIAS, quarter turns × vertical flip", before: 322, after: 2576,
      augmentation: OfflineAugmentation([.quarterTurns([1, 2, 3, 4]), .flip])),
    Row(
      study: "Vesal: BACH, horizontal and vertical flips of patches", before: 11200, after: 33600,
      augmentation: OfflineAugmentation([.mirrorAndFlip])),
    Row(
      study: "Khalifa: APTOS, reflections in x, y and both", before: 3662, after: 14648,
      augmentation: OfflineAugmentation([.reflections])),
  ]

  @Test("A row of Table 2 is reached exactly", arguments: rows)
  func tableTwo(row: Row) throws {
    let labels = (0..<row.before).map { $0 % 3 == 0 ? 1 : 0 }
    let views = try row.augmentation.views(labels: labels, size: PixelSize(32))
    #expect(views.count == row.after)
    #expect(Set(views).count == row.after)
  }

  @Test("Patches of 512 from a BACH picture at half overlap are 35")
  func patches() throws {
    let augmentation = OfflineAugmentation([.patches(side: 512, stride: 256)])
    #expect(augmentation.factor(PixelSize(width: 2048, height: 1536)) == 35)
    let image = testScene(width: 6, height: 4, channels: 1)
    let small = OfflineAugmentation([.patches(side: 2, stride: 2), .flip])
    let views = try small.views(labels: [0], size: image.size)
    #expect(views.count == 12)
    let last = try #require(views.last)
    #expect(
      small.image(last, from: image)
        == image.cropped(x: 4, y: 2, width: 2, height: 2).flipped())
  }

  @Test("The eight symmetries of quarter turns and mirror are eight different pictures")
  func symmetries() throws {
    let augmentation = OfflineAugmentation([.quarterTurns([0, 1, 2, 3]), .mirror])
    let image = testScene(width: 12, height: 12)
    let views = try augmentation.views(labels: [0], size: image.size)
    #expect(Set(views.map { augmentation.image($0, from: image).pixels }).count == 8)
    #expect(views.contains { $0.isOriginal })
  }

  @Test("Balancing brings every class to the largest, and never repeats a view")
  func balanced() throws {
    let labels = [0, 0, 0, 0, 0, 1, 2, 2]
    let augmentation = OfflineAugmentation(
      [.quarterTurns([0, 1, 2, 3]), .mirror], target: .balanced)
    let views = try augmentation.views(labels: labels, size: PixelSize(8))
    let counts = (0..<3).map { label in views.count { labels[$0.original] == label } }
    #expect(counts == [5, 5, 5] && Set(views).count == 15)
  }

  @Test("More pictures than the expansions offer is an error")
  func tooMany() {
    #expect(throws: ImagingError.self) {
      try OfflineAugmentation([.mirror], target: .total(5)).views(
        labels: [0, 1], size: PixelSize(8))
    }
  }

  @Test("A step that does not divide a full turn is refused", arguments: [50.0, 0, -5])
  func badStep(step: Double) {
    #expect(throws: ImagingError.self) {
      try OfflineAugmentation([.rotations(step: step)]).views(labels: [0], size: PixelSize(8))
    }
  }
}

@Suite struct ClassBalancingTests {
  private let labels = [0, 0, 0, 0, 0, 1, 1, 2]

  @Test("Oversampling shows every class as often as the largest, and every sample")
  func oversample() {
    var generator = SeededGenerator(seed: 1)
    let indices = ClassBalancing.oversample(labels, &generator)
    #expect((0..<3).map { label in indices.count { labels[$0] == label } } == [5, 5, 5])
    #expect(Set(indices) == Set(labels.indices))
  }

  @Test("Undersampling shows every class as often as the smallest, no sample twice")
  func undersample() {
    var generator = SeededGenerator(seed: 1)
    let indices = ClassBalancing.undersample(labels, &generator)
    #expect((0..<3).map { label in indices.count { labels[$0] == label } } == [1, 1, 1])
    #expect(Set(indices).count == 3)
  }

  @Test("Inverse-frequency weights make every class weigh the same")
  func inverseFrequency() {
    let weights = ClassBalancing.inverseFrequencyWeights([5, 2, 1, 0])
    let wanted: [Float] = [8.0 / 15, 8.0 / 6, 8.0 / 3, 0]
    #expect(weights == wanted)
  }

  @Test("Effective-number weights approach equal weights as β falls, inverse frequency as it rises")
  func effectiveNumber() {
    #expect(ClassBalancing.effectiveNumberWeights([5, 1], beta: 0) == [1, 1])
    let near = ClassBalancing.effectiveNumberWeights([5, 1], beta: 0.999999)
    #expect(abs(near[1] / near[0] - 5) < 0.01)
  }
}
