// What a plan is compiled for.

/// The uses of a network that need different plans.
struct PlanPurpose: Equatable {
  /// Layers whose outputs are wanted.
  var outputs: [Int]
  /// Nil runs forward only, everything folded and fused.
  var training: Training?
  /// A frozen layer whose output's gradient is wanted all the same.
  var probe: Int?

  struct Training: Equatable {
    /// Layers up to this index are frozen: they run as in inference and get no gradients.
    var frozenThrough: Int
    /// Whether normalisation in the trained part uses the running statistics.
    var frozenStatistics: Bool
    /// Whether each parameter is changed inside backward, as soon as its gradient is known and nothing
    /// reads its old value any more: gradients then need memory for a moment only. Otherwise all
    /// gradients are left in the parameters' slots.
    var updates = false
  }
}

/// How the algorithm of each convolution is chosen.
public enum AlgorithmChoice: Sendable, Equatable {
  /// By the layer's shape: the same on every machine.
  case heuristic
  /// Direct convolution everywhere: slower, with the smallest rounding errors.
  case direct
  /// By timing both when the plan is made. `Model.algorithms` tells what was chosen.
  case timed
  /// As recorded by an earlier run, so that it can be repeated bit for bit.
  case recorded([String: Bool])
}

/// How a model computes.
public struct ComputeOptions: Sendable, Equatable {
  /// Threads of the machine to use; 0 means all.
  public var threads: Int
  /// Images per run in `logits` and `features`.
  public var batch: Int
  public var algorithms: AlgorithmChoice
  public var precision: Precision

  public init(
    threads: Int = 0, batch: Int = 32, algorithms: AlgorithmChoice = .heuristic,
    precision: Precision = .float32
  ) {
    self.threads = threads
    self.batch = batch
    self.algorithms = algorithms
    self.precision = precision
  }
}
