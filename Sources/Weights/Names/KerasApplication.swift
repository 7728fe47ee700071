// Keras's applications: names, layouts and small differences.

import Neural

/// Turns the weights of a Keras application into those of the engine's network of the same name.
///
/// Kernels H × W × I × O become O × I × H × W; the first fully connected layer's inputs, flattened as
/// H × W × C there, are put into the engine's order; a convolution's bias goes into the normalisation
/// behind it; another ε of a normalisation goes into its variance. The result computes what Keras
/// does for VGG, DenseNet, Xception, Inception-ResNet v2 and MobileNet v1, and for ResNet, Inception
/// v3, MobileNet v2 and v3 and EfficientNet in the engine's networks that compute as Keras's
/// ("resnet50_keras"): torchvision's reduce the image in another convolution, count padding in
/// average pooling or pad otherwise, and are refused. What Keras's EfficientNet keeps of the images'
/// normalisation is left out: images are normalised before a network here.
public enum KerasApplication {
  /// - Throws: ``WeightsError/mismatch(set:reason:)`` naming what does not fit.
  public static func parameters(
    _ set: ParameterSet, for network: Network, file: String
  ) throws(WeightsError) -> ParameterSet {
    let epsilon: Float
    let key: (String) -> [Int]?
    switch network.name {
    case let name where name.hasPrefix("vgg") && !name.hasSuffix("bn"):
      (epsilon, key) = (0, vgg)
    case let name where name.hasPrefix("densenet"): (epsilon, key) = (1.001e-5, dense)
    case "inception_v3_keras": (epsilon, key) = (1e-3, numbered(set))
    case "xception": (epsilon, key) = (1e-3, xception(set))
    case "inception_resnet_v2": (epsilon, key) = (1e-3, inceptionResNet(set))
    case "mobilenet_v2_keras": (epsilon, key) = (1e-3, secondMobile)
    case "mobilenet_v3_large_keras", "mobilenet_v3_small_keras":
      (epsilon, key) = (1e-3, thirdMobile)
    case let name where name.hasPrefix("efficientnet_b") && name.hasSuffix("_keras"):
      (epsilon, key) = (1e-3, efficient)
    case let name where name.hasPrefix("mobilenet_v1"): return NameMap.keras.apply(set)
    case let name where name.hasPrefix("resnet") && name.hasSuffix("_keras"):
      (epsilon, key) = (1.001e-5, residual)
    case let name where Architectures.names.contains(name + "_keras"):
      throw .mismatch(
        set: file,
        reason: "Keras's \(name) computes otherwise than torchvision's; "
          + "take the network '\(name)_keras'")
    default:
      throw .mismatch(set: file, reason: "Keras's names for \(network.name) are not known")
    }
    var layers = ParameterSet()
    for name in set.names where !name.hasPrefix("normalization") { layers.add(name, set[name]!) }
    return try OrderedLayers(layers, separator: "/", key: key).parameters(
      for: network, file: file
    ) { tensor, role, layer in
      converted(tensor, role, layer, network, epsilon: epsilon)
    }
  }

  private static func converted(
    _ tensor: Tensor, _ role: ForeignLayer.Role, _ layer: Layer, _ network: Network,
    epsilon: Float
  ) -> Tensor {
    switch (layer.operation, role) {
    case (.convolution(let convolution), .weight) where tensor.shape.count == 4:
      // Depthwise kernels are H × W × C × 1.
      return tensor.permuted(
        convolution.groups > 1 && tensor.shape[3] == 1 ? [2, 3, 0, 1] : [3, 2, 0, 1])
    case (.linear, .weight) where tensor.shape.count == 4:
      // A 1×1 convolution on one pixel.
      return Tensor(
        shape: [tensor.shape[3], tensor.count / max(tensor.shape[3], 1)],
        values: tensor.permuted([3, 2, 0, 1]).values)
    case (.linear, .weight) where tensor.shape.count == 2:
      let input = network.layers[layer.inputs[0]].shape
      let transposed = tensor.permuted([1, 0])
      guard input[1] * input[2] > 1, input.reduce(1, *) == tensor.shape[0] else {
        return transposed
      }
      let spatial = Tensor(
        shape: [tensor.shape[1], input[1], input[2], input[0]], values: transposed.values)
      return Tensor(shape: transposed.shape, values: spatial.permuted([0, 3, 1, 2]).values)
    case (.batchNorm(let norm), .runningVariance):
      return Tensor(shape: tensor.shape, values: tensor.values.map { $0 + epsilon - norm.epsilon })
    default: return tensor
    }
  }

