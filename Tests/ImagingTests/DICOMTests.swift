// A DICOM file is drawn as pydicom draws it, and a damaged one is an error.
import Testing

@testable import Imaging

@Suite struct DICOMTests {
  @Test(
    "A DICOM picture of any transfer syntax is within one grey level of pydicom's",
    arguments: [
      "grey8", "grey12", "grey16", "inverse12", "implicit", "big-endian", "deflated", "window",
      "signed", "rgb", "rle8", "rle16", "rle-rgb", "jpeg-lossless8", "jpeg-lossless12",
      "jpeg-lossless-inverse",
    ])
  func decodes(name: String) throws {
    let image = try ImageFile.read(fixture("dicom/\(name).dcm"))
    let path = fixture("dicom/\(name).npy")
    let wanted = try NumPyArray(FileBytes.read(path), name: path)
    #expect(
      Array([image.height, image.width, image.channels].prefix(wanted.shape.count)) == wanted.shape)
    #expect(largestDifference(image.pixels, try wanted.bytes()) <= 1)
  }

  @Test("MONOCHROME1 is drawn bright on dark: the opposite of the same numbers as MONOCHROME2")
  func polarity() throws {
    let plain = try ImageFile.read(fixture("dicom/grey12.dcm"))
    let inverse = try ImageFile.read(fixture("dicom/inverse12.dcm"))
    #expect(zip(plain.pixels, inverse.pixels).allSatisfy { abs(255 - Int($0) - Int($1)) <= 1 })
  }

  @Test("A file of several frames says how many it has")
  func frames() {
    #expect {
      try ImageFile.read(fixture("dicom/two-frames.dcm"))
    } throws: { error in
      "\(error)".contains("two-frames.dcm: a kind of DICOM that is not read here (2 frames where")
    }
  }

  @Test("A picture above the limit is refused before its pixels are unpacked")
  func limit() {
    let path = fixture("dicom/jpeg-lossless12.dcm")
    #expect(throws: ImagingError.tooLarge(file: path, width: 21, height: 17, limit: 356)) {
      try ImageFile.read(path, limits: DecodingLimits(maximumPixels: 356))
    }
  }

  @Test(
    "A file cut anywhere is an error that names it",
    arguments: ["grey12", "rgb", "rle16", "jpeg-lossless12", "deflated"])
  func truncated(name: String) throws {
    let bytes = try FileBytes.read(fixture("dicom/\(name).dcm"))
    for share in [0.13, 0.3, 0.5, 0.8, 0.95] {
      let cut = Array(bytes.prefix(Int(Double(bytes.count) * share)))
      #expect {
        try ImageFile.decode(cut, name: "scan-17.dcm")
      } throws: { error in
        "\(error)".hasPrefix("scan-17.dcm: ")
      }
    }
  }

  @Test(
    "A thousand mutations give a picture or an error",
    arguments: ["grey12", "window", "rle-rgb", "jpeg-lossless12"])
  func mutated(name: String) throws {
    let bytes = try FileBytes.read(fixture("dicom/\(name).dcm"))
    let limits = DecodingLimits(maximumPixels: 1 << 16)
    var generator = SeededGenerator(seed: 23)
    var failed = 0
    for _ in 0..<1000 {
      var input = bytes
      for _ in 0..<(1 + generator.below(3)) {
        input[132 + generator.below(input.count - 132)] = UInt8(generator.below(256))
      }
      do {
        let image = try ImageFile.decode(input, name: "fuzz", limits: limits)
        #expect(image.pixels.count == image.width * image.height * image.channels)
      } catch { failed += 1 }
    }
    #expect(failed > 0 && failed < 1000)
  }
}
