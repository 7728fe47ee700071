// Exact integers and fractions against 64- and 128-bit arithmetic.
import Scoring
import Testing

@testable import Consistency

@Suite struct WideIntegerTests {
  @Test func `Sums and products agree with 128-bit arithmetic`() {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<20_000 {
      let a = Int(truncatingIfNeeded: generator.next()) >> generator.below(60)
      let b = Int(truncatingIfNeeded: generator.next()) >> generator.below(60)
      let c = Int(truncatingIfNeeded: generator.next()) >> generator.below(60)
      let left = WideInteger(a) * WideInteger(b) - WideInteger(c)
      let right = WideInteger(b) * WideInteger(c) + WideInteger(a)
      let expected = Int128(a) * Int128(b) - Int128(c)
      let other = Int128(b) * Int128(c) + Int128(a)
      let sign = expected < other ? -1 : expected == other ? 0 : 1
      #expect(WideInteger.sign(of: left, minus: right) == sign)
    }
  }

  @Test func `Square roots are compared exactly where floating point sees a tie`() {
    let square = WideFraction(4_000_000_004_000_000_001, 1)
    #expect(square.signOfSquareRoot(minus: WideFraction(2_000_000_001)) == 0)
    #expect(
      (square + WideFraction(1, 1000)).signOfSquareRoot(minus: WideFraction(2_000_000_001)) == 1)
    #expect((-square).signOfSquareRoot(minus: WideFraction(-2_000_000_001)) == 0)
  }
}
