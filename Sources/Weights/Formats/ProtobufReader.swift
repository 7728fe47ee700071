// The wire format of protocol buffers, as far as weight files need it.

import Files

/// One field of a message.
struct ProtobufField {
  enum Value {
    case varint(UInt64)
    case fixed32(UInt32)
    case fixed64(UInt64)
    /// Text, bytes, packed numbers or a message: a stretch of the file.
    case bytes(Range<Int>)
  }
  let number: Int
  let value: Value
}

/// Reads the fields of one message in order. Nothing is allocated for what a file merely promises:
/// every length is checked against the message that holds it.
struct ProtobufReader {
  private let bytes: [UInt8]
  private let file: String
  private var position: Int
  private let end: Int

  init(_ bytes: [UInt8], file: String, range: Range<Int>? = nil) {
    self.bytes = bytes
    self.file = file
    position = range?.lowerBound ?? 0
    end = range?.upperBound ?? bytes.count
  }

  func damaged(_ reason: String) -> WeightsError { .malformed(file: file, reason: reason) }

  /// The next field; nil at the message's end.
  mutating func next() throws(WeightsError) -> ProtobufField? {
    guard position < end else { return nil }
    let key = try varint()
    guard key >> 3 > 0, key >> 3 < 1 << 29 else {
      throw damaged("a field without number at offset \(position)")
    }
    let value: ProtobufField.Value
    switch key & 7 {
    case 0: value = .varint(try varint())
    case 1: value = .fixed64(try fixed(8))
    case 2:
      let length = try varint()
      guard length <= UInt64(end - position) else {
        throw damaged("a field of \(length) bytes at offset \(position) passes the end")
      }
      value = .bytes(position..<position + Int(length))
      position += Int(length)
    case 5: value = .fixed32(UInt32(try fixed(4)))
    default: throw damaged("a field of an unknown kind at offset \(position)")
    }
    return ProtobufField(number: Int(key >> 3), value: value)
  }

  /// A reader of a message inside this one.
  func message(_ range: Range<Int>) -> ProtobufReader {
    ProtobufReader(bytes, file: file, range: range)
  }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  func slice(_ range: Range<Int>) -> ArraySlice<UInt8> { bytes[range] }

  /// The numbers of a repeated integer field: one, or several packed.
  func integers(_ value: ProtobufField.Value) throws(WeightsError) -> [Int] {
    switch value {
    case .varint(let one): return [Int(truncatingIfNeeded: one)]
    case .bytes(let range):
      var reader = message(range)
      var result: [Int] = []
      while reader.position < reader.end {
        result.append(Int(truncatingIfNeeded: try reader.varint()))
      }
      return result
    default: throw damaged("an integer at offset \(position) is stored as another kind")
    }
  }

  /// Appends the numbers of a repeated float or double field: one, or several packed.
  func appendFloats(
    _ value: ProtobufField.Value, _ type: ElementType, to result: inout [Float]
  ) throws(WeightsError) {
    switch (value, type) {
    case (.fixed32(let bits), .float32): result.append(Float(bitPattern: bits))
    case (.fixed64(let bits), .float64): result.append(Float(Double(bitPattern: bits)))
    case (.bytes(let range), _):
      guard range.count % type.width == 0 else {
        throw damaged("\(range.count) bytes of numbers of \(type.width)")
      }
      result += type.floats(bytes[range])
    default: throw damaged("a number at offset \(position) is stored as another kind")
    }
  }

  private mutating func varint() throws(WeightsError) -> UInt64 {
    var result: UInt64 = 0
    for shift in stride(from: 0, to: 64, by: 7) {
      guard position < end else { throw damaged("it ends in the middle of a number") }
      let byte = bytes[position]
      position += 1
      result |= UInt64(byte & 0x7F) << UInt64(shift)
      if byte < 0x80 { return result }
    }
    throw damaged("a number without end at offset \(position)")
  }

  private mutating func fixed(_ width: Int) throws(WeightsError) -> UInt64 {
    guard width <= end - position else { throw damaged("it ends in the middle of a number") }
    defer { position += width }
    return bytes[position..<position + width].wholeNumber()
  }
}
