// Weight files of every kind, told apart by their content.

import CCrypto
import Foundation
import Neural

/// Reads named tensors from a file, whatever its ending says.
public enum WeightFile {
  /// The tensors of a PyTorch checkpoint (zip or legacy), safetensors, npz, a pickle of NumPy
  /// arrays, Keras's HDF5, ONNX, Caffe's caffemodel, TensorFlow-Lite, or TensorFlow.js's `model.json`
  /// with its shards beside it, as `Float`. No code in the file is executed.
  public static func read(_ path: String) throws(WeightsError) -> ParameterSet {
    let url = URL(fileURLWithPath: path)
    return try parse(try bytes(path), file: url.lastPathComponent) { name throws(WeightsError) in
      try bytes(url.deletingLastPathComponent().appendingPathComponent(name).path)
    }
  }

  /// The same from bytes.
  /// - Parameters:
  ///   - file: the name that errors use.
  ///   - sibling: the bytes of a file beside it, which only TensorFlow.js needs.
  public static func parse(
    _ bytes: [UInt8], file: String,
    sibling: (String) throws(WeightsError) -> [UInt8] = { name throws(WeightsError) in
      throw .unreadable(path: name)
    }
  ) throws(WeightsError) -> ParameterSet {
    if bytes.starts(with: [0x50, 0x4B, 3, 4]) {
      let archive = try ZipArchive(bytes, file: file)
      return archive.entries.contains { $0.name.hasSuffix(".npy") }
        ? try NumpyFile.readArchive(bytes, file: file)
        : try TorchFile.readArchive(bytes, file: file)
    }
    if HDF5File.isFile(bytes) { return try HDF5File.read(bytes, file: file) }
    if TensorFlowLiteFile.isModel(bytes) {
      return try TensorFlowLiteFile.read(bytes, file: file)
    }
    if bytes.first == UInt8(ascii: "{") {
      return try TensorFlowJSFile.read(bytes, file: file, shard: sibling)
    }
    if ONNXFile.isModel(bytes) { return try ONNXFile.read(bytes, file: file) }
    if CaffeFile.isNetwork(bytes) { return try CaffeFile.read(bytes, file: file) }
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
