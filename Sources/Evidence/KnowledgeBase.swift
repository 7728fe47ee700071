// All entities together, sorted, with the look-ups that every reader needs.

/// Everything that is known: the entities of `Data/`, each list sorted by id.
public struct KnowledgeBase: Sendable {
  public let sources: [Source]
  public let references: [Reference]
  public let tasks: [Term]
  public let modalities: [Term]
  public let techniques: [Technique]
  public let backbones: [Backbone]
  public let datasets: [Dataset]
  public let studies: [Study]
  public let challenges: [Topic]
  public let recommendations: [Topic]
  public let statements: [Statement]

  public init(
    sources: [Source], references: [Reference], tasks: [Term], modalities: [Term],
    techniques: [Technique], backbones: [Backbone], datasets: [Dataset], studies: [Study],
    challenges: [Topic], recommendations: [Topic], statements: [Statement]
  ) {
    self.sources = sources.sorted { $0.id < $1.id }
    self.references = references.sorted { ($0.source, $0.number) < ($1.source, $1.number) }
    self.tasks = tasks.sorted { $0.id < $1.id }
    self.modalities = modalities.sorted { $0.id < $1.id }
    self.techniques = techniques.sorted { $0.id < $1.id }
    self.backbones = backbones.sorted { $0.id < $1.id }
    self.datasets = datasets.sorted { $0.id < $1.id }
    self.studies = studies.sorted { $0.id < $1.id }
    self.challenges = challenges.sorted { $0.id < $1.id }
    self.recommendations = recommendations.sorted { $0.id < $1.id }
    self.statements = statements.sorted { ($0.source, $0.id) < ($1.source, $1.id) }
    studyIndex = Self.index(self.studies.map(\.id))
    datasetIndex = Self.index(self.datasets.map(\.id))
    backboneIndex = Self.index(self.backbones.map(\.id))
    techniqueIndex = Self.index(self.techniques.map(\.id))
    referenceIndex = Self.index(self.references.map(\.id))
  }

  private let studyIndex: [String: Int]
  private let datasetIndex: [String: Int]
  private let backboneIndex: [String: Int]
  private let techniqueIndex: [String: Int]
  private let referenceIndex: [String: Int]

  private static func index(_ ids: [String]) -> [String: Int] {
    Dictionary(ids.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
  }

  public func study(_ id: String) -> Study? { studyIndex[id].map { studies[$0] } }
  public func dataset(_ id: String) -> Dataset? { datasetIndex[id].map { datasets[$0] } }
  public func backbone(_ id: String) -> Backbone? { backboneIndex[id].map { backbones[$0] } }
  public func technique(_ id: String) -> Technique? { techniqueIndex[id].map { techniques[$0] } }
  public func source(_ id: String) -> Source? { sources.first { $0.id == id } }

  /// The reference list's entry of that id, `mukhlif-2022/55`.
  public func reference(_ id: String) -> Reference? { referenceIndex[id].map { references[$0] } }

  /// The study that a citation number of a source means.
  public func study(citedAs number: Int, in source: String) -> Study? {
    studies.first { $0.citation(in: source) == number }
  }

  /// The name a person reads for an entity; its id when the entity has none.
  public func name(of entity: EntityReference) -> String {
    switch entity.kind {
    case .dataset: dataset(entity.id)?.name ?? entity.id
    case .backbone: backbone(entity.id)?.name ?? entity.id
    case .technique: technique(entity.id)?.name ?? entity.id
    case .study: study(entity.id)?.title ?? entity.id
    case .task: tasks.first { $0.id == entity.id }?.name ?? entity.id
    case .modality: modalities.first { $0.id == entity.id }?.name ?? entity.id
    default: entity.id
    }
  }

  /// Every claim with the study and experiment it belongs to, in stable order.
  public var allClaims: [(study: Study, experiment: Experiment, claim: Claim)] {
    studies.flatMap { study in
      study.experiments.flatMap { experiment in
        experiment.claims.map { (study, experiment, $0) }
      }
    }
  }
}
