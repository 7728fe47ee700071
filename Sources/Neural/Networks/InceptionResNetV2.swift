// Inception-ResNet v2 (Szegedy et al., doi 10.1609/aaai.v31i1.11231), with timm's names.

/// Inception modules whose scaled output is added to their input.
enum InceptionResNetV2 {
  static let entries = [
    ArchitectureEntry(name: "inception_resnet_v2", inputShape: [3, 299, 299]) {
      classes, shape throws(NeuralError) in
      try network(classes: classes, inputShape: shape)
    }
  ]

  private static func network(classes: Int, inputShape: [Int]) throws(NeuralError) -> Network {
    var net = NetworkBuilder(name: "inception_resnet_v2", inputShape: inputShape)
    net.initialisation = Initialisation(convolutions: .kaimingFanOut, linears: .uniformFanIn)
    var x = step("conv2d_1a", &net, net.input, 32, (3, 3), stride: 2)
    x = step("conv2d_2a", &net, x, 32, (3, 3))
    x = step("conv2d_2b", &net, x, 64, (3, 3), isSame: true)
    x = net.maxPooling("maxpool_3a", x, kernel: 3, stride: 2)
    x = step("conv2d_3b", &net, x, 80, (1, 1))
    x = step("conv2d_4a", &net, x, 192, (3, 3))
    x = net.maxPooling("maxpool_5a", x, kernel: 3, stride: 2)
    x = mixed5b(&net, x)
    for index in 0..<10 {
      x = residual(
        "repeat.\(index)", &net, x, scale: 0.17,
        [
          [(32, (1, 1))], [(32, (1, 1)), (32, (3, 3))], [(32, (1, 1)), (48, (3, 3)), (64, (3, 3))],
        ])
    }
    x = reduction("mixed_6a", &net, x, [[(384, 3)], [(256, 1), (256, 3), (384, 3)]])
    for index in 0..<20 {
      x = residual(
        "repeat_1.\(index)", &net, x, scale: 0.1,
        [[(192, (1, 1))], [(128, (1, 1)), (160, (1, 7)), (192, (7, 1))]])
    }
    x = reduction(
      "mixed_7a", &net, x,
      [[(256, 1), (384, 3)], [(256, 1), (288, 3)], [(256, 1), (288, 3), (320, 3)]])
    let last = [[(192, (1, 1))], [(192, (1, 1)), (224, (1, 3)), (256, (3, 1))]]
    for index in 0..<9 { x = residual("repeat_2.\(index)", &net, x, scale: 0.2, last) }
    x = residual("block8", &net, x, scale: 1, isActivated: false, last)
    x = step("conv2d_7b", &net, x, 1536, (1, 1))
    x = net.globalAveragePooling("global_pool", x)
    _ = net.linear("classif", x, outputs: classes)
    return try net.build(classifier: "classif")
  }

  private static func step(
    _ name: String, _ net: inout NetworkBuilder, _ input: Node, _ outputs: Int,
    _ size: (Int, Int), stride: Int = 1, isSame: Bool = false
  ) -> Node {
    let (rows, columns) = isSame ? (size.0 / 2, size.1 / 2) : (0, 0)
    return net.block(
      "\(name).conv", "\(name).bn", input, outputs: outputs, kernel: size.0, size: size,
      stride: stride, padded: Padding(top: rows, left: columns, bottom: rows, right: columns),
      epsilon: 1e-3)
  }

  private static func mixed5b(_ net: inout NetworkBuilder, _ x: Node) -> Node {
    let name = "mixed_5b"
    let a = step("\(name).branch0", &net, x, 96, (1, 1))
    var b = step("\(name).branch1.0", &net, x, 48, (1, 1))
    b = step("\(name).branch1.1", &net, b, 64, (5, 5), isSame: true)
    var c = step("\(name).branch2.0", &net, x, 64, (1, 1))
    c = step("\(name).branch2.1", &net, c, 96, (3, 3), isSame: true)
    c = step("\(name).branch2.2", &net, c, 96, (3, 3), isSame: true)
    var d = net.averagePooling(
      "\(name).branch3.0", x, kernel: 3, stride: 1, padding: 1, countsPadding: false)
    d = step("\(name).branch3.1", &net, d, 64, (1, 1))
    return net.concat("\(name).concat", [a, b, c, d])
  }

  /// Branches, concatenated, mapped back to the input's width by a 1×1 convolution and added to it.
  private static func residual(
    _ name: String, _ net: inout NetworkBuilder, _ input: Node, scale: Float,
    isActivated: Bool = true, _ branches: [[(Int, (Int, Int))]]
  ) -> Node {
    var ends: [Node] = []
    for (index, branch) in branches.enumerated() {
      var x = input
      for (position, layer) in branch.enumerated() {
        let step =
          branch.count == 1 ? "\(name).branch\(index)" : "\(name).branch\(index).\(position)"
        x = self.step(step, &net, x, layer.0, layer.1, isSame: true)
      }
      ends.append(x)
    }
    var x = net.concat("\(name).concat", ends)
    x = net.convolution(
      "\(name).conv2d", x, outputs: net.shape(input)[0], kernel: 1, bias: true)
    if scale != 1 { x = net.append("\(name).scaling", .scaling(scale), [x]) }
    x = net.add("\(name).add", x, input)
    return isActivated ? net.activation("\(name).relu", x, .relu) : x
  }

  /// Branches whose last convolution has stride 2, beside a maximum pooling.
  private static func reduction(
    _ name: String, _ net: inout NetworkBuilder, _ input: Node, _ branches: [[(Int, Int)]]
  ) -> Node {
    var ends: [Node] = []
    for (index, branch) in branches.enumerated() {
      var x = input
      for (position, (outputs, kernel)) in branch.enumerated() {
        let isLast = position == branch.count - 1
        let step =
          branch.count == 1 ? "\(name).branch\(index)" : "\(name).branch\(index).\(position)"
        x = self.step(
          step, &net, x, outputs, (kernel, kernel), stride: isLast ? 2 : 1, isSame: !isLast)
      }
      ends.append(x)
    }
    ends.append(net.maxPooling("\(name).pool", input, kernel: 3, stride: 2))
    return net.concat("\(name).concat", ends)
  }
}
