// From the names and layouts of other programs to those of the engine.

import Neural

/// A rule that renames and, where needed, transposes each tensor of a file.
public enum NameMap: String, Sendable, CaseIterable {
  /// PyTorch names that are the engine's already: counters and a "module." in front are dropped.
  case torch
  /// torchvision's files: auxiliary classifiers, which the engine's networks do not have, are
  /// dropped, and DenseNet's first names ("norm.1") are today's ("norm1").
  case torchvision
  /// MobileNet v2 from torchvision before 0.6 ("features.1.conv.3.weight").
  case legacyMobileNetV2
  /// Keras layer names, kernels H × W × I × O ("conv_dw_1/depthwise_kernel").
  case keras
  /// SqueezeNet's Caffe layer names, kernels H × W × I × O ("fire2/squeeze1x1.kernel").
  case caffeSqueezeNet

  /// The same tensors under the engine's names, in the engine's layouts.
  public func apply(_ set: ParameterSet) -> ParameterSet {
    var result = ParameterSet()
    for name in set.names {
      guard let tensor = set[name], let (renamed, moved) = translate(name, tensor) else { continue }
      result.add(renamed, moved)
    }
    return result
  }

  private func translate(_ name: String, _ tensor: Tensor) -> (String, Tensor)? {
    switch self {
    case .torch:
      guard !name.hasSuffix("num_batches_tracked") else { return nil }
      return (name.hasPrefix("module.") ? String(name.dropFirst(7)) : name, tensor)
    case .torchvision:
      let auxiliary = ["AuxLogits.", "aux1.", "aux2."]
      guard !auxiliary.contains(where: name.hasPrefix) else { return nil }
      return NameMap.torch.translate(name, tensor).map { (Self.modernDenseNet($0.0), $0.1) }
    case .legacyMobileNetV2:
      return NameMap.torch.translate(name, tensor).map { (Self.modernMobileNet($0.0), $0.1) }
    case .keras: return Self.keras(name, tensor)
    case .caffeSqueezeNet: return Self.caffe(name, tensor)
    }
  }

  /// "features.denseblock1.denselayer2.norm.1.weight" is "…denselayer2.norm1.weight" today.
  private static func modernDenseNet(_ name: String) -> String {
    var parts = name.split(separator: ".").map(String.init)
    guard parts.count == 6, parts[2].hasPrefix("denselayer"), ["norm", "conv"].contains(parts[3])
    else { return name }
    parts[3] += parts.remove(at: 4)
    return parts.joined(separator: ".")
  }

  /// "features.2.conv.4.weight" is "features.2.conv.1.1.weight" today.
  private static func modernMobileNet(_ name: String) -> String {
    let parts = name.split(separator: ".").map(String.init)
    guard parts.count == 5, parts[0] == "features", parts[2] == "conv", let layer = Int(parts[3])
    else { return name }
    // The first block has no expansion: its depthwise pair comes first.
    let places =
      parts[1] == "1"
      ? [0: "0.0", 1: "0.1", 3: "1", 4: "2"]
      : [0: "0.0", 1: "0.1", 3: "1.0", 4: "1.1", 6: "2", 7: "3"]
    guard let place = places[layer] else { return name }
    return "features.\(parts[1]).conv.\(place).\(parts[4])"
  }

  private static func keras(_ name: String, _ tensor: Tensor) -> (String, Tensor) {
    let parts = name.split(separator: "/").map(String.init)
    guard parts.count == 2 else { return (name, tensor) }
    let suffixes = [
      "gamma": "weight", "beta": "bias", "moving_mean": "running_mean",
      "moving_variance": "running_var", "bias": "bias",
    ]
    if let suffix = suffixes[parts[1]] { return ("\(parts[0]).\(suffix)", tensor) }
    switch (parts[1], tensor.shape.count) {
    case ("depthwise_kernel", 4):
      // H × W × C × 1 to C × 1 × H × W.
      return ("\(parts[0]).weight", tensor.permuted([2, 3, 0, 1]))
    case ("kernel", 4) where parts[0].hasPrefix("conv_dw_"):
      // Keras 3 calls a depthwise kernel so too.
      return ("\(parts[0]).weight", tensor.permuted([2, 3, 0, 1]))
    case ("kernel", 4):
      let kernel = tensor.permuted([3, 2, 0, 1])
      // The engine has the 1×1 convolution on one pixel as a linear layer.
      return (
        "\(parts[0]).weight",
        parts[0] == "conv_preds"
          ? Tensor(shape: Array(kernel.shape.prefix(2)), values: kernel.values) : kernel
      )
    case ("kernel", 2): return ("\(parts[0]).weight", tensor.permuted([1, 0]))
    default: return (name, tensor)
    }
  }

  private static func caffe(_ name: String, _ tensor: Tensor) -> (String, Tensor) {
    let parts = name.split(separator: ".").map(String.init)
    guard parts.count == 2 else { return (name, tensor) }
    // Fire modules 2 to 9 stand at these positions of torchvision's `features`.
    let positions = [3, 4, 6, 7, 9, 10, 11, 12]
    let layer: String
    let path = parts[0].split(separator: "/").map(String.init)
    if parts[0] == "conv1" {
      layer = "features.0"
    } else if parts[0] == "conv10" {
      layer = "classifier.1"
    } else if path.count == 2, let number = Int(path[0].dropFirst(4)), (2...9).contains(number) {
      let part = path[1] == "squeeze1x1" ? "squeeze" : path[1]
      layer = "features.\(positions[number - 2]).\(part)"
    } else {
      return (name, tensor)
    }
    // "0" and "1" are the positions in the pickle's lists.
    switch parts[1] {
    case "kernel" where tensor.shape.count == 4, "0" where tensor.shape.count == 4:
      return ("\(layer).weight", tensor.permuted([3, 2, 0, 1]))
    case "bias", "1": return ("\(layer).bias", tensor)
    default: return (name, tensor)
    }
  }
}

extension Tensor {
  /// The same numbers with axes in another order, row-major again.
  func permuted(_ axes: [Int]) -> Tensor {
    var strides = Array(repeating: 1, count: shape.count)
    for axis in stride(from: shape.count - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * shape[axis + 1]
    }
    return Strided.gather(
      values, shape: axes.map { shape[$0] }, strides: axes.map { strides[$0] }, offset: 0)
  }
}
