// A check as a user types it: named fields with text values.
import Scoring

/// A consistency check parsed from key and value strings, as options or table rows give them.
///
/// Fields: `id`; counts as `n-positive` and `n-negative` (a number or a range `100..120`), `n` for
/// the total, or `classes` (`10,100,80`); `folds`, `repeats`, `stratified` (yes, no), `aggregation`
/// (`mean-of-scores`, `score-of-means`), `fold-counts` (`38+262, 38+262`, or counts and the number of
/// folds, `177+223/5`; data sets divided by `|`), `fold-bounds` (the least and greatest score of
/// single folds, `accuracy 0.8..0.95; recall 0.7..1`); `patients`; `averaging`,
/// `accuracy-kind`; `rounding`, `eps`, `percent` (yes, no), `beta`; `auc`; and every score by any of
/// its names. An empty value is a field not given.
public struct CheckRequest: Hashable, Sendable {
  public let id: String?
  public let scores: [ReportedScore]
  public let area: ReportedScoreInterval?
  public let designs: [NamedDesign]
  /// The readings to try; nil for all that the field uses.
  public let hypotheses: [Hypothesis]?
  /// The number of patients, when given.
  public let patients: Int?

  /// A design with the name that tells it from the others tried.
  public struct NamedDesign: Hashable, Sendable {
    public let name: String?
    public let design: Design
  }

  /// The fields that are not scores, as options spell them.
  public static let fieldNames = [
    "id", "n-positive", "n-negative", "n", "classes", "folds", "repeats", "stratified",
    "aggregation", "fold-counts", "fold-bounds", "patients", "averaging", "accuracy-kind",
    "rounding", "eps", "percent", "beta", "auc",
  ]

  /// Every score's field name, as options spell it: the long name in kebab case.
  public static let scoreFieldNames = ScoreKind.allCases.map(\.fieldName)

  /// Parses fields; order does not matter.
  ///
  /// - Throws: ``ConsistencyError`` that names the field, its value and what was expected.
  public init(_ fields: [(name: String, value: String)]) throws(ConsistencyError) {
    var values: [String: String] = [:]
    var given: [(ScoreKind, String)] = []
    for (rawName, rawValue) in fields {
      let name = Self.normalised(rawName)
      let value = Self.trimmed(rawValue)
      if value.isEmpty { continue }
      if Self.fieldNames.contains(name) {
        if values[name] != nil { throw .conflictingFields(name, rawName) }
        values[name] = value
      } else if let kind = ScoreKind(named: name) {
        if given.contains(where: { $0.0 == kind }) {
          throw .conflictingFields(kind.fieldName, rawName)
        }
        given.append((kind, value))
      } else {
        throw .unknownField(
          rawName, nearest: Nearest.name(to: name, in: Self.fieldNames + Self.scoreFieldNames))
      }
    }
    id = values["id"]
    let numbers = try Numbers(values)
    var scores: [ReportedScore] = []
    for (kind, text) in given {
      do {
        scores.append(
          try ReportedScore(
            kind, text, isPercent: numbers.isPercent, rounding: numbers.rounding,
            halfWidth: numbers.halfWidth, beta: numbers.beta ?? Self.usualBeta(kind)))
      } catch ConsistencyError.notANumber(let value) {
        throw .invalidField(kind.fieldName, value: value, expected: "a number as printed")
      }
    }
    self.scores = scores.sorted {
      (Self.place($0.kind)) < (Self.place($1.kind))
    }
    if let text = values["auc"] {
      area = try ReportedScoreInterval(
        text, isPercent: numbers.isPercent, rounding: numbers.rounding)
    } else {
      area = nil
    }
    if scores.isEmpty { throw .noScores }
    patients = try Self.patients(values)
    designs = try DesignFields(values).designs()
    hypotheses = try Self.hypotheses(values, designs)
  }

  private static func patients(_ values: [String: String]) throws(ConsistencyError) -> Int? {
    guard let text = values["patients"] else {
      if values["accuracy-kind"] == AccuracyModel.patientLevel.fieldName {
        throw .missingField("patients", reason: "an accuracy over patients needs their number")
      }
      return nil
    }
    guard let number = Int(text), (1...(1 << 30)).contains(number) else {
      throw .invalidField("patients", value: text, expected: "a number of patients")
    }
    return number
  }

  private static func usualBeta(_ kind: ScoreKind) -> DecimalNumber {
    DecimalNumber(mantissa: kind.usesBeta ? 2 : 1, decimals: 0)
  }

  private static func place(_ kind: ScoreKind) -> Int {
    ScoreKind.allCases.firstIndex(of: kind) ?? 0
  }

