// Grad-CAM and the gradients below it agree with PyTorch and with finite differences.

import Foundation
import Imaging
import Insight
import Neural
import Testing
import Weights

/// The network of Fixtures/make_gradcam.py.
struct SmallResidual {
  let network: Network
  let parameters: ParameterSet
  let file: ParameterSet

  init() throws {
    var net = NetworkBuilder(name: "small", inputShape: [3, 13, 11])
    var x = net.convolution("conv1", net.input, outputs: 8, kernel: 3, padding: 1)
    x = net.activation("relu1", net.batchNorm("bn1", x), .relu)
    x = net.maxPooling("pool", x, kernel: 2, stride: 2)
    let y = net.convolution("conv2", x, outputs: 8, kernel: 3, padding: 1, groups: 2, bias: true)
    x = net.activation("relu2", net.add("add", net.batchNorm("bn2", y), x), .relu)
    x = net.dropout("drop", net.globalAveragePooling("mean", x), rate: 0.5)
    _ = net.linear("fc", x, outputs: 4)
    network = try net.build(classifier: "fc")
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Fixtures/gradcam.npz").path
    file = try WeightFile.read(path)
    var own = ParameterSet()
    for (name, _) in network.parameterShapes { own.add(name, try #require(file[name])) }
    parameters = own
  }
}

/// The largest difference, relative to the largest number.
func difference(_ found: [Float], _ expected: [Float]) -> Float {
  guard found.count == expected.count else { return .infinity }
  let scale = expected.map(abs).max() ?? 0
  return (zip(found, expected).map { abs($0 - $1) }.max() ?? 0) / max(scale, 1e-30)
}

struct GradCAMTests {
  @Test func `Maps are PyTorch's, for asked classes, to 1e-5`() throws {
    let small = try SmallResidual()
    let cam = try GradCAM(small.network, small.parameters, batch: 2)
    #expect(cam.layer == "relu2")
    let maps = try cam.maps(try #require(small.file["images"]), classes: [2, 0])
    #expect(maps.map(\.classIndex) == [2, 0])
    #expect(maps.map { [$0.height, $0.width] } == [[6, 5], [6, 5]])
    let expected = try #require(small.file["maps"])
    #expect(expected.values.max()! > 0.01)
    #expect(difference(maps.flatMap(\.values), expected.values) < 1e-5)
  }

  @Test func `The gradient with respect to the images is PyTorch's`() throws {
    let small = try SmallResidual()
    let probe = try GradientProbe(small.network, small.parameters, at: "input", batch: 2)
    let result = try probe.run(try #require(small.file["images"])) { logits in
      var weights = Tensor(zeros: logits.shape)
      weights.values[2] = 1
      weights.values[4] = 1
      return weights
    }
    #expect(difference(result.output.values, try #require(small.file["logits"]).values) < 1e-5)
    #expect(
      difference(result.gradient.values, try #require(small.file["gradient"]).values) < 1e-5)
    #expect(result.activation == small.file["images"])
  }

  @Test func `Without a class the most probable one is explained, one batch or several`() throws {
    let small = try SmallResidual()
    let images = try #require(small.file["images"])
    let logits = try #require(small.file["logits"])
    let together = try GradCAM(small.network, small.parameters, batch: 4).maps(images)
    let alone = try GradCAM(small.network, small.parameters, batch: 1).maps(images)
    for (row, map) in together.enumerated() {
      let own = Array(logits.values[row * 4..<row * 4 + 4])
      #expect(own[map.classIndex] == own.max())
      let total = own.map { exp($0) }.reduce(0, +)
      #expect(abs(map.probability - exp(own[map.classIndex]) / total) < 1e-5)
      #expect(alone[row].classIndex == map.classIndex)
      #expect(difference(alone[row].values, map.values) < 1e-5)
    }
  }

  @Test(arguments: ["resnet18", "vgg11_bn", "densenet121"])
  func `In three kinds of network gradients match finite differences`(name: String) throws {
    let network = try Architectures.named(name, classes: 3, inputShape: [3, 64, 64])
    var generator = Neural.SeededGenerator(seed: 3)
    let parameters = network.initialParameters(using: &generator)
    let layer = network.lastSpatialLayer
    let images = Tensor(
      shape: [1, 3, 64, 64], values: (0..<3 * 64 * 64).map { _ in Float(generator.normal()) })
    let probe = try GradientProbe(network, parameters, at: "input")
    func weights(_ logits: Tensor) -> Tensor { Tensor(shape: logits.shape, values: [1, -2, 0.5]) }
    let result = try probe.run(images, weights: weights)
    let model = try Model(
      network: network, parameters: parameters, options: ComputeOptions(algorithms: .direct))
    #expect(difference(result.output.values, try model.logits(images).values) < 1e-3)
    // Along the gradient itself, the objective rises by the gradient's squared length.
    let squared = result.gradient.values.reduce(0.0) { $0 + Double($1) * Double($1) }
    // Below this the objective's change would be lost in its rounding.
    #expect(squared > 1e-6)
    func objective(_ step: Double) throws -> Double {
      let moved = zip(images.values, result.gradient.values).map {
        Float(Double($0) + step * Double($1))
      }
      let logits = try model.logits(Tensor(shape: images.shape, values: moved)).values
      return Double(logits[0]) - 2 * Double(logits[1]) + 0.5 * Double(logits[2])
    }
    let step = 0.02 / squared.squareRoot()
    let slope: Double = try (objective(step) - objective(-step)) / (2 * step)
    #expect(abs(slope / squared - 1) < 0.03, "\(layer)")
  }

  @Test func `The explained layer is the last one with positions`() throws {
    let layers = try ["resnet50", "vgg16", "densenet121", "inception_v3", "lenet5"].map {
      try Architectures.named($0).lastSpatialLayer
    }
    #expect(
      layers == [
        "layer4.2.relu", "features.29", "features.relu5", "Mixed_7c.concat", "relu2",
      ])
  }

  @Test func `Names and numbers that do not exist are refused`() throws {
    let small = try SmallResidual()
    #expect(throws: NeuralError.self) {
      try GradCAM(small.network, small.parameters, layer: "relu9")
    }
    #expect(throws: NeuralError.self) {
      try GradCAM(small.network, small.parameters, layer: "fc")
    }
    let cam = try GradCAM(small.network, small.parameters)
    let images = try #require(small.file["images"])
    #expect(throws: NeuralError.labelOutOfRange(label: 4, classes: 4)) {
      try cam.maps(images, classes: [1, 4])
    }
    #expect(throws: NeuralError.targetCount(images: 2, targets: 1)) {
      try cam.maps(images, classes: [1])
    }
  }
}

struct HeatPictureTests {
  private let map = AttentionMap(
    classIndex: 1, probability: 0.5, height: 2, width: 2, values: [0, 0, 0, 4])

  @Test func `A map is enlarged between the centres of its cells`() {
    let heat = map.enlarged(height: 4, width: 4)
    #expect(heat.prefix(4) == [0, 0, 0, 0])
    #expect(heat[15] == 1)
    #expect(abs(heat[10] - 0.5625) < 1e-6)
  }

  @Test func `The strongest place is yellow, the others let the picture through`() {
    let grey = Image(width: 4, height: 4, channels: 3, filledWith: 100)
    let picture = map.overlaid(on: grey, opacity: 1)
    #expect(Array(picture.pixels.suffix(3)) == [253, 231, 37])
    // 65 % of the grey, 35 % of viridis' darkest.
    #expect(Array(picture.pixels.prefix(3)) == [89, 65, 94])
  }

  @Test func `A map of nothing stays nothing`() {
    let empty = AttentionMap(
      classIndex: 0, probability: 1, height: 1, width: 2, values: [0, 0])
    #expect(empty.normalised == [0, 0])
  }
}
