// Losses and their gradients with respect to the logits.

#if canImport(Glibc)
  import Glibc
#endif

/// What the images of a batch should be.
public enum Targets: Sendable, Equatable {
  /// One class per image.
  case classes([Int])
  /// N × K of 0 or 1: any number of labels per image.
  case labels(Tensor)
  /// N × K shares of the classes, 1 in each row: what mixed images are.
  case shares(Tensor)

  /// The number of images.
  public var count: Int {
    switch self {
    case .classes(let labels): labels.count
    case .labels(let labels), .shares(let labels): labels.shape[0]
    }
  }

  /// The targets of the images `range`.
  func rows(_ range: Range<Int>) -> Targets {
    switch self {
    case .classes(let labels): .classes(Array(labels[range]))
    case .labels(let labels): .labels(labels.rows(range))
    case .shares(let shares): .shares(shares.rows(range))
    }
  }
}

/// What training makes small.
public enum Loss: Sendable, Equatable {
  /// −log of the class's softmax probability; class weights average as PyTorch does (by the sum of
  /// the weights, by the number of images for shares); label smoothing as Szegedy et al., doi
  /// 10.1109/CVPR.2016.308.
  case crossEntropy(classWeights: [Float]? = nil, labelSmoothing: Float = 0)
  /// Cross-entropy times (1 − p)^γ, averaged over images (doi 10.1109/ICCV.2017.324).
  case focal(gamma: Float = 2, classWeights: [Float]? = nil)
  /// The mean over images and labels of the logistic loss; for several labels per image.
  case binaryCrossEntropy

  /// Throws unless `targets` fit `images` images of `classes` classes and the loss's own options.
  func check(_ targets: Targets, images: Int, classes: Int) throws(NeuralError) {
    guard targets.count == images else {
      throw .targetCount(images: images, targets: targets.count)
    }
    switch (self, targets) {
    case (.crossEntropy(let weights, _), .shares(let shares)):
      guard shares.shape == [images, classes] else {
        throw .shapeMismatch(name: "shares", expected: [images, classes], found: shares.shape)
      }
      try Self.check(weights, classes)
    case (.binaryCrossEntropy, .labels(let labels)):
      guard labels.shape == [images, classes] else {
        throw .shapeMismatch(name: "labels", expected: [images, classes], found: labels.shape)
      }
    case (.crossEntropy(let weights, _), .classes(let labels)),
      (.focal(_, let weights), .classes(let labels)):
      if let label = labels.first(where: { !(0..<classes).contains($0) }) {
        throw .labelOutOfRange(label: label, classes: classes)
      }
      try Self.check(weights, classes)
    default:
      throw .badOption(
        name: "loss", value: "\(self)",
        expected: "binary cross-entropy for label tensors, cross-entropy for shares, "
          + "and that or focal loss for classes")
    }
  }

  private static func check(_ weights: [Float]?, _ classes: Int) throws(NeuralError) {
    if let weights, weights.count != classes {
      throw .shapeMismatch(name: "class weights", expected: [classes], found: [weights.count])
    }
  }

  /// The loss of one batch; writes its gradient. All sums are in double precision, images in order.
  ///
  /// - Parameters:
  ///   - logits: N × K, row-major.
  ///   - gradient: the same shape; overwritten.
  ///   - total: what the sum is divided by; nil for `total(of: targets)`. Parts of a batch take the
  ///     whole batch's, so that their losses and gradients add up to the batch's.
  func evaluate(
    logits: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>, classes: Int,
    targets: Targets, total: Double? = nil
  ) -> Float {
    let total = total ?? self.total(of: targets)
    switch (self, targets) {
    case (.crossEntropy(let weights, let smoothing), .classes(let labels)):
      return Self.crossEntropy(
        logits, gradient, classes, labels.count, weights, smoothing: Double(smoothing), total
      ) { n, k in labels[n] == k ? 1 : 0 }
    case (.crossEntropy(let weights, let smoothing), .shares(let shares)):
      return Self.crossEntropy(
        logits, gradient, classes, targets.count, weights, smoothing: Double(smoothing), total
      ) { n, k in Double(shares.values[n * classes + k]) }
    case (.focal(let gamma, let weights), .classes(let labels)):
      return Self.focal(logits, gradient, classes, labels, weights, gamma: Double(gamma), total)
    case (.binaryCrossEntropy, .labels(let labels)):
      return Self.binary(logits, gradient, labels, total)
    default: preconditionFailure("targets do not fit the loss \(self)")
    }
  }

