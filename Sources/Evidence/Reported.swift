// What a source says of a field: a value, nothing, or that the question does not arise.

/// A field of a study as its source gives it.
///
/// "Not reported" and "not applicable" are values of their own: the first is a gap that a reader
/// may want filled, the second is none. Neither is ever shown as 0 or as an empty cell.
public enum Reported<Value> {
  /// The source states this value.
  case value(Value)
  /// The source is silent.
  case notReported
  /// The question does not arise for this entry.
  case notApplicable

  /// The stated value, or nil for the two other cases.
  public var stated: Value? {
    if case .value(let value) = self { return value }
    return nil
  }

  /// The same answer with a stated value transformed.
  public func map<Other>(_ transform: (Value) throws -> Other) rethrows -> Reported<Other> {
    switch self {
    case .value(let value): .value(try transform(value))
    case .notReported: .notReported
    case .notApplicable: .notApplicable
    }
  }
}

extension Reported: Equatable where Value: Equatable {}
extension Reported: Hashable where Value: Hashable {}
extension Reported: Sendable where Value: Sendable {}

extension Reported: CustomStringConvertible {
  /// The value's own text, `not reported` or `not applicable`.
  public var description: String {
    switch self {
    case .value(let value): "\(value)"
    case .notReported: "not reported"
    case .notApplicable: "not applicable"
    }
  }
}

extension Reported: Codable where Value: Codable {
  private enum Keys: String, CodingKey { case value, state }

  public init(from decoder: any Decoder) throws {
    let box = try decoder.container(keyedBy: Keys.self)
    if let value = try box.decodeIfPresent(Value.self, forKey: .value) {
      self = .value(value)
    } else {
      let state = try box.decode(String.self, forKey: .state)
      self = state == "not-applicable" ? .notApplicable : .notReported
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var box = encoder.container(keyedBy: Keys.self)
    switch self {
    case .value(let value): try box.encode(value, forKey: .value)
    case .notReported: try box.encode("not-reported", forKey: .state)
    case .notApplicable: try box.encode("not-applicable", forKey: .state)
    }
  }
}
