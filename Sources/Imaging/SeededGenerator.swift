// The one source of randomness here: the same seed gives the same numbers on every machine.

/// A xoshiro256** generator, seeded through SplitMix64 (Blackman and Vigna,
/// doi 10.1145/3460772).
///
/// The draws below are written out rather than taken from the standard library, whose own
/// algorithms may change between toolchains.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: (UInt64, UInt64, UInt64, UInt64)

  package init(seed: UInt64) {
    var mixer = seed
    state = (
      Self.splitMix(&mixer), Self.splitMix(&mixer), Self.splitMix(&mixer), Self.splitMix(&mixer)
    )
  }

  /// A generator of its own for every (seed, stream…) pair, such as (seed, epoch, index).
  package init(seed: UInt64, _ streams: UInt64...) {
    var mixer = seed
    var folded = Self.splitMix(&mixer)
    for stream in streams {
      mixer = folded ^ (stream &* 0x9E37_79B9_7F4A_7C15 &+ 0x632B_E59B_D9B4_E019)
      folded = Self.splitMix(&mixer)
    }
    self.init(seed: folded)
  }

  package mutating func next() -> UInt64 {
    let result = Self.rotate(state.1 &* 5, 7) &* 9
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = Self.rotate(state.3, 45)
    return result
  }

  /// A number in 0..<1 with 53 random bits.
  package mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  package mutating func uniform(_ range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * unit()
  }

  /// A whole number in 0..<bound, without bias (Lemire's rejection).
  package mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0, "a draw below \(bound)")
    let limit = UInt64(bound)
    var product = next().multipliedFullWidth(by: limit)
    if product.low < limit {
      let threshold = (0 &- limit) % limit
      while product.low < threshold { product = next().multipliedFullWidth(by: limit) }
    }
    return Int(product.high)
  }

  package mutating func chance(_ probability: Double) -> Bool { unit() < probability }

  /// A draw from the standard normal distribution: twelve uniforms summed (Irwin–Hall), so that
  /// no library's logarithm or cosine can change the last bit between machines.
  package mutating func normal() -> Double {
    var sum = 0.0
    for _ in 0..<12 { sum += unit() }
    return sum - 6
  }

  /// Fisher–Yates from the end.
  package mutating func shuffle<Element>(_ items: inout [Element]) {
    guard items.count > 1 else { return }
    for last in stride(from: items.count - 1, to: 0, by: -1) {
      items.swapAt(last, below(last + 1))
    }
  }

  private static func splitMix(_ state: inout UInt64) -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  private static func rotate(_ value: UInt64, _ by: UInt64) -> UInt64 {
    (value << by) | (value >> (64 - by))
  }
}
