// Every picture format gives the pixels that Pillow gives, and damage gives an error.
import Testing

@testable import Imaging

@Suite struct DecodingTests {
  @Test(
    "A picture decodes to Pillow's pixels",
    arguments: [
      "rgb8.png", "grey8.png", "rgb16.png", "grey16.png", "interlaced.png", "palette4.png",
      "transparent.png",
      "bits.png", "alpha.png", "raw.tif", "lzw.tif", "deflate.tif", "grey.tif", "tiled.tif",
      "rgb.bmp", "palette.bmp", "bits.bmp", "grey.pgm", "rgb.ppm", "plain.pgm",
    ])
  func losslessFormats(name: String) throws {
    let image = try ImageFile.read(fixture(name))
    let wanted = try expected(name)
    #expect(
      Array([image.height, image.width, image.channels].prefix(wanted.shape.count)) == wanted.shape)
    #expect(try image.pixels == wanted.bytes())
  }

  @Test("A JPEG decodes to Pillow's pixels", arguments: ["grey.jpg", "rgb.jpg", "progressive.jpg"])
  func jpeg(name: String) throws {
    #expect(
      largestDifference(try ImageFile.read(fixture(name)).pixels, try expected(name).bytes()) <= 1)
  }

  @Test("A CMYK JPEG decodes to Pillow's colours within two levels")
  func cmyk() throws {
    let image = try ImageFile.read(fixture("cmyk.jpg"))
    #expect(largestDifference(image.pixels, try expected("cmyk.jpg").bytes()) <= 2)
  }

  @Test("Every EXIF orientation is brought upright", arguments: 1...8)
  func orientation(k: Int) throws {
    let image = try ImageFile.read(fixture("orientation\(k).jpg"))
    let wanted = try expected("orientation\(k).jpg")
    #expect([image.height, image.width, 3] == wanted.shape)
    #expect(largestDifference(image.pixels, try wanted.bytes()) <= 1)
  }

  @Test("A JPEG asked for at a third of its size comes at half, never smaller than asked")
  func reducedJPEG() throws {
    let image = try ImageFile.read(fixture("rgb.jpg"), atLeast: PixelSize(width: 18, height: 13))
    #expect(image.size == PixelSize(width: 27, height: 19))
  }

  @Test("A reduced JPEG still turns with its orientation")
  func reducedOrientation() throws {
    let image = try ImageFile.read(
      fixture("orientation6.jpg"), atLeast: PixelSize(width: 12, height: 16))
    #expect(image.size == PixelSize(width: 12, height: 16))
  }

  @Test("Luma is Pillow's")
  func luma() throws {
    #expect(try ImageFile.read(fixture("rgb8.png")).grey().pixels == expected("luma").bytes())
  }

  @Test("A PNG that was written reads back the same", arguments: [1, 3])
  func pngRoundTrip(channels: Int) throws {
    let image = testScene(channels: channels)
    #expect(try ImageFile.decode(ImageFile.encodePNG(image), name: "memory") == image)
  }

  @Test("A JPEG that was written is near the picture")
  func jpegRoundTrip() throws {
    let image = try ImageFile.read(fixture("rgb8.png")).blurred(sigma: 2)
    let again = try ImageFile.decode(ImageFile.encodeJPEG(image, quality: 95), name: "memory")
    #expect(meanDifference(again.pixels, image.pixels) < 3)
  }

  @Test(
    "A file cut anywhere is an error that names it, never a picture of another size",
    arguments: ["rgb8.png", "rgb.jpg", "lzw.tif", "tiled.tif", "rgb.bmp", "grey.pgm", "plain.pgm"])
  func truncation(name: String) throws {
    let bytes = try FileBytes.read(fixture(name))
    for share in [0.1, 0.5, 0.9] {
      let cut = Array(bytes.prefix(Int(Double(bytes.count) * share)))
      #expect {
        try ImageFile.decode(cut, name: "scan-17.dat")
      } throws: { error in
        "\(error)".hasPrefix("scan-17.dat: ")
      }
    }
  }

  @Test("A file that is no picture says how it begins")
  func notAnImage() {
    #expect(throws: ImagingError.notAnImage(file: "a.png", found: "'<!DOCTYP'")) {
      try ImageFile.decode(Array("<!DOCTYPE html>".utf8), name: "a.png")
    }
  }

  @Test("An empty file says so")
  func emptyFile() {
    #expect(throws: ImagingError.notAnImage(file: "a.png", found: "nothing: the file is empty")) {
      try ImageFile.decode([], name: "a.png")
    }
  }

  @Test("A missing file is an error with the system's reason")
  func missingFile() {
    #expect(
      throws: ImagingError.fileUnreadable(
        file: "/nowhere/x.png", reason: "No such file or directory")
    ) { try ImageFile.read("/nowhere/x.png") }
  }

  @Test(
    "A picture above the limit is refused before its pixels are unpacked",
    arguments: ["rgb8.png", "rgb.jpg", "raw.tif", "rgb.bmp", "grey.pgm"])
  func limit(name: String) throws {
    #expect(
      throws: ImagingError.tooLarge(file: fixture(name), width: 53, height: 37, limit: 1960)
    ) { try ImageFile.read(fixture(name), limits: DecodingLimits(maximumPixels: 1960)) }
  }

  @Test("A PGM of 16 bits is brought to 8 by its own maximum")
  func widePGM() throws {
    let bytes = Array("P5 2 1 1000\n".utf8) + [0x03, 0xE8, 0x01, 0xF4]
    #expect(try ImageFile.decode(bytes, name: "m").pixels == [255, 128])
  }

  @Test("A run-length coded BMP decodes")
  func runLengthBMP() throws {
    var bytes = Array("BM".utf8) + [UInt8](repeating: 0, count: 8) + [14 + 40 + 8, 0, 0, 0]
    bytes += [40, 0, 0, 0, 4, 0, 0, 0, 2, 0, 0, 0, 1, 0, 8, 0, 1, 0, 0, 0]
    bytes += [UInt8](repeating: 0, count: 12) + [2, 0, 0, 0, 0, 0, 0, 0]
    bytes += [0, 0, 255, 0, 255, 0, 0, 0]  // red, blue
    bytes += [3, 0, 1, 1, 0, 0, 0, 4, 1, 0, 1, 0, 0, 1]
    let image = try ImageFile.decode(bytes, name: "m")
    let (red, blue): ([UInt8], [UInt8]) = ([255, 0, 0], [0, 0, 255])
    #expect(image.pixels == blue + red + blue + red + red + red + red + blue)
  }
}
