// Where the time of one run goes, layer by layer.

/// What one step of a plan did and how long it took.
public struct LayerTime: Sendable, Equatable {
  public let layer: String
  /// The kind of work: "convolution", "batch norm gradient", "reorder", …
  public let work: String
  public let seconds: Double
  /// Floating-point operations by the definition of the layer (two per multiply-add); zero for work
  /// that only moves numbers. Winograd's algorithm needs fewer, so its rate may exceed the machine's.
  public let operations: Int
  /// Bytes of all tensors read and written, each counted once.
  public let bytes: Int
  /// The library's implementation, such as "jit:avx512_core"; empty for the engine's own kernels.
  public let implementation: String

  /// Billions of operations per second.
  public var gigaflops: Double { seconds > 0 ? Double(operations) / seconds / 1e9 : 0 }
  /// Billions of bytes per second.
  public var gigabytesPerSecond: Double { seconds > 0 ? Double(bytes) / seconds / 1e9 : 0 }
}

/// The steps of one run of a network in the order they ran.
public struct Profile: Sendable, Equatable {
  public let network: String
  /// Images of the run.
  public let batch: Int
  public let steps: [LayerTime]

  /// Seconds of all steps.
  public var seconds: Double { steps.reduce(0) { $0 + $1.seconds } }

  /// One entry for each kind of work, the longest first.
  public var byWork: [LayerTime] {
    var sums: [LayerTime] = []
    for step in steps {
      let index = sums.firstIndex { $0.work == step.work }
      let old = index.map { sums[$0] }
      let sum = LayerTime(
        layer: "", work: step.work, seconds: (old?.seconds ?? 0) + step.seconds,
        operations: (old?.operations ?? 0) + step.operations,
        bytes: (old?.bytes ?? 0) + step.bytes, implementation: "")
      if let index { sums[index] = sum } else { sums.append(sum) }
    }
    return sums.sorted { ($0.seconds, $1.work) > ($1.seconds, $0.work) }
  }

  /// Each step's shorter time, of this run and another of the same plan.
  func fastest(with other: Profile) -> Profile {
    let steps = zip(steps, other.steps).map { $0.seconds <= $1.seconds ? $0 : $1 }
    return Profile(network: network, batch: batch, steps: steps)
  }

  /// The run as a file for chrome://tracing, Perfetto or speedscope: JSON in the Trace Event Format,
  /// one complete event for each step, microseconds.
  public var chromeTrace: String {
    var start = 0.0
    var events: [String] = []
    for step in steps {
      let microseconds = step.seconds * 1e6
      events.append(
        """
        {"name":\(Self.quoted(step.layer)),"cat":\(Self.quoted(step.work)),"ph":"X","pid":1,"tid":1,\
        "ts":\(Self.shown(start)),"dur":\(Self.shown(microseconds)),"args":{\
        "work":\(Self.quoted(step.work)),"implementation":\(Self.quoted(step.implementation)),\
        "gflops":\(Self.shown(step.gigaflops)),"gb_per_s":\(Self.shown(step.gigabytesPerSecond))}}
        """)
      start += microseconds
    }
    let title = Self.quoted("\(network), batch \(batch)")
    return """
      {"displayTimeUnit":"ms","otherData":{"run":\(title)},"traceEvents":[
      \(events.joined(separator: ",\n"))
      ]}

      """
  }

  private static func shown(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\" + String(scalar)
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
