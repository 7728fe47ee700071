// ONNX models: the initialisers of their graph.

import Neural

/// Reads the tensors of `ModelProto.graph.initializer` (onnx.proto, IR version 3 and later). The
/// graph itself is not run: the engine has its own.
enum ONNXFile {
  /// Whether the bytes are a model: an IR version and a graph, by the fields' numbers.
  static func isModel(_ bytes: [UInt8]) -> Bool {
    guard bytes.first == 0x08 else { return false }
    var reader = ProtobufReader(bytes, file: "")
    var hasGraph = false
    while let field = try? reader.next() {
      if field.number == 7, case .bytes = field.value { hasGraph = true }
      if field.number > 100 { return false }
    }
    return hasGraph
  }

  static func read(_ bytes: [UInt8], file: String) throws(WeightsError) -> ParameterSet {
    var model = ProtobufReader(bytes, file: file)
    var set = ParameterSet()
    while let field = try model.next() {
      guard field.number == 7, case .bytes(let range) = field.value else { continue }
      var graph = model.message(range)
      while let part = try graph.next() {
        guard part.number == 5, case .bytes(let tensor) = part.value else { continue }
        let (name, value) = try self.tensor(graph.message(tensor), file: file)
        guard set[name] == nil else { throw graph.damaged("two tensors are called '\(name)'") }
        set.add(name, value)
      }
    }
    return set
  }

  private static let types: [Int: ElementType] = [
    1: .float32, 2: .uint8, 3: .int8, 5: .int16, 6: .int32, 7: .int64, 9: .bool, 10: .float16,
    11: .float64, 16: .bfloat16,
  ]

  /// One TensorProto.
  private static func tensor(
    _ message: ProtobufReader, file: String
  ) throws(WeightsError) -> (String, Tensor) {
    var message = message
    var (name, shape, code) = ("", [Int](), 0)
    var raw: Range<Int>?
    var typed: [ProtobufField] = []
    var isExternal = false
    while let field = try message.next() {
      switch (field.number, field.value) {
      case (1, let value): shape += try message.integers(value)
      case (2, .varint(let type)): code = Int(truncatingIfNeeded: type)
      case (4, _), (5, _), (7, _), (10, _): typed.append(field)
      case (8, .bytes(let range)): name = message.text(range)
      case (9, .bytes(let range)): raw = range
      case (13, _): isExternal = true
      case (14, .varint(let place)): isExternal = isExternal || place == 1
      default: continue
      }
    }
    guard !isExternal else {
      throw message.damaged(
        "the numbers of '\(name)' lie in another file; save the model with its data inside")
    }
    guard let type = types[code] else {
      throw .unsupportedType(file: file, tensor: name, type: "\(code) of ONNX")
    }
    var values: [Float] = []
    if let raw {
      guard raw.count % type.width == 0 else {
        throw message.damaged("the bytes of '\(name)' do not fit its type")
      }
      values = type.floats(message.slice(raw))
    } else {
      for field in typed {
        switch (field.number, type) {
        case (4, .float32): try message.appendFloats(field.value, .float32, to: &values)
        case (10, .float64): try message.appendFloats(field.value, .float64, to: &values)
        case (5, .float16), (5, .bfloat16):
          // Half precision lies as bits in 32-bit integers.
          let bits = try message.integers(field.value).flatMap {
            [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)]
          }
          values += type.floats(bits[...])
        case (5, .int8), (5, .int16), (5, .int32), (5, .uint8), (5, .bool), (7, .int64):
          values += try message.integers(field.value).map(Float.init)
        default: throw message.damaged("the numbers of '\(name)' are stored as another type")
        }
      }
    }
    guard elementCount(shape) == values.count else {
      throw message.damaged("'\(name)' has \(values.count) numbers for the shape \(shape)")
    }
    return (name, Tensor(shape: shape, values: values))
  }
}
