// What the checks look at: the knowledge base, the networks' own facts, and shared look-ups.

import Catalog
import Evidence
import Files

/// Facts of a network computed from its own definition.
public struct ArchitectureFacts: Codable, Sendable, Hashable {
  public var parameters: Int
  /// Multiply-adds of one image of the input size.
  public var multiplyAdds: Int
  public var convolutions: Int
  public var fullyConnected: Int
  /// The most layers with weights on any path: the number in "ResNet-50".
  public var depth: Int
  public var poolings: Int?
  public var denseBlocks: Int?
  public var transitionBlocks: Int?
  /// The input as channels × height × width.
  public var input: String

  public init(
    parameters: Int, multiplyAdds: Int, convolutions: Int, fullyConnected: Int, depth: Int,
    poolings: Int? = nil, denseBlocks: Int? = nil, transitionBlocks: Int? = nil, input: String
  ) {
    self.parameters = parameters
    self.multiplyAdds = multiplyAdds
    self.convolutions = convolutions
    self.fullyConnected = fullyConnected
    self.depth = depth
    self.poolings = poolings
    self.denseBlocks = denseBlocks
    self.transitionBlocks = transitionBlocks
    self.input = input
  }
}

/// A dataset that a study worked on, with the place that says so.
struct DatasetUse: Sendable {
  let dataset: String
  let at: Place
  let printed: String
}

/// The knowledge base with the look-ups that several checks need.
struct Corpus: Sendable {
  let knowledge: KnowledgeBase
  /// By backbone id.
  let architectures: [String: ArchitectureFacts]
  /// The datasets that print or pool each other: a dataset's own id, what it belongs to, what it
  /// holds, in both directions.
  private let relatives: [String: Set<String>]
  private let studiesByReference: [String: Study]
  private let statementsByKind: [String: [Statement]]
  private let usesByStudy: [String: [DatasetUse]]
  /// Every row of model results, in stable order.
  let resultRows: [ResultRow]
  /// The names by which a title can name a dataset, in pieces: those with a capital or a digit
  /// inside, which are no plain words.
  let datasetNames: [(dataset: String, tokens: [String])]

  init(_ knowledge: KnowledgeBase, architectures: [String: ArchitectureFacts] = [:]) {
    self.knowledge = knowledge
    self.architectures = architectures
    var holders: [String: Set<String>] = [:]
    for dataset in knowledge.datasets {
      if let whole = dataset.partOf { holders[dataset.id, default: []].insert(whole) }
      for part in dataset.includes { holders[part, default: []].insert(dataset.id) }
    }
    func closure(_ id: String) -> Set<String> {
      var found: Set<String> = [id]
      var open = [id]
      while let next = open.popLast() {
        for holder in holders[next] ?? [] where found.insert(holder).inserted {
          open.append(holder)
        }
      }
      return found
    }
    var relatives: [String: Set<String>] = [:]
    for dataset in knowledge.datasets {
      for holder in closure(dataset.id) {
        relatives[dataset.id, default: []].insert(holder)
        relatives[holder, default: []].insert(dataset.id)
      }
    }
    self.relatives = relatives
    studiesByReference = Dictionary(
      knowledge.studies.compactMap { study in study.reference.map { ($0, study) } },
      uniquingKeysWith: { first, _ in first })
    datasetNames = knowledge.datasets.flatMap { dataset in
      ([dataset.name] + dataset.aliases).filter { alias in
        alias.count >= 3 && alias.dropFirst().contains { $0.isUppercase }
      }.map { (dataset.id, nameTokens($0)) }
    }
    statementsByKind = Dictionary(grouping: knowledge.statements, by: \.kind)
    usesByStudy = Dictionary(
      knowledge.studies.map { ($0.id, Self.datasetsUsed(by: $0, knowledge)) },
      uniquingKeysWith: { first, _ in first })
    resultRows = ResultRow.all(of: knowledge)
  }

  /// Whether one of the two holds the other, directly or through others, or they are the same.
  func areRelated(_ one: String, _ other: String) -> Bool {
    one == other || relatives[one]?.contains(other) == true
  }

  func study(cited number: Int, in source: String) -> Study? {
    studiesByReference["\(source)/\(number)"]
  }

  func reference(_ number: Int, of source: String) -> Reference? {
    knowledge.reference("\(source)/\(number)")
  }

  /// Statements of a kind, in stable order.
  func statements(_ kind: String) -> [Statement] { statementsByKind[kind] ?? [] }

  /// `dataset name`, `[32] Chang et al. 2017`.
  func name(_ kind: EntityKind, _ id: String) -> String {
    knowledge.name(of: EntityReference(kind, id))
  }

  func cited(_ study: Study, in source: String) -> String {
    (study.citation(in: source).map { "[\($0)] " } ?? "") + study.title
  }

  /// The family of a network, itself where it is not in the catalogue.
  func family(of backbone: String) -> String { knowledge.backbone(backbone)?.family ?? backbone }

  /// Whether a printed network means a used one: the same, or the family of it.
  func network(_ printed: String, covers used: String) -> Bool {
    printed == used || (family(of: used) == printed)
  }

  /// The datasets a study worked on, with the place that says so: from its experiments,
  /// augmentations and problems, never from a used-by column.
  func datasetsUsed(by study: Study) -> [DatasetUse] { usesByStudy[study.id] ?? [] }

