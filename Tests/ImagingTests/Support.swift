// Where fixtures and the optional real data lie, and small helpers of the imaging tests.
import Foundation

@testable import Imaging

/// `Fixtures/` beside this file; `make_fixtures.py` in it made them.
let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures").path

func fixture(_ name: String) -> String { fixtures + "/" + name }

/// An expected array saved by the fixture script.
func expected(_ name: String) throws -> NumPyArray {
  let path = fixture("expected/\(name).npy")
  return try NumPyArray(FileBytes.read(path), name: path)
}

/// Real pictures that some machines have beside the checkout; tests of them are skipped elsewhere.
enum RealData {
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "shared/data/images").path

  static func path(_ relative: String) -> String { root + "/" + relative }

  static func has(_ relative: String) -> Bool {
    FileManager.default.fileExists(atPath: path(relative))
  }
}

/// A folder that exists for the length of one test.
final class TemporaryFolder {
  let path: String

  init() throws {
    path =
      FileManager.default.temporaryDirectory
      .appending(path: "tlkb-imaging-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ relative: String) throws -> String {
    let full = path + "/" + relative
    try FileManager.default.createDirectory(
      atPath: (full as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    return full
  }

  func write(_ text: String, to relative: String) throws {
    try FileBytes.write(Array(text.utf8), to: file(relative))
  }

  /// Draws a picture of 8 × 8 whose grey tells it from others; a PNG whatever its name.
  func draw(_ relative: String, shade: Int = 0) throws {
    var image = Image(width: 8, height: 8, channels: 3, filledWith: UInt8(shade % 256))
    image.pixels[0] = UInt8(shade / 256 % 256)
    try ImageFile.writePNG(image, to: file(relative))
  }
}

/// The largest difference of two byte arrays of one length.
func largestDifference(_ a: [UInt8], _ b: [UInt8]) -> Int {
  guard a.count == b.count else { return .max }
  return zip(a, b).reduce(0) { max($0, abs(Int($1.0) - Int($1.1))) }
}

func meanDifference(_ a: [UInt8], _ b: [UInt8]) -> Double {
  guard a.count == b.count, !a.isEmpty else { return .infinity }
  return Double(zip(a, b).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }) / Double(a.count)
}

/// A picture with structure in every direction.
func testScene(width: Int = 40, height: Int = 30, channels: Int = 3) -> Image {
  var image = Image(width: width, height: height, channels: channels)
  for y in 0..<height {
    for x in 0..<width {
      for k in 0..<channels {
        image.pixels[(y * width + x) * channels + k] = UInt8((x * 5 + y * 3 + k * 40 + x * y) % 256)
      }
    }
  }
  return image
}

/// A dataset in memory: `images` per class and patient as told, every picture different.
func memoryDataset(labels: [Int], patients: [String?]? = nil, lesions: [String?]? = nil)
  -> ImageDataset
{
  var bytes: [UInt8] = []
  for i in labels.indices {
    var generator = SeededGenerator(seed: 99, UInt64(i))
    for _ in 0..<16 { bytes.append(UInt8(generator.below(256))) }
  }
  let store = PixelStore(width: 4, height: 4, channels: 1, bytes: bytes)
  let samples = labels.enumerated().map { i, label in
    Sample(
      id: "s\(i)", source: .memory(store, i), label: label, patient: patients?[i],
      lesion: lesions?[i])
  }
  return ImageDataset(
    id: "made", task: "t", classes: (0...(labels.max() ?? 0)).map { "c\($0)" }, samples: samples)
}
