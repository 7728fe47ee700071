// A softmax classifier on features computed once: transfer learning with a frozen backbone.

import COpenBLAS

/// A linear layer trained on cached features. An epoch costs two matrix products, so that many
/// epochs take less time than one pass of the images through a backbone.
///
/// ```swift
/// let features = try model.features(images, at: "avgpool")       // once
/// var head = try HeadTrainer(featureCount: 512, classes: 7, seed: 1)
/// for _ in 0..<50 { try head.epoch(features, labels, learningRate: 0.01) }
/// let probabilities = try head.probabilities(testFeatures)
/// ```
public struct HeadTrainer: Sendable {
  /// K × F.
  public private(set) var weight: Tensor
  /// K.
  public private(set) var bias: Tensor
  public let optimizer: Optimizer
  public let loss: Loss
  private var state: [[Float]]
  private var stepCount = 0
  private var generator: SeededGenerator
  private var featureCount: Int { weight.shape[1] }
  private var classes: Int { weight.shape[0] }

  /// Starts with PyTorch's default of a linear layer, drawn from `seed`, which also shuffles.
  public init(
    featureCount: Int, classes: Int, optimizer: Optimizer = .sgd(), loss: Loss = .crossEntropy(),
    seed: UInt64
  ) throws(NeuralError) {
    guard featureCount > 0, classes > 0 else {
      throw .badOption(
        name: "head", value: "\(featureCount) features, \(classes) classes",
        expected: "at least 1 of both")
    }
    generator = SeededGenerator(seed: seed)
    let bound = 1 / Double(featureCount).squareRoot()
    var drawn: [Float] = []
    for _ in 0..<(featureCount + 1) * classes {
      drawn.append(Float((2 * generator.uniform() - 1) * bound))
    }
    weight = Tensor(
      shape: [classes, featureCount], values: Array(drawn.prefix(featureCount * classes)))
    bias = Tensor(shape: [classes], values: Array(drawn.suffix(classes)))
    self.optimizer = optimizer
    self.loss = loss
    state = (0..<optimizer.stateCount).flatMap { _ in
      [
        [Float](repeating: 0, count: featureCount * classes), [Float](repeating: 0, count: classes),
      ]
    }
  }

  /// One pass over all rows in a new random order; the mean loss.
  ///
  /// - Parameter features: N × F.
  @discardableResult
  public mutating func epoch(
    _ features: Tensor, _ labels: [Int], batch: Int = 64, learningRate: Float
  ) throws(NeuralError) -> Float {
    try check(features)
    let count = features.shape[0]
    guard batch > 0, count > 0 else {
      throw .badOption(
        name: "batch", value: "\(batch) of \(count) rows", expected: "at least 1 of both")
    }
    try loss.check(.classes(labels), images: count, classes: classes)
    var order = Array(0..<count)
    order.shuffle(using: &generator)
    let (width, classes) = (featureCount, classes)
    var rows = [Float](repeating: 0, count: batch * width)
    var logits = [Float](repeating: 0, count: batch * classes)
    var slopes = logits
    var weightGradient = [Float](repeating: 0, count: width * classes)
    var biasGradient = [Float](repeating: 0, count: classes)
    var total = 0.0
    try BLAS.load()
    for start in stride(from: 0, to: count, by: batch) {
      let part = order[start..<min(start + batch, count)]
      let size = part.count
      features.values.withUnsafeBufferPointer { source in
        rows.withUnsafeMutableBufferPointer { target in
          for (k, row) in part.enumerated() {
            (target.baseAddress! + k * width).update(
              from: source.baseAddress! + row * width, count: width)
          }
        }
      }
      for k in 0..<size {
        for j in 0..<classes { logits[k * classes + j] = bias.values[j] }
      }
      BLAS.multiply(
        rows, weight.values, into: &logits, size, classes, width, transposed: (false, true),
        adding: true)
      let value = loss.evaluate(
        logits: logits, gradient: &slopes, classes: classes,
        targets: .classes(part.map { labels[$0] }))
      total += Double(value) * Double(size)
      BLAS.multiply(
        slopes, rows, into: &weightGradient, classes, width, size, transposed: (true, false),
        adding: false)
      for j in 0..<classes {
        var sum: Float = 0
        for k in 0..<size { sum += slopes[k * classes + j] }
        biasGradient[j] = sum
      }
      update(weightGradient, biasGradient, learningRate)
    }
    return Float(total / Double(count))
  }

