// What a network says about itself: parameters, depth, multiply-adds, shapes.

/// Counts that papers print about a network, computed from its graph.
public struct NetworkSummary: Sendable, Equatable {
  /// One layer's line.
  public struct Row: Sendable, Equatable {
    public let name: String
    /// The operation's name, such as "convolution 3×3/2".
    public let kind: String
    /// C, H, W.
    public let outputShape: [Int]
    /// Learned numbers: running statistics are not counted, as in every paper.
    public let parameters: Int
    /// Multiplications of convolutions and linear layers for one image.
    public let multiplyAdds: Int
  }
  public let network: String
  public let inputShape: [Int]
  public let rows: [Row]
  /// Learned numbers in all layers.
  public let parameterCount: Int
  /// The most layers with weights (convolutions, linear) on any path from input to output: the
  /// number in "ResNet-50".
  public let depth: Int
  /// Multiply-adds of convolutions and linear layers for one image.
  public let multiplyAdds: Int
  /// Convolutions in all branches.
  public let convolutionCount: Int
}

extension Network {
  /// Parameter count, depth, multiply-adds and the output shape of every layer.
  public func summary() -> NetworkSummary {
    var depths: [Int] = []
    var rows: [NetworkSummary.Row] = []
    for (index, layer) in layers.enumerated() {
      let specifications = specifications(ofLayer: index)
      let hasWeight = specifications.contains { $0.role == .weight }
      depths.append((layer.inputs.map { depths[$0] }.max() ?? 0) + (hasWeight ? 1 : 0))
      let weight = specifications.first { $0.role == .weight }?.shape.reduce(1, *) ?? 0
      rows.append(
        NetworkSummary.Row(
          name: layer.name, kind: layer.operation.label, outputShape: layer.shape,
          parameters: specifications.filter(\.isLearned).reduce(0) { $0 + $1.shape.reduce(1, *) },
          multiplyAdds: weight * layer.shape[1] * layer.shape[2]))
    }
    return NetworkSummary(
      network: name, inputShape: inputShape, rows: rows,
      parameterCount: rows.reduce(0) { $0 + $1.parameters }, depth: depths[depths.count - 1],
      multiplyAdds: rows.reduce(0) { $0 + $1.multiplyAdds },
      convolutionCount: layers.count {
        if case .convolution = $0.operation { true } else { false }
      })
  }
}

extension Operation {
  /// A short name for tables and profiles.
  public var label: String {
    switch self {
    case .input: "input"
    case .convolution(let c):
      "\(c.groups > 1 ? "grouped " : "")convolution \(c.kernel.height)×\(c.kernel.width)"
        + (c.stride > 1 ? "/\(c.stride)" : "")
    case .batchNorm: "batch norm"
    case .activation(let kind): kind.rawValue
    case .pooling(let p):
      "\(p.kind == .max ? "max" : "average") pooling \(p.kernel)×\(p.kernel)/\(p.stride)"
    case .globalAveragePooling: "global average pooling"
    case .adaptiveAveragePooling(let height, let width): "adaptive pooling \(height)×\(width)"
    case .linear: "linear"
    case .dropout: "dropout"
    case .stochasticDepth: "stochastic depth"
    case .add: "add"
    case .concat: "concat"
    case .channelScale: "channel scale"
    case .scaling: "scaling"
    case .localResponseNorm: "local response norm"
    }
  }
}
