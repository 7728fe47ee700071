// Small networks, one for each kind of layer, that the gradient and parity tests run over.

import Testing

@testable import Neural

/// A network of a few layers around the one under test, with an id that names it when it fails.
struct LayerCase: Sendable, CustomTestStringConvertible {
  let id: String
  let network: Network
  var testDescription: String { id }

  private static func make(
    _ id: String, channels: Int = 3, size: Int = 7,
    _ body: (inout NetworkBuilder, Node) -> Node
  ) -> LayerCase {
    var net = NetworkBuilder(name: id, inputShape: [channels, size, size])
    // A first convolution, so that a gradient has to pass through the layer under test.
    let x = net.convolution(
      "first", net.input, outputs: 5, kernel: 3, padding: 1, bias: true)
    let y = body(&net, x)
    _ = net.linear("last", y, outputs: 3)
    guard let network = try? net.build(classifier: "last") else {
      preconditionFailure("the test network \(id) does not fit together")
    }
    return LayerCase(id: id, network: network)
  }

  static let all: [LayerCase] =
    [
      make("convolution 3×3") { $0.convolution("layer", $1, outputs: 4, kernel: 3, bias: true) },
      make("convolution 3×3, 16 to 32 channels") { net, x in
        let wide = net.convolution("wide", x, outputs: 16, kernel: 1)
        return net.convolution("layer", wide, outputs: 32, kernel: 3, padding: 1)
      },
      make("convolution with stride 2 and ReLU") { net, x in
        net.activation(
          "relu", net.convolution("layer", x, outputs: 4, kernel: 3, stride: 2, padding: 1), .relu)
      },
      make("convolution with stride 3 that leaves rows over", size: 9) {
        $0.convolution("layer", $1, outputs: 4, kernel: 2, stride: 3, bias: true)
      },
      make("convolution 1×7, padded on the sides only") {
        $0.convolution(
          "layer", $1, outputs: 4, kernel: 1, size: (1, 7),
          padded: Padding(top: 0, left: 3, bottom: 0, right: 3))
      },
      make("convolution with dilation 2") {
        $0.convolution("layer", $1, outputs: 4, kernel: 3, padding: 2, dilation: 2)
      },
      make("convolution in 5 groups (depthwise)") {
        $0.convolution("layer", $1, outputs: 5, kernel: 3, padding: 1, groups: 5)
      },
      make("convolution in 2 groups") { net, x in
        let even = net.convolution("even", x, outputs: 6, kernel: 1)
        return net.convolution("layer", even, outputs: 4, kernel: 3, groups: 2, bias: true)
      },
      make("convolution with TensorFlow's SAME padding", size: 8) {
        $0.convolution(
          "layer", $1, outputs: 4, kernel: 3, stride: 2,
          padded: .same(height: 8, width: 8, kernel: (3, 3), stride: 2))
      },
      make("batch norm") { $0.batchNorm("layer", $1) },
      make("batch norm with ReLU") { net, x in
        net.activation("relu", net.batchNorm("layer", x), .relu)
      },
      make("batch norm without scale") { $0.batchNorm("layer", $1, epsilon: 1e-3, scale: false) },
      make("convolution, batch norm, ReLU6") { net, x in
        let y = net.batchNorm("bn", net.convolution("layer", x, outputs: 16, kernel: 3))
        return net.activation("relu6", y, .relu6)
      },
      make("residual block") { net, x in
        var y = net.convolution("a", x, outputs: 5, kernel: 3, padding: 1)
        y = net.activation("arelu", net.batchNorm("abn", y), .relu)
        y = net.batchNorm("bbn", net.convolution("b", y, outputs: 5, kernel: 3, padding: 1))
        return net.activation("relu", net.add("layer", y, x), .relu)
      },
      make("residual block with projection") { net, x in
        var y = net.batchNorm("abn", net.convolution("a", x, outputs: 16, kernel: 3, padding: 1))
        y = net.activation("arelu", y, .relu)
        let skip = net.batchNorm("sbn", net.convolution("s", x, outputs: 16, kernel: 1))
        return net.activation("relu", net.add("layer", y, skip), .relu)
      },
      make("residual block without activation") { net, x in
        let y = net.batchNorm("abn", net.convolution("a", x, outputs: 5, kernel: 1))
        return net.add("layer", x, y)
      },
      make("inverted residual with depthwise convolution", size: 56) { net, x in
        let input = net.maxPooling("thin", x, kernel: 1, stride: 1)
        var y = net.block("expand", "expand_bn", input, outputs: 96, kernel: 1, .relu6)
        y = net.block(
          "depth", "depth_bn", y, outputs: 96, kernel: 3, padding: 1, groups: 96, .relu6)
        y = net.block("project", "project_bn", y, outputs: 5, kernel: 1, nil)
        return net.globalAveragePooling("mean", net.add("layer", y, input))
      },
      make("scaled residual") { net, x in
        let y = net.convolution("a", x, outputs: 5, kernel: 1, bias: true)
        let scaled = net.append("layer", .scaling(0.17), [y])
        return net.activation("relu", net.add("add", x, scaled), .relu)
      },
      make("max pooling 3×3/2") {
        $0.maxPooling("layer", $1, kernel: 3, stride: 2, padding: 1)
      },
      make("max pooling in ceiling mode", size: 8) {
        $0.maxPooling("layer", $1, kernel: 3, stride: 2, ceilMode: true)
      },
      make("average pooling that counts padding") {
        $0.averagePooling("layer", $1, kernel: 3, stride: 1, padding: 1)
      },
      make("average pooling that leaves padding out") {
        $0.averagePooling("layer", $1, kernel: 3, stride: 2, padding: 1, countsPadding: false)
      },
      make("global average pooling") { $0.globalAveragePooling("layer", $1) },
      make("adaptive pooling 3×3 of 7×7") {
        $0.append("layer", .adaptiveAveragePooling(height: 3, width: 3), [$1])
      },
      make("adaptive pooling 4×4 of 8×8", size: 8) {
        $0.append("layer", .adaptiveAveragePooling(height: 4, width: 4), [$1])
      },
      make("linear layers") { net, x in
        net.activation("relu", net.linear("layer", x, outputs: 6), .relu)
      },
      make("concat of 5 and 3 channels") { net, x in
        net.concat("layer", [x, net.convolution("b", x, outputs: 3, kernel: 1)])
      },
      make("concat of 16 and 32 channels") { net, x in
        let a = net.convolution("a", x, outputs: 16, kernel: 3, padding: 1)
        return net.concat("layer", [a, net.convolution("b", x, outputs: 32, kernel: 1)])
      },
      make("squeeze and excitation") { net, x in
        let y = net.activation("swish", net.convolution("a", x, outputs: 20, kernel: 1), .silu)
        var gate = net.globalAveragePooling("squeeze", y)
        gate = net.activation(
          "reduce", net.convolution("fc1", gate, outputs: 2, kernel: 1, bias: true), .silu)
        gate = net.activation(
          "gate", net.convolution("fc2", gate, outputs: 20, kernel: 1, bias: true), .sigmoid)
        return net.append("layer", .channelScale, [y, gate])
      },
      make("convolution, batch norm, SiLU") { net, x in
        net.block("layer", "norm", x, outputs: 20, kernel: 3, padding: 1, .silu)
      },
      make("mobile block with squeeze and excitation") { net, x in
        var y = net.block("a", "norm1", x, outputs: 32, kernel: 1, .silu)
        y = net.block(
          "b", "norm2", y, outputs: 32, kernel: 5, stride: 2, padding: 2, groups: 32, .silu)
        var gate = net.globalAveragePooling("squeeze", y)
        gate = net.activation(
          "reduce", net.convolution("fc1", gate, outputs: 3, kernel: 1, bias: true), .silu)
        gate = net.activation(
          "gate", net.convolution("fc2", gate, outputs: 32, kernel: 1, bias: true), .sigmoid)
        y = net.append("scale", .channelScale, [y, gate])
        return net.block("layer", "norm3", y, outputs: 8, kernel: 1, nil)
      },
      make("local response norm") {
        $0.append(
          "layer", .localResponseNorm(LocalResponseNorm(size: 3, alpha: 0.5, beta: 0.75, k: 1)),
          [$1])
      },
    ]
    + Activation.allCases.map { kind in
      make("activation \(kind.rawValue)") { $0.activation("layer", $1, kind) }
    }
}
