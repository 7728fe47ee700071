// The four counts of a binary confusion matrix and every metric that is a function of them.

/// True and false positives and negatives of one class against the rest.
///
/// Formulas follow the field's definitions; F1 is 2TP/(2TP+FP+FN), so that it is defined whenever
/// the class occurs or is predicted. Undefined is returned, never replaced.
public struct BinaryCounts: Hashable, Sendable {
  public let truePositives: Int
  public let falsePositives: Int
  public let trueNegatives: Int
  public let falseNegatives: Int

  /// The counts as given; they must not be negative.
  public init(
    truePositives: Int, falsePositives: Int, trueNegatives: Int, falseNegatives: Int
  ) {
    precondition(
      truePositives >= 0 && falsePositives >= 0 && trueNegatives >= 0 && falseNegatives >= 0,
      "counts must not be negative: \(truePositives), \(falsePositives), "
        + "\(trueNegatives), \(falseNegatives)")
    self.truePositives = truePositives
    self.falsePositives = falsePositives
    self.trueNegatives = trueNegatives
    self.falseNegatives = falseNegatives
  }

  /// Samples that belong to the positive class.
  public var positives: Int { truePositives + falseNegatives }
  /// Samples that do not.
  public var negatives: Int { trueNegatives + falsePositives }
  /// Samples assigned to the positive class.
  public var predictedPositives: Int { truePositives + falsePositives }
  /// Samples assigned to the negative class.
  public var predictedNegatives: Int { trueNegatives + falseNegatives }
  /// All samples.
  public var total: Int { positives + negatives }

  /// The same matrix with the classes' roles exchanged.
  public var swapped: BinaryCounts {
    BinaryCounts(
      truePositives: trueNegatives, falsePositives: falseNegatives,
      trueNegatives: truePositives, falseNegatives: falsePositives)
  }

  private var tp: Double { Double(truePositives) }
  private var fp: Double { Double(falsePositives) }
  private var tn: Double { Double(trueNegatives) }
  private var fn: Double { Double(falseNegatives) }

  /// (TP + TN) / N.
  public var accuracy: Score { .ratio(tp + tn, tp + tn + fp + fn, .noSamples) }
  /// (FP + FN) / N.
  public var errorRate: Score { .ratio(fp + fn, tp + tn + fp + fn, .noSamples) }
  /// TP / (TP + FP), the positive predictive value.
  public var precision: Score { .ratio(tp, tp + fp, .noPredictedPositives) }
  /// TP / (TP + FN), sensitivity, the true positive rate.
  public var recall: Score { .ratio(tp, tp + fn, .noPositives) }
  /// TN / (TN + FP), the true negative rate.
  public var specificity: Score { .ratio(tn, tn + fp, .noNegatives) }
  /// TN / (TN + FN).
  public var negativePredictiveValue: Score { .ratio(tn, tn + fn, .noPredictedNegatives) }
  /// FP / (FP + TN).
  public var falsePositiveRate: Score { .ratio(fp, fp + tn, .noNegatives) }
  /// FN / (FN + TP).
  public var falseNegativeRate: Score { .ratio(fn, fn + tp, .noPositives) }
  /// FP / (FP + TP).
  public var falseDiscoveryRate: Score { .ratio(fp, fp + tp, .noPredictedPositives) }
  /// FN / (FN + TN).
  public var falseOmissionRate: Score { .ratio(fn, fn + tn, .noPredictedNegatives) }
  /// 2TP / (2TP + FP + FN).
  public var f1: Score { fBeta(1) }
  /// F1 of the negative class, 2TN / (2TN + FP + FN).
  public var f1Negative: Score { swapped.fBeta(1) }

  /// (1 + β²)TP / ((1 + β²)TP + β²FN + FP); β > 1 favours recall.
  public func fBeta(_ beta: Double) -> Score {
    let square = beta * beta
    return .ratio(
      (1 + square) * tp, (1 + square) * tp + square * fn + fp, .neitherPresentNorPredicted)
  }

  /// F-beta of the negative class.
  public func fMinus(_ beta: Double = 1) -> Score { swapped.fBeta(beta) }

  /// TP / (TP + FP + FN).
  public var jaccard: Score { .ratio(tp, tp + fp + fn, .neitherPresentNorPredicted) }
  /// The mean of sensitivity and specificity.
  public var balancedAccuracy: Score {
    .combine(recall, specificity) { .value(($0 + $1) / 2) }
  }
  /// Sensitivity + specificity − 1 (Youden's J, bookmaker informedness).
  public var informedness: Score { .combine(recall, specificity) { .value($0 + $1 - 1) } }
  /// Precision + negative predictive value − 1.
  public var markedness: Score {
    .combine(precision, negativePredictiveValue) { .value($0 + $1 - 1) }
  }
  /// The geometric mean of sensitivity and specificity.
  public var geometricMean: Score {
    .combine(recall, specificity) { .value(($0 * $1).squareRoot()) }
  }
  /// The geometric mean of precision and recall.
  public var fowlkesMallows: Score {
    .combine(precision, recall) { .value(($0 * $1).squareRoot()) }
  }
  /// Sensitivity / (1 − specificity).
  public var positiveLikelihoodRatio: Score {
    .combine(recall, falsePositiveRate) { .ratio($0, $1, .zeroDenominator) }
  }
  /// (1 − sensitivity) / specificity.
  public var negativeLikelihoodRatio: Score {
    .combine(falseNegativeRate, specificity) { .ratio($0, $1, .zeroDenominator) }
  }
  /// (TP · TN) / (FP · FN).
  public var diagnosticOddsRatio: Score { .ratio(tp * tn, fp * fn, .zeroDenominator) }
  /// √FPR / (√TPR + √FPR) (Balayla 2020, doi:10.1371/journal.pone.0240215).
  public var prevalenceThreshold: Score {
    .combine(recall, falsePositiveRate) {
      .ratio($1.squareRoot(), $0.squareRoot() + $1.squareRoot(), .zeroDenominator)
    }
  }
  /// The harmonic mean of precision, recall, specificity and negative predictive value,
  /// 4·TP·TN / (4·TP·TN + (TP + TN)(FP + FN)) (Redondo 2020, doi:10.1109/ACCESS.2020.2996774).
  public var unifiedPerformanceMeasure: Score {
    .ratio(4 * tp * tn, 4 * tp * tn + (tp + tn) * (fp + fn), .zeroDenominator)
  }
  /// Matthews' correlation coefficient, the phi coefficient of the 2 × 2 table.
  public var matthews: Score {
    let denominator =
      ((tp + fp) * (tp + fn)).squareRoot() * ((tn + fp) * (tn + fn)).squareRoot()
    return .ratio(tp * tn - fp * fn, denominator, .oneLabelOnly)
  }
  /// Cohen's kappa, agreement beyond chance.
  public var kappa: Score {
    .ratio(
      2 * (tp * tn - fp * fn), (tp + fp) * (fp + tn) + (tp + fn) * (fn + tn), .oneLabelOnly)
  }
}
