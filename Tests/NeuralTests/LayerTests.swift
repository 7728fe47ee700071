// Every layer against a plain reference in double precision, forward and backward.

import Foundation
import Testing

@testable import Neural

/// Deterministic parameters, images and labels for a network.
struct Situation {
  let network: Network
  let parameters: ParameterSet
  let images: Tensor
  let labels: [Int]

  init(_ network: Network, images count: Int = 3, seed: UInt64 = 11) {
    var generator = SeededGenerator(seed: seed)
    var parameters = network.initialParameters(using: &generator)
    for name in parameters.names where parameters[name]!.shape.count == 1 {
      var tensor = parameters[name]!
      // Scales, shifts and statistics away from their neutral values; variances stay positive.
      for k in tensor.values.indices { tensor.values[k] += Float(0.4 * generator.uniform()) }
      parameters.add(name, tensor)
    }
    self.network = network
    self.parameters = parameters
    let shape = [count] + network.inputShape
    images = Tensor(
      shape: shape, values: (0..<shape.reduce(1, *)).map { _ in Float(generator.normal()) })
    labels = (0..<count).map { $0 % network.classes }
  }
}

@Suite("Layers", .serialized) struct LayerTests {
  @Test("a layer computes what its definition says, in inference", arguments: LayerCase.all)
  func inference(_ layer: LayerCase) throws {
    let situation = Situation(layer.network)
    let model = try Model(
      network: layer.network, parameters: situation.parameters,
      options: ComputeOptions(threads: 1))
    let found = try model.logits(situation.images).values.map(Double.init)
    let expected = ReferenceNetwork(layer.network, situation.parameters).logits(situation.images)
    #expect(Difference.relative(found, expected) < 1e-5)
  }

  // The reference takes a second for each loss of the large case.
  @Test(
    "a layer's gradients are those of finite differences",
    arguments: LayerCase.all.filter { !$0.id.hasPrefix("inverted") })
  func gradients(_ layer: LayerCase) throws {
    let situation = Situation(layer.network)
    let model = try Model(
      network: layer.network, parameters: situation.parameters,
      options: ComputeOptions(threads: 1))
    let trainer = try Trainer(model: model, options: TrainingOptions())
    let (loss, gradients) = try trainer.gradients(situation.images, .classes(situation.labels))
    var reference = ReferenceNetwork(layer.network, situation.parameters, isTraining: true)
    #expect(abs(Double(loss) - reference.loss(situation.images, situation.labels)) < 1e-5)
    for name in gradients.names {
      let found = gradients[name]!.values
      // A few components of every parameter, spread over it.
      let count = found.count
      for k in Set([0, count / 3, count / 2, count - 1]).sorted() {
        let value = reference.parameters[name]![k]
        let h = 1e-5
        reference.parameters[name]![k] = value + h
        let above = reference.loss(situation.images, situation.labels)
        reference.parameters[name]![k] = value - h
        let below = reference.loss(situation.images, situation.labels)
        reference.parameters[name]![k] = value
        let expected = (above - below) / (2 * h)
        let scale = found.reduce(0) { max($0, abs(Double($1))) } + 1e-4
        #expect(
          abs(Double(found[k]) - expected) < 2e-4 * scale + 2e-6,
          "\(name)[\(k)]: \(found[k]) instead of \(expected)")
      }
    }
  }
}

/// How far two arrays lie apart.
enum Difference {
  /// The largest difference, relative to the largest expected magnitude.
  static func relative(_ found: [Double], _ expected: [Double]) -> Double {
    guard found.count == expected.count else { return .infinity }
    let scale = expected.reduce(1e-12) { max($0, abs($1)) }
    return zip(found, expected).reduce(0) { max($0, abs($1.0 - $1.1)) } / scale
  }
}
