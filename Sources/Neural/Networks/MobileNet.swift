// MobileNet v1 and v2.

/// Networks of depthwise and 1×1 convolutions.
enum MobileNet {
  static let entries: [ArchitectureEntry] =
    [
      ("mobilenet_v1", 1.0), ("mobilenet_v1_0.75", 0.75), ("mobilenet_v1_0.50", 0.5),
      ("mobilenet_v1_0.25", 0.25),
    ].map { name, width in
      ArchitectureEntry(name: name, inputShape: [3, 224, 224]) {
        classes, shape throws(NeuralError) in
        try first(name, width: width, classes: classes, inputShape: shape)
      }
    }
    + ["mobilenet_v2", "mobilenet_v2_keras"].map { name in
      ArchitectureEntry(name: name, inputShape: [3, 224, 224]) {
        classes, shape throws(NeuralError) in
        try second(name, classes: classes, inputShape: shape)
      }
    }

  /// Howard et al. (doi 10.48550/arXiv.1704.04861) with Keras's names, padding and ReLU6.
  private static func first(
    _ name: String, width: Double, classes: Int, inputShape: [Int]
  ) throws(NeuralError) -> Network {
    var net = NetworkBuilder(name: name, inputShape: inputShape)
    net.initialisation = Initialisation(convolutions: .kaimingFanOut, linears: .uniformFanIn)
    func step(
      _ convolution: String, _ input: Node, outputs: Int, kernel: Int, stride: Int = 1,
      groups: Int = 1
    ) -> Node {
      let shape = net.shape(input)
      return net.block(
        convolution, convolution + "_bn", input, outputs: outputs, kernel: kernel, stride: stride,
        padded: .same(height: shape[1], width: shape[2], kernel: (kernel, kernel), stride: stride),
        groups: groups, epsilon: 1e-3, momentum: 0.01, .relu6)
    }
    func channels(_ count: Int) -> Int { Int(Double(count) * width) }
    var x = step("conv1", net.input, outputs: channels(32), kernel: 3, stride: 2)
    let stages = [
      (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1),
      (512, 1), (512, 1), (1024, 2), (1024, 1),
    ]
    for (index, stage) in stages.enumerated() {
      let inputs = net.shape(x)[0]
      x = step(
        "conv_dw_\(index + 1)", x, outputs: inputs, kernel: 3, stride: stage.1, groups: inputs)
      x = step("conv_pw_\(index + 1)", x, outputs: channels(stage.0), kernel: 1)
    }
    x = net.globalAveragePooling("global_average_pooling", x)
    x = net.dropout("dropout", x, rate: 1e-3)
    _ = net.linear("conv_preds", x, outputs: classes)
    return try net.build(classifier: "conv_preds")
  }

  /// Sandler et al. (doi 10.1109/CVPR.2018.00474) as in torchvision, or with Keras's padding and
  /// settings of the normalisation.
  private static func second(
    _ name: String, classes: Int, inputShape: [Int]
  ) throws(NeuralError) -> Network {
    let isKeras = name == "mobilenet_v2_keras"
    var net = NetworkBuilder(name: name, inputShape: inputShape)
    net.initialisation = Initialisation(convolutions: .kaimingFanOut, linears: .normal(0.01))
    func step(
      _ convolution: String, _ norm: String, _ input: Node, outputs: Int, kernel: Int,
      stride: Int = 1, groups: Int = 1, _ kind: Activation? = .relu6
    ) -> Node {
      let shape = net.shape(input)
      return net.block(
        convolution, norm, input, outputs: outputs, kernel: kernel, stride: stride,
        padded: isKeras
          ? .same(height: shape[1], width: shape[2], kernel: (kernel, kernel), stride: stride)
          : Padding(kernel / 2),
        groups: groups, epsilon: isKeras ? 1e-3 : 1e-5, momentum: isKeras ? 1e-3 : 0.1, kind)
    }
    var x = step("features.0.0", "features.0.1", net.input, outputs: 32, kernel: 3, stride: 2)
    var index = 1
    let stages = [
      (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2),
      (6, 320, 1, 1),
    ]
    for (expansion, outputs, count, firstStride) in stages {
      for block in 0..<count {
        let stride = block == 0 ? firstStride : 1
        let name = "features.\(index).conv"
        let inputs = net.shape(x)[0]
        let hidden = inputs * expansion
        var y = x
        if expansion > 1 {
          y = step("\(name).0.0", "\(name).0.1", y, outputs: hidden, kernel: 1)
        }
        let depthwise = expansion > 1 ? 1 : 0
        y = step(
          "\(name).\(depthwise).0", "\(name).\(depthwise).1", y, outputs: hidden, kernel: 3,
          stride: stride, groups: hidden)
        y = step(
          "\(name).\(depthwise + 1)", "\(name).\(depthwise + 2)", y, outputs: outputs, kernel: 1,
          nil)
        x = stride == 1 && inputs == outputs ? net.add("features.\(index).add", x, y) : y
        index += 1
      }
    }
    x = step("features.18.0", "features.18.1", x, outputs: 1280, kernel: 1)
    x = net.globalAveragePooling("avgpool", x)
    x = net.dropout("classifier.0", x, rate: 0.2)
    _ = net.linear("classifier.1", x, outputs: classes)
    return try net.build(classifier: "classifier.1")
  }
}
