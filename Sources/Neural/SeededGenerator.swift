// The one source of randomness, passed in wherever a number is drawn.

import CNeuralKernels

#if canImport(Glibc)
  import Glibc
#endif

/// A small seeded generator (SplitMix64; Steele, Lea and Flood, doi 10.1145/2660193.2660195).
///
/// The same seed gives the same numbers on every machine. Its whole state is one word, so a run can
/// be saved and continued.
public struct SeededGenerator: RandomNumberGenerator, Sendable, Equatable {
  /// The word that the next number comes from.
  public private(set) var state: UInt64

  /// Starts at `seed`.
  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mix(state)
  }

  /// A number drawn uniformly from 0..<1, with 53 random bits.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A number drawn from the normal distribution with mean 0 and deviation 1 (Box and Muller).
  public mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }

  /// Fills with what as many calls of `normal` give, times `deviation`, on all threads.
  mutating func fillNormal(_ numbers: UnsafeMutableBufferPointer<Float>, deviation: Double) {
    guard let base = numbers.baseAddress else { return }
    nk_normals(base, state, deviation, numbers.count)
    state &+= UInt64(2 * numbers.count) &* 0x9E37_79B9_7F4A_7C15
  }

  static func mix(_ word: UInt64) -> UInt64 {
    var z = word
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
