// The sentences of certificates, written once.
import Scoring

/// One-line computations for certificates.
enum Sentences {
  static func consistent(
    _ witness: Witness, _ scores: [ReportedScore], _ count: Int?
  ) -> String {
    var sentence: String
    switch witness {
    case .counts(let counts): sentence = describe(counts)
    case .matrix(let matrix):
      sentence = "the matrix \(describe(matrix))"
    case .folds(let folds):
      sentence =
        "folds "
        + folds.prefix(3).map { "(\(describe($0)))" }.joined(separator: ", ")
        + (folds.count > 3 ? ", … (\(folds.count) folds)" : "")
    case .patients(let correct, let total):
      sentence = "\(correct) of \(total) patients"
    case .foldMatrices(let folds):
      sentence =
        "fold matrices " + folds.prefix(2).map(describe).joined(separator: ", ")
        + (folds.count > 2 ? ", … (\(folds.count) folds)" : "")
    }
    sentence += " gives " + list(scores)
    if let count { sentence += count == 1 ? "; the only solution" : "; \(count) solutions" }
    return sentence
  }

  /// With an accuracy that was counted over patients, the witness gives the other scores only.
  static func consistent(
    _ witness: Witness, _ scores: [ReportedScore], patients: Int?
  ) -> String {
    let shares = scores.filter { $0.kind == .accuracy || $0.kind == .errorRate }
    let others = scores.filter { $0.kind != .accuracy && $0.kind != .errorRate }
    if others.isEmpty || shares.isEmpty { return consistent(witness, scores, nil) }
    let number = patients.map { " \($0)" } ?? ""
    return consistent(witness, others, nil) + "; \(list(shares)) is a share of\(number) patients"
  }

  static func describe(_ counts: BinaryCounts) -> String {
    "TP \(counts.truePositives), FP \(counts.falsePositives), "
      + "TN \(counts.trueNegatives), FN \(counts.falseNegatives)"
  }

  static func describe(_ matrix: ConfusionMatrix) -> String {
    "[" + matrix.rows.map { $0.map(String.init).joined(separator: " ") }.joined(separator: "; ")
      + "]"
  }

  static func list(_ scores: [ReportedScore]) -> String {
    scores.map { "\($0.kind.name) \($0.text)" }.joined(separator: ", ")
  }

  static func inconsistent(
    _ conflict: [ReportedScore], _ nearest: [NearestValues], _ design: Design
  ) -> String {
    var sentence = "no confusion matrix \(describe(design)) gives \(list(conflict))"
    let hints = nearest.compactMap { item -> String? in
      let options = [item.below, item.above].compactMap { $0 }
      guard !options.isEmpty else { return nil }
      return conflict.count == 1
        ? "the nearest possible values are \(options.joined(separator: " and "))"
        : "with the others fixed, \(item.score.kind.name) could be "
          + options.joined(separator: " or ")
    }
    if !hints.isEmpty { sentence += "; " + hints.joined(separator: "; ") }
    return sentence
  }

  static func describe(_ design: Design) -> String {
    switch design {
    case .unknown: "of any size"
    case .binary(let positives, let negatives):
      "of \(describe(positives)) positives and \(describe(negatives)) negatives"
    case .binaryTotal(let total): "of \(describe(total)) samples of two classes"
    case .multiclass(let sizes):
      "of \(sizes.count) classes (\(sizes.map(String.init).joined(separator: ", ")))"
    case .meanOverFolds(let datasets, let bounds):
      (datasets.count == 1 ? "per fold" : "per fold of \(datasets.count) data sets")
        + (bounds.isEmpty && datasets.allSatisfy(\.foldBounds.isEmpty)
          ? "" : " within the given bounds")
    case .meanOverMulticlassFolds(let folds): "per fold (\(folds.count) folds)"
    }
  }

  private static func describe(_ range: CountRange) -> String {
    range.isExact ? "\(range.lower)" : "\(range.lower) … \(range.upper)"
  }

  static func missing(_ design: Design) -> String {
    switch design {
    case .unknown: "the numbers of positive and negative test samples would decide it"
    case .binaryTotal: "the number of positive samples would narrow it down"
    case .binary: "exact numbers of positive and negative samples would narrow it down"
    case .multiclass: "a further score, or the scores of each class, would narrow it down"
    case .meanOverFolds(let datasets, _):
      datasets.contains {
        if case .unknown = $0.folds { return true }
        return false
      }
        ? "the class counts of each fold would decide it"
        : "the scores of each fold would decide it"
    case .meanOverMulticlassFolds: "the scores of each fold and class would decide it"
    }
  }
}
