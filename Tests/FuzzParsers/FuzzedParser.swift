// Every parser of foreign bytes under one name each, for the fuzzer and its kept inputs.

import Files
import Foundation
import Imaging

/// A parser that takes bytes from outside: whatever they are, it answers or throws.
package enum FuzzedParser: String, CaseIterable, Sendable {
  case png, jpeg, tiff, bmp, netpbm, dicom, npy, npz, csv, pixels, split
  /// A metadata file of one dataset, read through the dataset's reader.
  case mias, ham10000, isic, ph2, aptos, inbreast, cbis, brecahad, manifest
  /// An archive of a dataset, unpacked; traps where something is left outside or by halves.
  case archive

  /// Feeds `bytes` to the parser. `folder` is a place of its own for parsers that read files.
  package func run(_ bytes: [UInt8], in folder: String) {
    switch self {
    case .png: picture(bytes, [0x89, 0x50, 0x4E, 0x47])
    case .jpeg: picture(bytes, [0xFF, 0xD8])
    case .tiff: picture(bytes, bytes.first == 0x4D ? [0x4D, 0x4D] : [0x49, 0x49])
    case .bmp: picture(bytes, [0x42, 0x4D])
    case .netpbm: picture(bytes, [0x50])
    case .dicom: dicom(bytes)
    case .npy: array(try? NumPyArray(bytes, name: "fuzz"))
    case .npz:
      guard let archive = try? NumPyArchive(bytes, name: "fuzz") else { return }
      for name in archive.names.prefix(8) { array(try? archive.array(name)) }
    case .csv:
      guard let table = try? CSVTable(bytes, file: "fuzz"), !table.rows.isEmpty else { return }
      for column in table.columns.indices { _ = try? table.integer(row: 0, column: column) }
    case .pixels: _ = try? PixelTable(bytes, file: "fuzz")
    case .split:
      let path = folder + "/split.json"
      guard (try? FileBytes.write(bytes, to: path)) != nil else { return }
      _ = try? Split.read(path)
    case .mias, .ham10000, .isic, .ph2, .aptos, .inbreast, .cbis, .brecahad, .manifest:
      metadata(bytes, in: folder)
    case .archive: FuzzedArchive(bytes, in: folder).run()
    }
  }

  /// Reads a picture with the right first bytes, so that the fuzzer need not find them.
  private func picture(_ bytes: [UInt8], _ magic: [UInt8]) {
    var bytes = bytes
    for (at, byte) in magic.enumerated() where at < bytes.count { bytes[at] = byte }
    let limits = DecodingLimits(maximumPixels: 1 << 16)
    let small = PixelSize(width: 3, height: 3)
    for least in self == .jpeg ? [nil, small] : [nil] {
      guard let image = try? ImageFile.decode(bytes, name: "fuzz", atLeast: least, limits: limits)
      else { continue }
      precondition(image.pixels.count == image.width * image.height * image.channels)
      precondition(image.width * image.height <= 1 << 16)
      guard self == .jpeg else { continue }
      let target = PixelSize(width: 5, height: 7)
      let inOneGo = try? ImageFile.decodeResized(
        bytes, name: "fuzz", atLeast: least, limits: limits, .bilinear, to: { _ in target })
      precondition(inOneGo == nil || inOneGo == image.resized(to: target))
    }
  }

  private func dicom(_ bytes: [UInt8]) {
    var bytes = bytes
    if bytes.count >= 132 { bytes.replaceSubrange(128..<132, with: Array("DICM".utf8)) }
    let limits = DecodingLimits(maximumPixels: 1 << 16)
    _ = try? ImageFile.decode(bytes, name: "fuzz", limits: limits)
  }

  private func array(_ array: NumPyArray?) {
    guard let array, array.count < 1 << 20 else { return }
    _ = try? array.bytes()
    _ = try? array.integers()
    _ = try? array.strings()
    _ = try? array.floats()
    _ = try? array.pictures(width: 1, height: 1, channels: 1)
  }

  /// The reader and the file name through which metadata bytes are read.
  private var reader: (id: String, file: String) {
    switch self {
    case .mias: ("mias", "Info.txt")
    case .ham10000: ("ham10000", "HAM10000_metadata.csv")
    case .isic: ("isic-2019", "ISIC_2019_Training_GroundTruth.csv")
    case .ph2: ("ph2", "PH2_dataset.txt")
    case .aptos: ("aptos-2019", "train.csv")
    case .inbreast: ("inbreast", "INbreast.csv")
    case .cbis: ("cbis-ddsm", "mass_case_description_train_set.csv")
    case .brecahad: ("brecahad", "a.json")
    default: ("csv", "manifest.csv")
    }
  }

  private func metadata(_ bytes: [UInt8], in folder: String) {
    let picture = folder + "/pictures_Dermoscopic_Image/"
    if !FileManager.default.fileExists(atPath: picture) {
      try? makeFolder(picture)
      let image = Image(width: 2, height: 2, channels: 1)
      for name in ["ISIC_1", "mdb001", "mdb002", "IMD003", "a", "22678622_p"] {
        try? ImageFile.writePNG(image, to: picture + name + ".png")
      }
    }
    guard (try? FileBytes.write(bytes, to: folder + "/" + reader.file)) != nil else { return }
    let path = self == .manifest ? folder + "/" + reader.file : folder
    let options = ReadingOptions(missingFiles: .leaveOut)
    _ = try? DatasetReaders.read(reader.id, at: path, options: options)
  }
}
