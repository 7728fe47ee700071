// The scores that can be checked, with the names they go by.

/// A score as papers report it; its formula in TP, FP, TN, FN is ``ScoreKind/formula``.
public enum ScoreKind: String, CaseIterable, Hashable, Sendable, Codable {
  case accuracy, errorRate, precision, recall, specificity
  case negativePredictiveValue, falsePositiveRate, falseNegativeRate
  case falseDiscoveryRate, falseOmissionRate
  case f1, fBeta, fMinus, fBetaMinus
  case balancedAccuracy, matthews, kappa, jaccard
  case geometricMean, fowlkesMallows, markedness, informedness
  case positiveLikelihoodRatio, negativeLikelihoodRatio, diagnosticOddsRatio
  case prevalenceThreshold, unifiedPerformanceMeasure

  /// The name for sentences.
  public var name: String {
    switch self {
    case .accuracy: "accuracy"
    case .errorRate: "error rate"
    case .precision: "precision"
    case .recall: "sensitivity (recall)"
    case .specificity: "specificity"
    case .negativePredictiveValue: "negative predictive value"
    case .falsePositiveRate: "false positive rate"
    case .falseNegativeRate: "false negative rate"
    case .falseDiscoveryRate: "false discovery rate"
    case .falseOmissionRate: "false omission rate"
    case .f1: "F1"
    case .fBeta: "F-beta"
    case .fMinus: "F1 of the negative class"
    case .fBetaMinus: "F-beta of the negative class"
    case .balancedAccuracy: "balanced accuracy"
    case .matthews: "MCC"
    case .kappa: "Cohen's kappa"
    case .jaccard: "Jaccard index"
    case .geometricMean: "G-mean"
    case .fowlkesMallows: "Fowlkes–Mallows index"
    case .markedness: "markedness"
    case .informedness: "informedness"
    case .positiveLikelihoodRatio: "positive likelihood ratio"
    case .negativeLikelihoodRatio: "negative likelihood ratio"
    case .diagnosticOddsRatio: "diagnostic odds ratio"
    case .prevalenceThreshold: "prevalence threshold"
    case .unifiedPerformanceMeasure: "unified performance measure"
    }
  }

  /// The formula in the four counts; P = TP + FN, N = TN + FP.
  public var formula: String {
    switch self {
    case .accuracy: "(TP + TN) / (P + N)"
    case .errorRate: "(FP + FN) / (P + N)"
    case .precision: "TP / (TP + FP)"
    case .recall: "TP / P"
    case .specificity: "TN / N"
    case .negativePredictiveValue: "TN / (TN + FN)"
    case .falsePositiveRate: "FP / N"
    case .falseNegativeRate: "FN / P"
    case .falseDiscoveryRate: "FP / (TP + FP)"
    case .falseOmissionRate: "FN / (TN + FN)"
    case .f1: "2TP / (2TP + FP + FN)"
    case .fBeta: "(1 + β²)TP / ((1 + β²)TP + β²FN + FP)"
    case .fMinus: "2TN / (2TN + FP + FN)"
    case .fBetaMinus: "(1 + β²)TN / ((1 + β²)TN + β²FP + FN)"
    case .balancedAccuracy: "(TP / P + TN / N) / 2"
    case .matthews: "(TP·TN − FP·FN) / √((TP + FP)·P·N·(TN + FN))"
    case .kappa: "2(TP·TN − FP·FN) / ((TP + FP)·N + P·(TN + FN))"
    case .jaccard: "TP / (TP + FP + FN)"
    case .geometricMean: "√(TP / P · TN / N)"
    case .fowlkesMallows: "TP / √(P·(TP + FP))"
    case .markedness: "TP / (TP + FP) + TN / (TN + FN) − 1"
    case .informedness: "TP / P + TN / N − 1"
    case .positiveLikelihoodRatio: "(TP / P) / (FP / N)"
    case .negativeLikelihoodRatio: "(FN / P) / (TN / N)"
    case .diagnosticOddsRatio: "TP·TN / (FP·FN)"
    case .prevalenceThreshold: "√FPR / (√TPR + √FPR)"
    case .unifiedPerformanceMeasure: "4TP·TN / (4TP·TN + (TP + TN)(FP + FN))"
    }
  }

