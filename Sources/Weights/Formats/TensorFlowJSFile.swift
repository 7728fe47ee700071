// TensorFlow.js models: a JSON manifest with its shards beside it.

import Foundation
import Neural

/// Reads `model.json` of TensorFlow.js (layers or graph model) and the shards it names, which must
/// lie in the same folder. Numbers quantised to 8 or 16 bits become q · scale + min.
enum TensorFlowJSFile {
  /// - Parameter shard: the bytes of a file beside the manifest.
  static func read(
    _ bytes: [UInt8], file: String, shard: (String) throws(WeightsError) -> [UInt8]
  ) throws(WeightsError) -> ParameterSet {
    guard let root = (try? JSONSerialization.jsonObject(with: Data(bytes))) as? [String: Any],
      let groups = root["weightsManifest"] as? [[String: Any]]
    else { throw .unknownFormat(file: file) }
    var set = ParameterSet()
    for group in groups {
      guard let paths = group["paths"] as? [String],
        let weights = group["weights"] as? [[String: Any]]
      else { throw .malformed(file: file, reason: "a group of the manifest is incomplete") }
      var content: [UInt8] = []
      for path in paths {
        guard !path.isEmpty, !path.contains("/"), path != "..", path != "." else {
          throw .forbidden(file: file, request: path)
        }
        content += try shard(path)
      }
      var cursor = ByteCursor(content, file: paths.first ?? file)
      for weight in weights { try read(weight, &cursor, file, to: &set) }
      guard cursor.isAtEnd else {
        throw cursor.damaged("\(content.count - cursor.position) bytes belong to no tensor")
      }
    }
    return set
  }

  private static func read(
    _ weight: [String: Any], _ cursor: inout ByteCursor, _ file: String, to set: inout ParameterSet
  ) throws(WeightsError) {
    guard let name = weight["name"] as? String, let shape = weight["shape"] as? [Int],
      let type = weight["dtype"] as? String, set[name] == nil
    else { throw .malformed(file: file, reason: "a weight of the manifest is incomplete") }
    let quantisation = weight["quantization"] as? [String: Any]
    let stored = quantisation?["dtype"] as? String ?? type
    let types: [String: ElementType] = [
      "float32": .float32, "float16": .float16, "int32": .int32, "uint8": .uint8, "bool": .bool,
    ]
    // Only quantisation stores unsigned 16-bit numbers.
    let isWide = stored == "uint16"
    guard let element = isWide ? .int16 : types[stored] else {
      throw .unsupportedType(file: file, tensor: name, type: stored)
    }
    guard let count = elementCount(shape), count <= cursor.bytes.count else {
      throw .malformed(file: file, reason: "'\(name)' has the shape \(shape)")
    }
    var values = element.floats(try cursor.take(count * element.width))
    if isWide { values = values.map { $0 < 0 ? $0 + 65536 : $0 } }
    if let quantisation, stored != "float16" {
      guard let scale = (quantisation["scale"] as? NSNumber)?.floatValue,
        let lowest = (quantisation["min"] as? NSNumber)?.floatValue
      else { throw .malformed(file: file, reason: "the quantisation of '\(name)' is incomplete") }
      values = values.map { $0 * scale + lowest }
    }
    set.add(name, Tensor(shape: shape, values: values))
  }
}
