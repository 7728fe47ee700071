// What can be wrong with a question put to this module.

/// An error in the numbers or names of a check; its description says where and what to do.
public enum ConsistencyError: Error, Hashable, Sendable, CustomStringConvertible {
  case notANumber(String)
  case tooManyDigits(String)
  case unknownScore(String, nearest: String?)
  case unknownField(String, nearest: String?)
  case invalidField(String, value: String, expected: String)
  case missingField(String, reason: String)
  case conflictingFields(String, String)
  case outOfRange(ScoreKind, value: String, lower: String, upper: String)
  case noScores
  case invalidCounts(String)
  case malformedRow(line: Int, String)

  public var description: String {
    switch self {
    case .notANumber(let text):
      "“\(text)” is not a number; write it as printed, like 0.983 or 98.3%"
    case .tooManyDigits(let text): "“\(text)” has more digits than the 18 that can be checked"
    case .unknownScore(let name, let nearest):
      "unknown score “\(name)”" + (nearest.map { "; did you mean “\($0)”?" } ?? "")
    case .unknownField(let name, let nearest):
      "unknown field “\(name)”" + (nearest.map { "; did you mean “\($0)”?" } ?? "")
    case .invalidField(let field, let value, let expected):
      "\(field): “\(value)” is not \(expected)"
    case .missingField(let field, let reason): "\(field) is missing: \(reason)"
    case .conflictingFields(let first, let second):
      "\(first) and \(second) exclude each other; give one of them"
    case .outOfRange(let kind, let value, let lower, let upper):
      "\(kind.name) \(value) lies outside \(lower) … \(upper); is it a percentage?"
    case .noScores: "no score is given; give at least one, like accuracy or sensitivity"
    case .invalidCounts(let message): message
    case .malformedRow(let line, let message): "line \(line): \(message)"
    }
  }
}