  /// Every spelling that ``init(named:)`` understands, lower case without spaces or hyphens.
  static let aliases: [(ScoreKind, [String])] = [
    (.accuracy, ["accuracy", "acc"]),
    (.errorRate, ["errorrate", "error", "err", "misclassificationrate"]),
    (.precision, ["precision", "ppv", "positivepredictivevalue", "prec"]),
    (.recall, ["recall", "sensitivity", "sens", "tpr", "truepositiverate", "se", "hitrate"]),
    (.specificity, ["specificity", "spec", "tnr", "truenegativerate", "sp", "selectivity"]),
    (.negativePredictiveValue, ["negativepredictivevalue", "npv"]),
    (.falsePositiveRate, ["falsepositiverate", "fpr", "fallout"]),
    (.falseNegativeRate, ["falsenegativerate", "fnr", "missrate"]),
    (.falseDiscoveryRate, ["falsediscoveryrate", "fdr"]),
    (.falseOmissionRate, ["falseomissionrate", "for"]),
    (.f1, ["f1", "f1score", "fscore", "fmeasure", "dice", "dsc", "f1p", "dicecoefficient"]),
    (.fBeta, ["fbeta", "fbp", "f2", "f2score"]),
    (.fMinus, ["fminus", "f1n", "f1negative"]),
    (.fBetaMinus, ["fbetaminus", "fbn"]),
    (.balancedAccuracy, ["balancedaccuracy", "bacc", "bac"]),
    (
      .matthews,
      ["matthews", "mcc", "matthewscorrelationcoefficient", "phi", "matthewscorrelation"]
    ),
    (.kappa, ["kappa", "cohenskappa", "cohenkappa"]),
    (.jaccard, ["jaccard", "iou", "jaccardindex", "ji", "intersectionoverunion"]),
    (.geometricMean, ["gmean", "geometricmean", "gm"]),
    (.fowlkesMallows, ["fowlkesmallows", "fm", "fowlkesmallowsindex"]),
    (.markedness, ["markedness", "mk"]),
    (.informedness, ["informedness", "bm", "youden", "youdensj", "bookmakerinformedness"]),
    (.positiveLikelihoodRatio, ["positivelikelihoodratio", "lr+", "lrp", "plr"]),
    (.negativeLikelihoodRatio, ["negativelikelihoodratio", "lr−", "lrn", "nlr"]),
    (.diagnosticOddsRatio, ["diagnosticoddsratio", "dor"]),
    (.prevalenceThreshold, ["prevalencethreshold", "pt"]),
    (.unifiedPerformanceMeasure, ["unifiedperformancemeasure", "upm"]),
  ]

  /// The score of that name or abbreviation, whatever its case, spaces and hyphens.
  public init?(named name: String) {
    let key = name.lowercased().filter { !" -_'’()".contains($0) }
    guard let found = Self.aliases.first(where: { $0.1.contains(key) }) else { return nil }
    self = found.0
  }

  /// The lowest and highest value the score can take; nil where it is unbounded above.
  public var range: (lower: Int, upper: Int?) {
    switch self {
    case .matthews, .kappa, .markedness, .informedness: (-1, 1)
    case .positiveLikelihoodRatio, .negativeLikelihoodRatio, .diagnosticOddsRatio: (0, nil)
    default: (0, 1)
    }
  }

  /// Whether the score falls when TP or TN rises; every other one rises with both.
  var falls: Bool {
    switch self {
    case .errorRate, .falsePositiveRate, .falseNegativeRate, .falseDiscoveryRate,
      .falseOmissionRate, .negativeLikelihoodRatio, .prevalenceThreshold:
      true
    default: false
    }
  }

  /// Whether the score needs a beta.
  var usesBeta: Bool { self == .fBeta || self == .fBetaMinus }
}
