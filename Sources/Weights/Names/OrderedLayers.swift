// Matching the layers of another program's network with the engine's by their order.

import Neural

/// One layer of a file: its parameters by role.
struct ForeignLayer {
  enum Role: String {
    case weight, bias
    case runningMean = "running_mean"
    case runningVariance = "running_var"
  }

  let name: String
  var tensors: [Role: Tensor] = [:]

  /// The role that a parameter's last name says, in PyTorch's words and Keras's.
  static func role(_ word: Substring) -> Role? {
    switch word {
    case "weight", "kernel", "gamma", "depthwise_kernel", "pointwise_kernel": .weight
    case "bias", "beta": .bias
    case "running_mean", "moving_mean": .runningMean
    case "running_var", "moving_variance": .runningVariance
    default: nil
    }
  }
}

/// The layers of a file, sorted as the engine's network has them.
struct OrderedLayers {
  let layers: [ForeignLayer]
  /// Tensors of the file that belong to no layer.
  let unexpected: [String]

  /// - Parameters:
  ///   - separator: between a layer's name and its parameter's.
  ///   - key: where a layer stands; nil for one that is not known.
  init(_ set: ParameterSet, separator: Character, key: (String) -> [Int]?) {
    var found: [(key: [Int], layer: ForeignLayer)] = []
    var places: [String: Int] = [:]
    var unexpected: [String] = []
    for name in set.names where !name.hasSuffix("num_batches_tracked") {
      guard let cut = name.lastIndex(of: separator),
        let role = ForeignLayer.role(name[name.index(after: cut)...])
      else {
        unexpected.append(name)
        continue
      }
      var layer = String(name[..<cut])
      // A separable convolution is two layers here: depthwise, then pointwise.
      if name.hasSuffix("pointwise_kernel") { layer += "#pointwise" }
      if places[layer] == nil {
        let isPointwise = layer.hasSuffix("#pointwise")
        let plain = isPointwise ? String(layer.dropLast(10)) : layer
        guard let key = key(plain) else {
          unexpected.append(name)
          continue
        }
        places[layer] = found.count
        found.append((key + [isPointwise ? 1 : 0], ForeignLayer(name: layer)))
      }
      found[places[layer]!].layer.tensors[role] = set[name]
    }
    layers = found.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.layer)
    self.unexpected = unexpected
  }

  /// The parameters under the engine's names: the file's layers and the engine's are paired in order,
  /// kind by kind, and `convert` brings each tensor to the engine's layout.
  ///
  /// A file without classifier gives a set without it.
  /// - Throws: ``WeightsError/mismatch(set:reason:)`` naming the first pair that does not fit, or
  ///   what is left over.
  func parameters(
    for network: Network, file: String,
    convert: (Tensor, ForeignLayer.Role, Layer) -> Tensor = { tensor, _, _ in tensor }
  ) throws(WeightsError) -> ParameterSet {
    guard unexpected.isEmpty else {
      let more = unexpected.count > 8 ? ", … and \(unexpected.count - 8) more" : ""
      throw .mismatch(
        set: file,
        reason: "\(unexpected.count) unexpected for \(network.name) ("
          + unexpected.prefix(8).joined(separator: ", ") + more + ")")
    }
    var wanted: [(layer: Layer, shapes: [(role: ForeignLayer.Role, shape: [Int])])] = []
    for (name, shape) in network.parameterShapes {
      guard let cut = name.lastIndex(of: "."),
        let role = ForeignLayer.Role(rawValue: String(name[name.index(after: cut)...])),
        let layer = network.layers.first(where: { $0.name == name[..<cut] })
      else { continue }
      if wanted.last?.layer.name != layer.name { wanted.append((layer, [])) }
      wanted[wanted.count - 1].shapes.append((role, shape))
    }
    let hasClassifier = layers.count == wanted.count
    guard hasClassifier || layers.count == wanted.count - 1 else {
      let pair = zip(wanted, layers).first { own, foreign in
        own.shapes.contains { role, shape in
          foreign.tensors[role].map { convert($0, role, own.layer).shape != shape }
            ?? (role != .weight)
        }
      }
      let place =
        pair.map { "\($0.1.name) stands where \($0.0.layer.name) is wanted" }
        ?? (layers.count < wanted.count
          ? "\(wanted[layers.count].layer.name) is missing"
          : "\(layers[wanted.count].name) is left over")
      throw .mismatch(
        set: file,
        reason: "it has \(layers.count) layers with parameters, \(network.name) "
          + "\(wanted.count); the first difference: \(place)")
    }
    if !hasClassifier { wanted.removeAll { $0.layer.name == network.classifier } }
    var result = ParameterSet()
    for (own, foreign) in zip(wanted, layers) {
      for (role, shape) in own.shapes {
        guard let tensor = foreign.tensors[role] else {
          // A normalisation without scale scales by one.
          if case .batchNorm = own.layer.operation, role == .weight {
            result.add("\(own.layer.name).weight", Tensor(shape: shape, filledWith: 1))
            continue
          }
          throw .mismatch(
            set: file,
            reason: "missing: \(role.rawValue) of \(foreign.name), here \(own.layer.name)")
        }
        let converted = convert(tensor, role, own.layer)
        guard converted.shape == shape else {
          throw .mismatch(
            set: file,
            reason: "\(role.rawValue) of \(foreign.name) has the shape \(converted.shape), "
              + "\(own.layer.name) of \(network.name) wants \(shape)")
        }
        result.add("\(own.layer.name).\(role.rawValue)", converted)
      }
    }
    try fold(wanted.map(\.layer), network, file, into: &result)
    return result
  }

  /// A bias that the engine's convolution does not have moves into the normalisation after it:
  /// (x + b − mean) = (x − (mean − b)).
  private func fold(
    _ wanted: [Layer], _ network: Network, _ file: String, into result: inout ParameterSet
  ) throws(WeightsError) {
    for (own, foreign) in zip(wanted, layers) {
      guard case .convolution(let convolution) = own.operation, !convolution.bias,
        let bias = foreign.tensors[.bias]
      else { continue }
      let reader = network.layers.first { layer in
        guard case .batchNorm = layer.operation else { return false }
        return layer.inputs.first.map { network.layers[$0].name == own.name } ?? false
      }
      guard let reader, var mean = result["\(reader.name).running_mean"], mean.count == bias.count
      else { throw .mismatch(set: file, reason: "unexpected: bias of \(foreign.name)") }
      for index in mean.values.indices { mean.values[index] -= bias.values[index] }
      result.add("\(reader.name).running_mean", mean)
    }
  }
}
