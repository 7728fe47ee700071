// Reading statements: closed kinds, each with its own keys.

import Evidence
import Yams

/// What a key of a statement holds.
private enum KeyKind {
  case text
  case numbers
  case entity(EntityKind)
  case entityReferences
  case place
}

private let common: [String: KeyKind] = [
  "note": .text, "printed": .text, "task": .entity(.task), "scope": .text,
]

/// The keys of each kind of statement, as `Data/README.md` lists them.
private let kinds: [String: [String: KeyKind]] = [
  "used-by": ["dataset": .entity(.dataset), "citations": .numbers],
  "backbone-used-by": ["backbone": .entity(.backbone), "citations": .numbers],
  "modality-used-by": ["modality": .entity(.modality), "citations": .numbers],
  "most-used": ["ranking": .text, "where": .place],
  "lists": ["members": .text, "where": .place],
  "all-studies": ["property": .text, "value": .text],
  "count": ["of": .text, "n": .numbers],
  "cross-reference": ["to": .place, "about": .text, "topic-at": .place],
  "formula": ["metric": .text, "expression": .text],
  "definition": ["of": .text, "property": .text, "value": .text],
  "attribution": ["citation": .numbers, "authors": .text, "about": .text],
  "usage": [
    "technique": .entity(.technique), "modality": .entity(.modality), "level": .text,
    "citations": .numbers, "backbone": .entity(.backbone), "dataset": .entity(.dataset),
    "metric": .text, "strategy": .text,
  ],
  "citation": ["citation": .numbers, "citations": .numbers, "about": .text],
  "advantage": ["subject": .text, "relation": .text, "object": .text, "citations": .numbers],
]

extension Statement {
  init(_ fields: Fields, source: String) {
    let id = fields.text("id")
    let at = fields.place("at")
    let kind = fields.text("kind")
    let uncertain = fields.doubt()
    var keys: [String: [String]] = [:]
    if let allowed = kinds[kind] {
      for (key, kind) in allowed.merging(common, uniquingKeysWith: { own, _ in own }).sorted(by: {
        $0.key < $1.key
      }) where fields.has(key) {
        keys[key] = fields.texts(key)
        check(fields, key, kind, source: source)
      }
    } else if !kind.isEmpty {
      fields.report(
        "kind", "unknown kind '\(kind)'" + suggestion(for: kind, in: kinds.keys.sorted()))
      for key in fields.remainingKeys { _ = fields.has(key) }
    }
    self.init(id: id, source: source, at: at, kind: kind, keys: keys, uncertain: uncertain)
  }
}

private func check(_ fields: Fields, _ key: String, _ kind: KeyKind, source: String) {
  let values = fields.texts(key)
  switch kind {
  case .text: break
  case .numbers: _ = fields.integers(key)
  case .entity(let kind):
    for id in values { fields.reading.expect(.init(kind, id), at: fields.spot(key)) }
  case .entityReferences:
    for text in values {
      guard let entity = EntityReference(parsing: text) else {
        fields.report(key, "'\(text)' is not folder/id, such as datasets/breakhis")
        continue
      }
      fields.reading.expect(entity, at: fields.spot(key))
    }
  case .place:
    for id in values {
      fields.reading.expect(Place(source: source, place: id), at: fields.spot(key))
    }
  }
}
