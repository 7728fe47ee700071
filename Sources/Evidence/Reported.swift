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
  private static var notApplicableWord: String { "not-applicable" }

  /// Reads the value itself, null for not reported, `not-applicable`.
  public init(from decoder: any Decoder) throws {
    let box = try decoder.singleValueContainer()
    if box.decodeNil() {
      self = .notReported
    } else if let value = try? box.decode(Value.self), !Self.isNotApplicable(value) {
      self = .value(value)
    } else if try box.decode(String.self) == Self.notApplicableWord {
      self = .notApplicable
    } else {
      throw DecodingError.dataCorruptedError(
        in: box, debugDescription: "neither a value, null nor \(Self.notApplicableWord)")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var box = encoder.singleValueContainer()
    switch self {
    case .value(let value): try box.encode(value)
    case .notReported: try box.encodeNil()
    case .notApplicable: try box.encode(Self.notApplicableWord)
    }
  }

  private static func isNotApplicable(_ value: Value) -> Bool {
    (value as? String) == notApplicableWord
  }
}
