// Resizing agrees with Pillow and OpenCV; crops and letterboxes keep what they promise.
import Testing

@testable import Imaging

@Suite struct GeometryTests {
  private static func scene() throws -> Image {
    let array = try expected("scene")
    return Image(
      width: array.shape[1], height: array.shape[0], channels: 3, pixels: try array.bytes())
  }

  @Test(
    "Resizing agrees with Pillow within one grey level",
    arguments: [Interpolation.nearest, .bilinear, .bicubic, .lanczos, .box],
    [
      PixelSize(width: 31, height: 22), .init(width: 200, height: 150), .init(64),
      .init(width: 120, height: 40),
    ])
  func pillow(how: Interpolation, size: PixelSize) throws {
    let wanted = try expected("resize-\(how.rawValue)-\(size.width)x\(size.height)").bytes()
    #expect(largestDifference(try Self.scene().resized(to: size, how).pixels, wanted) <= 1)
  }

  @Test(
    "Shrinking by area agrees with OpenCV within one grey level",
    arguments: [PixelSize(width: 31, height: 22), .init(64), .init(width: 40, height: 30)])
  func openCV(size: PixelSize) throws {
    let wanted = try expected("resize-area-\(size.width)x\(size.height)").bytes()
    #expect(largestDifference(try Self.scene().resized(to: size, .area).pixels, wanted) <= 1)
  }

  @Test("Resizing keeps a flat picture flat", arguments: Interpolation.allCases)
  func flat(how: Interpolation) {
    let image = Image(width: 17, height: 23, channels: 1, filledWith: 131)
    #expect(image.resized(to: PixelSize(width: 9, height: 40), how).pixels.allSatisfy { $0 == 131 })
  }

  @Test("Grey and RGB are resized alike", arguments: Interpolation.allCases)
  func channelsAlike(how: Interpolation) {
    let grey = testScene(channels: 1)
    let size = PixelSize(width: 13, height: 41)
    #expect(grey.rgb().resized(to: size, how) == grey.resized(to: size, how).rgb())
  }

  @Test("A centre crop takes the middle")
  func centreCrop() {
    let image = testScene(width: 10, height: 8, channels: 1)
    let crop = image.centreCropped(to: PixelSize(width: 4, height: 2))
    #expect(crop.pixels == Array(image.pixels[33..<37]) + Array(image.pixels[43..<47]))
  }

  @Test("A centre crop larger than the picture is padded with black")
  func paddedCrop() {
    let crop = Image(width: 2, height: 2, channels: 1, filledWith: 9).centreCropped(
      to: PixelSize(4))
    #expect(crop.pixels == [0, 0, 0, 0, 0, 9, 9, 0, 0, 9, 9, 0, 0, 0, 0, 0])
  }

  @Test("A letterbox keeps the aspect and fills the rest")
  func letterbox() {
    let image = Image(width: 20, height: 10, channels: 1, filledWith: 200)
    let boxed = image.letterboxed(to: PixelSize(8), fill: 7)
    let rows = (0..<8).map { boxed.pixels[$0 * 8] }
    #expect(rows == [7, 7, 200, 200, 200, 200, 7, 7])
  }

  @Test("The shorter side reaches the wanted length, the longer is truncated")
  func shorterSide() {
    #expect(
      PixelSize(width: 600, height: 450).withShorterSide(256) == PixelSize(width: 341, height: 256))
  }

  @Test("Four quarter turns and two mirrors are the identity")
  func turns() {
    let image = testScene()
    #expect((0..<4).reduce(image) { picture, _ in picture.rotated(quarterTurns: 1) } == image)
    #expect(image.mirrored().mirrored() == image)
    #expect(image.flipped().mirrored() == image.rotated(quarterTurns: 2))
    #expect(image.transposed() == image.rotated(quarterTurns: 1).mirrored())
  }

  @Test("A quarter turn clockwise brings the top left to the top right")
  func clockwise() {
    var image = Image(width: 3, height: 2, channels: 1)
    image.pixels[0] = 5
    let turned = image.rotated(quarterTurns: 1)
    #expect(turned.size == PixelSize(width: 2, height: 3))
    #expect(turned.pixels == [0, 5, 0, 0, 0, 0])
  }

  @Test("ImageNet's constants give the textbook numbers in C, H, W order")
  func normalisation() {
    let image = Image(width: 2, height: 1, channels: 3, pixels: [0, 128, 255, 255, 0, 0])
    let values = Normalisation.imageNet.tensor(image)
    let wanted: [Float] = [-2.1179, 2.2489, 0.2052, -2.0357, 2.64, -1.8044]
    #expect(zip(values, wanted).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  @Test("Caffe's constants come in blue, green, red order")
  func caffe() {
    let image = Image(width: 1, height: 1, channels: 3, pixels: [10, 20, 30])
    let wanted: [Float] = [-74, -97, -113]
    #expect(Normalisation.caffe.tensor(image) == wanted)
  }

  @Test("A grey picture spreads to three channels")
  func greyTensor() {
    let image = Image(width: 1, height: 1, channels: 1, pixels: [51])
    let values = Normalisation.unit.tensor(image)
    #expect(values.count == 3 && values.allSatisfy { abs($0 - 0.2) < 1e-6 })
  }
}

@Suite struct ContactSheetTests {
  @Test("Pictures lie row by row in their cells")
  func grid() {
    let pictures = [10, 20, 30].map {
      Image(width: 4, height: 4, channels: 1, filledWith: UInt8($0))
    }
    let sheet = ContactSheet(cell: 4, columns: 2, gap: 1).image(pictures)
    #expect(sheet.size == PixelSize(11))
    let at = { (x: Int, y: Int) in sheet.pixels[(y * 11 + x) * 3] }
    #expect([at(1, 1), at(6, 1), at(1, 6), at(6, 6), at(0, 0)] == [10, 20, 30, 255, 255])
  }

  @Test("A preview has a row for each sample, the unchanged picture first")
  func preview() throws {
    let data = try PhantomPlan(modality: .fundus, images: 2, size: 16, seed: 1).dataset()
    let preparation = Preparation(size: PixelSize(16))
    let sheet = try ContactSheet(cell: 16, columns: 3, gap: 0).preview(
      data.samples, preparation: preparation,
      augmentation: AugmentationPipeline([.flipHorizontal(probability: 1)]), seed: 1)
    #expect(sheet.size == PixelSize(width: 48, height: 32))
    let first = try preparation.image(for: data.samples[0])
    #expect(sheet.cropped(x: 0, y: 0, width: 16, height: 16) == first)
    #expect(sheet.cropped(x: 16, y: 0, width: 16, height: 16) == first.mirrored())
  }
}
