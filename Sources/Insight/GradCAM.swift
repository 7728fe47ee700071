// Grad-CAM: where in an image a network looked for a class.

import Neural

/// Gradient-weighted class activation mapping (Selvaraju et al., doi 10.1109/ICCV.2017.74).
///
/// The map of class c is ReLU(Σₖ αₖ Aₖ), with Aₖ the channels of a spatial layer and αₖ the mean over
/// positions of the gradient of c's logit (before softmax) with respect to Aₖ.
///
/// ```swift
/// let cam = try GradCAM(model.network, model.parameters())
/// for map in try cam.maps(images) { print(map.classIndex, map.probability) }
/// ```
///
/// A map says where evidence was taken from, not whether it was right.
public final class GradCAM {
  /// The layer whose channels are weighted.
  public let layer: String
  /// C, H, W of its output.
  public let layerShape: [Int]
  private let probe: GradientProbe
  private let classes: Int

  /// - Parameters:
  ///   - layer: a spatial layer or group; nil for the last one before the classifier, poolings left
  ///     out ("layer4.2.relu" in ResNet-50).
  ///   - batch: images per run.
  ///   - threads: threads of the machine to use; 0 means all.
  /// - Throws: ``NeuralError`` for an unknown layer, one after the last spatial one, or parameters
  ///   that do not fit.
  public init(
    _ network: Network, _ parameters: ParameterSet, layer: String? = nil, batch: Int = 1,
    threads: Int = 0
  ) throws(NeuralError) {
    let name = layer ?? network.lastSpatialLayer
    let index = try network.lastIndex(ofGroup: name)
    layerShape = network.layers[index].shape
    classes = network.classes
    probe = try GradientProbe(network, parameters, at: name, batch: batch, threads: threads)
    self.layer = probe.layer
  }

  /// One map for each image.
  /// - Parameters:
  ///   - images: N × C × H × W, prepared as the network wants them.
  ///   - classes: the class to explain for each image; nil for the most probable one.
  public func maps(_ images: Tensor, classes: [Int]? = nil) throws(NeuralError) -> [AttentionMap] {
    let count = images.shape.first ?? 0
    if let classes {
      guard classes.count == count else {
        throw .targetCount(images: count, targets: classes.count)
      }
      if let wrong = classes.first(where: { !(0..<self.classes).contains($0) }) {
        throw .labelOutOfRange(label: wrong, classes: self.classes)
      }
    }
    var maps: [AttentionMap] = []
    for start in stride(from: 0, to: count, by: probe.batch) {
      let part = start..<min(start + probe.batch, count)
      var chosen: [Int] = []
      let result = try probe.run(images.rows(part).padded(to: probe.batch)) { logits in
        chosen = part.map { classes?[$0] ?? logits.largest(inRow: $0 - start) }
        var weights = Tensor(zeros: logits.shape)
        for (row, label) in chosen.enumerated() { weights.values[row * self.classes + label] = 1 }
        return weights
      }
      for (row, label) in chosen.enumerated() { maps.append(map(of: result, row: row, label)) }
    }
    return maps
  }

  private func map(of result: GradientProbe.Result, row: Int, _ label: Int) -> AttentionMap {
    let (channels, area) = (layerShape[0], layerShape[1] * layerShape[2])
    var sum = [Double](repeating: 0, count: area)
    for channel in 0..<channels {
      let start = (row * channels + channel) * area
      let weight =
        result.gradient.values[start..<start + area].reduce(0) { $0 + Double($1) } / Double(area)
      for position in 0..<area {
        sum[position] += weight * Double(result.activation.values[start + position])
      }
    }
    let logits = result.output.values[row * classes..<(row + 1) * classes].map(Double.init)
    let highest = logits.max() ?? 0
    let total = logits.reduce(0) { $0 + exponential($1 - highest) }
    return AttentionMap(
      classIndex: label, probability: Float(exponential(logits[label] - highest) / total),
      height: layerShape[1], width: layerShape[2], values: sum.map { Float(max(0, $0)) })
  }
}

/// Where in an image the evidence for one class lies.
public struct AttentionMap: Sendable, Equatable {
  public let classIndex: Int
  /// Softmax of the class's logit.
  public let probability: Float
  public let height: Int
  public let width: Int
  /// Row-major, 0 or more; not normalised.
  public let values: [Float]

  public init(classIndex: Int, probability: Float, height: Int, width: Int, values: [Float]) {
    precondition(values.count == height * width, "\(values.count) values for \(height)×\(width)")
    self.classIndex = classIndex
    self.probability = probability
    self.height = height
    self.width = width
    self.values = values
  }

  /// From 0 to 1: divided by the largest value; all zeros stay so.
  public var normalised: [Float] {
    guard let largest = values.max(), largest > 0 else { return values }
    return values.map { $0 / largest }
  }
}

extension Network {
  /// The last layer with more than one position on the way to the classifier, poolings left out.
  public var lastSpatialLayer: String {
    guard var index = layers.firstIndex(where: { $0.name == classifier }) else {
      return layers[0].name
    }
    while let input = layers[index].inputs.first {
      index = input
      let layer = layers[index]
      switch layer.operation {
      case .pooling, .globalAveragePooling, .adaptiveAveragePooling, .dropout: continue
      default: if layer.shape[1] * layer.shape[2] > 1 { return layer.name }
      }
    }
    return layers[0].name
  }
}

extension Tensor {
  /// The same rows, followed by zeros up to `count` rows.
  func padded(to count: Int) -> Tensor {
    guard shape[0] < count else { return self }
    let row = shape.dropFirst().reduce(1, *)
    return Tensor(
      shape: [count] + shape.dropFirst(),
      values: values + [Float](repeating: 0, count: (count - shape[0]) * row))
  }

  /// The column of the largest value of a row; the first one of several.
  func largest(inRow row: Int) -> Int {
    let columns = shape[1]
    let values = values[row * columns..<(row + 1) * columns]
    var best = values.startIndex
    for index in values.indices where values[index] > values[best] { best = index }
    return best - values.startIndex
  }
}
