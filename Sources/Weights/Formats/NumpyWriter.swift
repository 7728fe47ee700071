// Writing NumPy's archives.

import CZlib
import Neural

/// An array that NumPy reads.
public enum NumpyArray: Sendable {
  /// Single precision.
  case numbers(Tensor)
  /// A row of texts, of NumPy's type U.
  case texts([String])
  /// A row of 64-bit whole numbers.
  case integers([Int])
}

/// Writes `.npz` files: stored, without times, so that the same arrays give the same bytes.
public enum NumpyArchive {
  /// The bytes of an archive of named arrays.
  ///
  /// - Throws: ``WeightsError/tooLarge(file:)`` beyond 4 GB, where NumPy's own archives need the
  ///   64-bit form.
  public static func bytes(_ arrays: [(name: String, array: NumpyArray)]) throws(WeightsError)
    -> [UInt8]
  {
    var result: [UInt8] = []
    var directory: [UInt8] = []
    for (name, array) in arrays {
      let content = bytes(array)
      let file = Array("\(name).npy".utf8)
      guard result.count + content.count < Int(UInt32.max) - 1 << 20 else {
        throw .tooLarge(file: name)
      }
      let checksum = content.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) }
      // Version 2.0, no flags, stored, no time (1980-01-01), checksum, sizes, lengths of name, extra.
      let common =
        little(20, 2) + little(0, 2) + little(0, 2) + little(0, 2) + little(0x21, 2)
        + little(Int(checksum), 4) + little(content.count, 4) + little(content.count, 4)
        + little(file.count, 2) + little(0, 2)
      directory +=
        little(0x0201_4B50, 4) + little(20, 2) + common + little(0, 2) + little(0, 2)
        + little(0, 2) + little(0, 4) + little(result.count, 4) + file
      result += little(0x0403_4B50, 4) + common + file + content
    }
    let start = result.count
    result += directory
    result +=
      little(0x0605_4B50, 4) + little(0, 4) + little(arrays.count, 2) + little(arrays.count, 2)
      + little(directory.count, 4) + little(start, 4) + little(0, 2)
    return result
  }

  /// One `.npy` file, version 1.0.
  private static func bytes(_ array: NumpyArray) -> [UInt8] {
    switch array {
    case .numbers(let tensor):
      return header("<f4", tensor.shape) + tensor.values.withUnsafeBytes { Array($0) }
    case .integers(let numbers):
      return header("<i8", [numbers.count]) + numbers.withUnsafeBytes { Array($0) }
    case .texts(let texts):
      let width = max(1, texts.map(\.unicodeScalars.count).max() ?? 1)
      var content: [UInt8] = []
      for text in texts {
        for scalar in text.unicodeScalars { content += little(Int(scalar.value), 4) }
        content += [UInt8](repeating: 0, count: 4 * (width - text.unicodeScalars.count))
      }
      return header("<U\(width)", [texts.count]) + content
    }
  }

  private static func header(_ type: String, _ shape: [Int]) -> [UInt8] {
    let extents = shape.map { "\($0)," }.joined(separator: " ")
    var text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(extents)), }"
    // Magic, version and length take 10 bytes; the numbers start at a multiple of 64.
    text += String(repeating: " ", count: 63 - (10 + text.utf8.count) % 64) + "\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0] + little(text.utf8.count, 2) + Array(text.utf8)
  }

  private static func little(_ value: Int, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
