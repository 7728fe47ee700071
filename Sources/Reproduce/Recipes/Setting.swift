// One field of a recipe: its value, and where the value comes from.

import Evidence

/// Where a recipe's value comes from.
package enum Origin: Hashable, Sendable {
  /// A source prints it there.
  case stated(Place)
  /// It follows from what is printed, for this reason.
  case inferred(String)
  /// The sources are silent; this is the value we declare.
  case declaredDefault

  /// The word in recipe files and records.
  package var word: String {
    switch self {
    case .stated: "stated"
    case .inferred: "inferred"
    case .declaredDefault: "default"
    }
  }
}

/// A recipe's value with its origin.
package struct Setting<Value: Sendable & Hashable>: Hashable, Sendable {
  package let value: Value
  package let origin: Origin

  package init(_ value: Value, _ origin: Origin = .declaredDefault) {
    self.value = value
    self.origin = origin
  }
}

/// What a recipe's field may hold, as text in a file and on the command line.
package protocol SettingValue: Hashable, Sendable {
  init?(settingText: String)
  var settingText: String { get }
  /// What is accepted, for an error's end: `a whole number`.
  static var expectation: String { get }
  /// The closed set of words, when it is one.
  static var words: [String] { get }
}

extension SettingValue {
  package static var words: [String] { [] }
}

extension Int: SettingValue {
  package init?(settingText: String) { self.init(settingText) }
  package var settingText: String { "\(self)" }
  package static var expectation: String { "a whole number" }
}

extension Double: SettingValue {
  package init?(settingText: String) {
    guard let number = Double(settingText), number.isFinite else { return nil }
    self = number
  }
  package var settingText: String {
    self == rounded() && abs(self) < 1e15 ? "\(Int(self))" : "\(self)"
  }
  package static var expectation: String { "a number" }
}

extension Bool: SettingValue {
  package init?(settingText: String) { self.init(settingText) }
  package var settingText: String { self ? "true" : "false" }
  package static var expectation: String { "true or false" }
}

extension String: SettingValue {
  package init?(settingText: String) { self = settingText }
  package var settingText: String { self }
  package static var expectation: String { "a text" }
}

extension SettingValue where Self: RawRepresentable & CaseIterable, RawValue == String {
  package init?(settingText: String) { self.init(rawValue: settingText) }
  package var settingText: String { rawValue }
  package static var words: [String] { allCases.map(\.rawValue) }
  package static var expectation: String { "one of " + words.joined(separator: ", ") }
}

/// One line of a recipe, as listings, files and records show it.
package struct SettingRow: Codable, Hashable, Sendable {
  /// `training.epochs`.
  package let name: String
  /// The value's text; a list has its items in order.
  package let value: [String]
  package let isList: Bool
  /// `stated`, `inferred` or `default`.
  package let origin: String
  /// Where it is stated.
  package let at: Place?
  /// Why it is inferred.
  package let because: String?

  package init<Value: SettingValue>(_ name: String, _ setting: Setting<Value>) {
    self.init(name, [setting.value.settingText], isList: false, setting.origin)
  }

  package init<Value: SettingValue>(_ name: String, _ setting: Setting<[Value]>) {
    self.init(name, setting.value.map(\.settingText), isList: true, setting.origin)
  }

  package init(_ name: String, _ value: [String], isList: Bool, _ origin: Origin) {
    self.name = name
    self.value = value
    self.isList = isList
    self.origin = origin.word
    switch origin {
    case .stated(let place):
      at = place
      because = nil
    case .inferred(let reason):
      at = nil
      because = reason
    case .declaredDefault:
      at = nil
      because = nil
    }
  }

  /// The same field with another value.
  init(_ row: SettingRow, value: [String]) {
    name = row.name
    self.value = value
    isList = row.isList
    origin = row.origin
    at = row.at
    because = row.because
  }

  /// The value for a reader: `none` for an empty list.
  package var text: String { value.isEmpty ? "none" : value.joined(separator: ", ") }
}
