// LeNet-5 (LeCun et al. 1998, doi 10.1109/5.726791) in its modern form.

/// Two 5×5 convolutions with 2×2 pooling and three linear layers; ReLU and maximum pooling where the
/// original has squashing and subsampling.
enum LeNet {
  static let entries = [
    ArchitectureEntry(name: "lenet5", inputShape: [1, 32, 32]) {
      classes, shape throws(NeuralError) in
      try network(classes: classes, inputShape: shape)
    }
  ]

  /// 28×28 images are padded to the 32×32 of the paper by the first convolution.
  private static func network(classes: Int, inputShape: [Int]) throws(NeuralError) -> Network {
    var net = NetworkBuilder(name: "lenet5", inputShape: inputShape)
    var x = net.convolution(
      "conv1", net.input, outputs: 6, kernel: 5, padding: inputShape[1] < 32 ? 2 : 0, bias: true)
    x = net.activation("relu1", x, .relu)
    x = net.maxPooling("pool1", x, kernel: 2, stride: 2)
    x = net.convolution("conv2", x, outputs: 16, kernel: 5, bias: true)
    x = net.activation("relu2", x, .relu)
    x = net.maxPooling("pool2", x, kernel: 2, stride: 2)
    x = net.activation("relu3", net.linear("fc1", x, outputs: 120), .relu)
    x = net.activation("relu4", net.linear("fc2", x, outputs: 84), .relu)
    _ = net.linear("fc3", x, outputs: classes)
    return try net.build(classifier: "fc3")
  }
}
