// Inception v3 (Szegedy et al., doi 10.1109/CVPR.2016.308), as in torchvision and in Keras.

/// Factorised inception modules; the auxiliary classifier is left out. Keras's average pooling leaves
/// padding out of the count, torchvision's does not.
enum InceptionV3 {
  static let entries = ["inception_v3", "inception_v3_keras"].map { name in
    ArchitectureEntry(name: name, inputShape: [3, 299, 299]) {
      classes, shape throws(NeuralError) in
      try network(name, classes: classes, inputShape: shape)
    }
  }

  private static func network(
    _ name: String, classes: Int, inputShape: [Int]
  ) throws(NeuralError) -> Network {
    var net = InceptionBuilder(name: name, inputShape: inputShape)
    net.countsPadding = name == "inception_v3"
    var x = net.step("Conv2d_1a_3x3", net.builder.input, 32, 3, stride: 2)
    x = net.step("Conv2d_2a_3x3", x, 32, 3)
    x = net.step("Conv2d_2b_3x3", x, 64, 3, padding: 1)
    x = net.builder.maxPooling("maxpool1", x, kernel: 3, stride: 2)
    x = net.step("Conv2d_3b_1x1", x, 80, 1)
    x = net.step("Conv2d_4a_3x3", x, 192, 3)
    x = net.builder.maxPooling("maxpool2", x, kernel: 3, stride: 2)
    for (suffix, width) in [("5b", 32), ("5c", 64), ("5d", 64)] {
      x = net.moduleA("Mixed_\(suffix)", x, pool: width)
    }
    x = net.moduleB("Mixed_6a", x)
    for (suffix, width) in [("6b", 128), ("6c", 160), ("6d", 160), ("6e", 192)] {
      x = net.moduleC("Mixed_\(suffix)", x, width)
    }
    x = net.moduleD("Mixed_7a", x)
    x = net.moduleE("Mixed_7b", x)
    x = net.moduleE("Mixed_7c", x)
    x = net.builder.globalAveragePooling("avgpool", x)
    x = net.builder.dropout("dropout", x, rate: 0.5)
    _ = net.builder.linear("fc", x, outputs: classes)
    return try net.builder.build(classifier: "fc")
  }
}

/// The modules of Inception v3.
private struct InceptionBuilder {
  var builder: NetworkBuilder
  var countsPadding = true

  init(name: String, inputShape: [Int]) {
    builder = NetworkBuilder(name: name, inputShape: inputShape)
    builder.initialisation = Initialisation(convolutions: .kaimingFanOut, linears: .normal(0.1))
  }

  mutating func step(
    _ name: String, _ input: Node, _ outputs: Int, _ kernel: Int, stride: Int = 1, padding: Int = 0
  ) -> Node {
    builder.block(
      "\(name).conv", "\(name).bn", input, outputs: outputs, kernel: kernel, stride: stride,
      padding: padding, epsilon: 1e-3)
  }

  /// A convolution 1×n or n×1 that keeps the size.
  mutating func strip(_ name: String, _ input: Node, _ outputs: Int, _ size: (Int, Int)) -> Node {
    let (rows, columns) = (size.0 / 2, size.1 / 2)
    return builder.block(
      "\(name).conv", "\(name).bn", input, outputs: outputs, kernel: 1, size: size,
      padded: Padding(top: rows, left: columns, bottom: rows, right: columns), epsilon: 1e-3)
  }

  private mutating func pooled(_ name: String, _ input: Node, _ outputs: Int) -> Node {
    let x = builder.averagePooling(
      "\(name)_average", input, kernel: 3, stride: 1, padding: 1, countsPadding: countsPadding)
    return step(name, x, outputs, 1)
  }

  mutating func moduleA(_ name: String, _ x: Node, pool: Int) -> Node {
    let a = step("\(name).branch1x1", x, 64, 1)
    var b = step("\(name).branch5x5_1", x, 48, 1)
    b = step("\(name).branch5x5_2", b, 64, 5, padding: 2)
    var c = step("\(name).branch3x3dbl_1", x, 64, 1)
    c = step("\(name).branch3x3dbl_2", c, 96, 3, padding: 1)
    c = step("\(name).branch3x3dbl_3", c, 96, 3, padding: 1)
    let d = pooled("\(name).branch_pool", x, pool)
    return builder.concat("\(name).concat", [a, b, c, d])
  }

  mutating func moduleB(_ name: String, _ x: Node) -> Node {
    let a = step("\(name).branch3x3", x, 384, 3, stride: 2)
    var b = step("\(name).branch3x3dbl_1", x, 64, 1)
    b = step("\(name).branch3x3dbl_2", b, 96, 3, padding: 1)
    b = step("\(name).branch3x3dbl_3", b, 96, 3, stride: 2)
    let c = builder.maxPooling("\(name).pool", x, kernel: 3, stride: 2)
    return builder.concat("\(name).concat", [a, b, c])
  }

  mutating func moduleC(_ name: String, _ x: Node, _ width: Int) -> Node {
    let a = step("\(name).branch1x1", x, 192, 1)
    var b = step("\(name).branch7x7_1", x, width, 1)
    b = strip("\(name).branch7x7_2", b, width, (1, 7))
    b = strip("\(name).branch7x7_3", b, 192, (7, 1))
    var c = step("\(name).branch7x7dbl_1", x, width, 1)
    c = strip("\(name).branch7x7dbl_2", c, width, (7, 1))
    c = strip("\(name).branch7x7dbl_3", c, width, (1, 7))
    c = strip("\(name).branch7x7dbl_4", c, width, (7, 1))
    c = strip("\(name).branch7x7dbl_5", c, 192, (1, 7))
    let d = pooled("\(name).branch_pool", x, 192)
    return builder.concat("\(name).concat", [a, b, c, d])
  }

  mutating func moduleD(_ name: String, _ x: Node) -> Node {
    var a = step("\(name).branch3x3_1", x, 192, 1)
    a = step("\(name).branch3x3_2", a, 320, 3, stride: 2)
    var b = step("\(name).branch7x7x3_1", x, 192, 1)
    b = strip("\(name).branch7x7x3_2", b, 192, (1, 7))
    b = strip("\(name).branch7x7x3_3", b, 192, (7, 1))
    b = step("\(name).branch7x7x3_4", b, 192, 3, stride: 2)
    let c = builder.maxPooling("\(name).pool", x, kernel: 3, stride: 2)
    return builder.concat("\(name).concat", [a, b, c])
  }

  mutating func moduleE(_ name: String, _ x: Node) -> Node {
    let a = step("\(name).branch1x1", x, 320, 1)
    let b = step("\(name).branch3x3_1", x, 384, 1)
    let b1 = strip("\(name).branch3x3_2a", b, 384, (1, 3))
    let b2 = strip("\(name).branch3x3_2b", b, 384, (3, 1))
    var c = step("\(name).branch3x3dbl_1", x, 448, 1)
    c = step("\(name).branch3x3dbl_2", c, 384, 3, padding: 1)
    let c1 = strip("\(name).branch3x3dbl_3a", c, 384, (1, 3))
    let c2 = strip("\(name).branch3x3dbl_3b", c, 384, (3, 1))
    let d = pooled("\(name).branch_pool", x, 192)
    return builder.concat("\(name).concat", [a, b1, b2, c1, c2, d])
  }
}
