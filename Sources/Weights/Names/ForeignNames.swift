// Finding out by whose names a file is written.

import Neural

/// Whose names and layouts a weight file uses, found by trying.
public enum ForeignNames: String, CaseIterable, Sendable {
  /// The engine's own, which are torchvision's; also timm's for ResNet and DenseNet.
  case torchvision
  /// MobileNet v2 from torchvision before 0.6.
  case oldTorchvision = "torchvision < 0.6"
  /// timm's EfficientNet, MobileNet v2 and v3 ("blocks.1.0.conv_pw") and VGG ("pre_logits.fc1").
  /// timm's "tf_" networks pad as TensorFlow does: they fit the networks "…_keras".
  case timm
  /// github.com/lukemelas/EfficientNet-PyTorch ("_blocks.3._expand_conv"), which pads as TensorFlow
  /// does.
  case lukemelas
  case keras = "Keras"
  case caffe = "Caffe"

  /// The file's tensors under the engine's names, and whose names they had. The classifier may be
  /// missing from the file; nothing else may, and nothing may be left over.
  ///
  /// - Throws: ``WeightsError/mismatch(set:reason:)`` with what is wrong under the names that fit
  ///   best.
  public static func resolve(
    _ set: ParameterSet, for network: Network, file: String
  ) throws(WeightsError) -> (parameters: ParameterSet, names: ForeignNames) {
    var failure: WeightsError?
    for names in allCases where names.isPlausible(set) {
      do throws(WeightsError) {
        let found = try names.apply(set, for: network, file: file)
        try check(found, network, file)
        return (found, names)
      } catch {
        // What a particular program's names say is more telling than that they are not torchvision's.
        failure = names.isGeneral ? failure ?? error : error
      }
    }
    throw failure
      ?? .mismatch(set: file, reason: "its names are of no known kind ('\(set.names.first ?? "")')")
  }

  private static func check(
    _ found: ParameterSet, _ network: Network, _ file: String
  ) throws(WeightsError) {
    var wanted = ParameterSet()
    for (name, shape) in network.parameterShapes { wanted.add(name, Tensor(zeros: shape)) }
    let hasClassifier = found["\(network.classifier).weight"] != nil
    do { try wanted.load(found, exceptLayer: hasClassifier ? nil : network.classifier) } catch {
      throw .mismatch(set: file, reason: error.description)
    }
  }

  private var isGeneral: Bool { self == .torchvision || self == .oldTorchvision }

  private func isPlausible(_ set: ParameterSet) -> Bool {
    let isKeras = set.names.contains { $0.contains("/") && $0.hasSuffix("kernel") }
    switch self {
    case .keras: return isKeras
    case .timm:
      return set.names.contains { $0.hasPrefix("conv_stem.") || $0.hasPrefix("pre_logits.fc1.") }
    case .lukemelas: return set.names.contains { $0.hasPrefix("_conv_stem.") }
    case .caffe: return CaffeNames.isPlausible(set) && !isKeras
    case .torchvision, .oldTorchvision: return !isKeras
    }
  }

  private func apply(
    _ set: ParameterSet, for network: Network, file: String
  ) throws(WeightsError) -> ParameterSet {
    switch self {
    case .torchvision: return NameMap.torchvision.apply(set)
    case .oldTorchvision: return NameMap.legacyMobileNetV2.apply(set)
    case .keras: return try KerasApplication.parameters(set, for: network, file: file)
    case .caffe: return try CaffeNames.parameters(set, for: network, file: file)
    case .lukemelas:
      return try OrderedLayers(set, separator: ".", key: Self.lukemelas).parameters(
        for: network, file: file
      ) { tensor, role, layer in Self.withEpsilon(1e-3, tensor, role, layer) }
    case .timm where set["pre_logits.fc1.weight"] != nil: return Self.timmVGG(set)
    case .timm:
      let isTensorFlow = network.name.hasSuffix("_keras") || network.name.contains("lite")
      return try OrderedLayers(set, separator: ".") { Self.timm($0, in: set) }.parameters(
        for: network, file: file
      ) { tensor, role, layer in
        if case .linear = layer.operation, role == .weight, tensor.shape.count == 4 {
          return Self.flattened(tensor)
        }
        return Self.withEpsilon(isTensorFlow ? 1e-3 : 1e-5, tensor, role, layer)
      }
    }
  }

