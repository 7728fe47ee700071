// TensorFlow-Lite models: the constant tensors of their graphs.

import Neural

/// Reads the constants of a `.tflite` file (schema version 3). Quantised ones become
/// (q − zero point) · scale, per channel where the file says so; integers without scale (shapes,
/// indices) are no weights and left out.
enum TensorFlowLiteFile {
  static func isModel(_ bytes: [UInt8]) -> Bool {
    bytes.count >= 8 && Array(bytes[4..<8]) == Array("TFL3".utf8)
  }

  private static let types: [Int: (type: ElementType, isFloat: Bool)] = [
    0: (.float32, true), 1: (.float16, true), 2: (.int32, false), 3: (.uint8, false),
    4: (.int64, false), 7: (.int16, false), 9: (.int8, false), 10: (.float64, true),
  ]

  static func read(_ bytes: [UInt8], file: String) throws(WeightsError) -> ParameterSet {
    let model = try FlatTable(rootOf: bytes, file: file)
    let buffers = try model.tables(4)
    var set = ParameterSet()
    for graph in try model.tables(2) {
      for tensor in try graph.tables(0) {
        let (name, index) = (try tensor.text(3), try tensor.number(2, width: 4))
        guard index > 0 else { continue }
        guard index < buffers.count else {
          throw .malformed(file: file, reason: "tensor '\(name)' has no buffer \(index)")
        }
        let data = try buffers[index].vector(0, width: 1)
        if data.isEmpty { continue }
        guard try tensor.table(6) == nil else {
          throw .unsupportedType(file: file, tensor: name, type: "sparse")
        }
        if let value = try self.tensor(tensor, name, data, file) {
          // Tensors of one name (control flow, several graphs) are told apart by number.
          var key = name
          var number = 2
          while set[key] != nil {
            key = "\(name)#\(number)"
            number += 1
          }
          set.add(key, value)
        }
      }
    }
    return set
  }

  private static func tensor(
    _ table: FlatTable, _ name: String, _ data: ArraySlice<UInt8>, _ file: String
  ) throws(WeightsError) -> Tensor? {
    let code = try table.number(1, width: 1)
    let shape = ElementType.int32.integers(try table.vector(0, width: 4))
    let quantisation = try table.table(4)
    let scales = ElementType.float32.floats(try quantisation?.vector(2, width: 4) ?? [])
    guard let (type, isFloat) = types[code] else {
      // Text and truth values are no weights; packed or complex numbers cannot be read.
      if code == 5 || code == 6 { return nil }
      throw .unsupportedType(file: file, tensor: name, type: "\(code) of TensorFlow-Lite")
    }
    guard isFloat || !scales.isEmpty else { return nil }
    guard let count = elementCount(shape), count <= data.count, count * type.width == data.count
    else {
      throw .malformed(
        file: file, reason: "'\(name)' has \(data.count) bytes for the shape \(shape)")
    }
    var values = type.floats(data)
    if isFloat { return Tensor(shape: shape, values: values) }
    let zeros = ElementType.int64.integers(try quantisation?.vector(3, width: 8) ?? [])
    let axis = try quantisation?.number(6, width: 4) ?? 0
    let channels = scales.count == 1 ? 1 : axis < shape.count ? shape[axis] : 0
    guard scales.count == channels, zeros.isEmpty || zeros.count == channels else {
      throw .malformed(
        file: file, reason: "'\(name)' has \(scales.count) scales for the shape \(shape)")
    }
    let inner = channels == 1 ? values.count : shape[(axis + 1)...].reduce(1, *)
    for position in values.indices {
      let channel = channels == 1 ? 0 : position / inner % channels
      let zero = zeros.isEmpty ? 0 : Float(zeros[channel])
      values[position] = (values[position] - zero) * scales[channel]
    }
    return Tensor(shape: shape, values: values)
  }
}
