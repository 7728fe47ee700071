// Weight files of every kind, told apart by their content.

import CCrypto
import Foundation
import Neural

/// Reads named tensors from a file, whatever its ending says.
public enum WeightFile {
  /// The tensors of a PyTorch checkpoint (zip or legacy), safetensors, npz, or pickle of NumPy
  /// arrays, as `Float`. No code in the file is executed.
  public static func read(_ path: String) throws(WeightsError) -> ParameterSet {
    try parse(try bytes(path), file: URL(fileURLWithPath: path).lastPathComponent)
  }

  /// The same from bytes; `file` is the name that errors use.
  public static func parse(_ bytes: [UInt8], file: String) throws(WeightsError) -> ParameterSet {
    if bytes.starts(with: [0x50, 0x4B, 3, 4]) {
      let archive = try ZipArchive(bytes, file: file)
      return archive.entries.contains { $0.name.hasSuffix(".npy") }
        ? try NumpyFile.readArchive(bytes, file: file)
        : try TorchFile.readArchive(bytes, file: file)
    }
    if bytes.count > 8, bytes[8] == UInt8(ascii: "{") {
      return try Safetensors.read(bytes, file: file)
    }
    if bytes.first == 0x80 { return try TorchFile.readPickle(bytes, file: file) }
    throw .unknownFormat(file: file)
  }

  static func bytes(_ path: String) throws(WeightsError) -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .unreadable(path: path)
    }
    return [UInt8](data)
  }

  /// The SHA-256 of bytes, in lower-case hexadecimal.
  public static func sha256(_ bytes: [UInt8]) -> String {
    var digest = [UInt8](repeating: 0, count: 32)
    var length: UInt32 = 0
    EVP_Digest(bytes, bytes.count, &digest, &length, EVP_sha256(), nil)
    return digest.map { byte in
      let text = String(byte, radix: 16)
      return byte < 16 ? "0" + text : text
    }.joined()
  }
}
