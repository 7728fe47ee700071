// A K × K confusion matrix: rows are the true classes, columns the predicted ones.

/// Counts of (true class, predicted class) pairs over `classCount` classes.
public struct ConfusionMatrix: Hashable, Sendable {
  /// K, the number of classes.
  public let classCount: Int
  /// K·K counts in row-major order: `cells[true * K + predicted]`.
  public private(set) var cells: [Int]

  /// An empty matrix of K classes.
  public init(classCount: Int) {
    precondition(classCount >= 1, "a confusion matrix needs a class, got \(classCount)")
    self.classCount = classCount
    cells = Array(repeating: 0, count: classCount * classCount)
  }

  /// A matrix from its rows; throws when they are not square or hold a negative count.
  public init(rows: [[Int]]) throws(ScoringError) {
    guard !rows.isEmpty, rows.allSatisfy({ $0.count == rows.count }) else {
      throw .notSquare(rows.map(\.count))
    }
    let flat = rows.flatMap { $0 }
    if let negative = flat.first(where: { $0 < 0 }) { throw .negativeCount(negative) }
    classCount = rows.count
    cells = flat
  }

  /// Counts label pairs; labels are 0 ..< classCount.
  public init(truth: [Int], predicted: [Int], classCount: Int) throws(ScoringError) {
    guard truth.count == predicted.count else {
      throw .lengthsDiffer(truth.count, predicted.count)
    }
    guard classCount >= 1 else { throw .notSquare([]) }
    self.init(classCount: classCount)
    for (row, column) in zip(truth, predicted) {
      guard row >= 0, row < classCount else { throw .labelOutOfRange(row, classCount) }
      guard column >= 0, column < classCount else { throw .labelOutOfRange(column, classCount) }
      cells[row * classCount + column] += 1
    }
  }

  /// The number of samples of true class `row` that were predicted as `column`.
  public subscript(row: Int, column: Int) -> Int { cells[row * classCount + column] }

  /// The rows, one array per true class.
  public var rows: [[Int]] {
    (0..<classCount).map { Array(cells[($0 * classCount)..<(($0 + 1) * classCount)]) }
  }

  /// Samples per true class.
  public var trueCounts: [Int] { rows.map { $0.reduce(0, +) } }
  /// Samples per predicted class.
  public var predictedCounts: [Int] {
    (0..<classCount).map { column in
      (0..<classCount).reduce(0) { $0 + self[$1, column] }
    }
  }
  /// All samples.
  public var total: Int { cells.reduce(0, +) }
  /// Samples on the diagonal.
  public var correct: Int { (0..<classCount).reduce(0) { $0 + self[$1, $1] } }

  /// One class against the rest.
  public func counts(of positive: Int) -> BinaryCounts {
    precondition(positive >= 0 && positive < classCount, "class \(positive) of \(classCount)")
    let row = (0..<classCount).reduce(0) { $0 + self[positive, $1] }
    let column = (0..<classCount).reduce(0) { $0 + self[$1, positive] }
    let hit = self[positive, positive]
    return BinaryCounts(
      truePositives: hit, falsePositives: column - hit,
      trueNegatives: total - row - column + hit, falseNegatives: row - hit)
  }

  /// The sum of all one-vs-rest matrices, which micro averages are computed from.
  public var pooledCounts: BinaryCounts {
    let wrong = total - correct
    return BinaryCounts(
      truePositives: correct, falsePositives: wrong,
      trueNegatives: classCount * total - 2 * total + correct, falseNegatives: wrong)
  }

  /// The sum of two matrices of the same classes.
  public static func + (left: ConfusionMatrix, right: ConfusionMatrix) -> ConfusionMatrix {
    precondition(left.classCount == right.classCount, "\(left.classCount), \(right.classCount)")
    var sum = left
    for index in sum.cells.indices { sum.cells[index] += right.cells[index] }
    return sum
  }
}

/// What is wrong with labels, scores or parameters handed to this module.
public enum ScoringError: Error, Equatable, Sendable, CustomStringConvertible {
  case notSquare([Int])
  case negativeCount(Int)
  case lengthsDiffer(Int, Int)
  case labelOutOfRange(Int, Int)
  case notFinite(Int)
  case levelOutOfRange(Double)
  case countsOutOfRange(successes: Int, trials: Int)

  public var description: String {
    switch self {
    case .notSquare(let lengths):
      "a confusion matrix needs as many columns as rows, got rows of lengths \(lengths)"
    case .negativeCount(let count): "a confusion matrix holds counts, got \(count)"
    case .lengthsDiffer(let first, let second):
      "truth has \(first) entries and predictions have \(second); give one of each per sample"
    case .labelOutOfRange(let label, let classes):
      "label \(label) is not one of 0 ..< \(classes); give the right number of classes"
    case .notFinite(let index): "the score of sample \(index) is not a finite number"
    case .levelOutOfRange(let level):
      "a confidence level lies between 0 and 1, got \(level); 0.95 is usual"
    case .countsOutOfRange(let successes, let trials):
      "\(successes) of \(trials) is not a proportion; 0 ≤ successes ≤ trials, trials > 0"
    }
  }
}
