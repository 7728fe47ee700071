// Features of a frozen backbone, computed once per image and kept on disk by content.

import Files
import Foundation
import Imaging
import Neural

/// The features of images under one network, weights, layer and normalisation.
///
/// An image is known by the SHA-256 of the pixels that enter the network, so that every run, seed,
/// head and dataset that shows the same pixels shares them. New features are written in whole
/// chunks; a damaged chunk is computed again.
final class FeatureCache {
  private let folder: String
  /// Floats per image.
  let width: Int
  private var rows: [String: [Float]] = [:]
  private var pending: [(key: String, row: [Float])] = []
  private var sinceFlush = Stopwatch()
  /// The chunks that are in `rows`.
  private var read: Set<String> = []

  private static let magic = Array("tlkb-features-1\n".utf8)
  private static let chunk = 512
  /// A kill loses the features of so long at most.
  private static let secondsToFlush = 20.0

  /// - Parameters:
  ///   - root: `Home.features`.
  ///   - identity: what decides the features: weights, network, layer, normalisation.
  init(root: String, identity: String, width: Int) {
    folder = "\(root)/\(SHA256.hex(identity).prefix(16))"
    self.width = width
    refresh()
  }

  /// The lock that a run holds while it computes features.
  var claim: String { "\(folder)/lock" }

  /// Removes chunks whose writing was killed. Only for the holder of ``claim``.
  func removeHalfWritten() { RunFolder.removeHalfWritten(in: folder) }

  /// Reads the chunks that were written since, by other runs too.
  func refresh() {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names.sorted() where name.hasSuffix(".features") && read.insert(name).inserted {
      load("\(folder)/\(name)")
    }
  }

  /// The features of the same pixels, where they are known.
  func row(_ key: String) -> [Float]? { rows[key] }

  /// Keeps new features; they go to disk in whole chunks, or after a while.
  func add(_ key: String, _ row: [Float]) throws {
    precondition(row.count == width, "\(row.count) features where \(width) belong")
    guard rows.updateValue(row, forKey: key) == nil else { return }
    if pending.isEmpty { sinceFlush = Stopwatch() }
    pending.append((key, row))
    if pending.count >= Self.chunk || sinceFlush.wallSeconds > Self.secondsToFlush { try flush() }
  }

  /// Writes what is not on disk yet.
  func flush() throws {
    guard !pending.isEmpty else { return }
    var bytes = Self.magic
    Self.append(width, &bytes)
    Self.append(pending.count, &bytes)
    for (key, row) in pending {
      bytes += Array(key.utf8)
      row.withUnsafeBytes { bytes += $0 }
    }
    let digest = SHA256.hex(bytes)
    bytes += Array(digest.utf8)
    let name = "\(digest.prefix(16)).features"
    try writeAtomically(bytes, to: "\(folder)/\(name)")
    read.insert(name)
    pending = []
  }

  /// The key of a picture as it enters the network.
  static func key(_ image: Image) -> String {
    let sum = SHA256()
    sum.update(Array("\(image.width) \(image.height) \(image.channels)\n".utf8))
    sum.update(image.pixels)
    return sum.finish()
  }

  private func load(_ path: String) {
    guard let bytes = try? readFile(path), bytes.count > Self.magic.count + 16 + 64,
      bytes.starts(with: Self.magic),
      SHA256.hex(bytes.dropLast(64)) == String(decoding: bytes.suffix(64), as: UTF8.self)
    else {
      unlink(path)
      return
    }
    var at = Self.magic.count
    let width = Self.number(bytes, &at)
    let count = Self.number(bytes, &at)
    guard width == self.width, count >= 0, bytes.count == at + count * (64 + 4 * width) + 64 else {
      unlink(path)
      return
    }
    for _ in 0..<count {
      let key = String(decoding: bytes[at..<(at + 64)], as: UTF8.self)
      at += 64
      let row = [Float](unsafeUninitializedCapacity: width) { buffer, filled in
        bytes.withUnsafeBytes { source in
          UnsafeMutableRawBufferPointer(buffer).copyMemory(
            from: UnsafeRawBufferPointer(rebasing: source[at..<(at + 4 * width)]))
        }
        filled = width
      }
      at += 4 * width
      rows[key] = row
    }
  }

  private static func append(_ number: Int, _ bytes: inout [UInt8]) {
    for shift in stride(from: 0, to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: number >> shift))
    }
  }

  private static func number(_ bytes: [UInt8], _ at: inout Int) -> Int {
    var value = 0
    for index in 0..<8 { value |= Int(bytes[at + index]) << (8 * index) }
    at += 8
    return value
  }
}
