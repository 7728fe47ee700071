// One mapping of a data file, read field by field; every mistake is reported with its line.

import Evidence
import Yams

/// The fields of one mapping. Asking for a key marks it as known; ``finish()`` reports the rest.
///
/// Every reader returns a usable placeholder after reporting a mistake, so that one pass over the
/// files finds all of them. Scalars are read as text by the schema, never by YAML's own guesses:
/// `no`, `012` and `2e3` are what they say.
package final class Fields {
  package let reading: Reading
  package let file: String
  private let path: String
  private let line: Int
  private var values: [String: Node] = [:]
  private var keyLines: [String: Int] = [:]
  private var order: [String] = []
  private var asked: Set<String> = []

  package init(_ node: Node, reading: Reading, file: String, path: String) {
    self.reading = reading
    self.file = file
    self.path = path
    line = node.mark?.line ?? 1
    guard case .mapping(let mapping) = node else {
      reading.report(
        "a mapping of keys to values is expected here",
        at: .init(file: file, line: line, field: path))
      return
    }
    for (key, value) in mapping {
      let name = key.scalar?.string ?? ""
      values[name] = value
      keyLines[name] = key.mark?.line ?? line
      order.append(name)
    }
  }

  /// Where a field stands; the mapping itself when the key is absent.
  package func spot(_ key: String) -> Reading.Spot {
    let field = path.isEmpty ? key : "\(path).\(key)"
    return .init(file: file, line: keyLines[key] ?? line, field: field)
  }

  package func report(_ key: String, _ message: String) { reading.report(message, at: spot(key)) }

  package func has(_ key: String) -> Bool {
    asked.insert(key)
    return values[key] != nil
  }

  /// The keys of the mapping that were not asked for, in the file's order.
  package var remainingKeys: [String] { order.filter { !asked.contains($0) } }

  /// Reports the keys that no reader asked for.
  package func finish() {
    for key in remainingKeys {
      report(key, "unknown key" + suggestion(for: key, in: asked.sorted()))
    }
  }

  // MARK: Text

  package func optionalText(_ key: String) -> String? {
    guard let node = node(key) else { return nil }
    guard let scalar = node.scalar else {
      report(key, "a single value is expected, not a list or mapping")
      return nil
    }
    if scalar.string.isEmpty {
      report(key, "the value is empty; leave the key out when it is not reported")
    }
    return scalar.string
  }

  package func text(_ key: String) -> String {
    if let text = optionalText(key) { return text }
    if values[key] == nil { report(key, "missing key '\(key)'") }
    return ""
  }

  /// A list of texts; a single scalar counts as a list of one.
  package func texts(_ key: String) -> [String] {
    guard let node = node(key) else { return [] }
    if let scalar = node.scalar { return [scalar.string] }
    guard let sequence = node.sequence else {
      report(key, "a list of values is expected")
      return []
    }
    return sequence.compactMap { item in
      if item.scalar == nil { report(key, "a list of plain values is expected") }
      return item.scalar?.string
    }
  }

  /// A text, or one of the words for an absent one.
  package func reportedText(_ key: String) -> Reported<String> { reported(key) { $0 } }

  // MARK: Numbers and closed sets

  package func optionalInt(_ key: String) -> Int? { parsed(key, "a whole number") { Int($0) } }
  package func optionalDouble(_ key: String) -> Double? { parsed(key, "a number") { Double($0) } }
  package func reportedInt(_ key: String) -> Reported<Int> {
    reported(key) { self.value($0, key, "a whole number") { Int($0) } }
  }

  package func int(_ key: String) -> Int {
    if let number = optionalInt(key) { return number }
    if values[key] == nil { report(key, "missing key '\(key)'") }
    return 0
  }

  package func bool(_ key: String) -> Bool {
    parsed(key, "true or false") { $0 == "true" ? true : $0 == "false" ? false : nil } ?? false
  }

  package func numbers(_ key: String) -> [Double] {
    texts(key).compactMap { text in value(text, key, "a number") { Double($0) } }
  }

  package func integers(_ key: String) -> [Int] {
    texts(key).compactMap { text in value(text, key, "a whole number") { Int($0) } }
  }

  package func optionalCase<Word: RawRepresentable & CaseIterable>(
    _ key: String, _ type: Word.Type
  ) -> Word? where Word.RawValue == String {
    optionalText(key).flatMap { word($0, key) }
  }

  package func oneCase<Word: RawRepresentable & CaseIterable>(
    _ key: String, _ type: Word.Type, placeholder: Word
  ) -> Word where Word.RawValue == String {
    if values[key] == nil { report(key, "missing key '\(key)'") }
    return optionalCase(key, type) ?? placeholder
  }

  package func reportedCase<Word: RawRepresentable & CaseIterable>(
    _ key: String, _ type: Word.Type
  ) -> Reported<Word> where Word.RawValue == String {
    reported(key) { self.word($0, key) }
  }

  // MARK: Entities and places

  /// The id of an entity that must exist.
  package func entity(_ key: String, _ kind: EntityKind) -> String {
    let id = text(key)
    if !id.isEmpty { reading.expect(EntityReference(kind, id), at: spot(key)) }
    return id
  }

  package func optionalEntity(_ key: String, _ kind: EntityKind) -> String? {
    has(key) ? entity(key, kind) : nil
  }

  package func entities(_ key: String, _ kind: EntityKind) -> [String] {
    let ids = texts(key)
    for id in ids { reading.expect(EntityReference(kind, id), at: spot(key)) }
    return ids
  }

  /// `folder/id`, checked to exist.
  package func entityReference(_ key: String) -> EntityReference? {
    guard let text = optionalText(key) else { return nil }
    guard let entity = EntityReference(parsing: text) else {
      report(key, "'\(text)' is not folder/id, such as datasets/breakhis")
      return nil
    }
    reading.expect(entity, at: spot(key))
    return entity
  }

  /// A place that must exist in its source.
  package func place(_ key: String) -> Place {
    if values[key] == nil {
      report(key, "missing location: every fact says where it is printed (key '\(key)')")
    }
    guard let place = child(key, Self.place) else { return Place(source: "", place: "") }
    return place
  }

  package static func place(_ fields: Fields) -> Place {
    let place = Place(
      source: fields.text("source"), place: fields.text("place"), row: fields.optionalInt("row"),
      column: fields.optionalText("column"))
    if !place.source.isEmpty { fields.reading.expect(place, at: fields.spot("place")) }
    return place
  }

  package func doubt() -> Doubt? {
    child("uncertain") {
      Doubt(because: $0.text("because"), alternative: $0.optionalText("alternative"))
    }
  }

  // MARK: Nested mappings

  /// A nested mapping.
  package func child<Value>(_ key: String, _ read: (Fields) -> Value) -> Value? {
    guard let node = node(key) else { return nil }
    let field = path.isEmpty ? key : "\(path).\(key)"
    let fields = Fields(node, reading: reading, file: file, path: field)
    let value = read(fields)
    fields.finish()
    return value
  }

  /// A list of nested mappings.
  package func children<Value>(_ key: String, _ read: (Fields) -> Value?) -> [Value] {
    guard let node = node(key) else { return [] }
    guard let sequence = node.sequence else {
      report(key, "a list is expected")
      return []
    }
    return sequence.enumerated().compactMap { index, item in
      let field = (path.isEmpty ? key : "\(path).\(key)") + "[\(index)]"
      let fields = Fields(item, reading: reading, file: file, path: field)
      let value = read(fields)
      fields.finish()
      return value
    }
  }

  /// A mapping from free keys to texts; a list becomes its items with commas.
  package func dictionary(_ key: String) -> [String: String] {
    child(key) { fields in
      var result: [String: String] = [:]
      for name in fields.order { result[name] = fields.texts(name).joined(separator: ", ") }
      return result
    } ?? [:]
  }

  // MARK: Private

  private func node(_ key: String) -> Node? {
    asked.insert(key)
    return values[key]
  }

  package func reported<Value>(_ key: String, _ read: (String) -> Value?) -> Reported<Value> {
    guard let text = optionalText(key), text != "not-reported" else { return .notReported }
    if text == "not-applicable" { return .notApplicable }
    return read(text).map { .value($0) } ?? .notReported
  }

  private func parsed<Value>(
    _ key: String, _ expected: String, _ read: (String) -> Value?
  ) -> Value? {
    optionalText(key).flatMap { value($0, key, expected, read) }
  }

  private func value<Value>(
    _ text: String, _ key: String, _ expected: String, _ read: (String) -> Value?
  ) -> Value? {
    let value = read(text)
    if value == nil { report(key, "'\(text)' is not \(expected)") }
    return value
  }

  private func word<Word: RawRepresentable & CaseIterable>(
    _ text: String, _ key: String
  ) -> Word? where Word.RawValue == String {
    if let word = Word(rawValue: text) { return word }
    let words = Word.allCases.map(\.rawValue)
    let hint = suggestion(for: text, in: words)
    report(
      key, "'\(text)' is not one of " + words.joined(separator: ", ") + hint)
    return nil
  }
}
