// The smaller entities: backbones, techniques, tasks and modalities, challenges, recommendations.

/// A network architecture and what the sources print of it.
public struct Backbone: Codable, Sendable, Hashable {
  public let id: String
  public let name: String
  public let family: String
  public let aliases: [String]
  public let year: Int?
  public let reference: String?
  public let facts: [Fact]

  public init(
    id: String, name: String, family: String, aliases: [String], year: Int?, reference: String?,
    facts: [Fact]
  ) {
    self.id = id
    self.name = name
    self.family = family
    self.aliases = aliases
    self.year = year
    self.reference = reference
    self.facts = facts
  }
}

/// A transfer strategy, augmentation operation, preprocessing step, classifier or loss.
public struct Technique: Codable, Sendable, Hashable {
  public let id: String
  public let name: String
  public let kind: String
  public let aliases: [String]
  public let reference: String?

  public init(id: String, name: String, kind: String, aliases: [String], reference: String?) {
    self.id = id
    self.name = name
    self.kind = kind
    self.aliases = aliases
    self.reference = reference
  }
}

/// A term of a closed vocabulary: a task or an imaging modality.
public struct Term: Codable, Sendable, Hashable {
  public let id: String
  public let name: String
  public let aliases: [String]

  public init(id: String, name: String, aliases: [String]) {
    self.id = id
    self.name = name
    self.aliases = aliases
  }
}

/// A problem that a source names, or a way forward that it proposes.
public struct Topic: Codable, Sendable, Hashable {
  public let id: String
  public let name: String
  public let at: [Place]
  public let citations: [Int]
  public let techniques: [String]
  public let backbones: [String]
  public let metrics: [Metric]
  public let challenges: [String]
  public let tasks: [String]
  public let modalities: [String]
  /// The studies a recommendation is addressed to.
  public let studies: [String]
  /// What a recommendation is preferred to, `folder/id` or `metrics/auc`.
  public let over: [String]
  public let uncertain: Doubt?

  public init(
    id: String, name: String, at: [Place], citations: [Int], techniques: [String],
    backbones: [String], metrics: [Metric], challenges: [String], tasks: [String],
    modalities: [String], studies: [String], over: [String], uncertain: Doubt?
  ) {
    self.id = id
    self.name = name
    self.at = at
    self.citations = citations
    self.techniques = techniques
    self.backbones = backbones
    self.metrics = metrics
    self.challenges = challenges
    self.tasks = tasks
    self.modalities = modalities
    self.studies = studies
    self.over = over
    self.uncertain = uncertain
  }
}

/// What a source says about the corpus or itself, in a form a rule can test.
///
/// The kinds and their keys are listed in `Data/README.md`. Values are kept by key; each is a list
/// (of one, for keys with a single value) of the text written in the file.
public struct Statement: Codable, Sendable, Hashable {
  public let id: String
  public let source: String
  public let at: Place
  public let kind: String
  public let keys: [String: [String]]
  /// How names printed in it were resolved.
  public let names: [Naming]
  public let uncertain: Doubt?

  public init(
    id: String, source: String, at: Place, kind: String, keys: [String: [String]],
    names: [Naming], uncertain: Doubt?
  ) {
    self.id = id
    self.source = source
    self.at = at
    self.kind = kind
    self.keys = keys
    self.names = names
    self.uncertain = uncertain
  }

  /// The values of a key, empty when it is absent.
  public subscript(_ key: String) -> [String] { keys[key] ?? [] }

  /// The single value of a key.
  public func text(_ key: String) -> String? { keys[key]?.first }

  /// The citation numbers of a key.
  public func numbers(_ key: String) -> [Int] { self[key].compactMap(Int.init) }
}
