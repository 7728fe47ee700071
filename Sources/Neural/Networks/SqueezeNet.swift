// SqueezeNet 1.0 and 1.1 (Iandola et al., doi 10.48550/arXiv.1602.07360), as in torchvision.

/// Fire modules: a 1×1 squeeze, then 1×1 and 3×3 expansions side by side.
enum SqueezeNet {
  static let entries: [ArchitectureEntry] = [
    ArchitectureEntry(name: "squeezenet1_0", inputShape: [3, 224, 224]) {
      classes, shape throws(NeuralError) in
      try network(
        "squeezenet1_0", stem: (96, 7), pools: [2, 6, 11],
        classes: classes, inputShape: shape)
    },
    ArchitectureEntry(name: "squeezenet1_1", inputShape: [3, 224, 224]) {
      classes, shape throws(NeuralError) in
      try network(
        "squeezenet1_1", stem: (64, 3), pools: [2, 5, 8],
        classes: classes, inputShape: shape)
    },
  ]

  /// `pools`: the positions of the poolings among `features`.
  private static func network(
    _ name: String, stem: (outputs: Int, kernel: Int), pools: [Int], classes: Int,
    inputShape: [Int]
  ) throws(NeuralError) -> Network {
    var net = NetworkBuilder(name: name, inputShape: inputShape)
    var x = net.convolution(
      "features.0", net.input, outputs: stem.outputs, kernel: stem.kernel, stride: 2, bias: true)
    x = net.activation("features.1", x, .relu)
    var squeezes = [16, 16, 32, 32, 48, 48, 64, 64][...]
    var position = 2
    while let squeeze = squeezes.first {
      let name = "features.\(position)"
      if pools.contains(position) {
        x = net.maxPooling(name, x, kernel: 3, stride: 2, ceilMode: true)
      } else {
        x = fire(name, &net, x, squeeze: squeeze)
        squeezes = squeezes.dropFirst()
      }
      position += 1
    }
    x = net.dropout("classifier.0", x, rate: 0.5)
    x = net.convolution("classifier.1", x, outputs: classes, kernel: 1, bias: true)
    x = net.activation("classifier.2", x, .relu)
    _ = net.globalAveragePooling("classifier.3", x)
    return try net.build(classifier: "classifier.1")
  }

  private static func fire(
    _ name: String, _ net: inout NetworkBuilder, _ input: Node, squeeze: Int
  ) -> Node {
    var x = net.convolution("\(name).squeeze", input, outputs: squeeze, kernel: 1, bias: true)
    x = net.activation("\(name).squeeze_activation", x, .relu)
    var a = net.convolution("\(name).expand1x1", x, outputs: 4 * squeeze, kernel: 1, bias: true)
    a = net.activation("\(name).expand1x1_activation", a, .relu)
    var b = net.convolution(
      "\(name).expand3x3", x, outputs: 4 * squeeze, kernel: 3, padding: 1, bias: true)
    b = net.activation("\(name).expand3x3_activation", b, .relu)
    return net.concat("\(name).concat", [a, b])
  }
}
