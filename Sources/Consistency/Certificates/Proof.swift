// How a contradiction was proved, named in every certificate of one.

/// The kind of proof behind ``Verdict/inconsistent``.
///
/// Floating-point numbers are only used to rule out what misses by more than their rounding error, or
/// to find a proof that is then verified in integers.
public enum Proof: String, CaseIterable, Hashable, Sendable, Codable {
  /// Every choice of counts was ruled out, by bounds that allow for rounding errors, or exactly.
  case enumeration
  /// An inequality between scores that every confusion matrix obeys.
  case inequality
  /// A weighted sum of the scores' definitions that no counts reach; its weights were found by GLPK,
  /// the sum was verified in integers.
  case weightedSum
  /// Counts were divided into cases, each refuted by a verified weighted sum.
  case weightedSumsByCase
  /// A weighted sum of scores whose extremes over every fold or class, tried one by one, miss the
  /// printed values.
  case separation
  /// Every way to fill the folds was refuted by itself.
  case everyFolding
  /// No whole number of samples or patients gives the printed share.
  case granularity

  /// The proof in words.
  public var name: String {
    switch self {
    case .enumeration: "all counts were ruled out one by one or by bounds"
    case .inequality: "an inequality that holds for every confusion matrix"
    case .weightedSum: "a weighted sum of the scores that no counts reach, verified in integers"
    case .weightedSumsByCase:
      "weighted sums of the scores that no counts reach, case by case, verified in integers"
    case .separation:
      "a weighted sum of the scores whose greatest value over all counts falls short"
    case .everyFolding: "every way to fill the folds was refuted"
    case .granularity: "no whole number over the samples prints so"
    }
  }
}
