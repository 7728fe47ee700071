// How much memory a model needs, known before it runs.

/// Bytes that a model's work takes, by what they are for. Images, and parameter sets that the caller
/// keeps, are not counted.
public struct MemoryEstimate: Sendable, Equatable {
  /// The parameters, running statistics included.
  public var parameters = 0
  /// Parameters once more, in the layouts that some layers want them in, and with normalisation
  /// folded in.
  public var copies = 0
  /// Intermediate results and the library's scratch memory.
  public var activations = 0
  /// Gradients of all parameters that learn, twice, where they are accumulated. None where a batch is
  /// computed at once: each gradient is then used up as soon as it is known, and counts among the
  /// activations.
  public var gradients = 0
  public var optimizerState = 0
  /// Compiled code of the library.
  public var code = 0

  /// All of it.
  public var total: Int {
    parameters + copies + activations + gradients + optimizerState + code
  }

  /// Compiled code and bookkeeping of one primitive, as measured on an x86-64 CPU.
  static let bytesPerPrimitive = 40 << 10
}

/// What a plan holds at the step that needs the most memory.
public struct MemoryPeak: Sendable, Equatable {
  /// One tensor, called after the step that makes it: "conv1 convolution".
  public struct Held: Sendable, Equatable {
    public let name: String
    public let bytes: Int
  }

  /// The step, called likewise.
  public let step: String
  /// Largest first.
  public let held: [Held]
}

extension Model {
  /// What inference on batches of `batch` images takes, up to the layer called `layer` (nil: to the
  /// end). Compiles the plan but runs nothing.
  public func memoryEstimate(
    batch: Int, at layer: String? = nil
  ) throws(NeuralError) -> MemoryEstimate {
    guard batch > 0 else {
      throw .badOption(name: "batch", value: "\(batch)", expected: "at least 1")
    }
    let output = try layer.map { name throws(NeuralError) in try network.index(of: name) }
    var estimate = try plan(batch: batch, output: output ?? network.layers.count - 1).estimate
    estimate.parameters = store.byteCount
    return estimate
  }
}
