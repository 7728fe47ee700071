// EfficientNet-B0 to B7, as in torchvision and as in Keras, and Lite0 to Lite4.

#if canImport(Glibc)
  import Glibc
#endif

/// Inverted residuals scaled in width and depth (Tan and Le, doi 10.48550/arXiv.1905.11946).
enum EfficientNet {
  /// Expansion, kernel, stride, outputs and number of blocks of the stages of B0.
  private static let stages = [
    (1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 4), (6, 3, 1, 320, 1),
  ]

  /// Width, depth, image side and dropout of one member of the family.
  private struct Scale {
    let name: String, width: Double, depth: Double, side: Int, dropout: Float
    init(_ name: String, _ width: Double, _ depth: Double, _ side: Int, _ dropout: Float) {
      (self.name, self.width, self.depth) = (name, width, depth)
      (self.side, self.dropout) = (side, dropout)
    }
    /// To the multiple of 8 nearest to the scaled count, not below nine tenths of it.
    func channels(_ count: Int) -> Int {
      let scaled = Double(count) * width
      let rounded = max(8, Int(scaled + 4) / 8 * 8)
      return Double(rounded) < 0.9 * scaled ? rounded + 8 : rounded
    }
    func blocks(_ count: Int) -> Int { Int(ceil(Double(count) * depth)) }
  }

  private static let large = [
    Scale("efficientnet_b0", 1.0, 1.0, 224, 0.2), Scale("efficientnet_b1", 1.0, 1.1, 240, 0.2),
    Scale("efficientnet_b2", 1.1, 1.2, 288, 0.3), Scale("efficientnet_b3", 1.2, 1.4, 300, 0.3),
    Scale("efficientnet_b4", 1.4, 1.8, 380, 0.4), Scale("efficientnet_b5", 1.6, 2.2, 456, 0.4),
    Scale("efficientnet_b6", 1.8, 2.6, 528, 0.5), Scale("efficientnet_b7", 2.0, 3.1, 600, 0.5),
  ]
  private static let lite = [
    Scale("efficientnet_lite0", 1.0, 1.0, 224, 0.2),
    Scale("efficientnet_lite1", 1.0, 1.1, 240, 0.2),
    Scale("efficientnet_lite2", 1.1, 1.2, 260, 0.3),
    Scale("efficientnet_lite3", 1.2, 1.4, 280, 0.3),
    Scale("efficientnet_lite4", 1.4, 1.8, 300, 0.3),
  ]

  static let entries: [ArchitectureEntry] =
    large.map { scale in
      ArchitectureEntry(name: scale.name, inputShape: [3, scale.side, scale.side]) {
        classes, shape throws(NeuralError) in
        try largeNetwork(scale, classes: classes, inputShape: shape)
      }
    }
    + large.map { scale in
      // Keras trained B2 on smaller images than torchvision.
      let side = scale.name == "efficientnet_b2" ? 260 : scale.side
      return ArchitectureEntry(name: scale.name + "_keras", inputShape: [3, side, side]) {
        classes, shape throws(NeuralError) in
        try largeNetwork(scale, isKeras: true, classes: classes, inputShape: shape)
      }
    }
    + lite.map { scale in
      ArchitectureEntry(name: scale.name, inputShape: [3, scale.side, scale.side]) {
        classes, shape throws(NeuralError) in
        try liteNetwork(scale, classes: classes, inputShape: shape)
      }
    }

  private static let initialisation = Initialisation(
    convolutions: .kaimingFanOut, linears: .uniformFanOut)

