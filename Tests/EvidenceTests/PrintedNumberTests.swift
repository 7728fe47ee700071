// Facts about numbers as they are printed.

import Evidence
import Testing

@Suite struct PrintedNumberTests {
  @Test(
    "A printed number keeps its value and its decimals",
    arguments: [
      ("98.88", 98.88, 2), ("93", 93, 0), ("90.0", 90, 1), ("7,909", 7909, 0),
      ("277,524", 277_524, 0), ("−0.5", -0.5, 1), ("0.931", 0.931, 3), ("1,234.50", 1234.5, 2),
    ])
  func reads(_ text: String, _ value: Double, _ decimals: Int) throws {
    let number = try #require(PrintedNumber(text))
    #expect(number.low == value && number.high == value)
    #expect(number.decimals == decimals)
    #expect(number.text == text && !number.isRange)
  }

  @Test("A printed range keeps both ends", arguments: ["[0.7, 0.94]", "0.7–0.94", "0.7 – 0.94"])
  func readsRanges(_ text: String) throws {
    let number = try #require(PrintedNumber(text))
    #expect(number.low == 0.7 && number.high == 0.94 && number.decimals == 2 && number.isRange)
  }

  @Test(
    "What is not a number is refused",
    arguments: ["", "n/a", "98.", ".5", "1,23", "12,34,567", "98.8.8", "[0.9, 0.7]", "1e3", "9 8,"])
  func refuses(_ text: String) {
    #expect(PrintedNumber(text) == nil)
  }

  @Test(
    "Half of the last printed place bounds the rounding",
    arguments: [("98.88", 0.005), ("93", 0.5)])
  func halfWidth(_ text: String, _ width: Double) throws {
    #expect(abs(try #require(PrintedNumber(text)).halfWidth - width) < 1e-15)
  }
}