  /// N × K.
  public func logits(_ features: Tensor) throws(NeuralError) -> Tensor {
    try check(features)
    let count = features.shape[0]
    var result = [Float](repeating: 0, count: count * classes)
    for n in 0..<count { for k in 0..<classes { result[n * classes + k] = bias.values[k] } }
    guard count > 0 else { return Tensor(shape: [0, classes], values: []) }
    try BLAS.load()
    BLAS.multiply(
      features.values, weight.values, into: &result, count, classes, featureCount,
      transposed: (false, true), adding: true)
    return Tensor(shape: [count, classes], values: result)
  }

  /// Softmax of the logits, N × K.
  public func probabilities(_ features: Tensor) throws(NeuralError) -> Tensor {
    Softmax.probabilities(try logits(features))
  }

  private func check(_ features: Tensor) throws(NeuralError) {
    guard features.shape.count == 2, features.shape[1] == featureCount else {
      throw .shapeMismatch(
        name: "features", expected: [features.shape.first ?? 0, featureCount],
        found: features.shape)
    }
  }

  private mutating func update(_ weights: [Float], _ biases: [Float], _ rate: Float) {
    stepCount += 1
    var (w, b) = (weight.values, bias.values)
    weight.values = []
    bias.values = []
    let states = optimizer.stateCount
    withPointers(to: &state) { pointers in
      optimizer.update(
        &w, weights, state: (0..<states).map { pointers[2 * $0] }, count: w.count, step: stepCount,
        learningRate: rate)
      optimizer.update(
        &b, biases, state: (0..<states).map { pointers[2 * $0 + 1] }, count: b.count,
        step: stepCount, learningRate: rate)
    }
    weight.values = w
    bias.values = b
  }

  /// Calls `body` with the addresses of all arrays.
  private func withPointers(
    to arrays: inout [[Float]], _ body: ([UnsafeMutablePointer<Float>]) -> Void
  ) {
    func descend(_ index: Int, _ found: [UnsafeMutablePointer<Float>]) {
      guard index < arrays.count else { return body(found) }
      var array: [Float] = []
      swap(&array, &arrays[index])
      array.withUnsafeMutableBufferPointer { descend(index + 1, found + [$0.baseAddress!]) }
      swap(&array, &arrays[index])
    }
    descend(0, [])
  }
}

/// Matrix products by OpenBLAS, on the calling thread.
enum BLAS {
  /// Makes ``multiply(_:_:into:_:_:_:transposed:adding:)`` usable.
  /// - Throws: ``NeuralError/unsupported(layer:reason:)`` when the library is not installed.
  static func load() throws(NeuralError) {
    var reason = [CChar](repeating: 0, count: 256)
    guard blas_load(&reason, Int32(reason.count)) == 0 else {
      let text = String(
        decoding: reason.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      throw .unsupported(
        layer: "head", reason: "OpenBLAS cannot be loaded (\(text)); install libopenblas0")
    }
  }

  /// c = a · b (plus c), row-major, c of `rows` × `columns`, `inner` summed over.
  static func multiply(
    _ a: [Float], _ b: [Float], into c: inout [Float], _ rows: Int, _ columns: Int, _ inner: Int,
    transposed: (Bool, Bool), adding: Bool
  ) {
    blas_multiply(
      transposed.0 ? 1 : 0, transposed.1 ? 1 : 0, Int32(rows), Int32(columns), Int32(inner), a,
      Int32(transposed.0 ? rows : inner), b, Int32(transposed.1 ? inner : columns), adding ? 1 : 0,
      &c, Int32(columns))
  }
}