  static func normalised(_ name: String) -> String {
    trimmed(name).lowercased().map { $0 == "_" || $0 == " " ? "-" : $0 }
      .reduce(into: "") { $0.append($1) }
  }

  static func trimmed(_ text: String) -> String {
    var body = Substring(text)
    while let first = body.first, first.isWhitespace { body.removeFirst() }
    while let last = body.last, last.isWhitespace { body.removeLast() }
    return String(body)
  }

  private static func hypotheses(
    _ values: [String: String], _ designs: [NamedDesign]
  ) throws(ConsistencyError) -> [Hypothesis]? {
    let averagings: [AveragingModel]?
    switch values["averaging"] {
    case nil, "any", "unknown": averagings = nil
    case .some(let text):
      let names = AveragingModel.allCases.map(\.fieldName)
      guard let found = AveragingModel.allCases.first(where: { $0.fieldName == text }) else {
        throw .invalidField(
          "averaging", value: text, expected: "one of \(names.joined(separator: ", "))")
      }
      averagings = [found]
    }
    let accuracies: [AccuracyModel]?
    switch values["accuracy-kind"] {
    case nil, "any", "unknown": accuracies = nil
    case .some(let text):
      let names = AccuracyModel.allCases.map(\.fieldName)
      guard let found = AccuracyModel.allCases.first(where: { $0.fieldName == text }) else {
        throw .invalidField(
          "accuracy-kind", value: text, expected: "one of \(names.joined(separator: ", "))")
      }
      accuracies = [found]
    }
    if averagings == nil && accuracies == nil { return nil }
    let count = designs.first.map {
      ConsistencyCheck(design: $0.design, scores: []).classCount
    }
    return Hypothesis.candidates(classCount: count ?? 2, knowsPatients: values["patients"] != nil)
      .filter {
        (averagings?.contains($0.averaging) ?? true) && (accuracies?.contains($0.accuracy) ?? true)
          || averagings == [$0.averaging] && accuracies == nil && $0.accuracy == .overall
      }.nonEmpty
      ?? [Hypothesis(averagings?.first ?? .binary, accuracies?.first ?? .overall)]
  }
}

extension Array {
  fileprivate var nonEmpty: [Element]? { isEmpty ? nil : self }
}

extension ScoreKind {
  /// The name of the field or option: `negative-predictive-value`.
  public var fieldName: String { kebab(rawValue) }
}

extension AveragingModel {
  /// The name of the option's value: `f1-of-macro-averages`.
  public var fieldName: String { kebab(rawValue) }
}

extension AccuracyModel {
  /// The name of the option's value: `mean-one-versus-rest`.
  public var fieldName: String { kebab(rawValue) }
}

extension RoundingModel {
  /// The name of the option's value: `half-up`.
  public var fieldName: String { kebab(rawValue) }
}

/// camelCase as kebab-case.
private func kebab(_ name: String) -> String {
  name.reduce(into: "") { text, character in
    if character.isUppercase {
      text += "-" + character.lowercased()
    } else {
      text.append(character)
    }
  }
}

/// The fields that say how printed numbers are to be read.
private struct Numbers {
  var isPercent = false
  var rounding = RoundingModel.nearest
  var halfWidth: DecimalNumber?
  var beta: DecimalNumber?

  init(_ values: [String: String]) throws(ConsistencyError) {
    if let text = values["percent"] { isPercent = try boolean("percent", text) }
    if let text = values["rounding"] {
      guard let found = RoundingModel.allCases.first(where: { $0.fieldName == text }) else {
        throw .invalidField(
          "rounding", value: text,
          expected: "one of "
            + RoundingModel.allCases.map(\.fieldName).joined(separator: ", "))
      }
      rounding = found
    }
    if let text = values["eps"] { halfWidth = try decimal("eps", text) }
    if let text = values["beta"] { beta = try decimal("beta", text) }
    if halfWidth != nil, values["rounding"] != nil { throw .conflictingFields("eps", "rounding") }
  }

  private func decimal(_ field: String, _ text: String) throws(ConsistencyError) -> DecimalNumber {
    guard let number = try? DecimalNumber(text), number.mantissa >= 0 else {
      throw .invalidField(field, value: text, expected: "a number that is not negative")
    }
    return number
  }
}

/// Parses yes and no, true and false.
func boolean(_ field: String, _ text: String) throws(ConsistencyError) -> Bool {
  switch text.lowercased() {
  case "yes", "true", "1": return true
  case "no", "false", "0": return false
  default: throw .invalidField(field, value: text, expected: "yes or no")
  }
}
