// One labelled picture of a dataset, wherever its pixels are.

/// The part that a dataset's own authors gave a sample to.
package enum Partition: String, Codable, CaseIterable, Sendable {
  case train, validation, test

  /// Reads the names in use: train, training, val, valid, validation, test, testing.
  package init?(named name: String) {
    switch name.lowercased() {
    case "train", "training": self = .train
    case "val", "valid", "validation", "dev": self = .validation
    case "test", "testing": self = .test
    default: return nil
    }
  }
}

/// Pictures of one size held in memory, one after another.
package final class PixelStore: Sendable {
  package let width: Int
  package let height: Int
  package let channels: Int
  package let count: Int
  private let bytes: [UInt8]
  private let start: Int

  package convenience init(width: Int, height: Int, channels: Int, bytes: [UInt8]) {
    let length = width * height * channels
    precondition(bytes.count % length == 0, "a store of whole pictures")
    self.init(
      width: width, height: height, channels: channels, bytes: bytes, from: 0,
      count: bytes.count / length)
  }

  /// `count` pictures that begin at byte `start`.
  init(width: Int, height: Int, channels: Int, bytes: [UInt8], from start: Int, count: Int) {
    precondition(start + count * width * height * channels <= bytes.count, "a store cut short")
    self.width = width
    self.height = height
    self.channels = channels
    self.bytes = bytes
    self.start = start
    self.count = count
  }

  package func image(_ index: Int) -> Image {
    let length = width * height * channels
    let from = start + index * length
    return Image(
      width: width, height: height, channels: channels, pixels: Array(bytes[from..<from + length]))
  }
}

/// Where a sample's pixels are.
package enum PixelSource: Sendable {
  case file(String)
  case memory(PixelStore, Int)
  /// A square of `side` pixels around a centre given as fractions of width and height.
  case patch(file: String, centreX: Double, centreY: Double, side: Int)
}

/// One labelled picture: identity, source, label and what is known of its origin.
package struct Sample: Sendable {
  /// Unique in its dataset and the same on every machine: a path relative to the root, or a row.
  package let id: String
  package let source: PixelSource
  /// Index into `ImageDataset.classes`.
  package let label: Int
  /// Indices into `ImageDataset.findings`, for multi-label sets alone.
  package let findings: [Int]?
  package let patient: String?
  package let lesion: String?
  package let magnification: Int?
  package let officialPartition: Partition?
  /// What else the dataset says: subtype, tissue, sex, age …
  package let attributes: [String: String]

  package init(
    id: String, source: PixelSource, label: Int, findings: [Int]? = nil, patient: String? = nil,
    lesion: String? = nil, magnification: Int? = nil, officialPartition: Partition? = nil,
    attributes: [String: String] = [:]
  ) {
    self.id = id
    self.source = source
    self.label = label
    self.findings = findings
    self.patient = patient
    self.lesion = lesion
    self.magnification = magnification
    self.officialPartition = officialPartition
    self.attributes = attributes
  }

  /// The decoded picture. `atLeast` allows a reduced JPEG (see `ImageFile.read`).
  package func load(
    atLeast: PixelSize? = nil, limits: DecodingLimits = DecodingLimits()
  ) throws(ImagingError) -> Image {
    switch source {
    case .file(let path): return try ImageFile.read(path, atLeast: atLeast, limits: limits)
    case .memory(let store, let index): return store.image(index)
    case .patch(let path, let x, let y, let side):
      let whole = try ImageFile.read(path, limits: limits)
      return whole.cropped(
        x: Int(x * Double(whole.width)) - side / 2, y: Int(y * Double(whole.height)) - side / 2,
        width: side, height: side)
    }
  }

  /// The file that holds the pixels, where there is one.
  package var file: String? {
    switch source {
    case .file(let path), .patch(let path, _, _, _): path
    case .memory: nil
    }
  }
}
