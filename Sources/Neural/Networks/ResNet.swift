// Residual networks (He et al., doi 10.1109/CVPR.2016.90): torchvision's, Keras's and MedMNIST's.

/// ResNets in torchvision's form (stride in the 3×3 convolution of a bottleneck) and names; with
/// "_keras", in the paper's, Caffe's and Keras's (stride in the 1×1 convolution before it).
enum ResNet {
  /// How one member of the family is built.
  private struct Variant {
    let blocks: [Int]
    let isBottleneck: Bool
    /// MedMNIST's networks for 28×28 images: a 3×3 stem without pooling (Yang et al., doi
    /// 10.1038/s41597-022-01721-8), with the names of the authors' code.
    var isSmall = false
    /// The first convolution of a bottleneck reduces the image, not the second.
    var reducesFirst = false
  }

  private static let variants: [(name: String, variant: Variant)] = [
    ("resnet18", Variant(blocks: [2, 2, 2, 2], isBottleneck: false)),
    ("resnet34", Variant(blocks: [3, 4, 6, 3], isBottleneck: false)),
    ("resnet50", Variant(blocks: [3, 4, 6, 3], isBottleneck: true)),
    ("resnet101", Variant(blocks: [3, 4, 23, 3], isBottleneck: true)),
    ("resnet152", Variant(blocks: [3, 8, 36, 3], isBottleneck: true)),
    ("resnet50_keras", Variant(blocks: [3, 4, 6, 3], isBottleneck: true, reducesFirst: true)),
    ("resnet101_keras", Variant(blocks: [3, 4, 23, 3], isBottleneck: true, reducesFirst: true)),
    ("resnet152_keras", Variant(blocks: [3, 8, 36, 3], isBottleneck: true, reducesFirst: true)),
    ("medmnist_resnet18", Variant(blocks: [2, 2, 2, 2], isBottleneck: false, isSmall: true)),
    ("medmnist_resnet50", Variant(blocks: [3, 4, 6, 3], isBottleneck: true, isSmall: true)),
  ]

  static let entries: [ArchitectureEntry] = variants.map { name, variant in
    let side = variant.isSmall ? 28 : 224
    return ArchitectureEntry(name: name, inputShape: [3, side, side]) {
      classes, shape throws(NeuralError) in
      try network(name, variant, classes: classes, inputShape: shape)
    }
  }

  private static func network(
    _ name: String, _ variant: Variant, classes: Int, inputShape: [Int]
  ) throws(NeuralError) -> Network {
    var net = NetworkBuilder(name: name, inputShape: inputShape)
    net.initialisation = variant.isSmall ? .uniform : .residual
    var x = net.input
    if variant.isSmall {
      x = net.convolution("conv1", x, outputs: 64, kernel: 3, padding: 1)
    } else {
      x = net.convolution("conv1", x, outputs: 64, kernel: 7, stride: 2, padding: 3)
    }
    x = net.activation("relu", net.batchNorm("bn1", x), .relu)
    if !variant.isSmall { x = net.maxPooling("maxpool", x, kernel: 3, stride: 2, padding: 1) }
    for (stage, count) in variant.blocks.enumerated() {
      for block in 0..<count {
        x = append(
          "layer\(stage + 1).\(block)", to: &net, x, width: 64 << stage,
          stride: block == 0 && stage > 0 ? 2 : 1, variant)
      }
    }
    let classifier = variant.isSmall ? "linear" : "fc"
    x = net.globalAveragePooling("avgpool", x)
    _ = net.linear(classifier, x, outputs: classes)
    return try net.build(classifier: classifier)
  }

  private static func append(
    _ name: String, to net: inout NetworkBuilder, _ input: Node, width: Int, stride: Int,
    _ variant: Variant
  ) -> Node {
    let outputs = variant.isBottleneck ? 4 * width : width
    var x = input
    if variant.isBottleneck {
      let (first, second) = variant.reducesFirst ? (stride, 1) : (1, stride)
      x = net.convolution("\(name).conv1", x, outputs: width, kernel: 1, stride: first)
      x = net.activation("\(name).relu1", net.batchNorm("\(name).bn1", x), .relu)
      x = net.convolution(
        "\(name).conv2", x, outputs: width, kernel: 3, stride: second, padding: 1)
      x = net.activation("\(name).relu2", net.batchNorm("\(name).bn2", x), .relu)
      x = net.convolution("\(name).conv3", x, outputs: outputs, kernel: 1)
      x = net.batchNorm("\(name).bn3", x)
    } else {
      x = net.convolution(
        "\(name).conv1", x, outputs: width, kernel: 3, stride: stride, padding: 1)
      x = net.activation("\(name).relu1", net.batchNorm("\(name).bn1", x), .relu)
      x = net.convolution("\(name).conv2", x, outputs: width, kernel: 3, padding: 1)
      x = net.batchNorm("\(name).bn2", x)
    }
    var skip = input
    if stride > 1 || net.shape(input)[0] != outputs {
      let projection = variant.isSmall ? "\(name).shortcut" : "\(name).downsample"
      skip = net.convolution("\(projection).0", input, outputs: outputs, kernel: 1, stride: stride)
      skip = net.batchNorm("\(projection).1", skip)
    }
    return net.activation("\(name).relu", net.add("\(name).add", x, skip), .relu)
  }
}
