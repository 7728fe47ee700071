// One NumPy array file (`.npy`), as found alone or inside an `.npz` (MedMNIST).
import Files

/// An array as NumPy saved it: its shape, element type and raw elements in row-major order.
package struct NumPyArray: Sendable {
  package enum Element: Sendable, Equatable {
    case unsigned(Int)
    case signed(Int)
    case float(Int)
    case bool
    case unicode(Int)
    case bytes(Int)

    var size: Int {
      switch self {
      case .unsigned(let n), .signed(let n), .float(let n), .bytes(let n): n
      case .bool: 1
      case .unicode(let n): 4 * n
      }
    }
  }

  package let name: String
  package let shape: [Int]
  package let element: Element
  private let isBigEndian: Bool
  private let storage: [UInt8]
  /// Where in `storage` the elements begin.
  private let start: Int

  package var count: Int { shape.reduce(1, *) }

  /// Reads format versions 1 to 3; Fortran order and objects are refused.
  package init(_ bytes: [UInt8], name: String) throws(ImagingError) {
    func bad(_ reason: String) -> ImagingError { .badArray(file: name, reason: reason) }
    guard bytes.count >= 10, bytes.starts(with: [0x93] + Array("NUMPY".utf8)) else {
      throw bad("it does not begin as a .npy file does")
    }
    let isLong = bytes[6] >= 2
    guard (1...3).contains(bytes[6]), !isLong || bytes.count >= 12 else {
      throw bad("format version \(bytes[6])")
    }
    let start = isLong ? 12 : 10
    let length = Int(bytes[8..<start].wholeNumber())
    guard length <= 65536, bytes.count - start >= length else {
      throw bad("the header is cut short")
    }
    let header = NumPyHeader(String(decoding: bytes[start..<start + length], as: UTF8.self))
    guard let type = header.text("descr"), let order = header.word("fortran_order"),
      let shape = header.shape
    else { throw bad("the header lacks descr, fortran_order or shape") }
    guard order == "False" || shape.count <= 1 else { throw bad("Fortran order is not read here") }
    guard let element = Self.element(of: type) else {
      throw bad("elements of type \(type) are not read here")
    }
    var total = element.size
    for side in shape {
      let (product, overflow) = total.multipliedReportingOverflow(by: side)
      guard !overflow else { throw bad("a shape of \(shape)") }
      total = product
    }
    guard bytes.count - start - length >= total else {
      throw bad("\(bytes.count - start - length) of \(total) bytes of elements")
    }
    self.name = name
    self.shape = shape
    self.element = element
    isBigEndian = type.hasPrefix(">")
    storage = bytes
    self.start = start + length
  }

  /// The elements as bytes, for 8-bit arrays.
  package func bytes() throws(ImagingError) -> [UInt8] {
    guard element == .unsigned(1) || element == .bool else {
      throw .badArray(file: name, reason: "elements are not unsigned bytes")
    }
    return Array(storage[start..<start + count])
  }

  /// The elements as pictures of `width` × `height` × `channels` bytes, without a copy.
  package func pictures(width: Int, height: Int, channels: Int) throws(ImagingError) -> PixelStore {
    guard element == .unsigned(1) else {
      throw .badArray(file: name, reason: "elements are not unsigned bytes")
    }
    return PixelStore(
      width: width, height: height, channels: channels, bytes: storage, from: start,
      count: count / (width * height * channels))
  }

  /// The elements as whole numbers, for integer and boolean arrays.
  package func integers() throws(ImagingError) -> [Int] {
    switch element {
    case .unsigned(let size), .signed(let size):
      return (0..<count).map { i in
        let value = word(i * size, size)
        if case .signed = element, size < 8, value >> UInt64(8 * size - 1) & 1 == 1 {
          return Int(value) - 1 << (8 * size)
        }
        return Int(truncatingIfNeeded: value)
      }
    case .bool: return try bytes().map { $0 == 0 ? 0 : 1 }
    default: throw .badArray(file: name, reason: "elements are not whole numbers")
    }
  }

  /// The elements as floating-point numbers, for numeric arrays.
  package func floats() throws(ImagingError) -> [Float] {
    switch element {
    case .float(4):
      return (0..<count).map { Float(bitPattern: UInt32(word($0 * 4, 4))) }
    case .float(8):
      return (0..<count).map { Float(Double(bitPattern: word($0 * 8, 8))) }
    default: return try integers().map(Float.init)
    }
  }

  /// The elements as text, for string arrays.
  package func strings() throws(ImagingError) -> [String] {
    switch element {
    case .unicode(let length):
      return (0..<count).map { i in
        var text = String.UnicodeScalarView()
        for k in 0..<length {
          let code = UInt32(word((i * length + k) * 4, 4))
          if code == 0 { break }
          text.append(UnicodeScalar(code) ?? "\u{FFFD}")
        }
        return String(text)
      }
    case .bytes(let length):
      return (0..<count).map { i in
        let from = start + i * length
        return String(decoding: storage[from..<from + length].prefix { $0 != 0 }, as: UTF8.self)
      }
    default: throw .badArray(file: name, reason: "elements are not text")
    }
  }

  private func word(_ at: Int, _ size: Int) -> UInt64 {
    storage[start + at..<start + at + size].wholeNumber(isBigEndian: isBigEndian)
  }

  private static func element(of type: String) -> Element? {
    let body = type.drop { "<>|=".contains($0) }
    guard let kind = body.first else { return nil }
    let size = Int(body.dropFirst())
    switch (kind, size) {
    case ("u", .some(1)), ("u", .some(2)), ("u", .some(4)), ("u", .some(8)): return .unsigned(size!)
    case ("i", .some(1)), ("i", .some(2)), ("i", .some(4)), ("i", .some(8)): return .signed(size!)
    case ("f", .some(4)), ("f", .some(8)): return .float(size!)
    case ("b", .some(1)): return .bool
    case ("U", .some(1...4096)): return .unicode(size!)
    case ("S", .some(1...4096)): return .bytes(size!)
    default: return nil
    }
  }
}

/// The Python dictionary literal at the head of a `.npy` file, as far as NumPy writes it.
private struct NumPyHeader {
  private let text: Substring

  init(_ text: String) { self.text = text[...] }

  private func after(_ key: String) -> Substring? {
    for quote in ["'", "\""] {
      let needle = quote + key + quote
      var rest = text
      while let start = rest.firstIndex(of: Character(quote)) {
        rest = rest[start...]
        if rest.hasPrefix(needle) {
          let tail = rest.dropFirst(needle.count).drop { $0 == " " || $0 == ":" }
          return tail
        }
        rest = rest.dropFirst()
      }
    }
    return nil
  }

  func text(_ key: String) -> String? {
    guard let tail = after(key), let quote = tail.first, quote == "'" || quote == "\"" else {
      return nil
    }
    return String(tail.dropFirst().prefix { $0 != quote })
  }

  func word(_ key: String) -> String? {
    after(key).map { String($0.prefix { $0.isLetter }) }
  }

  var shape: [Int]? {
    guard let tail = after("shape"), tail.first == "(" else { return nil }
    let inside = tail.dropFirst().prefix { $0 != ")" }
    var sides: [Int] = []
    for part in inside.split(separator: ",") {
      let digits = part.filter { $0 != " " && $0 != "L" }
      if digits.isEmpty { continue }
      guard let side = Int(digits), side >= 0 else { return nil }
      sides.append(side)
    }
    return sides.count <= 8 ? sides : nil
  }
}
