// The layer names of Caffe's published networks: VGG, SqueezeNet, ResNet and GoogLeNet.

import Neural

/// Where a layer of a `.caffemodel` stands among the engine's.
enum CaffeNames {
  /// Layer names that tell a Caffe network.
  static func isPlausible(_ set: ParameterSet) -> Bool {
    set.names.contains { name in
      ["conv1_1.", "fire2/", "res2a_branch", "inception_3a/"].contains(where: name.hasPrefix)
    }
  }

  static func parameters(
    _ set: ParameterSet, for network: Network, file: String
  ) throws(WeightsError) -> ParameterSet {
    // A pickle's lists of arrays, kernels H × W × I × O.
    if set["fire2/squeeze1x1.0"] != nil || set["fire2/squeeze1x1.kernel"] != nil {
      return NameMap.caffeSqueezeNet.apply(set)
    }
    let reducing = network.name + "_keras"
    if set["res2a_branch1.weight"] != nil, Architectures.names.contains(reducing) {
      throw .mismatch(
        set: file,
        reason: "Caffe's \(network.name) reduces the image in another convolution than "
          + "torchvision's; take the network '\(reducing)'")
    }
    var layers = ParameterSet()
    for name in set.names {
      // Auxiliary classifiers, which the engine's GoogLeNet does not have.
      if name.hasPrefix("loss1/") || name.hasPrefix("loss2/") { continue }
      // A normalisation is two layers in Caffe: statistics, then scale and shift.
      layers.add(name.hasPrefix("scale") ? "bn" + name.dropFirst(5) : name, set[name]!)
    }
    return try OrderedLayers(layers, separator: ".", key: key).parameters(for: network, file: file)
  }

  private static func key(_ name: String) -> [Int]? {
    let numbers = name.split { !$0.isNumber || !$0.isASCII }.compactMap { Int($0) }
    switch name {
    case "conv1", "conv1/7x7_s2": return [1, 0, 0, 0]
    case "bn_conv1": return [1, 0, 0, 1]
    case "conv2/3x3_reduce": return [2, 0]
    case "conv2/3x3": return [2, 1]
    case "conv10", "loss3/classifier": return [100]
    default: break
    }
    if name.hasPrefix("fc"), numbers.count == 1 { return [100] + numbers }
    let path = name.split(separator: "/").map(String.init)
    if path.count == 2, path[0].hasPrefix("fire"), let fire = numbers.first {
      return ["squeeze1x1", "expand1x1", "expand3x3"].firstIndex(of: path[1]).map { [fire, $0] }
    }
    if path.count == 2, path[0].hasPrefix("inception_") {
      let order = ["1x1", "3x3_reduce", "3x3", "5x5_reduce", "5x5", "pool_proj"]
      // "3a" to "5b".
      let module = path[0].utf8.suffix(2).map { Int($0) }
      return order.firstIndex(of: path[1]).map { module + [$0] }
    }
    // VGG's "conv3_2".
    if name.hasPrefix("conv") { return numbers.count == 2 ? numbers : nil }
    return residual(name)
  }

  /// "res2a_branch2b" with "bn2a_branch2b"; "branch1" is the shortcut. Long stages are counted
  /// "4a", "4b1", "4b2", …
  static func residual(_ name: String) -> [Int]? {
    guard let match = name.wholeMatch(of: #/(res|bn)([2-5])([a-z])(\d*)_branch(1|2a|2b|2c)/#),
      let stage = Int(match.2), let letter = match.3.utf8.first,
      let part = ["2a", "2b", "2c", "1"].firstIndex(of: String(match.5))
    else { return nil }
    let block = Int(match.4) ?? Int(letter) - Int(UInt8(ascii: "a"))
    return [stage, block, part, match.1 == "bn" ? 1 : 0]
  }
}
