// The keys that dropout and stochastic depth draw from in one training step.

/// Set before each step from the trainer's generator; every layer derives its own key from it.
final class StepRandomness {
  var key: UInt64 = 0

  /// The key of layer number `index`, different for each layer and step.
  func key(ofLayer index: Int) -> UInt64 {
    SeededGenerator.mix(key &+ UInt64(index) &* 0xD1B5_4A32_D192_ED03)
  }
}
