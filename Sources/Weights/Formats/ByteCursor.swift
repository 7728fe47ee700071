// Reading bytes that nobody vouches for: every read is checked against the end.

import Files

/// A position in a file's bytes.
struct ByteCursor {
  let bytes: [UInt8]
  /// The file's name, for errors.
  let file: String
  var position = 0

  init(_ bytes: [UInt8], file: String, at position: Int = 0) {
    self.bytes = bytes
    self.file = file
    self.position = position
  }

  var isAtEnd: Bool { position >= bytes.count }

  func damaged(_ reason: String) -> WeightsError { .malformed(file: file, reason: reason) }

  /// The next `count` bytes.
  mutating func take(_ count: Int) throws(WeightsError) -> ArraySlice<UInt8> {
    guard count >= 0, position >= 0, position <= bytes.count, count <= bytes.count - position
    else { throw damaged("it ends in the middle of \(count) bytes at offset \(position)") }
    defer { position += count }
    return bytes[position..<position + count]
  }

  mutating func byte() throws(WeightsError) -> UInt8 { try take(1).first! }

  /// A little-endian unsigned number of `width` bytes, up to 8.
  mutating func unsigned(_ width: Int) throws(WeightsError) -> UInt64 {
    try take(width).wholeNumber()
  }

  /// A little-endian length that must fit what is left or at least an `Int`.
  mutating func length(_ width: Int) throws(WeightsError) -> Int {
    let value = try unsigned(width)
    guard value <= UInt64(Int.max) else { throw damaged("a length of \(value) bytes") }
    return Int(value)
  }

  /// UTF-8 text; wrong bytes are replaced.
  mutating func text(_ count: Int) throws(WeightsError) -> String {
    String(decoding: try take(count), as: UTF8.self)
  }

  /// Text up to the next newline, which is skipped.
  mutating func line() throws(WeightsError) -> String {
    guard position <= bytes.count, let end = bytes[position...].firstIndex(of: 0x0A) else {
      throw damaged("a line without end at offset \(position)")
    }
    let text = try text(end - position)
    position += 1
    return text
  }
}

/// The product of extents, or nil when it overflows or one is negative.
func elementCount(_ shape: [Int]) -> Int? {
  var count = 1
  for extent in shape {
    guard extent >= 0 else { return nil }
    let (product, overflow) = count.multipliedReportingOverflow(by: extent)
    guard !overflow else { return nil }
    count = product
  }
  return count
}
