// A network as data: named layers in topological order, with inferred shapes.

/// One layer: what it computes, from which earlier layers, with which output shape (C, H, W).
public struct Layer: Sendable, Equatable {
  public let name: String
  public let operation: Operation
  /// Indices of the layers whose outputs this one reads.
  public let inputs: [Int]
  /// C, H, W of the output for one image.
  public let shape: [Int]
}

/// A static graph of named layers. Layer 0 is the input; the last layer's output is the logits.
///
/// Layer names are torchvision's where it has the network, so that parameter files fit by name.
public struct Network: Sendable, Equatable {
  public let name: String
  /// C, H, W of one image.
  public let inputShape: [Int]
  public let layers: [Layer]
  /// The name of the layer that maps features to classes.
  public let classifier: String
  public let initialisation: Initialisation

  /// The number of logits per image.
  public var classes: Int { layers[layers.count - 1].shape[0] }

  /// The layer whose output the classifier reads, dropout left out: where features are taken.
  public var featureLayer: String {
    guard var index = layers.firstIndex(where: { $0.name == classifier }),
      let first = layers[index].inputs.first
    else { return layers[0].name }
    index = first
    while case .dropout = layers[index].operation { index = layers[index].inputs[0] }
    return layers[index].name
  }

  /// All layer names in order, the input first.
  public var layerNames: [String] { layers.map(\.name) }

  /// The index of the layer called `name`.
  public func index(of name: String) throws(NeuralError) -> Int {
    guard let index = layers.firstIndex(where: { $0.name == name }) else {
      throw .unknownLayer(
        name: name, network: self.name, nearest: nearestName(to: name, among: layerNames))
    }
    return index
  }

  /// The index of the last layer called `name` or belonging to the group `name` ("layer3" holds
  /// "layer3.0.conv1").
  public func lastIndex(ofGroup name: String) throws(NeuralError) -> Int {
    guard
      let index = layers.lastIndex(where: { $0.name == name || $0.name.hasPrefix(name + ".") })
    else {
      var groups: [String] = []
      for layer in layers {
        let parts = layer.name.split(separator: ".")
        for count in 1...max(parts.count, 1) {
          let group = parts.prefix(count).joined(separator: ".")
          if groups.last != group { groups.append(group) }
        }
      }
      throw .unknownLayer(
        name: name, network: self.name, nearest: nearestName(to: name, among: groups))
    }
    return index
  }

  /// The same network with `classes` outputs of its classifier.
  public func replacingClassifier(classes: Int) throws(NeuralError) -> Network {
    guard classes > 0 else {
      throw .badOption(name: "classes", value: "\(classes)", expected: "at least 1")
    }
    let target = try index(of: classifier)
    var builder = NetworkBuilder(name: name, inputShape: inputShape)
    builder.initialisation = initialisation
    for (index, layer) in layers.enumerated().dropFirst() {
      var operation = layer.operation
      if index == target {
        switch operation {
        case .linear(_, let bias): operation = .linear(outputs: classes, bias: bias)
        case .convolution(var convolution):
          convolution.outputs = classes
          operation = .convolution(convolution)
        default: break
        }
      }
      builder.append(layer.name, operation, layer.inputs.map(Node.init(index:)))
    }
    return try builder.build(classifier: classifier)
  }
}
