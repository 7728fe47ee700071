// What one run of a training plan is part of.

#if canImport(Glibc)
  import Glibc
#endif

/// Set by the trainer before each run.
final class StepContext {
  /// Drawn once per step; every layer derives its own key from it.
  var key: UInt64 = 0
  /// Where the plan's images begin in the step's batch, which may be computed in several parts.
  var firstImage = 0
  /// How many parts the step has.
  var parts = 1
  /// What the loss is divided by: a property of the whole batch.
  var lossTotal = 1.0
  /// What changes a parameter, from one of its numbers on, by its gradient, in plans that update.
  var update: ((ParameterSlot, _ gradient: Value, _ first: Int) -> Void)?

  /// The key of layer number `index`, different for each layer and step.
  func key(ofLayer index: Int) -> UInt64 {
    SeededGenerator.mix(key &+ UInt64(index) &* 0xD1B5_4A32_D192_ED03)
  }

  /// The weight of one part's statistics, so that all parts together weigh as `momentum` says.
  func momentum(_ momentum: Float) -> Float {
    parts == 1 ? momentum : 1 - pow(1 - momentum, 1 / Float(parts))
  }
}
