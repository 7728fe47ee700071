// MobileNet v3 (Howard et al., doi 10.1109/ICCV.2019.00140), as in torchvision and as in Keras.

/// Inverted residuals with squeeze and excitation and hard swish.
enum MobileNetV3 {
  /// One row of the paper's tables 1 and 2.
  private struct Row {
    let kernel: Int, expanded: Int, outputs: Int, hasGate: Bool, isHard: Bool, stride: Int
    init(_ k: Int, _ e: Int, _ o: Int, _ gate: Bool, _ hard: Bool, _ s: Int) {
      (kernel, expanded, outputs, hasGate, isHard, stride) = (k, e, o, gate, hard, s)
    }
  }

  private static let large = [
    Row(3, 16, 16, false, false, 1), Row(3, 64, 24, false, false, 2),
    Row(3, 72, 24, false, false, 1), Row(5, 72, 40, true, false, 2),
    Row(5, 120, 40, true, false, 1), Row(5, 120, 40, true, false, 1),
    Row(3, 240, 80, false, true, 2), Row(3, 200, 80, false, true, 1),
    Row(3, 184, 80, false, true, 1), Row(3, 184, 80, false, true, 1),
    Row(3, 480, 112, true, true, 1), Row(3, 672, 112, true, true, 1),
    Row(5, 672, 160, true, true, 2), Row(5, 960, 160, true, true, 1),
    Row(5, 960, 160, true, true, 1),
  ]
  private static let small = [
    Row(3, 16, 16, true, false, 2), Row(3, 72, 24, false, false, 2),
    Row(3, 88, 24, false, false, 1), Row(5, 96, 40, true, true, 2), Row(5, 240, 40, true, true, 1),
    Row(5, 240, 40, true, true, 1), Row(5, 120, 48, true, true, 1), Row(5, 144, 48, true, true, 1),
    Row(5, 288, 96, true, true, 2), Row(5, 576, 96, true, true, 1), Row(5, 576, 96, true, true, 1),
  ]

  static let entries: [ArchitectureEntry] = [
    ("mobilenet_v3_large", large, 1280), ("mobilenet_v3_small", small, 1024),
    ("mobilenet_v3_large_keras", large, 1280), ("mobilenet_v3_small_keras", small, 1024),
  ].map { name, rows, hidden in
    ArchitectureEntry(name: name, inputShape: [3, 224, 224]) { classes, shape throws(NeuralError) in
      try network(name, rows, hidden: hidden, classes: classes, inputShape: shape)
    }
  }

  /// torchvision's padding and momentum, or Keras's.
  private static func network(
    _ name: String, _ rows: [Row], hidden: Int, classes: Int, inputShape: [Int]
  ) throws(NeuralError) -> Network {
    let isKeras = name.hasSuffix("_keras")
    var net = NetworkBuilder(name: name, inputShape: inputShape)
    net.initialisation = Initialisation(convolutions: .kaimingFanOut, linears: .normal(0.01))
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
        groups: groups, epsilon: 1e-3, momentum: isKeras ? 1e-3 : 0.01, kind)
    }
    var x = step("features.0", net.input, outputs: 16, kernel: 3, stride: 2, .hardSwish)
    for (index, row) in rows.enumerated() {
      let name = "features.\(index + 1)"
      let kind: Activation = row.isHard ? .hardSwish : .relu
      let inputs = net.shape(x)[0]
      var (y, part) = (x, 0)
      if row.expanded != inputs {
        y = step("\(name).block.0", y, outputs: row.expanded, kernel: 1, kind)
        part = 1
      }
      y = step(
        "\(name).block.\(part)", y, outputs: row.expanded, kernel: row.kernel, stride: row.stride,
        groups: row.expanded, kind)
      if row.hasGate {
        part += 1
        y = net.squeezeExcitation(
          "\(name).block.\(part)", y, reduced: divisible(row.expanded / 4), .relu, .hardSigmoid)
      }
      y = step("\(name).block.\(part + 1)", y, outputs: row.outputs, kernel: 1, nil)
      x = row.stride == 1 && inputs == row.outputs ? net.add("\(name).add", x, y) : y
    }
    x = step(
      "features.\(rows.count + 1)", x, outputs: 6 * net.shape(x)[0], kernel: 1, .hardSwish)
    x = net.globalAveragePooling("avgpool", x)
    x = net.activation(
      "classifier.1", net.linear("classifier.0", x, outputs: hidden), .hardSwish)
    x = net.dropout("classifier.2", x, rate: 0.2)
    _ = net.linear("classifier.3", x, outputs: classes)
    return try net.build(classifier: "classifier.3")
  }

  /// The multiple of 8 nearest to `count`, not below nine tenths of it.
  private static func divisible(_ count: Int) -> Int {
    let rounded = max(8, (count + 4) / 8 * 8)
    return 10 * rounded < 9 * count ? rounded + 8 : rounded
  }
}

extension NetworkBuilder {
  /// Squeeze and excitation (doi 10.1109/CVPR.2018.00745): two 1×1 convolutions on channel means
  /// decide how much of each channel passes.
  mutating func squeezeExcitation(
    _ name: String, _ input: Node, reduced: Int, _ inner: Activation, _ gate: Activation
  ) -> Node {
    var g = globalAveragePooling("\(name).avgpool", input)
    g = convolution("\(name).fc1", g, outputs: reduced, kernel: 1, bias: true)
    g = activation("\(name).activation", g, inner)
    g = convolution("\(name).fc2", g, outputs: shape(input)[0], kernel: 1, bias: true)
    g = activation("\(name).scale_activation", g, gate)
    return append("\(name).scale", .channelScale, [input, g])
  }
}
