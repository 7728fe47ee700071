// What a synthesis asks: which claims, of which metric, and what the reader adds or decides.

import Evidence

/// A question that pools the studies of the store.
public struct SynthesisQuestion: Sendable {
  /// How many units were evaluated.
  public enum Size: Sendable, Hashable {
    case total(Int)
    case parts(positives: Int, negatives: Int)

    public var total: Int {
      switch self {
      case .total(let n): n
      case .parts(let positives, let negatives): positives + negatives
      }
    }

    /// Reads `400`, or `60+340` for 60 positives and 340 negatives; nil for anything else.
    public init?(_ text: String) {
      let parts = text.split(separator: "+", omittingEmptySubsequences: false).map { Int($0) }
      guard parts.allSatisfy({ ($0 ?? 0) > 0 && ($0 ?? 0) < 1_000_000_000 }) else { return nil }
      switch parts.count {
      case 1: self = .total(parts[0] ?? 0)
      case 2: self = .parts(positives: parts[0] ?? 0, negatives: parts[1] ?? 0)
      default: return nil
      }
    }
  }

  /// Which of several values that one study prints for the same thing is taken.
  public enum Preference: String, Sendable, CaseIterable { case table, text, highest, lowest }

  /// Which claims; its metric, bounds, order and limit are not used. Nil for none of the store's.
  public var claims: ClaimQuery?
  public var metric = Metric.accuracy
  /// Studies that the reader brings.
  public var added: [AddedStudy] = []
  /// What the reader knows of a study's test set, by `study` or `study@dataset`.
  public var sizes: [String: Size] = [:]
  /// Which of a study's set-ups is taken, by `study` or `study@dataset`.
  public var setUps: [String: String] = [:]
  public var preference = Preference.table
  /// Whether a test count printed in the catalogue may stand in for an n that no claim states.
  public var assumesCatalogueCounts = true
  public var knappHartung = false
  public var level = 0.95

  public init(claims: ClaimQuery?) {
    self.claims = claims
  }

  /// The metrics that are a number of units out of a number of units, so that n gives their error.
  public static let poolable: [Metric] = [.accuracy, .errorRate, .recall, .specificity]
}

/// A question that cannot be asked.
public enum SynthesisError: Error, Equatable, Sendable, CustomStringConvertible {
  case notPoolable(Metric)
  case unknownStudy(option: String, name: String, suggestion: String?)
  case unknownSetUp(study: String, name: String, known: [String])
  case noUnits(place: String, metric: Metric)

  public var description: String {
    switch self {
    case .notPoolable(let metric):
      "\(metric.rawValue) is not a number of units out of n, so n does not give its error; pool "
        + SynthesisQuestion.poolable.map(\.rawValue).joined(separator: ", ")
    case .unknownStudy(let option, let name, let suggestion):
      "\(option): none of the studies found is called '\(name)'"
        + (suggestion.map { "; did you mean '\($0)'?" } ?? "")
    case .noUnits(let place, let metric):
      "\(place): no unit is counted that \(metric.rawValue) is a share of"
    case .unknownSetUp(let study, let name, let known):
      "--set-up: \(study) has no set-up '\(name)'; it has \(known.joined(separator: ", "))"
    }
  }
}
