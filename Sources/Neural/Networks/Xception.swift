// Xception (Chollet, doi 10.1109/CVPR.2017.195), with timm's names.

/// Separable convolutions in residual blocks.
enum Xception {
  static let entries = [
    ArchitectureEntry(name: "xception", inputShape: [3, 299, 299]) {
      classes, shape throws(NeuralError) in
      try network(classes: classes, inputShape: shape)
    }
  ]

  private static func network(classes: Int, inputShape: [Int]) throws(NeuralError) -> Network {
    var net = NetworkBuilder(name: "xception", inputShape: inputShape)
    net.initialisation = Initialisation(convolutions: .kaimingFanOut, linears: .uniformFanIn)
    var x = net.block("conv1", "bn1", net.input, outputs: 32, kernel: 3, stride: 2)
    x = net.block("conv2", "bn2", x, outputs: 64, kernel: 3)
    x = block(1, &net, x, [128, 128], stride: 2)
    x = block(2, &net, x, [256, 256], stride: 2)
    x = block(3, &net, x, [728, 728], stride: 2)
    for index in 4...11 { x = block(index, &net, x, [728, 728, 728], stride: 1) }
    x = block(12, &net, x, [728, 1024], stride: 2)
    for (index, outputs) in [(3, 1536), (4, 2048)] {
      x = separable("conv\(index)", &net, x, outputs)
      x = net.activation("act\(index)", net.batchNorm("bn\(index)", x), .relu)
    }
    x = net.globalAveragePooling("global_pool", x)
    _ = net.linear("fc", x, outputs: classes)
    return try net.build(classifier: "fc")
  }

  private static func separable(
    _ name: String, _ net: inout NetworkBuilder, _ input: Node, _ outputs: Int
  ) -> Node {
    let inputs = net.shape(input)[0]
    let x = net.convolution(
      "\(name).conv1", input, outputs: inputs, kernel: 3, padding: 1, groups: inputs)
    return net.convolution("\(name).pointwise", x, outputs: outputs, kernel: 1)
  }

  /// ReLU before each separable convolution, except at the start of the first block.
  private static func block(
    _ index: Int, _ net: inout NetworkBuilder, _ input: Node, _ widths: [Int], stride: Int
  ) -> Node {
    let name = "block\(index)"
    var x = input
    var position = 0
    for (layer, outputs) in widths.enumerated() {
      if index > 1 || layer > 0 {
        x = net.activation("\(name).rep.\(position)", x, .relu)
        position += 1
      }
      x = separable("\(name).rep.\(position)", &net, x, outputs)
      x = net.batchNorm("\(name).rep.\(position + 1)", x)
      position += 2
    }
    var skip = input
    if stride > 1 {
      x = net.maxPooling("\(name).pool", x, kernel: 3, stride: stride, padding: 1)
      skip = net.convolution(
        "\(name).skip", input, outputs: widths[widths.count - 1], kernel: 1, stride: stride)
      skip = net.batchNorm("\(name).skipbn", skip)
    }
    return net.add("\(name).add", x, skip)
  }
}
