// Keras's weight files: the datasets of an HDF5 file.

import CHDF5
import Foundation
import Neural

/// Reads every numeric dataset of an HDF5 file, through libhdf5 in a process of its own.
///
/// Keras's paths are cut to what names a weight: "model_weights/conv1/conv1/kernel:0" is
/// "conv1/kernel". What an optimiser kept beside the weights is left out.
enum HDF5File {
  private static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

  /// Whether an HDF5 file begins at byte 0, 512, 1024, 2048, …: what lies before is the user's.
  static func isFile(_ bytes: [UInt8]) -> Bool {
    var start = 0
    while start + signature.count <= bytes.count {
      if bytes[start...].starts(with: signature) { return true }
      start = start == 0 ? 512 : 2 * start
    }
    return false
  }

  static func read(_ bytes: [UInt8], file: String) throws(WeightsError) -> ParameterSet {
    var content = tlkb_hdf5_content()
    // Room for the library, the file, its numbers and a chunk being unpacked.
    let room = UInt64(bytes.count) * 64 + UInt64(512 << 20)
    let status = tlkb_hdf5_read(bytes, bytes.count, 60, room, &content)
    defer { free(content.bytes) }
    let reason = withUnsafeBytes(of: content.message) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    let stream = Array(UnsafeBufferPointer(start: content.bytes, count: content.count))
    switch Int(status) {
    case TLKB_HDF5_OK: break
    case TLKB_HDF5_NO_LIBRARY:
      throw .noLibrary(file: file, package: "libhdf5-103-1", reason: reason)
    case TLKB_HDF5_DAMAGED:
      _ = try sets(stream, file: file)
      throw .malformed(file: file, reason: reason)
    default: throw .malformed(file: file, reason: "it cannot be read here (\(reason))")
    }
    return try sets(stream, file: file)
  }

  /// The datasets in the stream that the other process wrote.
  private static func sets(_ stream: [UInt8], file: String) throws(WeightsError) -> ParameterSet {
    var cursor = ByteCursor(stream, file: file)
    var found: [(path: String, tensor: Tensor)] = []
    while !cursor.isAtEnd {
      let length = try cursor.length(4)
      if length == Int(UInt32.max) {
        let reason = try cursor.text(stream.count - cursor.position)
        throw cursor.damaged(
          reason == "an entry cannot be opened"
            ? reason + ", or it is written by a newer HDF5 than the one here "
              + "(h5py: libver='v110' writes what is read)" : reason)
      }
      let path = try cursor.text(length)
      let rank = try cursor.length(4)
      var shape: [Int] = []
      for _ in 0..<rank { shape.append(try cursor.length(8)) }
      guard let count = elementCount(shape), count <= stream.count else {
        throw cursor.damaged("'\(path)' has the shape \(shape)")
      }
      let values = ElementType.float32.floats(try cursor.take(4 * count))
      found.append((path, Tensor(shape: shape, values: values)))
    }
    return named(found)
  }

  private static func named(_ found: [(path: String, tensor: Tensor)]) -> ParameterSet {
    let weights = found.filter {
      !$0.path.hasPrefix("optimizer_weights/") && !$0.path.hasPrefix("optimizer/")
    }
    let short = weights.map { name(of: $0.path) }
    // Where cutting would make two weights one, none is cut.
    let isUnique = Set(short).count == short.count
    var set = ParameterSet()
    for (position, entry) in weights.enumerated() {
      set.add(isUnique ? short[position] : entry.path, entry.tensor)
    }
    return set
  }

  /// "model_weights/block1/conv1/block1/conv1/kernel:0" is "block1/conv1/kernel".
  private static func name(of path: String) -> String {
    var parts = path.split(separator: "/").map(String.init)
    if parts.count > 1, parts[0] == "model_weights" { parts.removeFirst() }
    if let last = parts.last, let colon = last.lastIndex(of: ":") {
      parts[parts.count - 1] = String(last[..<colon])
    }
    // Keras writes the layer's name twice: as group, and within the weight's own name, before which
    // Keras 3 has the model's name.
    let layer = Array(parts.dropLast())
    let repeated = (0...layer.count / 2).last { layer.prefix($0) == layer.suffix($0) } ?? 0
    if repeated > 0 { parts.removeFirst(layer.count - repeated) }
    return parts.joined(separator: "/")
  }
}