  private static func datasetsUsed(
    by study: Study, _ knowledge: KnowledgeBase
  ) -> [DatasetUse] {
    func name(_ dataset: String) -> String {
      knowledge.name(of: EntityReference(.dataset, dataset))
    }
    var used: [DatasetUse] = []
    func add(_ dataset: String, _ at: Place, _ printed: String) {
      guard !used.contains(where: { $0.dataset == dataset }) else { return }
      used.append(DatasetUse(dataset: dataset, at: at, printed: printed))
    }
    for experiment in study.experiments {
      for dataset in experiment.datasets {
        let keys = Set(experiment.claims.map(\.appearance))
        let appearance =
          study.appearances.first { appearance in
            (keys.contains(appearance.key) || keys.isEmpty)
              && appearance.names.contains { $0.entity == EntityReference(.dataset, dataset) }
          } ?? study.appearances.first { keys.contains($0.key) }
        guard let appearance, appearance.at.column != "Used by" else { continue }
        let printed = appearance.names.first {
          $0.entity == EntityReference(.dataset, dataset)
        }?.printed
        add(dataset, appearance.at, printed ?? name(dataset))
      }
    }
    for augmentation in study.augmentations {
      let printed = study.appearance(augmentation.appearance)?.names.first {
        $0.entity.kind == .dataset
      }?.printed
      add(augmentation.dataset, augmentation.at, printed ?? name(augmentation.dataset))
    }
    for problem in study.problems {
      guard let appearance = study.appearance(problem.appearance) else { continue }
      for dataset in problem.datasets {
        add(dataset, appearance.at, name(dataset))
      }
    }
    return used
  }
}

extension Corpus {
  /// Facts by backbone id.
  static func facts(
    of backbones: [Backbone], _ architecture: @Sendable (Backbone) -> ArchitectureFacts?
  ) -> [String: ArchitectureFacts] {
    let facts = parallelMap(backbones) { ($0.id, architecture($0)) }
    return Dictionary(facts.compactMap { id, fact in fact.map { (id, $0) } }) { first, _ in first }
  }
}

extension KnowledgeBase {
  /// The networks whose printed facts can be compared with their definitions: those with a printed
  /// fact, of the same family as one, or compared with others in a statement.
  var comparedBackbones: [Backbone] {
    let asked = backbones.filter { backbone in
      backbone.facts.contains { $0.number != nil || $0.than != nil }
    }
    let families = Set(asked.map(\.family))
    var compared: Set<String> = []
    for statement in statements where statement.kind == "advantage" {
      for text in statement["subject"] + statement["object"] + statement["objects"] {
        guard let entity = EntityReference(parsing: text), entity.kind == .backbone else {
          continue
        }
        compared.insert(entity.id)
      }
    }
    return backbones.filter { families.contains($0.family) || compared.contains($0.id) }
  }
}

/// The claims that one row or paragraph prints for one set-up, class and part.
struct ResultRow: Sendable {
  let study: Study
  let experiment: Experiment
  let appearance: Study.Appearance
  let claims: [Claim]

  func claim(_ metric: Metric) -> Claim? {
    claims.first { $0.metric == metric && !$0.printed.isRange }
  }

  var key: String { "\(study.id).\(experiment.id).\(appearance.key)" }
}

extension ResultRow {
  /// Every row of model results, in stable order.
  fileprivate static func all(of knowledge: KnowledgeBase) -> [ResultRow] {
    struct Key: Hashable {
      let appearance: String
      let label: String?
      let subset: String?
    }
    return knowledge.studies.flatMap { study in
      study.experiments.flatMap { experiment -> [ResultRow] in
        var order: [Key] = []
        var groups: [Key: [Claim]] = [:]
        for claim in experiment.claims where claim.of == .model {
          let key = Key(
            appearance: claim.appearance, label: claim.ofClass, subset: claim.subset)
          if groups[key] == nil { order.append(key) }
          groups[key, default: []].append(claim)
        }
        return order.compactMap { key in
          study.appearance(key.appearance).map {
            ResultRow(
              study: study, experiment: experiment, appearance: $0, claims: groups[key] ?? [])
          }
        }
      }
    }
  }
}

extension Finding.Evidence {
  /// A claim as evidence.
  init(_ claim: Claim, _ experiment: String? = nil) {
    let scope = [claim.ofClass.map { "class \($0)" }, claim.subset].compactMap { $0 }
    let what = claim.metric.title + (experiment.map { " of \($0)" } ?? "")
    self.init(
      what + (scope.isEmpty ? "" : " (\(scope.joined(separator: ", ")))"), claim.text, at: claim.at)
  }
}

/// A number with at most so many decimals, without trailing zeros.
func decimal(_ value: Double, _ places: Int = 2) -> String {
  var scale = 1.0
  for _ in 0..<places { scale *= 10 }
  let scaled = (value * scale).rounded()
  guard abs(scaled) < 1e15 else { return "\(value)" }
  let digits = String(abs(Int(scaled)))
  let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
  var fraction = String(padded.suffix(places))
  while fraction.hasSuffix("0") { fraction.removeLast() }
  let whole = String(padded.dropLast(places))
  return (scaled < 0 ? "−" : "") + whole + (fraction.isEmpty ? "" : "." + fraction)
}

/// A whole number with thousands separators.
func grouped(_ number: Int) -> String {
  var digits = String(abs(number))
  var parts: [String] = []
  while digits.count > 3 {
    parts.insert(String(digits.suffix(3)), at: 0)
    digits.removeLast(3)
  }
  parts.insert(digits, at: 0)
  return (number < 0 ? "−" : "") + parts.joined(separator: ",")
}

/// `a, b and c`.
func listed(_ words: [String]) -> String {
  words.count < 2
    ? words.joined() : words.dropLast().joined(separator: ", ") + " and " + words[words.count - 1]
}
