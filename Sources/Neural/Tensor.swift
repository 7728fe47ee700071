// The plain array of numbers that crosses the engine's boundary.

/// A row-major array of `Float` with a shape; images are N, C, H, W.
///
/// The engine keeps its own blocked layouts inside; every tensor that goes in or comes out is plain.
public struct Tensor: Sendable, Equatable {
  /// The extents, outermost first.
  public let shape: [Int]
  /// The elements, the last extent running fastest.
  public var values: [Float]

  /// Wraps `values`, whose count must be the product of `shape`.
  public init(shape: [Int], values: [Float]) {
    precondition(
      shape.reduce(1, *) == values.count,
      "a tensor of shape \(shape) needs \(shape.reduce(1, *)) values, got \(values.count)")
    self.shape = shape
    self.values = values
  }

  /// A tensor of zeros.
  public init(zeros shape: [Int]) {
    self.init(shape: shape, values: [Float](repeating: 0, count: shape.reduce(1, *)))
  }

  /// A tensor of one repeated value.
  public init(shape: [Int], filledWith value: Float) {
    self.init(shape: shape, values: [Float](repeating: value, count: shape.reduce(1, *)))
  }

  /// The number of elements.
  public var count: Int { values.count }

  /// The rows `range` along the first extent.
  public func rows(_ range: Range<Int>) -> Tensor {
    let rowCount = shape.dropFirst().reduce(1, *)
    return Tensor(
      shape: [range.count] + shape.dropFirst(),
      values: Array(values[range.lowerBound * rowCount..<range.upperBound * rowCount]))
  }
}
