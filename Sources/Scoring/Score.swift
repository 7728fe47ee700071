// A metric's value, with 'undefined' as a case of its own.

/// The value of a metric, or why it has none.
///
/// A ratio whose denominator is empty is not zero and not a NaN in disguise: precision without a
/// single predicted positive says nothing. What a tool prints in that case (scikit-learn: 0 with a
/// warning) is a convention of the reader, see ``Score/value(orUndefined:)``.
public enum Score: Hashable, Sendable {
  case value(Double)
  case undefined(UndefinedReason)

  /// The number, or nil when the metric is undefined.
  public var value: Double? {
    if case .value(let number) = self { return number }
    return nil
  }

  /// The number, or `replacement` when the metric is undefined.
  public func value(orUndefined replacement: Double) -> Double { value ?? replacement }

  /// Whether the metric has a value.
  public var isDefined: Bool { value != nil }

  /// The quotient of two counts or sums, undefined for `reason` when the denominator is zero.
  @inlinable
  static func ratio(_ numerator: Double, _ denominator: Double, _ reason: UndefinedReason) -> Score
  {
    denominator == 0 ? .undefined(reason) : .value(numerator / denominator)
  }

  /// Applies `transform` to the value, keeping the reason when there is none.
  public func map(_ transform: (Double) -> Double) -> Score {
    switch self {
    case .value(let number): .value(transform(number))
    case .undefined: self
    }
  }

  /// Combines two values; undefined as soon as one of them is.
  static func combine(
    _ first: Score, _ second: Score, _ transform: (Double, Double) -> Score
  ) -> Score {
    switch (first, second) {
    case (.value(let left), .value(let right)): transform(left, right)
    case (.undefined(let reason), _), (_, .undefined(let reason)): .undefined(reason)
    }
  }
}

/// Why a metric has no value on the given data.
public enum UndefinedReason: String, Hashable, Sendable, CustomStringConvertible {
  case noSamples
  case noPositives
  case noNegatives
  case noPredictedPositives
  case noPredictedNegatives
  case neitherPresentNorPredicted
  case zeroDenominator
  case oneLabelOnly

  public var description: String {
    switch self {
    case .noSamples: "there are no samples"
    case .noPositives: "no sample belongs to the class"
    case .noNegatives: "every sample belongs to the class"
    case .noPredictedPositives: "no sample was assigned to the class"
    case .noPredictedNegatives: "every sample was assigned to the class"
    case .neitherPresentNorPredicted: "the class neither occurs nor was predicted"
    case .zeroDenominator: "the formula divides by zero on this matrix"
    case .oneLabelOnly: "only one label occurs"
    }
  }
}
