// The rows of a synthesis: what is pooled of a study, what is left out, where a study disagrees.

import Evidence
import Scoring

/// A study on a dataset as it enters the pooling.
public struct SynthesisRow<Measure: Sendable & Hashable>: Sendable, Hashable {
  /// `Kassem et al. 2020`, with the dataset where the study has several.
  public let label: String
  public let study: String
  public let datasets: [String]
  public let experiment: String
  /// The claims whose values are taken; none for a study that the reader brings.
  public let claims: [Claim]
  public let measure: Measure
  public let size: SynthesisQuestion.Size
  public let sizeOrigin: SizeOrigin
  /// What a reader should know of this row, a sentence each.
  public let notes: [String]
}

/// Where the number of evaluated units comes from.
public enum SizeOrigin: Sendable, Hashable, CustomStringConvertible {
  case claim
  case reader
  /// The counts are the reader's own, from this place of a file.
  case table(String)
  /// Assumed: the study is taken to have used the test set that the catalogue counts.
  case catalogue(dataset: String, Place)

  public var isAssumed: Bool {
    if case .catalogue = self { return true }
    return false
  }

  public var description: String {
    switch self {
    case .claim: "printed"
    case .reader: "given with --n"
    case .table(let place): place
    case .catalogue(let dataset, let place): "assumed: test set of \(dataset), \(place)"
    }
  }
}

/// A study that is found but cannot be pooled.
public struct SynthesisOmission: Sendable, Hashable {
  public let label: String
  public let study: String
  public let reason: String
}

/// A study whose value has no n.
public struct UnsizedStudy: Sendable, Hashable {
  public let label: String
  public let study: String
  public let claim: Claim

  /// The value as a fraction, half of its last place inside 0 and 1 where it is printed as either.
  public var value: Double {
    let half = claim.printedHalfWidth
    return min(max(claim.value, half), 1 - half)
  }
}

/// A study that prints several values for one thing.
public struct SynthesisDisagreement: Sendable, Hashable {
  public let label: String
  public let metric: Metric
  public let taken: Claim
  public let others: [Claim]
  public let preference: SynthesisQuestion.Preference
}

/// Why a study is left out, thrown on the way.
struct Omitted: Error {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}

extension Claim {
  /// The value and its place: `96.8% (Table 1, row 21, Results)`.
  var inPlace: String { "\(text) (\(at.label))" }

  /// Half of the last printed place as a fraction.
  var printedHalfWidth: Double { printed.halfWidth / unit.divisor }
}
