// Parameters changed inside backward, each as soon as its gradient is known, and what that saves.

import Testing

@testable import Neural

@Suite("Updates inside backward") struct UpdateTests {
  /// Convolutions of each kind, normalisation with and without a sum, a linear layer with a large
  /// input, and one whose activation runs with it.
  private static func network() throws -> Network {
    var net = NetworkBuilder(name: "updates", inputShape: [3, 16, 16])
    let x = net.block("a", "a_bn", net.input, outputs: 16, kernel: 3, padding: 1)
    let y = net.block("b", "b_bn", x, outputs: 16, kernel: 3, padding: 1, groups: 16)
    let sum = net.activation("relu", net.add("add", x, y), .relu)
    let z = net.convolution("c", sum, outputs: 32, kernel: 3, padding: 1, bias: true)
    let w = net.activation("c_relu", z, .relu)
    let hidden = net.activation("d_relu", net.linear("d", w, outputs: 48), .relu)
    _ = net.linear("fc", hidden, outputs: 2)
    return try net.build(classifier: "fc")
  }

  private static func train(
    _ optimizer: Optimizer, keepsGradients: Bool, precision: Precision = .float32
  ) throws -> (losses: [Float], parameters: ParameterSet) {
    let network = try network()
    var generator = SeededGenerator(seed: 3)
    let model = try Model(
      network: network, parameters: network.initialParameters(using: &generator),
      options: ComputeOptions(threads: 2, precision: precision))
    let trainer = try Trainer(
      model: model, options: TrainingOptions(optimizer: optimizer, seed: 5))
    trainer.keepsGradients = keepsGradients
    var losses: [Float] = []
    for step in 0..<4 {
      let batch = Blobs(count: 12, seed: UInt64(step))
      losses.append(
        try trainer.step(batch.images, .classes(batch.labels), learningRate: 0.01).loss)
    }
    return (losses, model.parameters())
  }

  @Test(
    "an update inside backward gives the bits of one after it",
    arguments: [
      Optimizer.sgd(weightDecay: 0.01), .sgd(momentum: 0.8, nesterov: true), .adam(), .adamW(),
      .rmsProp(momentum: 0.5),
    ])
  func sameBits(_ optimizer: Optimizer) throws {
    try Self.compare(optimizer, .float32)
  }

  @Test(
    "so it does in bfloat16",
    .enabled(if: Precision.bfloat16.support != .none, "this processor has no bfloat16"))
  func sameBitsInHalf() throws { try Self.compare(.sgd(), .bfloat16) }

  private static func compare(_ optimizer: Optimizer, _ precision: Precision) throws {
    let inside = try train(optimizer, keepsGradients: false, precision: precision)
    let after = try train(optimizer, keepsGradients: true, precision: precision)
    #expect(inside.losses.map(\.bitPattern) == after.losses.map(\.bitPattern))
    #expect(Set(inside.losses).count == 4)
    for name in inside.parameters.names {
      #expect(
        inside.parameters[name]!.values.map(\.bitPattern)
          == after.parameters[name]!.values.map(\.bitPattern), "\(name)")
    }
  }

  @Test("gradients asked for between steps are whole and change nothing")
  func gradientsBetween() throws {
    let network = try Self.network()
    var generator = SeededGenerator(seed: 3)
    let parameters = network.initialParameters(using: &generator)
    let batch = Blobs(count: 12, seed: 1)
    func trainer() throws -> Trainer {
      try Trainer(
        model: Model(network: network, parameters: parameters), options: TrainingOptions())
    }
    let (asked, other) = (try trainer(), try trainer())
    let first = try asked.gradients(batch.images, .classes(batch.labels)).gradients
    #expect(first.names.count == asked.trainedNames.count)
    #expect(first["d.weight"]!.values.contains { $0 != 0 })
    other.keepsGradients = true
    _ = try other.gradients(batch.images, .classes(batch.labels))
    for trainer in [asked, other] {
      _ = try trainer.step(batch.images, .classes(batch.labels), learningRate: 0.01)
    }
    let (a, b) = (asked.model.parameters(), other.model.parameters())
    for name in a.names { #expect(a[name]!.values == b[name]!.values, "\(name)") }
  }

  @Test("a step holds one large gradient at a time, not all of them")
  func memory() throws {
    let network = try Self.network()
    var generator = SeededGenerator(seed: 3)
    let model = try Model(
      network: network, parameters: network.initialParameters(using: &generator))
    let trainer = try Trainer(model: model, options: TrainingOptions())
    let step = try trainer.memoryEstimate(batch: 1)
    let accumulating = try trainer.memoryEstimate(batch: 1, accumulates: true)
    #expect(step.total < accumulating.total - accumulating.gradients / 2)
  }
}
