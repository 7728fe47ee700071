// A network as boxes and arrows: which layers stand in one box, and what connects the boxes.

import Neural

/// A drawing's content, the same for text, DOT and SVG.
package struct NetworkDrawing {
  /// How much one box holds.
  package enum Detail: String, CaseIterable, Sendable {
    /// A block of the architecture ("layer1.0").
    case blocks
    /// A layer, with the normalisation and activation that only follow it.
    case layers
  }

  /// One box.
  struct Box {
    var name: String
    /// What it computes, a line each.
    var lines: [String]
    var shape: [Int]
    var parameters: Int
    var multiplyAdds: Int
    /// Boxes whose output it reads, first input first.
    var inputs: [Int]
    var kind: Kind
  }

  enum Kind: String {
    case input, convolution, pooling, joining, linear, block, other
  }

  let network: String
  let inputShape: [Int]
  let parameterCount: Int
  let multiplyAdds: Int
  private(set) var boxes: [Box] = []

  package init(_ network: Network, detail: Detail) {
    let summary = network.summary()
    self.network = network.name
    inputShape = network.inputShape
    parameterCount = summary.parameterCount
    multiplyAdds = summary.multiplyAdds
    var readers = [Int](repeating: 0, count: network.layers.count)
    for layer in network.layers { for input in layer.inputs { readers[input] += 1 } }
    var box = [Int](repeating: 0, count: network.layers.count)
    for (index, layer) in network.layers.enumerated() {
      let row = summary.rows[index]
      let group = detail == .blocks ? Self.block(of: layer.name) : layer.name
      let previous = layer.inputs.first
      let joins: Bool =
        switch detail {
        case .blocks: index > 0 && !boxes.isEmpty && boxes.last?.name == group
        case .layers:
          previous.map { readers[$0] == 1 && box[$0] == boxes.count - 1 } == true
            && Self.isFollower(layer.operation) && index > 1
        }
      if !joins {
        boxes.append(
          Box(
            name: group, lines: [], shape: layer.shape, parameters: 0, multiplyAdds: 0, inputs: [],
            kind: Self.kind(layer.operation)))
      }
      let own = boxes.count - 1
      box[index] = own
      boxes[own].lines.append(row.kind)
      boxes[own].shape = layer.shape
      boxes[own].parameters += row.parameters
      boxes[own].multiplyAdds += row.multiplyAdds
      for input in layer.inputs where box[input] != own && !boxes[own].inputs.contains(box[input]) {
        boxes[own].inputs.append(box[input])
      }
    }
    for index in boxes.indices { boxes[index].lines = Self.shortened(boxes[index].lines) }
    if detail == .blocks {
      for index in boxes.indices where boxes[index].lines.count > 1 { boxes[index].kind = .block }
    }
  }

  /// "layer1.0.conv2" belongs to "layer1.0", "features.denseblock1.denselayer2.conv1" to
  /// "features.denseblock1", "Mixed_5b.branch1x1.conv" to "Mixed_5b".
  private static func block(of name: String) -> String {
    let parts = name.split(separator: ".")
    guard parts.count > 1, parts[0] == "features" || parts[1].allSatisfy(\.isNumber) else {
      return String(parts.first ?? "")
    }
    return parts.prefix(2).joined(separator: ".")
  }

  private static func isFollower(_ operation: Operation) -> Bool {
    switch operation {
    case .batchNorm, .activation, .dropout, .stochasticDepth, .localResponseNorm, .scaling: true
    default: false
    }
  }

  private static func kind(_ operation: Operation) -> Kind {
    switch operation {
    case .input: .input
    case .convolution: .convolution
    case .pooling, .globalAveragePooling, .adaptiveAveragePooling: .pooling
    case .add, .concat, .channelScale: .joining
    case .linear: .linear
    default: .other
    }
  }

  /// Lines with what repeats counted: "3 × convolution 3×3", at most six.
  private static func shortened(_ lines: [String]) -> [String] {
    var counts: [(text: String, count: Int)] = []
    for line in lines {
      if let known = counts.firstIndex(where: { $0.text == line }) {
        counts[known].count += 1
      } else {
        counts.append((line, 1))
      }
    }
    // Small things tell little where there is much.
    let quiet: Set<String> = ["batch norm", "relu", "relu6", "silu", "hardSwish", "scaling"]
    let loud = counts.filter { !quiet.contains($0.text) }
    let chosen = counts.count <= 3 || loud.isEmpty ? counts : loud
    let texts = chosen.map { $0.count > 1 ? "\($0.count) × \($0.text)" : $0.text }
    return texts.count <= 6 ? texts : Array(texts.prefix(5)) + ["and \(texts.count - 5) kinds more"]
  }

  static func text(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: "×") }

  /// "25.6 M", "4,097".
  static func amount(_ count: Int) -> String {
    func scaled(_ unit: Double, _ name: String) -> String {
      let value = Double(count) / unit
      let tenths = Int((value * 10).rounded())
      return value >= 100
        ? "\(Int(value.rounded())) \(name)" : "\(tenths / 10).\(tenths % 10) \(name)"
    }
    switch count {
    case 1_000_000_000...: return scaled(1e9, "G")
    case 1_000_000...: return scaled(1e6, "M")
    case 10_000...: return scaled(1e3, "k")
    default: return "\(count)"
    }
  }

  var title: String {
    "\(network): \(Self.text(inputShape)), \(Self.amount(parameterCount)) parameters, "
      + "\(Self.amount(multiplyAdds)) multiply-adds"
  }
}