  // MARK: Where a layer stands

  /// The numbers in a name, "conv3_block12_1_bn" → [3, 12, 1].
  private static func numbers(_ name: String) -> [Int] {
    name.split { !$0.isNumber || !$0.isASCII }.compactMap { Int($0) }
  }

  private static func isHead(_ name: String) -> Bool {
    ["predictions", "fc1000", "probs"].contains(name)
  }

  private static func vgg(_ name: String) -> [Int]? {
    if isHead(name) { return [100, 3] }
    let numbers = numbers(name)
    if name.hasPrefix("fc") { return numbers.first.map { [100, $0] } }
    return name.hasPrefix("block") && numbers.count == 2 ? numbers : nil
  }

  /// "conv1/conv", "conv2_block1_0_bn", "pool2_conv", "bn".
  private static func dense(_ name: String) -> [Int]? {
    if isHead(name) { return [100] }
    if name == "bn" { return [90] }
    let isNorm = name.hasSuffix("bn")
    let numbers = numbers(name)
    switch numbers.count {
    case 1 where name.hasPrefix("conv1"): return [1, 0, 0, isNorm ? 1 : 0]
    case 1 where name.hasPrefix("pool"): return [numbers[0], 999, 0, isNorm ? 0 : 1]
    case 3: return numbers + [isNorm ? 1 : 0]
    default: return nil
    }
  }

  /// "conv2_block3_1_conv" with "conv2_block3_1_bn"; "_0_" is the shortcut. Before 2019
  /// "res2c_branch2a" with "bn2c_branch2a", as in Caffe; "branch1" is the shortcut.
  private static func residual(_ name: String) -> [Int]? {
    if isHead(name) { return [100] }
    let place = name.hasSuffix("bn") || name.hasPrefix("bn") ? 1 : 0
    if ["conv1_conv", "conv1_bn", "conv1", "bn_conv1"].contains(name) { return [1, 0, 0, place] }
    let numbers = numbers(name)
    if name.hasPrefix("conv"), numbers.count == 3 {
      // The engine's shortcut stands last.
      return [numbers[0], numbers[1], numbers[2] == 0 ? 9 : numbers[2], place]
    }
    return CaffeNames.residual(name)
  }

  /// "Conv1", "expanded_conv_depthwise", "block_7_expand_BN", "Conv_1_bn".
  private static func secondMobile(_ name: String) -> [Int]? {
    if isHead(name) { return [100] }
    let numbers = numbers(name)
    let place = name.lowercased().hasSuffix("bn") || name.hasPrefix("bn_") ? 1 : 0
    switch name {
    case "Conv1", "bn_Conv1": return [-1, 0, place]
    case "Conv_1", "Conv_1_bn": return [99, 0, place]
    default: break
    }
    let parts = ["expand", "depthwise", "project"]
    let words = name.split(separator: "_")
    guard let part = parts.firstIndex(where: { words.contains(Substring($0)) }) else { return nil }
    if name.hasPrefix("expanded_conv_"), numbers.isEmpty { return [0, part, place] }
    return name.hasPrefix("block_") && numbers.count == 1 ? [numbers[0], part, place] : nil
  }