  /// A running variance so that the engine's normalisation computes what one with another ε does.
  private static func withEpsilon(
    _ epsilon: Float, _ tensor: Tensor, _ role: ForeignLayer.Role, _ layer: Layer
  ) -> Tensor {
    guard case .batchNorm(let norm) = layer.operation, role == .runningVariance,
      norm.epsilon != epsilon
    else { return tensor }
    return Tensor(shape: tensor.shape, values: tensor.values.map { $0 + epsilon - norm.epsilon })
  }

  /// A convolution's kernel over its whole map as a linear layer's weight.
  private static func flattened(_ tensor: Tensor) -> Tensor {
    let rows = tensor.shape.first ?? 1
    return Tensor(shape: [rows, tensor.count / max(rows, 1)], values: tensor.values)
  }

  /// VGG's linear layers are convolutions over the whole map in timm.
  private static func timmVGG(_ set: ParameterSet) -> ParameterSet {
    let layers = [
      "pre_logits.fc1.": "classifier.0.", "pre_logits.fc2.": "classifier.3.",
      "head.fc.": "classifier.6.",
    ]
    var renamed = ParameterSet()
    for name in set.names {
      guard let (old, new) = layers.first(where: { name.hasPrefix($0.key) }), let tensor = set[name]
      else {
        renamed.add(name, set[name]!)
        continue
      }
      renamed.add(
        new + name.dropFirst(old.count), tensor.shape.count == 4 ? flattened(tensor) : tensor)
    }
    return NameMap.torchvision.apply(renamed)
  }

  /// "_blocks.3._expand_conv".
  private static func lukemelas(_ name: String) -> [Int]? {
    let ends = [
      "_conv_stem": [0, 0], "_bn0": [0, 1], "_conv_head": [2, 0], "_bn1": [2, 1], "_fc": [3],
    ]
    if let place = ends[name] { return place }
    let parts = name.split(separator: ".").map(String.init)
    let order = [
      "_expand_conv", "_bn0", "_depthwise_conv", "_bn1", "_se_reduce", "_se_expand",
      "_project_conv", "_bn2",
    ]
    guard parts.count == 3, parts[0] == "_blocks", let block = Int(parts[1]),
      let place = order.firstIndex(of: parts[2])
    else { return nil }
    return [1, block, place]
  }

  /// "blocks.1.0.conv_pw"; a block without "conv_pwl" starts with its depthwise convolution, or is
  /// MobileNet v3's last one ("blocks.6.0.conv").
  private static func timm(_ name: String, in set: ParameterSet) -> [Int]? {
    let ends = [
      "conv_stem": [0, 0], "bn1": [0, 1], "conv_head": [2, 0], "bn2": [2, 1], "classifier": [3],
    ]
    if let place = ends[name] { return place }
    let parts = name.split(separator: ".").map(String.init)
    guard parts.count >= 4, parts[0] == "blocks", let stage = Int(parts[1]),
      let block = Int(parts[2])
    else { return nil }
    let isInverted = set["blocks.\(stage).\(block).conv_pwl.weight"] != nil
    let order =
      isInverted
      ? ["conv_pw", "bn1", "conv_dw", "bn2", "se.conv_reduce", "se.conv_expand", "conv_pwl", "bn3"]
      : ["conv", "conv_dw", "bn1", "se.conv_reduce", "se.conv_expand", "conv_pw", "bn2"]
    return order.firstIndex(of: parts[3...].joined(separator: ".")).map { [1, stage, block, $0] }
  }
}
