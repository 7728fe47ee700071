// Memory limits and gradient accumulation: what stays the same, and what is said where it does not.

import Testing

@testable import Neural

@Suite("Memory limits", .serialized) struct MemoryTests {
  /// A network with dropout, stochastic depth and, on request, batch normalisation.
  private static func model(normalised: Bool) throws -> Model {
    var net = NetworkBuilder(name: "small", inputShape: [3, 16, 16])
    func layer(_ name: String, _ x: Node) -> Node {
      normalised
        ? net.block(name, name + "_bn", x, outputs: 16, kernel: 3, padding: 1)
        : net.activation(
          name + "_relu",
          net.convolution(name, x, outputs: 16, kernel: 3, padding: 1, bias: true), .relu)
    }
    let x = layer("a", net.input)
    let y = net.append("depth", .stochasticDepth(0.3), [layer("b", x)])
    let sum = net.activation("relu", net.add("add", x, y), .relu)
    let z = net.dropout("drop", net.globalAveragePooling("gap", sum), rate: 0.25)
    _ = net.linear("fc", z, outputs: 2)
    let network = try net.build(classifier: "fc")
    var generator = SeededGenerator(seed: 3)
    return try Model(
      network: network, parameters: network.initialParameters(using: &generator),
      options: ComputeOptions(threads: 1))
  }

  /// A limit that is enough for `size` images at a time, but not for more.
  private static func limit(_ size: Int, _ options: TrainingOptions, normalised: Bool) throws -> Int
  {
    let trainer = try Trainer(model: model(normalised: normalised), options: options)
    return try trainer.memoryEstimate(batch: size, accumulates: true).total
  }

  private static func train(_ options: TrainingOptions, normalised: Bool) throws
    -> (losses: [Float], parameters: ParameterSet, sizes: [Int], deviation: String?)
  {
    let trainer = try Trainer(model: model(normalised: normalised), options: options)
    var losses: [Float] = []
    for step in 0..<4 {
      let batch = Blobs(count: 12, seed: UInt64(step))
      losses.append(
        try trainer.step(batch.images, .classes(batch.labels), learningRate: 0.05).loss)
    }
    let parts = try trainer.microBatches(for: 12)
    return (losses, trainer.model.parameters(), parts.sizes, parts.deviation)
  }

  @Test(
    "without batch statistics a batch in parts gives the result of the whole batch",
    arguments: [false, true])
  func sameResult(normalised: Bool) throws {
    var options = TrainingOptions(
      optimizer: .sgd(), loss: .crossEntropy(classWeights: [1, 3], labelSmoothing: 0.1),
      batchNorm: .frozenStatistics, seed: 5)
    let whole = try Self.train(options, normalised: normalised)
    #expect(whole.sizes == [12])
    options.memoryLimit = try Self.limit(4, options, normalised: normalised)
    let parts = try Self.train(options, normalised: normalised)
    #expect(parts.sizes == [4, 4, 4])
    #expect(parts.deviation == nil)
    for (a, b) in zip(whole.losses, parts.losses) { #expect(abs(a - b) < 1e-5) }
    for name in whole.parameters.names {
      let difference = Difference.relative(
        parts.parameters[name]!.values.map(Double.init),
        whole.parameters[name]!.values.map(Double.init))
      #expect(difference < 1e-4, "\(name)")
    }
  }

  @Test("parts with batch statistics are named as a deviation, and nearly agree")
  func deviation() throws {
    var options = TrainingOptions(seed: 5)
    let whole = try Self.train(options, normalised: true)
    #expect(whole.deviation == nil)
    options.memoryLimit = try Self.limit(6, options, normalised: true)
    let parts = try Self.train(options, normalised: true)
    #expect(parts.sizes == [6, 6])
    #expect(
      parts.deviation == """
        batch normalisation took its statistics from 2 parts of at most 6 images, not from all \
        12, to stay within the memory limit
        """)
    for (a, b) in zip(whole.losses, parts.losses) { #expect(abs(a - b) < 0.3) }
    // The statistics kept for inference weigh a step as the whole batch does.
    let (a, b) = (
      whole.parameters["a_bn.running_mean"]!.values, parts.parameters["a_bn.running_mean"]!.values
    )
    for (x, y) in zip(a, b) { #expect(abs(x - y) < 0.05) }
  }

  @Test("a limit below a single image's need is an error that names both sizes")
  func tooSmall() throws {
    let trainer = try Trainer(
      model: Self.model(normalised: true), options: TrainingOptions(memoryLimit: 1000))
    let needed = try Self.limit(1, TrainingOptions(), normalised: true)
    let batch = Blobs(count: 4, seed: 1)
    #expect(throws: NeuralError.memoryLimit(network: "small", limit: 1000, needed: needed)) {
      try trainer.step(batch.images, .classes(batch.labels), learningRate: 0.1)
    }
  }

  @Test("parts are few and equal where that costs little")
  func sizes() {
    #expect(Trainer.sizes(of: 16, atMost: 16) == [16])
    #expect(Trainer.sizes(of: 16, atMost: 15) == [8, 8])
    #expect(Trainer.sizes(of: 12, atMost: 5) == [4, 4, 4])
    #expect(Trainer.sizes(of: 16, atMost: 6) == [4, 4, 4, 4])
    #expect(Trainer.sizes(of: 13, atMost: 4) == [4, 3, 3, 3])
    #expect(Trainer.sizes(of: 3, atMost: 1) == [1, 1, 1])
  }

  @Test("a smaller batch needs less; the estimate of training covers more than that of inference")
  func estimates() throws {
    let model = try Self.model(normalised: true)
    let inference = try model.memoryEstimate(batch: 8)
    let trainer = try Trainer(model: model, options: TrainingOptions(optimizer: .adam()))
    let (large, small) = (
      try trainer.memoryEstimate(batch: 8), try trainer.memoryEstimate(batch: 2)
    )
    #expect(small.activations < large.activations)
    let accumulating = try trainer.memoryEstimate(batch: 8, accumulates: true)
    #expect(accumulating.gradients == large.optimizerState)
    #expect(large.gradients == 0)
    #expect(large.total > inference.total)
    #expect(inference.gradients == 0)
  }
}
