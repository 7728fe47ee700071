// Networks, losses and optimisers against PyTorch's numbers (Fixtures/make_networks.py and
// make_steps.py made them).

import Foundation
import Testing

@testable import Neural

/// Tensors that Python draws the same way: SplitMix64 from the FNV-1a hash of the name.
enum SharedNumbers {
  static func uniform(_ name: String, _ count: Int) -> [Double] {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    var generator = SeededGenerator(seed: hash)
    return (0..<count).map { _ in generator.uniform() }
  }

  static func parameter(_ name: String, _ shape: [Int]) -> Tensor {
    let count = shape.reduce(1, *)
    let numbers = uniform(name, count)
    let bound = (6 / Double(shape.dropFirst().reduce(1, *))).squareRoot()
    let values = numbers.map { u -> Float in
      if name.hasSuffix("running_var") { return Float(0.8 + 0.4 * u) }
      if shape.count == 1 { return Float(name.hasSuffix("weight") ? 0.8 + 0.4 * u : 0.2 * u - 0.1) }
      return Float((2 * u - 1) * bound)
    }
    return Tensor(shape: shape, values: values)
  }

  static func images(_ count: Int, _ shape: [Int], name: String = "images") -> Tensor {
    let full = [count] + shape
    return Tensor(
      shape: full, values: uniform(name, full.reduce(1, *)).map { Float(2 * $0 - 1) })
  }

  static func parameters(_ network: Network, _ conditioning: Conditioning = .none) -> ParameterSet {
    var set = ParameterSet()
    for (name, shape) in network.parameterShapes { set.add(name, parameter(name, shape)) }
    for layer in network.layers {
      guard case .batchNorm = layer.operation, var bias = set[layer.name + ".bias"] else {
        continue
      }
      for channel in bias.values.indices { bias.values[channel] += conditioning.shift(of: channel) }
      set.add(layer.name + ".bias", bias)
    }
    return set
  }

  /// A network for ten classes without random masks.
  static func network(_ name: String, rows: Int, columns: Int) throws -> Network {
    let channels = try Architectures.named(name).inputShape[0]
    return try Architectures.named(name, classes: 10, inputShape: [channels, rows, columns])
      .withoutMasks()
  }
}

/// How far normalisations move what goes into a ReLU from its kink, so that rounding errors flip few
/// of them: with batch statistics of few numbers PyTorch's own single precision is percents off
/// otherwise, which no engine could be compared with.
struct Conditioning: Decodable {
  let shift: Float
  /// Every so manieth channel is moved downwards, which closes its ReLU; 0 for none.
  let closed: Int

  static let none = Conditioning(shift: 0, closed: 0)

  func shift(of channel: Int) -> Float {
    closed > 0 && channel % closed == closed - 1 ? -shift : shift
  }
}

/// One network's record in networks.json.
struct NetworkRecord: Decodable, Sendable, CustomTestStringConvertible {
  /// `noise`: how far PyTorch's own single precision lies from the double precision recorded.
  /// `signed`: the sum of the gradient's numbers with drawn signs.
  struct Gradient: Decodable { let norm: Double, noise: Double, signed: Double?, first: [Double] }
  struct Step: Decodable {
    let images: String, count: Int
    let conditioning: Conditioning
    let loss: Double, gradients: [String: Gradient]
  }
  let name: String
  let size: Int
  let logits: [Double]
  /// With running and with batch statistics.
  let running: Step, batch: Step
  var testDescription: String { name }

  static func fixture(_ name: String, file: String = #filePath) -> Data {
    let url = URL(fileURLWithPath: file).deletingLastPathComponent()
      .appendingPathComponent("Fixtures/\(name)")
    return (try? Data(contentsOf: url)) ?? Data()
  }

  static let all =
    (try? JSONDecoder().decode([NetworkRecord].self, from: fixture("networks.json"))) ?? []

  /// One of each family; the others take longer and run when TLKB_SLOW_TESTS is "all" or has their
  /// names, separated by commas.
  static let quick = [
    "resnet18", "resnet50", "squeezenet1_1", "mobilenet_v2", "mobilenet_v3_small",
    "efficientnet_b0", "densenet121", "googlenet", "inception_v3", "lenet5", "medmnist_resnet18",
    "mobilenet_v1_0.25", "efficientnet_lite0",
  ]
  static let slow = all.filter { !quick.contains($0.name) && isWanted($0.name) }