  /// What the mean over `targets` divides by.
  func total(of targets: Targets) -> Double {
    switch (self, targets) {
    case (.crossEntropy(let weights, _), .classes(let labels)):
      labels.reduce(0.0) { $0 + Double(weights?[$1] ?? 1) }
    case (_, .classes), (_, .shares): Double(targets.count)
    case (_, .labels(let labels)): Double(labels.count)
    }
  }

  private static func crossEntropy(
    _ logits: UnsafePointer<Float>, _ gradient: UnsafeMutablePointer<Float>, _ classes: Int,
    _ images: Int, _ weights: [Float]?, smoothing: Double, _ total: Double,
    target: (Int, Int) -> Double
  ) -> Float {
    var loss = 0.0
    for n in 0..<images {
      let (row, out) = (logits + n * classes, gradient + n * classes)
      let logs = Softmax.logarithms(row, classes)
      var sum = 0.0
      let share = (0..<classes).map { k in
        let weight = Double(weights?[k] ?? 1)
        return (1 - smoothing) * weight * target(n, k) + smoothing / Double(classes) * weight
      }
      for k in 0..<classes {
        sum += share[k]
        loss -= share[k] * logs[k]
      }
      for k in 0..<classes { out[k] = Float((sum * exp(logs[k]) - share[k]) / total) }
    }
    return Float(loss / total)
  }

  private static func focal(
    _ logits: UnsafePointer<Float>, _ gradient: UnsafeMutablePointer<Float>, _ classes: Int,
    _ labels: [Int], _ weights: [Float]?, gamma: Double, _ count: Double
  ) -> Float {
    var loss = 0.0
    for (n, label) in labels.enumerated() {
      let (row, out) = (logits + n * classes, gradient + n * classes)
      let logs = Softmax.logarithms(row, classes)
      let weight = Double(weights?[label] ?? 1)
      let p = exp(logs[label])
      let miss = max(1 - p, 1e-12)
      loss -= weight * pow(miss, gamma) * logs[label]
      let slope = weight * (gamma * pow(miss, gamma - 1) * p * logs[label] - pow(miss, gamma))
      for k in 0..<classes {
        out[k] = Float(slope * ((k == label ? 1 : 0) - exp(logs[k])) / count)
      }
    }
    return Float(loss / count)
  }

  private static func binary(
    _ logits: UnsafePointer<Float>, _ gradient: UnsafeMutablePointer<Float>, _ labels: Tensor,
    _ count: Double
  ) -> Float {
    var loss = 0.0
    for (i, label) in labels.values.enumerated() {
      let (z, t) = (Double(logits[i]), Double(label))
      loss += max(z, 0) - z * t + log1p(exp(-abs(z)))
      gradient[i] = Float((1 / (1 + exp(-z)) - t) / count)
    }
    return Float(loss / count)
  }
}

/// Softmax in double precision, safe for large logits.
enum Softmax {
  /// log softmax of one row.
  static func logarithms(_ row: UnsafePointer<Float>, _ classes: Int) -> [Double] {
    var top = Double(row[0])
    for k in 1..<max(classes, 1) { top = max(top, Double(row[k])) }
    var sum = 0.0
    for k in 0..<classes { sum += exp(Double(row[k]) - top) }
    let norm = top + log(sum)
    return (0..<classes).map { Double(row[$0]) - norm }
  }

  /// Softmax of every row of N × K.
  static func probabilities(_ logits: Tensor) -> Tensor {
    let classes = logits.shape[1]
    var result = logits
    logits.values.withUnsafeBufferPointer { values in
      guard let base = values.baseAddress else { return }
      for n in 0..<logits.shape[0] {
        for (k, value) in logarithms(base + n * classes, classes).enumerated() {
          result.values[n * classes + k] = Float(exp(value))
        }
      }
    }
    return result
  }
}

/// The loss as a step of a plan.
final class LossStep {
  var targets: Targets?
  private(set) var loss: Float = 0
  private let function: Loss
  private let batch: Int
  private let classes: Int

  init(_ function: Loss, batch: Int, classes: Int) {
    self.function = function
    self.batch = batch
    self.classes = classes
  }

  func run(
    logits: UnsafeMutablePointer<Float>, gradient: UnsafeMutablePointer<Float>, total: Double
  ) {
    precondition(targets?.count == batch, "a step needs \(batch) targets")
    loss = function.evaluate(
      logits: logits, gradient: gradient, classes: classes, targets: targets!, total: total)
  }
}
