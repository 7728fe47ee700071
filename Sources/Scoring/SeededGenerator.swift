// The seeded random generator that every random procedure of the project takes as an argument.

/// xoshiro256** seeded through SplitMix64: fast, 256 bits of state, the same on every machine.
///
/// Blackman & Vigna 2021, doi:10.1145/3460772. Not for secrets.
public struct SeededGenerator: RandomNumberGenerator, Hashable, Sendable {
  private var state: (UInt64, UInt64, UInt64, UInt64)

  /// A generator whose whole sequence is determined by `seed`.
  public init(seed: UInt64) {
    var mixer = seed
    func split() -> UInt64 {
      mixer &+= 0x9E37_79B9_7F4A_7C15
      var word = mixer
      word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
      word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
      return word ^ (word >> 31)
    }
    state = (split(), split(), split(), split())
  }

  public mutating func next() -> UInt64 {
    let product = state.1 &* 5
    let result = ((product << 7) | (product >> 57)) &* 9
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = (state.3 << 45) | (state.3 >> 19)
    return result
  }

  /// A uniform number in [0, 1) with 53 random bits.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1.0p-53 }

  /// A uniform integer in 0 ..< bound, without bias (Lemire 2019); bound must be positive.
  public mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0, "below(_:) needs a positive bound, got \(bound)")
    let range = UInt64(bound)
    var wide = next().multipliedFullWidth(by: range)
    if wide.low < range {
      let threshold = (0 &- range) % range
      while wide.low < threshold { wide = next().multipliedFullWidth(by: range) }
    }
    return Int(wide.high)
  }

  public static func == (left: SeededGenerator, right: SeededGenerator) -> Bool {
    left.state == right.state
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(state.0)
    hasher.combine(state.1)
    hasher.combine(state.2)
    hasher.combine(state.3)
  }
}
