// The engine's own Winograd convolutions in bfloat16: as close to single precision as oneDNN's own.

import CNeuralKernels
import Testing

@testable import Neural

@Suite(
  "Winograd's algorithm in bfloat16",
  .enabled(if: nk_winograd_half_exists() != 0, "the processor has no AVX512-BF16"))
struct WinogradConvolutionTests {
  /// Odd extents, channels that do not fill a block, no padding, biases, a residual sum and ReLU6.
  private static func network() throws -> Network {
    var net = NetworkBuilder(name: "chain", inputShape: [3, 23, 19])
    var x = net.convolution("stem", net.input, outputs: 24, kernel: 3, padding: 1, bias: true)
    x = net.activation("relu0", x, .relu)
    x = net.convolution("one", x, outputs: 72, kernel: 3, padding: 1, bias: true)
    x = net.activation("relu1", x, .relu)
    x = net.convolution("two", x, outputs: 40, kernel: 3, padding: 0, bias: false)
    x = net.batchNorm("norm2", x)
    x = net.activation("relu2", x, .relu6)
    var y = net.convolution("three", x, outputs: 40, kernel: 3, padding: 1, bias: false)
    y = net.batchNorm("norm3", y)
    x = net.activation("relu3", net.add("add", x, y), .relu)
    x = net.convolution("four", x, outputs: 20, kernel: 3, padding: 1, bias: true)
    _ = net.linear("fc", net.globalAveragePooling("pool", x), outputs: 5)
    return try net.build(classifier: "fc")
  }

  private static func model(
    _ network: Network, _ precision: Precision, _ algorithms: AlgorithmChoice, threads: Int = 1
  ) throws -> Model {
    try Model(
      network: network, parameters: SharedNumbers.parameters(network),
      options: ComputeOptions(
        threads: threads, batch: 6, algorithms: algorithms, precision: precision))
  }

  /// Distance from single precision, of the mean square.
  private static func distance(_ a: [Float], _ b: [Float]) -> Double {
    var (sum, size) = (0.0, 0.0)
    for (a, b) in zip(a, b) {
      sum += Double(a - b) * Double(a - b)
      size += Double(b) * Double(b)
    }
    return (sum / size).squareRoot()
  }

  private static func all(_ network: Network, _ batch: Int, is decision: Bool) -> AlgorithmChoice {
    var record: [String: Bool] = [:]
    for layer in ["one", "two", "three", "four"] {
      for pass in ["forward", "backwardData", "backwardWeights"] {
        record["\(layer)/\(pass)/\(batch)"] = decision
      }
    }
    return .recorded(record)
  }

  @Test("features of every layer are those of single precision within bfloat16's digits")
  func forward() throws {
    let network = try Self.network()
    let images = SharedNumbers.images(6, network.inputShape)
    let single = try Self.model(network, .float32, .direct)
    let direct = try Self.model(network, .bfloat16, .direct)
    let winograd = try Self.model(network, .bfloat16, Self.all(network, 6, is: true))
    // The residual sum and its ReLU run with the convolution before them.
    for layer in ["relu1", "relu2", "relu3", "four"] {
      let exact = try single.features(images, at: layer).values
      let found = try winograd.features(images, at: layer).values
      let plain = try direct.features(images, at: layer).values
      let error = Self.distance(found, exact)
      #expect(error < max(2 * Self.distance(plain, exact), 0.005), "\(layer): \(error)")
      #expect(found != plain)
    }
    #expect(winograd.algorithms.filter(\.value).count == 4)
  }

  @Test(
    "gradients of every parameter are those of single precision within bfloat16's digits",
    arguments: [1, 2])
  func training(threads: Int) throws {
    let network = try Self.network()
    let images = SharedNumbers.images(6, network.inputShape)
    var gradients: [[String: [Float]]] = []
    for (precision, algorithms) in [
      (Precision.float32, AlgorithmChoice.direct), (.bfloat16, .direct),
      (.bfloat16, Self.all(network, 6, is: true)),
    ] {
      let model = try Self.model(network, precision, algorithms, threads: threads)
      let trainer = try Trainer(model: model, options: TrainingOptions())
      let found = try trainer.gradients(images, .classes([0, 1, 2, 3, 4, 0])).gradients
      gradients.append(
        Dictionary(uniqueKeysWithValues: found.names.map { ($0, found[$0]!.values) }))
      if gradients.count == 3 { #expect(model.algorithms.values.contains(true)) }
    }
    for (name, exact) in gradients[0] {
      let plain = Self.distance(gradients[1][name]!, exact)
      let error = Self.distance(gradients[2][name]!, exact)
      #expect(error < max(2.5 * plain, 0.02), "\(name): \(error), \(plain) without")
    }
  }

  @Test("the choices of timed trials, recorded and given back, repeat every bit")
  func recorded() throws {
    let network = try Self.network()
    let images = SharedNumbers.images(6, network.inputShape)
    func run(_ algorithms: AlgorithmChoice) throws -> (ParameterSet, [Float], [String: Bool]) {
      let model = try Self.model(network, .bfloat16, algorithms)
      let trainer = try Trainer(model: model, options: TrainingOptions())
      for _ in 0..<2 {
        _ = try trainer.step(images, .classes([0, 1, 2, 3, 4, 0]), learningRate: 0.01)
      }
      return (model.parameters(), try model.logits(images).values, model.algorithms)
    }
    let timed = try run(.timed)
    #expect(timed.2.keys.contains("three/backwardData/6"))
    let again = try run(.recorded(timed.2))
    #expect(timed.0 == again.0)
    #expect(timed.1 == again.1)
    let direct = try run(.recorded([:]))
    #expect(!timed.2.values.contains(true) || direct.1 != timed.1)
  }

  @Test("the same bits come from one thread and from two")
  func threads() throws {
    let network = try Self.network()
    let images = SharedNumbers.images(6, network.inputShape)
    let features = try [1, 2].map { threads in
      try Self.model(network, .bfloat16, Self.all(network, 6, is: true), threads: threads)
        .features(images, at: "four").values
    }
    #expect(features[0] == features[1])
  }
}
