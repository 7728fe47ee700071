// Whole numbers inside the bytes of foreign files.

extension Collection<UInt8> {
  /// The whole number that these bytes, at most eight, are.
  @inlinable
  package func wholeNumber(isBigEndian: Bool = false) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    for byte in self {
      if isBigEndian {
        value = value << 8 | UInt64(byte)
      } else {
        value |= UInt64(byte) << shift
        shift += 8
      }
    }
    return value
  }
}

extension [UInt8] {
  /// The whole number of `size` bytes that begins at `at`; nil where the bytes end before it does.
  @inlinable
  package func wholeNumber(at start: Int, size: Int, isBigEndian: Bool = false) -> UInt64? {
    guard start >= 0, size >= 0, start <= count - size else { return nil }
    return self[start..<start + size].wholeNumber(isBigEndian: isBigEndian)
  }
}
