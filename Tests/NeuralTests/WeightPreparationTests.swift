// What is done to weights before the first run: drawing them and Winograd's transform.

import CNeuralKernels
import COneDNN
import Testing

@testable import Neural

@Suite("Weight preparation") struct WeightPreparationTests {
  @Test("normal numbers drawn all at once are those drawn one by one")
  func normalNumbers() {
    var (one, all) = (SeededGenerator(seed: 7), SeededGenerator(seed: 7))
    // Two pieces, the second neither aligned nor a whole number of vectors.
    let expected = (0..<10_005).map { _ in Float(one.normal() * 0.3) }
    var found = [Float](repeating: 0, count: expected.count)
    found.withUnsafeMutableBufferPointer {
      all.fillNormal(UnsafeMutableBufferPointer(rebasing: $0[..<9_001]), deviation: 0.3)
      all.fillNormal(UnsafeMutableBufferPointer(rebasing: $0[9_001...]), deviation: 0.3)
    }
    #expect(one == all)
    for (a, b) in zip(expected, found) { #expect(abs(a - b) <= a.ulp) }
  }

  @Test(
    "Winograd's weights are those of the library's own transform",
    arguments: [(64, 64, 28), (32, 128, 28), (256, 512, 14), (512, 512, 7)])
  func winogradWeights(inputs: Int, outputs: Int, side: Int) throws {
    var net = NetworkBuilder(name: "one", inputShape: [inputs, side, side])
    let x = net.convolution("conv", net.input, outputs: outputs, kernel: 3, padding: 1)
    _ = net.linear("fc", net.globalAveragePooling("pool", x), outputs: 2)
    let network = try net.build(classifier: "fc")
    guard case .convolution(let convolution) = network.layers[1].operation else {
      Issue.record("layer 1 is no convolution")
      return
    }
    let shape = ConvolutionShape(convolution, network, 1, batch: 4, dnnl_f32)
    var description = try shape.forward(
      dnnl_forward_inference, bias: false, winograd: true, layer: "conv")
    // Only processors with 512-bit vectors have this form of the algorithm.
    guard
      let descriptor = try? PrimitiveDescriptor(
        &description, PrimitiveAttributes(), layer: "conv"),
      let layout = descriptor.weights.winograd
    else { return }
    let plain = Value(.plain(shape.weights), in: Buffer(persistent: 4 * inputs * outputs * 9))
    for (i, value) in SharedNumbers.uniform("w", plain.layout.count).enumerated() {
      plain.floats[i] = Float(value - 0.5)
    }
    let made = (0..<2).map { _ in
      Value(descriptor.weights, in: Buffer(persistent: descriptor.weights.byteCount))
    }
    try ParameterSlot.copy(plain, to: made[0])
    let count = descriptor.weights.byteCount / 4
    // The kernels see addresses only: what they belong to must last.
    let difference = withExtendedLifetime((plain, made)) {
      nk_winograd_weights(made[1].floats, plain.floats, nil, outputs, inputs, layout)
      let (a, b) = (made[0].floats, made[1].floats)
      return Difference.relative(
        (0..<count).map { Double(b[$0]) }, (0..<count).map { Double(a[$0]) })
    }
    #expect(count == 36 * inputs * outputs)
    #expect(difference < 1e-6)
  }
}
