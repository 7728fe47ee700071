// VGG networks (Simonyan and Zisserman, doi 10.48550/arXiv.1409.1556), with and without batch norm.

/// torchvision's VGGs: 3×3 convolutions in five stages, three linear layers.
enum VGG {
  private static let stages: [(name: String, counts: [Int])] = [
    ("vgg11", [1, 1, 2, 2, 2]), ("vgg13", [2, 2, 2, 2, 2]), ("vgg16", [2, 2, 3, 3, 3]),
    ("vgg19", [2, 2, 4, 4, 4]),
  ]

  static let entries: [ArchitectureEntry] = stages.flatMap { name, counts in
    [false, true].map { isNormalised in
      let full = isNormalised ? name + "_bn" : name
      return ArchitectureEntry(name: full, inputShape: [3, 224, 224]) {
        classes, shape throws(NeuralError) in
        try network(full, counts, isNormalised, classes: classes, inputShape: shape)
      }
    }
  }

  private static func network(
    _ name: String, _ counts: [Int], _ isNormalised: Bool, classes: Int, inputShape: [Int]
  ) throws(NeuralError) -> Network {
    var net = NetworkBuilder(name: name, inputShape: inputShape)
    net.initialisation = Initialisation(convolutions: .kaimingFanOut, linears: .normal(0.01))
    var x = net.input
    var position = 0
    func next() -> String {
      defer { position += 1 }
      return "features.\(position)"
    }
    for (stage, count) in counts.enumerated() {
      for _ in 0..<count {
        x = net.convolution(
          next(), x, outputs: min(64 << stage, 512), kernel: 3, padding: 1, bias: true)
        if isNormalised { x = net.batchNorm(next(), x) }
        x = net.activation(next(), x, .relu)
      }
      x = net.maxPooling(next(), x, kernel: 2, stride: 2)
    }
    x = net.append("avgpool", .adaptiveAveragePooling(height: 7, width: 7), [x])
    for index in [0, 3] {
      x = net.linear("classifier.\(index)", x, outputs: 4096)
      x = net.activation("classifier.\(index + 1)", x, .relu)
      x = net.dropout("classifier.\(index + 2)", x, rate: 0.5)
    }
    _ = net.linear("classifier.6", x, outputs: classes)
    return try net.build(classifier: "classifier.6")
  }
}
