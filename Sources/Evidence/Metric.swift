// The metrics a claim may be of: names, aliases, ranges.

/// What a reported value measures.
///
/// A bare metric cannot be compared: a ``Claim`` carries its averaging, positive class, kind and
/// aggregation beside it.
public enum Metric: String, Codable, Sendable, CaseIterable, Comparable {
  case accuracy
  case balancedAccuracy = "balanced-accuracy"
  case errorRate = "error-rate"
  case precision
  case recall
  case specificity
  case npv
  case f1
  case auc
  case auprc
  case kappa
  case mcc
  case jaccard
  case dice
  case loss

  /// The name for a table's heading.
  public var title: String {
    switch self {
    case .accuracy: "Accuracy"
    case .balancedAccuracy: "Balanced accuracy"
    case .errorRate: "Error rate"
    case .precision: "Precision"
    case .recall: "Recall"
    case .specificity: "Specificity"
    case .npv: "NPV"
    case .f1: "F1"
    case .auc: "AUC"
    case .auprc: "AUPRC"
    case .kappa: "Kappa"
    case .mcc: "MCC"
    case .jaccard: "Jaccard"
    case .dice: "Dice"
    case .loss: "Loss"
    }
  }

  /// Other names in the literature, for matching what a user types.
  public var aliases: [String] {
    switch self {
    case .accuracy: ["acc", "overall accuracy", "classification accuracy"]
    case .balancedAccuracy: ["bacc", "balanced acc"]
    case .errorRate: ["error", "misclassification rate"]
    case .precision: ["ppv", "positive predictive value"]
    case .recall: ["sensitivity", "tpr", "true positive rate", "sn"]
    case .specificity: ["tnr", "true negative rate", "sp"]
    case .npv: ["negative predictive value"]
    case .f1: ["f1 score", "f score", "f measure", "f1 measure"]
    case .auc: ["auroc", "roc auc", "area under the curve", "az"]
    case .auprc: ["average precision", "pr auc", "aupr"]
    case .kappa: ["cohen kappa", "cohen's kappa", "kappa score"]
    case .mcc: ["matthews correlation coefficient", "phi"]
    case .jaccard: ["iou", "intersection over union"]
    case .dice: ["dice coefficient", "dsc"]
    case .loss: ["cross entropy"]
    }
  }

  /// The values the metric can take, as a fraction.
  public var range: ClosedRange<Double> {
    switch self {
    case .kappa, .mcc: -1...1
    case .loss: 0...Double.greatestFiniteMagnitude
    default: 0...1
    }
  }

  /// The metric a name or alias means, whatever its case, spaces and hyphens.
  public static func named(_ name: String) -> Metric? {
    let folded = foldedName(name)
    return allCases.first { metric in
      ([metric.rawValue] + metric.aliases).contains { foldedName($0) == folded }
    }
  }

  /// Every accepted name, for suggestions.
  public static var allNames: [String] { allCases.flatMap { [$0.rawValue] + $0.aliases } }

  public static func < (left: Metric, right: Metric) -> Bool {
    allCases.firstIndex(of: left)! < allCases.firstIndex(of: right)!
  }
}

/// How a printed metric value is scaled.
public enum Unit: String, Codable, Sendable, CaseIterable {
  case percent
  case fraction

  /// What a printed number is divided by to become a fraction.
  public var divisor: Double { self == .percent ? 100 : 1 }
}

/// How class-wise values were combined.
public enum Averaging: String, Codable, Sendable, CaseIterable {
  case binary
  case macro
  case weighted
  case micro
  case f1OfAverages = "f1-of-averages"
}

/// Which accuracy a printed accuracy is.
public enum AccuracyKind: String, Codable, Sendable, CaseIterable {
  case overall
  case balanced
  case meanOneVsRest = "mean-one-vs-rest"
  case patientLevel = "patient-level"
}

/// How several runs or folds became one value.
public enum Aggregation: String, Codable, Sendable, CaseIterable {
  case single
  case meanOfFolds = "mean-of-folds"
  case bestOf = "best-of"
  case meanOfSeeds = "mean-of-seeds"
}

/// What is counted, split or evaluated.
public enum SampleUnit: String, Codable, Sendable, CaseIterable {
  case patient
  case lesion
  case image
  case patch
}

/// The part of a dataset.
public enum SplitPart: String, Codable, Sendable, CaseIterable {
  case training
  case validation
  case test
}
