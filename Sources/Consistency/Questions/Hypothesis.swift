// How a paper may have averaged its scores: part of the question, as papers often do not say.

/// How precision, recall, F1 and their kin were averaged over classes.
public enum AveragingModel: String, CaseIterable, Hashable, Sendable, Codable {
  /// Scores of the positive class.
  case binary
  /// Unweighted means over classes.
  case macro
  /// Means weighted by class sizes.
  case weighted
  /// Scores of the summed one-vs-rest matrices.
  case micro
  /// Macro precision and recall, and F1 as their harmonic mean.
  case f1OfMacroAverages
  /// Weighted precision and recall, and F1 as their harmonic mean.
  case f1OfWeightedAverages

  /// The name for sentences.
  public var name: String {
    switch self {
    case .binary: "scores of the positive class"
    case .macro: "macro averages"
    case .weighted: "weighted averages"
    case .micro: "micro averages"
    case .f1OfMacroAverages: "macro averages with F1 as the harmonic mean of the averages"
    case .f1OfWeightedAverages: "weighted averages with F1 as the harmonic mean of the averages"
    }
  }
}

/// What a paper means by accuracy.
public enum AccuracyModel: String, CaseIterable, Hashable, Sendable, Codable {
  /// The share of samples classified rightly.
  case overall
  /// The mean of per-class recalls.
  case balanced
  /// The mean of the one-vs-rest accuracies, 1 − 2(1 − A)/K for overall accuracy A. Kappa, MCC and
  /// balanced accuracy of more than two classes are then means of one-vs-rest scores too.
  case meanOneVersusRest
  /// The share of patients classified rightly: counts of images say nothing about it.
  case patientLevel

  /// The name for sentences.
  public var name: String {
    switch self {
    case .overall: "overall accuracy"
    case .balanced: "accuracy as the mean of class recalls"
    case .meanOneVersusRest: "accuracy as the mean of one-vs-rest accuracies"
    case .patientLevel: "accuracy over patients"
    }
  }
}

/// One reading of a paper's scores.
public struct Hypothesis: Hashable, Sendable {
  public let averaging: AveragingModel
  public let accuracy: AccuracyModel

  public init(_ averaging: AveragingModel, _ accuracy: AccuracyModel = .overall) {
    self.averaging = averaging
    self.accuracy = accuracy
  }

  /// The reading in words.
  public var name: String {
    accuracy == .overall ? averaging.name : "\(averaging.name), \(accuracy.name)"
  }

  /// The readings to try for K classes, the usual ones first; accuracy over patients only when
  /// their number is known, as it would explain almost any accuracy otherwise.
  public static func candidates(classCount: Int, knowsPatients: Bool = false) -> [Hypothesis] {
    let averagings: [AveragingModel] =
      classCount == 2
      ? [.binary, .macro, .weighted, .f1OfMacroAverages, .f1OfWeightedAverages, .micro]
      : [.macro, .weighted, .f1OfMacroAverages, .f1OfWeightedAverages, .micro]
    // With two classes the mean one-vs-rest accuracy is the accuracy.
    var accuracies: [AccuracyModel] =
      classCount == 2 ? [.overall, .balanced] : [.overall, .balanced, .meanOneVersusRest]
    if knowsPatients { accuracies.append(.patientLevel) }
    return accuracies.flatMap { accuracy in averagings.map { Hypothesis($0, accuracy) } }
  }
}
