// Reading statements: closed kinds, each with its own keys.

import Evidence

/// What a key of a statement holds.
private enum KeyKind {
  case words
  case numbers
  case entities(EntityKind)
  case places
  case flag
}

/// What every key holds, whichever kind of statement it stands in.
private let keyKinds: [String: KeyKind] = [
  "about": .words, "authors": .words, "backbone": .entities(.backbone),
  "backbones": .entities(.backbone), "body-part": .words, "challenge": .words,
  "citation": .numbers, "citations": .numbers, "complete": .flag, "condition": .words,
  "dataset": .entities(.dataset), "expression": .words, "family": .words, "level": .words,
  "members": .words, "metric": .words, "modalities": .entities(.modality),
  "modality": .entities(.modality), "n": .numbers, "object": .words, "objects": .words,
  "of": .words, "ordered": .flag, "pretraining": .words, "printed": .words, "property": .words,
  "ranking": .words, "relation": .words, "scope": .words, "subject": .words,
  "task": .entities(.task), "tasks": .entities(.task), "technique": .entities(.technique),
  "to": .places, "topic": .words, "topic-at": .places, "value": .words, "where": .places,
  "wording": .flag,
]

/// The keys that a kind must have and those that it may have, as `Data/README.md` lists them.
private let kinds: [String: (required: [String], allowed: [String])] = [
  "used-by": (["dataset", "citations"], []),
  "backbone-used-by": (["backbone", "citations"], []),
  "modality-used-by": (["modality", "citations"], ["task", "body-part", "authors"]),
  "most-used": (["scope", "ranking"], ["task", "challenge", "ordered", "where"]),
  "lists": (
    ["scope"],
    [
      "task", "tasks", "dataset", "family", "members", "where", "property", "complete",
      "citations",
    ]
  ),
  "all-studies": (["property"], ["value", "members", "scope"]),
  "all-datasets": (["property"], ["value", "where", "scope"]),
  "count": (["of", "n"], ["scope", "members", "family", "citations", "task"]),
  "cross-reference": (["to"], ["about", "topic-at"]),
  "formula": (["metric", "expression"], ["wording"]),
  "definition": (["of", "property", "value"], ["citations"]),
  "attribution": (["about"], ["citation", "authors", "task"]),
  "usage": (
    ["level"],
    [
      "scope", "technique", "modality", "backbones", "dataset", "property", "task", "tasks",
      "pretraining", "citations", "authors", "metric",
    ]
  ),
  "citation": (
    [],
    [
      "citation", "citations", "about", "topic", "property", "task", "modalities", "authors",
    ]
  ),
  "advantage": (["subject", "relation"], ["object", "objects", "condition", "citations"]),
]

extension Statement {
  init(_ fields: Fields, source: String) {
    let id = fields.text("id")
    let at = fields.place("at")
    let kind = fields.text("kind")
    let names = fields.namings()
    let uncertain = fields.doubt()
    var keys: [String: [String]] = [:]
    if let (required, allowed) = kinds[kind] {
      for key in required where !fields.has(key) {
        fields.report(key, "a statement of kind '\(kind)' needs the key '\(key)'")
      }
      for key in required + allowed + ["printed"] where fields.has(key) {
        keys[key] = fields.texts(key)
        check(fields, key, source: source)
      }
    } else if !kind.isEmpty {
      let hint = suggestion(for: kind, in: kinds.keys.sorted())
      fields.report("kind", "unknown kind '\(kind)'" + hint)
      for key in fields.remainingKeys { _ = fields.has(key) }
    }
    self.init(
      id: id, source: source, at: at, kind: kind, keys: keys, names: names, uncertain: uncertain)
  }
}

private func check(_ fields: Fields, _ key: String, source: String) {
  switch keyKinds[key] {
  case nil: preconditionFailure("the key '\(key)' has no kind")
  case .words: _ = fields.entityWords(key)
  case .numbers: _ = fields.integers(key)
  case .flag: _ = fields.bool(key)
  case .entities(let kind): _ = fields.entities(key, kind)
  case .places:
    for id in fields.texts(key) {
      fields.reading.expect(Place(source: source, place: id), at: fields.spot(key))
    }
  }
}

extension Fields {
  /// A list of words; those written as `folder/id` must exist, plain words stand for themselves.
  func entityWords(_ key: String) -> [String] {
    let words = texts(key)
    for word in words {
      if let entity = EntityReference(parsing: word) { reading.expect(entity, at: spot(key)) }
    }
    return words
  }
}
