// Building a network layer by layer, with shapes inferred on the way.

/// A layer of the network being built; passed as input to later layers.
public struct Node: Sendable, Equatable {
  let index: Int
}

/// Appends layers and infers their shapes. The first failure is kept and thrown by `build`.
///
/// ```swift
/// var net = NetworkBuilder(name: "tiny", inputShape: [1, 8, 8])
/// var x = net.convolution("conv", net.input, outputs: 4, kernel: 3, padding: 1, bias: true)
/// x = net.activation("relu", x, .relu)
/// x = net.linear("fc", net.globalAveragePooling("pool", x), outputs: 2)
/// let tiny = try net.build(classifier: "fc")
/// ```
public struct NetworkBuilder {
  private let name: String
  private var layers: [Layer]
  private var names: Set<String>
  private var failure: NeuralError?
  /// How fresh parameters are drawn.
  public var initialisation = Initialisation.uniform

  /// Starts with an input of shape C, H, W.
  public init(name: String, inputShape: [Int]) {
    precondition(inputShape.count == 3, "an input shape is C, H, W; got \(inputShape)")
    self.name = name
    layers = [Layer(name: "input", operation: .input, inputs: [], shape: inputShape)]
    names = ["input"]
    if let extent = inputShape.first(where: { $0 < 1 }) {
      failure = .badOption(name: "input shape", value: "\(extent)", expected: "at least 1")
    }
  }

  /// The images.
  public var input: Node { Node(index: 0) }

  /// C, H, W of a node's output.
  public func shape(_ node: Node) -> [Int] { layers[node.index].shape }

  /// Appends a layer of any kind.
  @discardableResult
  public mutating func append(_ name: String, _ operation: Operation, _ inputs: [Node]) -> Node {
    let shapes = inputs.map(shape)
    var shape = ShapeInference.output(of: operation, shapes: shapes)
    if shape == nil, failure == nil {
      failure = .incompatibleInputs(layer: name, shapes: shapes)
    }
    if shape?.contains(where: { $0 < 1 }) == true {
      failure =
        failure ?? .imageTooSmall(network: self.name, layer: name, inputShape: layers[0].shape)
      shape = nil
    }
    if !names.insert(name).inserted { failure = failure ?? .duplicateLayer(name: name) }
    layers.append(
      Layer(
        name: name, operation: operation, inputs: inputs.map(\.index),
        shape: shape ?? shapes.first ?? [1, 1, 1]))
    return Node(index: layers.count - 1)
  }

  /// A convolution; `size` overrides the square `kernel`, `padded` the symmetric `padding`.
  public mutating func convolution(
    _ name: String, _ input: Node, outputs: Int, kernel: Int, size: (Int, Int)? = nil,
    stride: Int = 1, padding: Int = 0, padded: Padding? = nil, dilation: Int = 1, groups: Int = 1,
    bias: Bool = false
  ) -> Node {
    append(
      name,
      .convolution(
        Convolution(
          outputs: outputs, kernel: size ?? (kernel, kernel), stride: stride,
          padding: padded ?? Padding(padding), dilation: dilation, groups: groups, bias: bias)),
      [input])
  }

  public mutating func batchNorm(
    _ name: String, _ input: Node, epsilon: Float = 1e-5, momentum: Float = 0.1, scale: Bool = true
  ) -> Node {
    append(
      name, .batchNorm(BatchNorm(epsilon: epsilon, momentum: momentum, scale: scale)), [input])
  }

  public mutating func activation(_ name: String, _ input: Node, _ kind: Activation) -> Node {
    append(name, .activation(kind), [input])
  }

  public mutating func maxPooling(
    _ name: String, _ input: Node, kernel: Int, stride: Int, padding: Int = 0,
    padded: Padding? = nil, ceilMode: Bool = false
  ) -> Node {
    append(
      name,
      .pooling(
        Pooling(
          kind: .max, kernel: kernel, stride: stride, padding: padded ?? Padding(padding),
          ceilMode: ceilMode, countsPadding: false)), [input])
  }

  public mutating func averagePooling(
    _ name: String, _ input: Node, kernel: Int, stride: Int, padding: Int = 0,
    padded: Padding? = nil, countsPadding: Bool = true
  ) -> Node {
    append(
      name,
      .pooling(
        Pooling(
          kind: .average, kernel: kernel, stride: stride, padding: padded ?? Padding(padding),
          ceilMode: false, countsPadding: countsPadding)), [input])
  }

  public mutating func globalAveragePooling(_ name: String, _ input: Node) -> Node {
    append(name, .globalAveragePooling, [input])
  }

  public mutating func linear(
    _ name: String, _ input: Node, outputs: Int, bias: Bool = true
  ) -> Node {
    append(name, .linear(outputs: outputs, bias: bias), [input])
  }

  public mutating func dropout(_ name: String, _ input: Node, rate: Float) -> Node {
    append(name, .dropout(rate), [input])
  }

  public mutating func add(_ name: String, _ a: Node, _ b: Node) -> Node {
    append(name, .add, [a, b])
  }

  public mutating func concat(_ name: String, _ inputs: [Node]) -> Node {
    append(name, .concat, inputs)
  }

  /// The finished network, whose last layer gives the logits.
  public func build(classifier: String) throws(NeuralError) -> Network {
    if let failure { throw failure }
    let network = Network(
      name: name, inputShape: layers[0].shape, layers: layers, classifier: classifier,
      initialisation: initialisation)
    _ = try network.index(of: classifier)
    return network
  }
}
