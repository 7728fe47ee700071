// The kinds of numbers in weight files, all turned into Float.

import Files

/// How one element is stored; little-endian unless said otherwise.
enum ElementType: Sendable, Equatable {
  case float16, bfloat16, float32, float64
  case int8, int16, int32, int64, uint8, bool

  var width: Int {
    switch self {
    case .int8, .uint8, .bool: 1
    case .float16, .bfloat16, .int16: 2
    case .float32, .int32: 4
    case .float64, .int64: 8
    }
  }

  /// The numbers in `bytes`, whose count must be a multiple of the width.
  func floats(_ bytes: ArraySlice<UInt8>, isBigEndian: Bool = false) -> [Float] {
    precondition(bytes.count % width == 0, "\(bytes.count) bytes of elements of \(width)")
    let count = bytes.count / width
    return [Float](unsafeUninitializedCapacity: count) { target, initialized in
      bytes.withUnsafeBytes { source in
        for i in 0..<count { target[i] = element(source, i * width, isBigEndian) }
      }
      initialized = count
    }
  }

  /// The whole numbers in `bytes`, little-endian, of an integer type.
  func integers(_ bytes: ArraySlice<UInt8>) -> [Int] {
    stride(from: bytes.startIndex, to: bytes.endIndex - width + 1, by: width).map { start in
      let bits = bytes[start..<start + width].wholeNumber()
      let unused = 64 - 8 * width
      return Int(Int64(bitPattern: bits << UInt64(unused)) >> Int64(unused))
    }
  }

  private func element(
    _ source: UnsafeRawBufferPointer, _ offset: Int, _ isBigEndian: Bool
  ) -> Float {
    func load<T: FixedWidthInteger>(_ type: T.Type) -> T {
      let raw = source.loadUnaligned(fromByteOffset: offset, as: T.self)
      return isBigEndian ? T(bigEndian: raw) : T(littleEndian: raw)
    }
    switch self {
    case .float32: return Float(bitPattern: load(UInt32.self))
    case .float64: return Float(Double(bitPattern: load(UInt64.self)))
    case .bfloat16: return Float(bitPattern: UInt32(load(UInt16.self)) << 16)
    case .float16: return Self.half(load(UInt16.self))
    case .int8: return Float(load(Int8.self))
    case .int16: return Float(load(Int16.self))
    case .int32: return Float(load(Int32.self))
    case .int64: return Float(load(Int64.self))
    case .uint8: return Float(load(UInt8.self))
    case .bool: return load(UInt8.self) == 0 ? 0 : 1
    }
  }

  /// IEEE 754 half precision.
  private static func half(_ bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10) & 0x1F
    let fraction = UInt32(bits & 0x3FF)
    switch exponent {
    case 0:
      let magnitude = Float(fraction) * 0x1p-24
      return sign == 0 ? magnitude : -magnitude
    case 31: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }

  /// NumPy's type strings, such as "<f4".
  static func numpy(_ descriptor: String) -> (type: ElementType, isBigEndian: Bool)? {
    let isBigEndian = descriptor.hasPrefix(">")
    let kind =
      descriptor.first.map { "<>|=".contains($0) } == true
      ? String(descriptor.dropFirst()) : descriptor
    let types: [String: ElementType] = [
      "f2": .float16, "f4": .float32, "f8": .float64, "i1": .int8, "i2": .int16, "i4": .int32,
      "i8": .int64, "u1": .uint8, "b1": .bool,
    ]
    return types[kind].map { ($0, isBigEndian) }
  }
}
