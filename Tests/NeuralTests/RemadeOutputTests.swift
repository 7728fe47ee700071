// Outputs that backward computes again instead of keeping them: the same gradients in less memory.

import Testing

@testable import Neural

@Suite("Outputs computed again") struct RemadeOutputTests {
  /// Three residual blocks: every second sum is made again from the one before it.
  private func network() throws -> Network {
    var net = NetworkBuilder(name: "blocks", inputShape: [3, 24, 24])
    var y = net.block("stem", "stem.norm", net.input, outputs: 32, kernel: 3, padding: 1, .relu)
    for k in 1...3 {
      var z = net.block("a\(k)", "a\(k).norm", y, outputs: 32, kernel: 3, padding: 1, .relu)
      z = net.block("b\(k)", "b\(k).norm", z, outputs: 32, kernel: 3, padding: 1, nil)
      y = net.activation("relu\(k)", net.add("add\(k)", z, y), .relu)
    }
    y = net.block("top", "top.norm", y, outputs: 16, kernel: 1, .silu)
    _ = net.linear("fc", net.globalAveragePooling("pool", y), outputs: 3)
    return try net.build(classifier: "fc")
  }

  /// Three inverted bottlenecks with squeeze and excitation: their scaled images are made again.
  private func gated() throws -> Network {
    var net = NetworkBuilder(name: "gated", inputShape: [3, 24, 24])
    var y = net.block("stem", "stem.norm", net.input, outputs: 16, kernel: 3, padding: 1, .silu)
    for k in 1...3 {
      y = net.block("a\(k)", "a\(k).norm", y, outputs: 64, kernel: 1, .silu)
      y = net.squeezeExcitation("gate\(k)", y, reduced: 8, .silu, .sigmoid)
      y = net.block("b\(k)", "b\(k).norm", y, outputs: 16, kernel: 1, nil)
    }
    _ = net.linear("fc", net.globalAveragePooling("pool", y), outputs: 3)
    return try net.build(classifier: "fc")
  }

  @Test(
    "gradients are the same to the last bit, and activations take less memory",
    arguments: [false, true])
  func sameGradients(isGated: Bool) throws {
    let situation = Situation(try isGated ? gated() : network(), images: 8)
    var found: [(gradients: ParameterSet, activations: Int)] = []
    for remakes in [false, true] {
      let model = try Model(
        network: situation.network, parameters: situation.parameters,
        options: ComputeOptions(threads: 1))
      let trainer = try Trainer(model: model, options: TrainingOptions())
      trainer.remakesOutputs = remakes
      let gradients = try trainer.gradients(situation.images, .classes(situation.labels)).gradients
      found.append((gradients, try trainer.memoryEstimate(batch: 8).activations))
    }
    #expect(found[0].gradients == found[1].gradients)
    #expect(found[1].activations < found[0].activations * 9 / 10)
  }

  @Test("networks with many multiplications for each number remake outputs, mobile ones keep them")
  func choice() throws {
    func remakes(_ name: String) throws -> Bool {
      let network = try Architectures.named(name, classes: 7)
      var generator = SeededGenerator(seed: 1)
      let store = try ParameterStore(network, network.initialParameters(using: &generator))
      return PlanCompiler(
        network, store, batch: 1, purpose: PlanPurpose(outputs: [network.layers.count - 1]),
        algorithms: AlgorithmLedger(.heuristic)
      ).remakesOutputs
    }
    #expect(try remakes("resnet18"))
    #expect(try remakes("densenet121"))
    #expect(try !remakes("mobilenet_v2"))
  }
}
