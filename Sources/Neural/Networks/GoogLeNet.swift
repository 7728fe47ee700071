// GoogLeNet (Szegedy et al., doi 10.1109/CVPR.2015.7298594): torchvision's and the paper's.

/// Nine inception modules; the auxiliary classifiers, which only help training, are left out.
enum GoogLeNet {
  /// Outputs of 1×1; 3×3 reduce, 3×3; 5×5 reduce, 5×5; pool projection (table 1 of the paper).
  private static let modules: [(name: String, widths: [Int])] = [
    ("3a", [64, 96, 128, 16, 32, 32]), ("3b", [128, 128, 192, 32, 96, 64]),
    ("4a", [192, 96, 208, 16, 48, 64]), ("4b", [160, 112, 224, 24, 64, 64]),
    ("4c", [128, 128, 256, 24, 64, 64]), ("4d", [112, 144, 288, 32, 64, 64]),
    ("4e", [256, 160, 320, 32, 128, 128]), ("5a", [256, 160, 320, 32, 128, 128]),
    ("5b", [384, 192, 384, 48, 128, 128]),
  ]

  static let entries: [ArchitectureEntry] = [
    ArchitectureEntry(name: "googlenet", inputShape: [3, 224, 224]) {
      classes, shape throws(NeuralError) in
      try network("googlenet", isOriginal: false, classes: classes, inputShape: shape)
    },
    ArchitectureEntry(name: "googlenet_2014", inputShape: [3, 224, 224]) {
      classes, shape throws(NeuralError) in
      try network("googlenet_2014", isOriginal: true, classes: classes, inputShape: shape)
    },
  ]

  /// torchvision normalises batches and has 3×3 where the paper has 5×5; the paper's has biases and
  /// local response normalisation.
  private static func network(
    _ name: String, isOriginal: Bool, classes: Int, inputShape: [Int]
  ) throws(NeuralError) -> Network {
    var net = NetworkBuilder(name: name, inputShape: inputShape)
    func step(
      _ name: String, _ input: Node, outputs: Int, kernel: Int, stride: Int = 1
    ) -> Node {
      guard isOriginal else {
        return net.block(
          "\(name).conv", "\(name).bn", input, outputs: outputs, kernel: kernel, stride: stride,
          padding: kernel / 2, epsilon: 1e-3)
      }
      let x = net.convolution(
        "\(name).conv", input, outputs: outputs, kernel: kernel, stride: stride,
        padding: kernel / 2, bias: true)
      return net.activation("\(name).relu", x, .relu)
    }
    let response = LocalResponseNorm(size: 5, alpha: 1e-4, beta: 0.75, k: 1)
    var x = step("conv1", net.input, outputs: 64, kernel: 7, stride: 2)
    x = net.maxPooling("maxpool1", x, kernel: 3, stride: 2, ceilMode: true)
    if isOriginal { x = net.append("norm1", .localResponseNorm(response), [x]) }
    x = step("conv2", x, outputs: 64, kernel: 1)
    x = step("conv3", x, outputs: 192, kernel: 3)
    if isOriginal { x = net.append("norm2", .localResponseNorm(response), [x]) }
    x = net.maxPooling("maxpool2", x, kernel: 3, stride: 2, ceilMode: true)
    for (suffix, w) in modules {
      let name = "inception\(suffix)"
      let a = step("\(name).branch1", x, outputs: w[0], kernel: 1)
      var b = step("\(name).branch2.0", x, outputs: w[1], kernel: 1)
      b = step("\(name).branch2.1", b, outputs: w[2], kernel: 3)
      var c = step("\(name).branch3.0", x, outputs: w[3], kernel: 1)
      c = step("\(name).branch3.1", c, outputs: w[4], kernel: isOriginal ? 5 : 3)
      var d = net.maxPooling(
        "\(name).branch4.0", x, kernel: 3, stride: 1, padding: 1, ceilMode: true)
      d = step("\(name).branch4.1", d, outputs: w[5], kernel: 1)
      x = net.concat("\(name).concat", [a, b, c, d])
      if suffix == "3b" {
        x = net.maxPooling("maxpool3", x, kernel: 3, stride: 2, ceilMode: true)
      } else if suffix == "4e" {
        let kernel = isOriginal ? 3 : 2
        x = net.maxPooling("maxpool4", x, kernel: kernel, stride: 2, ceilMode: true)
      }
    }
    x = net.globalAveragePooling("avgpool", x)
    x = net.dropout("dropout", x, rate: isOriginal ? 0.4 : 0.2)
    _ = net.linear("fc", x, outputs: classes)
    return try net.build(classifier: "fc")
  }
}