  /// "conv", "expanded_conv_3_expand_bn", "expanded_conv_3_squeeze_excite_conv_1", "conv_1",
  /// "conv_2", "logits"; before Keras 3 "expanded_conv_3/expand/BatchNorm", "Conv_1", "Logits".
  private static func thirdMobile(_ name: String) -> [Int]? {
    let name = name.lowercased().replacing("/", with: "_").replacing("batchnorm", with: "bn")
    if name == "logits" || isHead(name) { return [102] }
    let ends = [
      "conv": [-1, 0], "conv_bn": [-1, 1], "conv_1": [100, 0], "conv_1_bn": [100, 1],
      "conv_2": [101],
    ]
    if let place = ends[name] { return place }
    guard
      let match = name.wholeMatch(
        of: #/expanded_conv_(?:(\d+)_)?(expand|depthwise|squeeze_excite_conv|project)(_bn|_1)?/#),
      let part = ["expand", "depthwise", "squeeze_excite_conv", "project"].firstIndex(
        of: String(match.2)),
      (match.3 == "_1") == (part == 2 && match.3 != nil)
    else { return nil }
    return [match.1.flatMap { Int($0) } ?? 0, part, match.3 == nil ? 0 : 1]
  }

  /// "stem_conv", "block2a_expand_conv" with "block2a_expand_bn", "block2a_dwconv" with
  /// "block2a_bn", "block2a_se_reduce", "top_conv".
  private static func efficient(_ name: String) -> [Int]? {
    if isHead(name) { return [100] }
    let ends = ["stem_conv": [0, 0], "stem_bn": [0, 1], "top_conv": [99, 0], "top_bn": [99, 1]]
    if let place = ends[name] { return place }
    let parts = [
      "expand_conv", "expand_bn", "dwconv", "bn", "se_reduce", "se_expand", "project_conv",
      "project_bn",
    ]
    guard let match = name.wholeMatch(of: #/block(\d)([a-z])_(\w+)/#), let stage = Int(match.1),
      let letter = match.2.utf8.first, let part = parts.firstIndex(of: String(match.3))
    else { return nil }
    return [stage, Int(letter), part]
  }

  /// Numbered, but for the convolution that ends a block ("block35_3_conv") and the last one
  /// ("conv_7b").
  private static func inceptionResNet(_ set: ParameterSet) -> (String) -> [Int]? {
    let place = numbered(set)
    // The last numbered convolutions of the first block of each kind, and how many a block has.
    let blocks: [String: (last: Int, count: Int)] = [
      "block35": (17, 6), "block17": (79, 4), "block8": (166, 4),
    ]
    return { name in
      if name == "conv_7b" { return [99_999, 0] }
      if name == "conv_7b_bn" { return [99_999, 1] }
      if let match = name.wholeMatch(of: #/(block\d+)_(\d+)_conv/#),
        let block = blocks[String(match.1)], let number = Int(match.2), number < 1000
      {
        return [block.last + (number - 1) * block.count, 2]
      }
      return place(name)
    }
  }

  /// "conv2d_7" with "batch_normalization_7": numbered as they were made, from any number on.
  private static func numbered(_ set: ParameterSet) -> (String) -> [Int]? {
    let (convolutions, norms) = (ranks(set, "conv2d"), ranks(set, "batch_normalization"))
    return { name in
      if isHead(name) { return [100_000] }
      return convolutions[name].map { [$0, 0] } ?? norms[name].map { [$0, 1] }
    }
  }

  /// "block3_sepconv1", "block3_sepconv1_bn"; the shortcuts of blocks 2, 3, 4 and 13 are numbered.
  private static func xception(_ set: ParameterSet) -> (String) -> [Int]? {
    let (shortcuts, norms) = (ranks(set, "conv2d"), ranks(set, "batch_normalization"))
    let blocks = [2, 3, 4, 13]
    return { name in
      if isHead(name) { return [100] }
      if let rank = shortcuts[name], rank < 4 { return [blocks[rank], 9, 0] }
      if let rank = norms[name], rank < 4 { return [blocks[rank], 9, 1] }
      let numbers = numbers(name)
      guard name.hasPrefix("block"), numbers.count == 2 else { return nil }
      return numbers + [name.hasSuffix("bn") ? 1 : 0]
    }
  }

  /// The layers called "PREFIX" or "PREFIX_number" by the order of their numbers.
  private static func ranks(_ set: ParameterSet, _ prefix: String) -> [String: Int] {
    var found: [(number: Int, name: String)] = []
    for full in set.names {
      let name = String(full.split(separator: "/").first ?? "")
      let rest = name.dropFirst(prefix.count)
      guard name.hasPrefix(prefix), !found.contains(where: { $0.name == name }) else { continue }
      if rest.isEmpty {
        found.append((0, name))
      } else if rest.first == "_", let number = Int(rest.dropFirst()) {
        found.append((number, name))
      }
    }
    let sorted = found.sorted { ($0.number, $0.name) < ($1.number, $1.name) }
    return Dictionary(
      uniqueKeysWithValues: sorted.enumerated().map { ($0.element.name, $0.offset) })
  }
}
