// The ROC curve, the area under it, and its multiclass and multi-label means.

/// A point of the ROC curve: classify as positive what scores at least `threshold`.
public struct OperatingPoint: Hashable, Sendable {
  public let falsePositiveRate: Double
  public let truePositiveRate: Double
  public let threshold: Double

  public init(falsePositiveRate: Double, truePositiveRate: Double, threshold: Double) {
    self.falsePositiveRate = falsePositiveRate
    self.truePositiveRate = truePositiveRate
    self.threshold = threshold
  }
}

/// Scores and truth of a binary problem, sorted once for every ranking metric.
public struct Ranking: Sendable {
  /// One group per distinct score, highest first.
  struct Group: Sendable {
    let score: Double
    let positives: Int
    let negatives: Int
  }

  let groups: [Group]
  /// Samples of the positive class.
  public let positives: Int
  /// Samples of the negative class.
  public let negatives: Int

  /// Ranks samples by `scores`; ties form one group. Throws on unequal lengths and non-numbers.
  public init(scores: [Double], isPositive: [Bool]) throws(ScoringError) {
    guard scores.count == isPositive.count else {
      throw .lengthsDiffer(isPositive.count, scores.count)
    }
    if let index = scores.firstIndex(where: { !$0.isFinite }) { throw .notFinite(index) }
    let order = scores.indices.sorted {
      scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1
    }
    var groups: [Group] = []
    var cursor = 0
    while cursor < order.count {
      let score = scores[order[cursor]]
      var up = 0
      var down = 0
      while cursor < order.count, scores[order[cursor]] == score {
        if isPositive[order[cursor]] { up += 1 } else { down += 1 }
        cursor += 1
      }
      groups.append(Group(score: score, positives: up, negatives: down))
    }
    self.groups = groups
    positives = groups.reduce(0) { $0 + $1.positives }
    negatives = groups.reduce(0) { $0 + $1.negatives }
  }

  /// The area under the ROC curve: the share of (positive, negative) pairs ranked rightly, ties
  /// counting half. Undefined when one class is missing.
  public var rocAUC: Score {
    guard positives > 0 else { return .undefined(.noPositives) }
    guard negatives > 0 else { return .undefined(.noNegatives) }
    var doubled = 0
    var above = 0
    for group in groups {
      doubled += group.negatives * (2 * above + group.positives)
      above += group.positives
    }
    return .value(Double(doubled) / (2 * Double(positives) * Double(negatives)))
  }

  /// The ROC curve from (0, 0) to (1, 1), one point per distinct score; nil without both classes.
  public var rocCurve: [OperatingPoint]? {
    guard positives > 0, negatives > 0 else { return nil }
    var hits = 0
    var alarms = 0
    var points = [
      OperatingPoint(falsePositiveRate: 0, truePositiveRate: 0, threshold: .infinity)
    ]
    for group in groups {
      hits += group.positives
      alarms += group.negatives
      points.append(
        OperatingPoint(
          falsePositiveRate: Double(alarms) / Double(negatives),
          truePositiveRate: Double(hits) / Double(positives), threshold: group.score))
    }
    return points
  }

  /// Precision and recall at one threshold.
  public struct PrecisionRecallPoint: Hashable, Sendable {
    public let recall: Double
    public let precision: Double
    public let threshold: Double
  }

  /// Precision against recall, thresholds falling; nil when no sample is positive.
  ///
  /// The point (0, 1) that plots add by convention has no threshold and is left out.
  public var precisionRecallCurve: [PrecisionRecallPoint]? {
    guard positives > 0 else { return nil }
    var hits = 0
    var alarms = 0
    return groups.map { group in
      hits += group.positives
      alarms += group.negatives
      return PrecisionRecallPoint(
        recall: Double(hits) / Double(positives),
        precision: Double(hits) / Double(hits + alarms), threshold: group.score)
    }
  }

  /// Σ (Rₖ − Rₖ₋₁)·Pₖ, the step-wise area under the precision-recall curve.
  public var averagePrecision: Score {
    guard let curve = precisionRecallCurve else { return .undefined(.noPositives) }
    var area = 0.0
    var reached = 0.0
    for point in curve {
      area += (point.recall - reached) * point.precision
      reached = point.recall
    }
    return .value(area)
  }
}

/// Mean areas over several binary problems.
public enum AreaUnderCurve {
  /// The unweighted mean of one-vs-rest areas; `probabilities[sample][class]`.
  ///
  /// Undefined as soon as a class is missing from `truth`, as its curve does not exist.
  public static func macroOneVersusRest(
    probabilities: [[Double]], truth: [Int], classCount: Int
  ) throws(ScoringError) -> Score {
    guard probabilities.count == truth.count else {
      throw .lengthsDiffer(truth.count, probabilities.count)
    }
    if let short = probabilities.first(where: { $0.count != classCount }) {
      throw .lengthsDiffer(classCount, short.count)
    }
    if let label = truth.first(where: { $0 < 0 || $0 >= classCount }) {
      throw .labelOutOfRange(label, classCount)
    }
    var areas: [Score] = []
    for label in 0..<classCount {
      let ranking = try Ranking(
        scores: probabilities.map { $0[label] }, isPositive: truth.map { $0 == label })
      areas.append(ranking.rocAUC)
    }
    return mean(areas)
  }

  /// The mean area over labels of a multi-label problem; `truth[sample][label]`.
  public static func multiLabelMean(
    scores: [[Double]], truth: [[Bool]]
  ) throws(ScoringError) -> Score {
    guard scores.count == truth.count else { throw .lengthsDiffer(truth.count, scores.count) }
    guard let width = truth.first?.count else { return .undefined(.noSamples) }
    for (row, labels) in zip(scores, truth) where row.count != width || labels.count != width {
      throw .lengthsDiffer(width, row.count == width ? labels.count : row.count)
    }
    var areas: [Score] = []
    for label in 0..<width {
      let ranking = try Ranking(
        scores: scores.map { $0[label] }, isPositive: truth.map { $0[label] })
      areas.append(ranking.rocAUC)
    }
    return mean(areas)
  }

  private static func mean(_ areas: [Score]) -> Score {
    var sum = 0.0
    for area in areas {
      guard let value = area.value else { return area }
      sum += value
    }
    return .ratio(sum, Double(areas.count), .noSamples)
  }
}
