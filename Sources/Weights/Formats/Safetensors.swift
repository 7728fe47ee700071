// The safetensors format: a JSON header and raw arrays.

import Foundation
import Neural

/// Reads and writes safetensors (github.com/huggingface/safetensors, format 0.x).
public enum Safetensors {
  private static let types: [String: ElementType] = [
    "F16": .float16, "BF16": .bfloat16, "F32": .float32, "F64": .float64, "I8": .int8,
    "I16": .int16, "I32": .int32, "I64": .int64, "U8": .uint8, "BOOL": .bool,
  ]

  /// The tensors of a file in the order of their bytes, converted to `Float`.
  public static func read(
    _ bytes: [UInt8], file: String = "safetensors"
  ) throws(WeightsError) -> ParameterSet {
    var cursor = ByteCursor(bytes, file: file)
    let length = try cursor.length(8)
    let header = Data(try cursor.take(length))
    let start = cursor.position
    guard let entries = (try? JSONSerialization.jsonObject(with: header)) as? [String: Any] else {
      throw cursor.damaged("its header is not a JSON object")
    }
    var records: [(name: String, type: String, shape: [Int], from: Int, to: Int)] = []
    for (name, value) in entries where name != "__metadata__" {
      guard let entry = value as? [String: Any], let type = entry["dtype"] as? String,
        let shape = entry["shape"] as? [Int], let offsets = entry["data_offsets"] as? [Int],
        offsets.count == 2
      else { throw cursor.damaged("the header's entry '\(name)' is incomplete") }
      records.append((name, type, shape, offsets[0], offsets[1]))
    }
    records.sort { ($0.from, $0.to, $0.name) < ($1.from, $1.to, $1.name) }
    var set = ParameterSet()
    for record in records {
      guard let type = types[record.type] else {
        throw .unsupportedType(file: file, tensor: record.name, type: record.type)
      }
      guard let count = elementCount(record.shape), record.from >= 0, record.to >= record.from,
        record.to <= bytes.count - start, count <= bytes.count,
        record.to - record.from == count * type.width
      else { throw cursor.damaged("the bytes of '\(record.name)' do not fit its shape") }
      set.add(
        record.name,
        Tensor(
          shape: record.shape,
          values: type.floats(bytes[start + record.from..<start + record.to])))
    }
    return set
  }

  /// The file's bytes: single precision, in the set's order, with string metadata.
  public static func write(_ set: ParameterSet, metadata: [String: String] = [:]) -> [UInt8] {
    var entries: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }
        .map { "\(quoted($0.key)):\(quoted($0.value))" }
      entries.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    var offset = 0
    for name in set.names {
      let tensor = set[name]!
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      entries.append(
        "\(quoted(name)):{\"dtype\":\"F32\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(offset),\(offset + 4 * tensor.count)]}")
      offset += 4 * tensor.count
    }
    var header = Array("{\(entries.joined(separator: ","))}".utf8)
    while header.count % 8 != 0 { header.append(0x20) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + header.count + offset)
    for shift in stride(from: 0, to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: UInt64(header.count) >> UInt64(shift)))
    }
    bytes += header
    for name in set.names { set[name]!.values.withUnsafeBytes { bytes.append(contentsOf: $0) } }
    return bytes
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\u{0}"..<"\u{20}":
        let code = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - code.count) + code
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
