// A rule of `Data/rules`: which check it runs, with which parameters, and what it explains.

import Catalog
import Evidence
import Files
import Yams

/// One contradiction rule, read from a file of its own.
public struct Rule: Sendable {
  /// A fact known from elsewhere that a printed one can be compared with.
  public struct KnownFact: Sendable, Hashable {
    public let entity: EntityReference
    public let about: String
    public let label: String?
    public let value: String
    /// Where it is known from: a DOI or an address.
    public let source: String
  }

  public let id: String
  public let title: String
  public let kind: Finding.Kind
  public let severity: Finding.Severity
  /// Whether it runs when no rule is asked for by name.
  public let isOn: Bool
  /// The name of the check it runs.
  public let check: String
  /// What a finding of this rule means and why it matters.
  public let explains: String
  /// Thresholds and words of the check.
  public let parameters: [String: String]
  public let knownFacts: [KnownFact]

  /// A parameter as a number; a rule without it is rejected when it is read.
  func number(_ name: String) -> Double { parameters[name].flatMap(Double.init) ?? 0 }

  /// A parameter as a list of words.
  func words(_ name: String) -> [String] {
    (parameters[name] ?? "").split(separator: ",").map { word in
      String(word.drop { $0 == " " })
    }
  }
}

extension Rule {
  /// The rules of a store, sorted by id.
  /// - Throws: ``InvalidData`` naming file, line and field of every mistake.
  public static func all(of store: Store) throws -> [Rule] {
    try read(store.documents(in: "rules"))
  }

  /// Reads rule files.
  static func read(_ files: [DataOrigin.File]) throws -> [Rule] {
    let reading = Reading()
    let rules = try documents(files, reading) { Rule($0) }
    var seen: Set<String> = []
    for (file, rule) in zip(files, rules) where !seen.insert(rule.id).inserted {
      reading.report(
        "duplicate id '\(rule.id)'", at: .init(file: file.path, line: 1, field: "id"))
    }
    guard reading.diagnostics.isEmpty else { throw InvalidData(reading.diagnostics) }
    return rules.sorted { $0.id < $1.id }
  }

  private init(_ fields: Fields) {
    id = fields.text("id")
    title = fields.text("title")
    kind = fields.oneCase("kind", Finding.Kind.self, placeholder: .disagreement)
    severity = fields.oneCase("severity", Finding.Severity.self, placeholder: .low)
    isOn = !fields.has("default") || fields.text("default") == "on"
    check = fields.text("check")
    explains = fields.text("explains")
    parameters = fields.dictionary("parameters")
    knownFacts = fields.children("known-facts") { fact in
      let entity = fact.text("entity")
      guard let reference = EntityReference(parsing: entity) else {
        fact.report("entity", "'\(entity)' is not folder/id, such as datasets/breakhis")
        return nil
      }
      return KnownFact(
        entity: reference, about: fact.text("about"), label: fact.optionalText("class"),
        value: fact.text("value"), source: fact.text("source"))
    }
    guard let known = RuleCheck.named(check) else {
      fields.report(
        "check",
        "unknown check '\(check)'" + suggestion(for: check, in: RuleCheck.all.map(\.name)))
      return
    }
    for name in known.parameters where parameters[name] == nil {
      fields.report("parameters", "the check '\(check)' needs the parameter '\(name)'")
    }
    for name in parameters.keys.sorted() where !known.parameters.contains(name) {
      fields.report(
        "parameters", "unknown parameter '\(name)'" + suggestion(for: name, in: known.parameters))
    }
  }
}

/// Reads YAML documents on all cores, one value each; mistakes go to `reading` in the files' order.
func documents<Value: Sendable>(
  _ files: [DataOrigin.File], _ reading: Reading, _ read: @Sendable (Fields) -> Value
) throws -> [Value] {
  try parallelMap(files) { file -> (value: Value?, mistakes: [Diagnostic]) in
    let node: Node?
    do {
      node = try Yams.compose(yaml: file.text)
    } catch {
      throw InvalidData([
        Diagnostic(file: file.path, line: 0, field: "", message: "not valid YAML: \(error)")
      ])
    }
    let own = Reading()
    guard let node else {
      own.report("the file is empty", at: .init(file: file.path, line: 0, field: ""))
      return (nil, own.diagnostics)
    }
    let fields = Fields(node, reading: own, file: file.path, path: "")
    let value = read(fields)
    fields.finish()
    return (value, own.diagnostics)
  }.compactMap { document in
    reading.add(document.mistakes)
    return document.value
  }
}
