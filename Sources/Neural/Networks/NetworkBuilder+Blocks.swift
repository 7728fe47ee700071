// The run of layers that almost every network is made of.

extension NetworkBuilder {
  /// A convolution without bias, batch norm and an activation (nil for none); the activation is
  /// called `<norm>.act`.
  mutating func block(
    _ convolution: String, _ norm: String, _ input: Node, outputs: Int, kernel: Int,
    size: (Int, Int)? = nil, stride: Int = 1, padding: Int = 0, padded: Padding? = nil,
    groups: Int = 1, epsilon: Float = 1e-5, momentum: Float = 0.1, _ kind: Activation? = .relu
  ) -> Node {
    var x = self.convolution(
      convolution, input, outputs: outputs, kernel: kernel, size: size, stride: stride,
      padding: padding, padded: padded, groups: groups)
    x = batchNorm(norm, x, epsilon: epsilon, momentum: momentum)
    return kind.map { activation(norm + ".act", x, $0) } ?? x
  }
}

/// A network that `Architectures` can make.
struct ArchitectureEntry: Sendable {
  let name: String
  /// C, H, W of the images it was published with.
  let inputShape: [Int]
  let make: @Sendable (_ classes: Int, _ inputShape: [Int]) throws(NeuralError) -> Network
}
