// The experimental set-up that scores were reported for, as far as it is known.

/// A number of samples, known exactly or between two limits.
public struct CountRange: Hashable, Sendable {
  public let lower: Int
  public let upper: Int

  /// lower ... upper samples.
  public init(_ lower: Int, _ upper: Int) {
    self.lower = lower
    self.upper = upper
  }

  /// Exactly `count` samples.
  public static func exactly(_ count: Int) -> CountRange { CountRange(count, count) }

  /// Whether the number is known.
  public var isExact: Bool { lower == upper }
}

/// Samples of both classes in one fold or test set.
public struct ClassCounts: Hashable, Sendable {
  public let positives: Int
  public let negatives: Int

  public init(positives: Int, negatives: Int) {
    self.positives = positives
    self.negatives = negatives
  }

  /// All samples.
  public var total: Int { positives + negatives }
}

/// A bound on a score of every single fold or data set, for papers that print a minimum or maximum.
public struct ScoreBound: Hashable, Sendable {
  public let kind: ScoreKind
  public let lower: Double
  public let upper: Double

  public init(_ kind: ScoreKind, _ lower: Double, _ upper: Double) {
    self.kind = kind
    self.lower = lower
    self.upper = upper
  }
}

/// A data set whose scores are the means over its folds.
public struct FoldedDataset: Hashable, Sendable {
  /// What is known of the folds.
  public enum Folds: Hashable, Sendable {
    /// The class counts of every fold, repetitions included.
    case known([ClassCounts])
    /// Only the data set's counts; folds have equal sizes (give or take one) and any class mix in
    /// which the printed scores are defined.
    case unknown(ClassCounts, folds: Int, repeats: Int)
  }

  public let folds: Folds
  /// Bounds on the scores of each fold.
  public let foldBounds: [ScoreBound]

  public init(_ folds: Folds, foldBounds: [ScoreBound] = []) {
    self.folds = folds
    self.foldBounds = foldBounds
  }

  /// The number of folds, repetitions included.
  var foldCount: Int {
    switch folds {
    case .known(let folds): folds.count
    case .unknown(_, let folds, let repeats): folds * repeats
    }
  }

  /// The samples of all folds, repetitions included.
  var sum: ClassCounts {
    switch folds {
    case .known(let folds):
      ClassCounts(
        positives: folds.reduce(0) { $0 + $1.positives },
        negatives: folds.reduce(0) { $0 + $1.negatives })
    case .unknown(let counts, _, let repeats):
      ClassCounts(positives: counts.positives * repeats, negatives: counts.negatives * repeats)
    }
  }

  /// The folds that scikit-learn's stratified splitter makes of these class counts.
  public static func stratified(
    _ counts: ClassCounts, folds: Int, repeats: Int = 1, foldBounds: [ScoreBound] = []
  ) -> FoldedDataset {
    let parts = stratifiedSizes([counts.negatives, counts.positives], folds: folds)
    let once = parts.map { ClassCounts(positives: $0[1], negatives: $0[0]) }
    return FoldedDataset(
      .known(Array(repeating: once, count: max(1, repeats)).flatMap { $0 }),
      foldBounds: foldBounds)
  }

  /// Class sizes per fold: sorted labels are dealt out to the folds in turn.
  public static func stratifiedSizes(_ classSizes: [Int], folds: Int) -> [[Int]] {
    var parts = Array(
      repeating: Array(repeating: 0, count: classSizes.count), count: max(1, folds))
    var next = 0
    for (label, size) in classSizes.enumerated() {
      for fold in parts.indices { parts[fold][label] = size / parts.count }
      for _ in 0..<(size % parts.count) {
        parts[next][label] += 1
        next = (next + 1) % parts.count
      }
    }
    return parts
  }
}

/// The set-up of an experiment, as far as a paper states it.
public enum Design: Hashable, Sendable {
  /// Nothing is known of the numbers of samples.
  case unknown
  /// One test set of two classes (or folds and test sets pooled before scoring).
  case binary(positives: CountRange, negatives: CountRange)
  /// One test set of two classes of which only the total is known.
  case binaryTotal(CountRange)
  /// One test set of K classes, with their sizes.
  case multiclass([Int])
  /// Means of binary scores: over the folds of each data set, then over data sets.
  case meanOverFolds([FoldedDataset], datasetBounds: [ScoreBound])
  /// Means over folds of multiclass scores; each fold's class sizes.
  case meanOverMulticlassFolds([[Int]])

  /// The greatest number of samples in all, where that is known.
  var sampleCount: Int? {
    switch self {
    case .unknown: nil
    case .binary(let positives, let negatives): positives.upper + negatives.upper
    case .binaryTotal(let total): total.upper
    case .multiclass(let sizes): sizes.reduce(0, +)
    case .meanOverFolds, .meanOverMulticlassFolds: nil
    }
  }

  /// One binary test set with known counts.
  public static func binary(_ positives: Int, _ negatives: Int) -> Design {
    .binary(positives: .exactly(positives), negatives: .exactly(negatives))
  }

  /// Several test sets or folds whose counts are summed before scores are computed.
  public static func pooled(_ parts: [ClassCounts]) -> Design {
    .binary(
      parts.reduce(0) { $0 + $1.positives }, parts.reduce(0) { $0 + $1.negatives })
  }

  /// The mean of scores over test sets.
  public static func mean(of parts: [ClassCounts], bounds: [ScoreBound] = []) -> Design {
    .meanOverFolds([FoldedDataset(.known(parts), foldBounds: bounds)], datasetBounds: [])
  }
}
