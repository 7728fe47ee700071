// Whole numbers in foreign bytes are read in either order and never beyond the end.

import Files
import Testing

@Suite struct ForeignBytesTests {
  private let bytes: [UInt8] = [0x01, 0x02, 0x80, 0xFF]

  @Test func `Numbers are little-endian unless said otherwise`() {
    #expect(bytes.wholeNumber(at: 0, size: 2) == 0x0201)
    #expect(bytes.wholeNumber(at: 0, size: 2, isBigEndian: true) == 0x0102)
    #expect(bytes.wholeNumber() == 0xFF80_0201)
    #expect(bytes[1..<3].wholeNumber(isBigEndian: true) == 0x0280)
    #expect([UInt8](repeating: 0xFF, count: 8).wholeNumber() == .max)
  }

  @Test(arguments: [(-1, 2), (3, 2), (4, 1), (0, 5), (Int.max, 8), (0, -1)])
  func `A number that the bytes end before is none`(start: Int, size: Int) {
    #expect(bytes.wholeNumber(at: start, size: size) == nil)
  }
}