  /// Whether TLKB_SLOW_TESTS asks for a network.
  static func isWanted(_ name: String) -> Bool {
    let names = ProcessInfo.processInfo.environment["TLKB_SLOW_TESTS"]?.split(separator: ",")
      .map(String.init)
    return names == ["all"] || names?.contains(name) == true
  }
}

extension Network {
  /// The same network without random masks.
  func withoutMasks() throws -> Network {
    var builder = NetworkBuilder(name: name, inputShape: inputShape)
    for layer in layers.dropFirst() {
      var operation = layer.operation
      if case .dropout = operation { operation = .dropout(0) }
      if case .stochasticDepth = operation { operation = .stochasticDepth(0) }
      builder.append(layer.name, operation, layer.inputs.map(Node.init(index:)))
    }
    return try builder.build(classifier: classifier)
  }
}

@Suite("PyTorch parity", .serialized) struct PyTorchTests {
  @Test("every network has its record")
  func fixtures() {
    let names = Set(NetworkRecord.all.map(\.name))
    #expect(names == Set(Architectures.names))
  }

  @Test(
    "a network gives PyTorch's logits, loss and gradients",
    arguments: NetworkRecord.all.filter { NetworkRecord.quick.contains($0.name) })
  func quick(_ record: NetworkRecord) throws {
    let isDeep = ["resnet50", "inception_v3"].contains(record.name)
    try compare(record, isDeep ? .direct : .heuristic)
  }

  // Up to 140 million parameters each: minutes in all, so only on request.
  @Test(
    "a larger network gives PyTorch's logits, loss and gradients",
    .enabled(if: !NetworkRecord.slow.isEmpty, "set TLKB_SLOW_TESTS=all to run"),
    arguments: NetworkRecord.slow)
  func slow(_ record: NetworkRecord) throws { try compare(record, .direct) }

  /// Winograd's rounding errors are ten times those of direct convolution, and so reach ReLUs' kinks
  /// that PyTorch's do not: the deepest networks' gradients are compared without it, their ten steps
  /// with it.
  private func compare(_ record: NetworkRecord, _ algorithms: AlgorithmChoice) throws {
    let network = try SharedNumbers.network(record.name, rows: record.size, columns: record.size)
    let options = ComputeOptions(threads: 1, algorithms: algorithms)
    let model = try Model(
      network: network, parameters: SharedNumbers.parameters(network), options: options)
    let logits = try model.logits(SharedNumbers.images(3, network.inputShape))
    #expect(Difference.relative(logits.values.map(Double.init), record.logits) < 1e-4)

    var measured: [String] = []
    var noise = 0.0
    for (mode, step) in [
      (BatchNormMode.frozenStatistics, record.running), (.batchStatistics, record.batch),
    ] {
      let model = try Model(
        network: network, parameters: SharedNumbers.parameters(network, step.conditioning),
        options: options)
      let trainer = try Trainer(model: model, options: TrainingOptions(batchNorm: mode))
      let (loss, gradients) = try trainer.gradients(
        SharedNumbers.images(step.count, network.inputShape, name: step.images),
        .classes(Array([1, 3, 5, 7].prefix(step.count))))
      #expect(abs(Double(loss) - step.loss) < 1e-4 * max(1, step.loss))
      var largest = 0.0
      for (name, expected) in step.gradients.sorted(by: { $0.key < $1.key }) {
        let found = try #require(gradients[name]).values.map(Double.init)
        let norm = found.reduce(0) { $0 + $1 * $1 }.squareRoot()
        var difference = abs(norm - expected.norm) / expected.norm
        // Signs drawn at random make the difference of the sums as long as the gradients' own.
        if let sum = expected.signed {
          let signs = SharedNumbers.uniform("signs of " + name, found.count)
          let signed = zip(found, signs).reduce(0) { $0 + ($1.1 < 0.5 ? -$1.0 : $1.0) }
          difference = max(difference, abs(signed - sum) / expected.norm)
        }
        #expect(difference < 1e-3, "\(mode), \(name): \(difference)")
        largest = max(largest, difference)
        noise = max(noise, expected.noise)
        let typical = expected.norm / Double(found.count).squareRoot()
        for (a, b) in zip(found, expected.first) {
          #expect(abs(a - b) < 1e-2 * max(typical, abs(b)), "\(mode), \(name)")
        }
      }
      measured.append(Difference.text(largest))
    }
    ParityTable.print(
      "gradients", record.name, "\(record.size) × \(record.size)", measured, noise: noise)
  }

