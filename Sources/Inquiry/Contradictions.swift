// Running the rules: which of them, on what, and which findings are shown.

import Catalog
import Evidence
import Files

/// Which rules run and which findings are kept.
public struct ContradictionQuery: Sendable {
  /// Only these rules, whether or not they are on; empty for every rule that is on.
  public var rules: [String] = []
  public var without: [String] = []
  public var study: String?
  public var dataset: String?
  public var kind: Finding.Kind?
  public var minimumSeverity: Finding.Severity?

  public init() {}
}

extension ContradictionQuery {
  /// The findings in a store, the gravest first.
  /// - Parameter architecture: the facts of a network, computed from its definition, by backbone id;
  ///   rules that need them stay silent where there are none. Asked only for networks in question.
  /// - Throws: ``CatalogError/unknownName(kind:name:suggestion:)`` for a rule, study or dataset
  ///   that does not exist; ``InvalidData`` for a rule file with mistakes.
  public func findings(
    in store: Store, architecture: @Sendable (Backbone) -> ArchitectureFacts? = { _ in nil }
  ) throws -> [Finding] {
    let rules = try chosen(from: Rule.all(of: store))
    let studies = try study.map { try store.studies(named: $0) }
    let dataset = try dataset.map { try store.resolve($0, .dataset) }
    let knowledge = try store.knowledge()
    let corpus = Corpus(
      knowledge, architectures: Corpus.facts(of: knowledge.comparedBackbones, architecture))
    return Self.findings(of: rules, in: corpus).filter { finding in
      (studies.map { $0.contains(where: finding.subjects.contains) } ?? true)
        && (dataset.map(finding.subjects.contains) ?? true)
        && (kind.map { $0 == finding.kind } ?? true)
        && (minimumSeverity.map { finding.severity >= $0 } ?? true)
    }
  }

  /// The rules that run.
  func chosen(from all: [Rule]) throws -> [Rule] {
    for name in rules + without where !all.contains(where: { $0.id == name }) {
      throw CatalogError.unknownName(
        kind: "rule", name: name, suggestion: nearestName(to: name, in: all.map(\.id)))
    }
    return all.filter { rule in
      (rules.isEmpty ? rule.isOn : rules.contains(rule.id)) && !without.contains(rule.id)
    }
  }

  /// What the rules find, the gravest and surest first, then by id.
  static func findings(of rules: [Rule], in corpus: Corpus) -> [Finding] {
    parallelMap(rules) { rule in
      (RuleCheck.named(rule.check)?.run(corpus, rule) ?? []).map { draft in
        Finding(
          id: "\(rule.id)/\(draft.key)", rule: rule.id, kind: rule.kind,
          severity: draft.severity ?? rule.severity, confidence: draft.confidence,
          subjects: draft.subjects.sorted(), summary: draft.summary,
          computation: draft.computation, resolution: draft.resolution, evidence: draft.evidence)
      }
    }.flatMap { $0 }.linked.sorted { left, right in
      if left.severity != right.severity { return left.severity > right.severity }
      if left.confidence != right.confidence { return left.confidence > right.confidence }
      return left.id < right.id
    }
  }
}
