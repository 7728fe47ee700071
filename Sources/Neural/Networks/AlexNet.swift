// AlexNet in two forms, and ZFNet.

/// Five convolutions and three linear layers.
enum AlexNet {
  static let entries: [ArchitectureEntry] = [
    ArchitectureEntry(name: "alexnet", inputShape: [3, 224, 224]) {
      classes, shape throws(NeuralError) in
      try oneTower(classes: classes, inputShape: shape)
    },
    ArchitectureEntry(name: "alexnet_2012", inputShape: [3, 227, 227]) {
      classes, shape throws(NeuralError) in
      try twoTowers(classes: classes, inputShape: shape)
    },
    ArchitectureEntry(name: "zfnet", inputShape: [3, 224, 224]) {
      classes, shape throws(NeuralError) in
      try zfnet(classes: classes, inputShape: shape)
    },
  ]

  /// torchvision's: the single tower of doi 10.48550/arXiv.1404.5997.
  private static func oneTower(classes: Int, inputShape: [Int]) throws(NeuralError) -> Network {
    var net = NetworkBuilder(name: "alexnet", inputShape: inputShape)
    var x = net.convolution(
      "features.0", net.input, outputs: 64, kernel: 11, stride: 4, padding: 2, bias: true)
    x = net.activation("features.1", x, .relu)
    x = net.maxPooling("features.2", x, kernel: 3, stride: 2)
    x = net.convolution("features.3", x, outputs: 192, kernel: 5, padding: 2, bias: true)
    x = net.activation("features.4", x, .relu)
    x = net.maxPooling("features.5", x, kernel: 3, stride: 2)
    for (index, outputs) in [(6, 384), (8, 256), (10, 256)] {
      x = net.convolution(
        "features.\(index)", x, outputs: outputs, kernel: 3, padding: 1, bias: true)
      x = net.activation("features.\(index + 1)", x, .relu)
    }
    x = net.maxPooling("features.12", x, kernel: 3, stride: 2)
    x = net.append("avgpool", .adaptiveAveragePooling(height: 6, width: 6), [x])
    for index in [0, 3] {
      x = net.dropout("classifier.\(index)", x, rate: 0.5)
      x = net.linear("classifier.\(index + 1)", x, outputs: 4096)
      x = net.activation("classifier.\(index + 2)", x, .relu)
    }
    _ = net.linear("classifier.6", x, outputs: classes)
    return try net.build(classifier: "classifier.6")
  }

  /// The paper's (doi 10.1145/3065386): two groups, local response normalisation, 227×227 images
  /// (the size its layer sizes imply).
  private static func twoTowers(classes: Int, inputShape: [Int]) throws(NeuralError) -> Network {
    var net = NetworkBuilder(name: "alexnet_2012", inputShape: inputShape)
    let response = LocalResponseNorm(size: 5, alpha: 5e-4, beta: 0.75, k: 2)
    var x = net.convolution("conv1", net.input, outputs: 96, kernel: 11, stride: 4, bias: true)
    x = net.activation("relu1", x, .relu)
    x = net.append("norm1", .localResponseNorm(response), [x])
    x = net.maxPooling("pool1", x, kernel: 3, stride: 2)
    x = net.convolution("conv2", x, outputs: 256, kernel: 5, padding: 2, groups: 2, bias: true)
    x = net.activation("relu2", x, .relu)
    x = net.append("norm2", .localResponseNorm(response), [x])
    x = net.maxPooling("pool2", x, kernel: 3, stride: 2)
    for (index, outputs, groups) in [(3, 384, 1), (4, 384, 2), (5, 256, 2)] {
      x = net.convolution(
        "conv\(index)", x, outputs: outputs, kernel: 3, padding: 1, groups: groups, bias: true)
      x = net.activation("relu\(index)", x, .relu)
    }
    x = net.maxPooling("pool5", x, kernel: 3, stride: 2)
    return try appendHead(&net, x, classes: classes)
  }

  /// Zeiler and Fergus's network (doi 10.1007/978-3-319-10590-1_53, Fig. 3), with local response
  /// normalisation for their contrast normalisation.
  private static func zfnet(classes: Int, inputShape: [Int]) throws(NeuralError) -> Network {
    var net = NetworkBuilder(name: "zfnet", inputShape: inputShape)
    let response = LocalResponseNorm(size: 5, alpha: 5e-4, beta: 0.75, k: 2)
    var x = net.convolution(
      "conv1", net.input, outputs: 96, kernel: 7, stride: 2, padding: 1, bias: true)
    x = net.activation("relu1", x, .relu)
    x = net.maxPooling("pool1", x, kernel: 3, stride: 2, padding: 1)
    x = net.append("norm1", .localResponseNorm(response), [x])
    x = net.convolution("conv2", x, outputs: 256, kernel: 5, stride: 2, bias: true)
    x = net.activation("relu2", x, .relu)
    x = net.maxPooling("pool2", x, kernel: 3, stride: 2, padding: 1)
    x = net.append("norm2", .localResponseNorm(response), [x])
    for (index, outputs) in [(3, 384), (4, 384), (5, 256)] {
      x = net.convolution("conv\(index)", x, outputs: outputs, kernel: 3, padding: 1, bias: true)
      x = net.activation("relu\(index)", x, .relu)
    }
    x = net.maxPooling("pool5", x, kernel: 3, stride: 2)
    return try appendHead(&net, x, classes: classes)
  }

  private static func appendHead(
    _ net: inout NetworkBuilder, _ input: Node, classes: Int
  ) throws(NeuralError) -> Network {
    var x = input
    for index in [6, 7] {
      x = net.activation("relu\(index)", net.linear("fc\(index)", x, outputs: 4096), .relu)
      x = net.dropout("drop\(index)", x, rate: 0.5)
    }
    _ = net.linear("fc8", x, outputs: classes)
    return try net.build(classifier: "fc8")
  }
}
