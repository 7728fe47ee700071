// DenseNet-121, 161, 169 and 201 (Huang et al., doi 10.1109/CVPR.2017.243), as in torchvision.

/// Every layer of a block reads the outputs of all earlier ones.
enum DenseNet {
  static let entries: [ArchitectureEntry] = [
    ("densenet121", 32, 64, [6, 12, 24, 16]), ("densenet161", 48, 96, [6, 12, 36, 24]),
    ("densenet169", 32, 64, [6, 12, 32, 32]), ("densenet201", 32, 64, [6, 12, 48, 32]),
  ].map { name, growth, stem, blocks in
    ArchitectureEntry(name: name, inputShape: [3, 224, 224]) { classes, shape throws(NeuralError) in
      try network(
        name, growth: growth, stem: stem, blocks, classes: classes, inputShape: shape)
    }
  }

  private static func network(
    _ name: String, growth: Int, stem: Int, _ blocks: [Int], classes: Int, inputShape: [Int]
  ) throws(NeuralError) -> Network {
    var net = NetworkBuilder(name: name, inputShape: inputShape)
    net.initialisation = Initialisation(convolutions: .kaimingFanOut, linears: .uniformFanIn)
    var x = net.block(
      "features.conv0", "features.norm0", net.input, outputs: stem, kernel: 7, stride: 2,
      padding: 3)
    x = net.maxPooling("features.pool0", x, kernel: 3, stride: 2, padding: 1)
    for (index, count) in blocks.enumerated() {
      for layer in 1...count {
        let name = "features.denseblock\(index + 1).denselayer\(layer)"
        var y = net.activation("\(name).relu1", net.batchNorm("\(name).norm1", x), .relu)
        y = net.convolution("\(name).conv1", y, outputs: 4 * growth, kernel: 1)
        y = net.activation("\(name).relu2", net.batchNorm("\(name).norm2", y), .relu)
        y = net.convolution("\(name).conv2", y, outputs: growth, kernel: 3, padding: 1)
        x = net.concat("\(name).concat", [x, y])
      }
      if index < blocks.count - 1 {
        let name = "features.transition\(index + 1)"
        x = net.activation("\(name).relu", net.batchNorm("\(name).norm", x), .relu)
        x = net.convolution("\(name).conv", x, outputs: net.shape(x)[0] / 2, kernel: 1)
        x = net.averagePooling("\(name).pool", x, kernel: 2, stride: 2)
      }
    }
    x = net.activation("features.relu5", net.batchNorm("features.norm5", x), .relu)
    x = net.globalAveragePooling("avgpool", x)
    _ = net.linear("classifier", x, outputs: classes)
    return try net.build(classifier: "classifier")
  }
}