  /// torchvision's names and stochastic depth (0.2 at the last block); its padding, or
  /// TensorFlow's, which Keras has.
  private static func largeNetwork(
    _ scale: Scale, isKeras: Bool = false, classes: Int, inputShape: [Int]
  ) throws(NeuralError) -> Network {
    var net = NetworkBuilder(
      name: scale.name + (isKeras ? "_keras" : ""), inputShape: inputShape)
    net.initialisation = initialisation
    // torchvision gives B5 to B7 TensorFlow's batch-norm settings.
    let isTensorFlow =
      isKeras || ["efficientnet_b5", "efficientnet_b6", "efficientnet_b7"].contains(scale.name)
    func step(
      _ name: String, _ input: Node, outputs: Int, kernel: Int, stride: Int = 1, groups: Int = 1,
      _ kind: Activation?
    ) -> Node {
      let shape = net.shape(input)
      return net.block(
        "\(name).0", "\(name).1", input, outputs: outputs, kernel: kernel, stride: stride,
        padded: isKeras
          ? .same(height: shape[1], width: shape[2], kernel: (kernel, kernel), stride: stride)
          : Padding(kernel / 2),
        groups: groups, epsilon: isTensorFlow ? 1e-3 : 1e-5,
        momentum: isTensorFlow ? 0.01 : 0.1, kind)
    }
    let total = stages.reduce(0) { $0 + scale.blocks($1.4) }
    var built = 0
    var x = step(
      "features.0", net.input, outputs: scale.channels(32), kernel: 3, stride: 2, .silu)
    for (index, stage) in stages.enumerated() {
      let (expansion, kernel, firstStride, count, blocks) = stage
      for block in 0..<scale.blocks(blocks) {
        let name = "features.\(index + 1).\(block)"
        let inputs = net.shape(x)[0]
        let (hidden, outputs) = (inputs * expansion, scale.channels(count))
        let stride = block == 0 ? firstStride : 1
        var (y, part) = (x, 0)
        if expansion > 1 {
          y = step("\(name).block.0", y, outputs: hidden, kernel: 1, .silu)
          part = 1
        }
        y = step(
          "\(name).block.\(part)", y, outputs: hidden, kernel: kernel, stride: stride,
          groups: hidden, .silu)
        y = net.squeezeExcitation(
          "\(name).block.\(part + 1)", y, reduced: max(1, inputs / 4), .silu, .sigmoid)
        y = step("\(name).block.\(part + 2)", y, outputs: outputs, kernel: 1, nil)
        if stride == 1 && inputs == outputs {
          let rate = 0.2 * Float(built) / Float(total)
          y = net.append("\(name).stochastic_depth", .stochasticDepth(rate), [y])
          x = net.add("\(name).add", y, x)
        } else {
          x = y
        }
        built += 1
      }
    }
    x = step("features.8", x, outputs: 4 * net.shape(x)[0], kernel: 1, .silu)
    x = net.globalAveragePooling("avgpool", x)
    x = net.dropout("classifier.0", x, rate: scale.dropout)
    _ = net.linear("classifier.1", x, outputs: classes)
    return try net.build(classifier: "classifier.1")
  }

  /// Without squeeze and excitation, with ReLU6, fixed stem and head; TensorFlow's padding, and the
  /// names of the PyTorch port whose weight files are around (`_blocks.0._depthwise_conv`).
  private static func liteNetwork(
    _ scale: Scale, classes: Int, inputShape: [Int]
  ) throws(NeuralError) -> Network {
    var net = NetworkBuilder(name: scale.name, inputShape: inputShape)
    net.initialisation = initialisation
    func step(
      _ convolution: String, _ norm: String, _ input: Node, outputs: Int, kernel: Int,
      stride: Int = 1, groups: Int = 1, _ kind: Activation?
    ) -> Node {
      let shape = net.shape(input)
      return net.block(
        convolution, norm, input, outputs: outputs, kernel: kernel, stride: stride,
        padded: .same(height: shape[1], width: shape[2], kernel: (kernel, kernel), stride: stride),
        groups: groups, epsilon: 1e-3, momentum: 0.01, kind)
    }
    var x = step("_conv_stem", "_bn0", net.input, outputs: 32, kernel: 3, stride: 2, .relu6)
    let total = stages.enumerated().reduce(0) { sum, stage in
      sum
        + (stage.offset == 0 || stage.offset == 6 ? stage.element.4 : scale.blocks(stage.element.4))
    }
    var index = 0
    for (position, stage) in stages.enumerated() {
      let (expansion, kernel, firstStride, count, blocks) = stage
      // The first and the last stage keep their depth.
      for block in 0..<(position == 0 || position == 6 ? blocks : scale.blocks(blocks)) {
        let name = "_blocks.\(index)"
        let inputs = net.shape(x)[0]
        let (hidden, outputs) = (inputs * expansion, scale.channels(count))
        let stride = block == 0 ? firstStride : 1
        var y = x
        if expansion > 1 {
          y = step("\(name)._expand_conv", "\(name)._bn0", y, outputs: hidden, kernel: 1, .relu6)
        }
        y = step(
          "\(name)._depthwise_conv", "\(name)._bn1", y, outputs: hidden, kernel: kernel,
          stride: stride, groups: hidden, .relu6)
        y = step("\(name)._project_conv", "\(name)._bn2", y, outputs: outputs, kernel: 1, nil)
        if stride == 1 && inputs == outputs {
          let rate = 0.2 * Float(index) / Float(total)
          y = net.append("\(name).stochastic_depth", .stochasticDepth(rate), [y])
          x = net.add("\(name).add", y, x)
        } else {
          x = y
        }
        index += 1
      }
    }
    x = step("_conv_head", "_bn1", x, outputs: 1280, kernel: 1, .relu6)
    x = net.globalAveragePooling("_avg_pooling", x)
    x = net.dropout("_dropout", x, rate: scale.dropout)
    _ = net.linear("_fc", x, outputs: classes)
    return try net.build(classifier: "_fc")
  }
}