  private struct Steps: Decodable {
    struct Run: Decodable { let losses: [Double], weight: [Double] }
    struct Loss: Decodable { let loss: Double, gradient: [Double] }
    let optimisers: [String: Run]
    let losses: [String: Loss]
  }

  private static func steps() throws -> Steps {
    try JSONDecoder().decode(Steps.self, from: NetworkRecord.fixture("steps.json"))
  }

  @Test(
    "ten steps of an optimiser give PyTorch's losses and weights",
    arguments: [
      ("sgd", Optimizer.sgd(momentum: 0.9, weightDecay: 1e-3), Float(0.1)),
      ("nesterov", .sgd(momentum: 0.9, nesterov: true), 0.1),
      ("adam", .adam(weightDecay: 1e-3), 0.01),
      ("adamw", .adamW(weightDecay: 0.01), 0.01),
      ("rmsprop", .rmsProp(momentum: 0.5, weightDecay: 1e-3), 0.005),
    ])
  func optimiser(_ name: String, _ optimizer: Optimizer, _ rate: Float) throws {
    let expected = try #require(try Self.steps().optimisers[name])
    var net = NetworkBuilder(name: "small", inputShape: [3, 8, 8])
    let x = net.block("conv", "bn", net.input, outputs: 8, kernel: 3, padding: 1)
    _ = net.linear("fc", net.globalAveragePooling("gap", x), outputs: 4)
    let network = try net.build(classifier: "fc")
    let model = try Model(network: network, parameters: SharedNumbers.parameters(network))
    let trainer = try Trainer(model: model, options: TrainingOptions(optimizer: optimizer))
    for step in 0..<10 {
      let images = SharedNumbers.images(6, [3, 8, 8], name: "batch\(step % 2)")
      let labels = (0..<6).map { (step % 2 + $0) % 4 }
      let loss = try trainer.step(images, .classes(labels), learningRate: rate).loss
      #expect(abs(Double(loss) - expected.losses[step]) < 1e-4)
    }
    let weight = try model.parameter("conv.weight").values.prefix(12).map(Double.init)
    #expect(Difference.relative(weight, expected.weight) < 1e-3)
  }

  @Test(
    "a loss and its gradient are PyTorch's",
    arguments: [
      ("plain", Loss.crossEntropy()), ("weighted", .crossEntropy(classWeights: [0.5, 2, 1, 3])),
      ("smoothed", .crossEntropy(classWeights: [0.5, 2, 1, 3], labelSmoothing: 0.1)),
      ("mixed", .crossEntropy(classWeights: [0.5, 2, 1, 3], labelSmoothing: 0.1)),
      ("focal", .focal(gamma: 2, classWeights: [0.5, 2, 1, 3])), ("binary", .binaryCrossEntropy),
    ])
  func loss(_ name: String, _ loss: Loss) throws {
    let expected = try #require(try Self.steps().losses[name])
    let logits = SharedNumbers.uniform("logits", 20).map { Float(6 * $0 - 3) }
    let several: [Float] = [1, 0, 1, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0]
    let classes = [0, 3, 1, 1, 2]
    var mixed = [Float](repeating: 0, count: 20)
    for (row, label) in classes.enumerated() {
      mixed[row * 4 + label] += 0.75
      mixed[(4 - row) * 4 + label] += 0.25
    }
    let targets: Targets =
      switch name {
      case "binary": .labels(Tensor(shape: [5, 4], values: several))
      case "mixed": .shares(Tensor(shape: [5, 4], values: mixed))
      default: .classes(classes)
      }
    var gradient = [Float](repeating: 0, count: 20)
    let value = loss.evaluate(
      logits: logits, gradient: &gradient, classes: 4, targets: targets)
    #expect(abs(Double(value) - expected.loss) < 1e-5)
    #expect(Difference.relative(gradient.map(Double.init), expected.gradient) < 1e-5)
  }
}
