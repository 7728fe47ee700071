// The listings of `tlkb list`: every entity of a kind, one a row.

import Evidence

/// What can be listed: the kinds of entity, and the metrics.
public enum Listing: String, Sendable, CaseIterable {
  case studies, datasets, backbones, techniques, tasks, modalities, metrics, references, sources
  case challenges, recommendations, statements

  /// The words for one and for several of them.
  public var noun: (one: String, many: String) {
    switch self {
    case .studies: ("study", rawValue)
    case .modalities: ("modality", rawValue)
    default: (String(rawValue.dropLast()), rawValue)
    }
  }
}

extension Table {
  /// Every entity of a kind, sorted by id.
  public static func catalogue(_ listing: Listing, of knowledge: KnowledgeBase) -> Table {
    switch listing {
    case .studies: studies(knowledge.studies, in: knowledge)
    case .datasets: datasets(knowledge.datasets, in: knowledge)
    case .backbones: backbones(of: knowledge)
    case .techniques: techniques(of: knowledge)
    case .tasks: terms(knowledge.tasks, kind: .task, in: knowledge)
    case .modalities: terms(knowledge.modalities, kind: .modality, in: knowledge)
    case .metrics: metrics(of: knowledge)
    case .references: references(knowledge.references, in: knowledge)
    case .sources: sources(of: knowledge)
    case .challenges:
      topics(knowledge.challenges, title: "Challenges", kind: .challenge, in: knowledge)
    case .recommendations:
      topics(
        knowledge.recommendations, title: "Recommendations", kind: .recommendation, in: knowledge)
    case .statements: statements(knowledge.statements, in: knowledge)
    }
  }

  private static let id = Column("id", "Id")

  /// Studies with their datasets, networks and number of claims.
  static func studies(_ studies: [Study], in knowledge: KnowledgeBase) -> Table {
    Table(
      title: "Studies",
      columns: [
        id, Column("study", "Study", wraps: true), Column("year", "Year", .right),
        Column("citation", "Citation", .right), Column("tasks", "Tasks", wraps: true),
        Column("datasets", "Datasets", wraps: true), Column("backbones", "Networks", wraps: true),
        Column("experiments", "Set-ups", .right), Column("claims", "Claims", .right),
      ],
      rows: studies.map { study in
        let datasets = distinct(study.experiments.flatMap(\.datasets))
        let backbones = distinct(study.experiments.flatMap(\.backbones))
        let number = study.reference.flatMap { $0.split(separator: "/").last }.flatMap { Int($0) }
        return [
          .text(study.id), .entity(study.authors, .init(.study, study.id)),
          study.year.map(Cell.count) ?? .notReported, number.map(Cell.count) ?? .blank,
          knowledge.names(study.tasks, .task), knowledge.names(datasets, .dataset),
          knowledge.names(backbones, .backbone), .count(study.experiments.count),
          .count(study.experiments.map(\.claims.count).reduce(0, +)),
        ]
      })
  }

  /// Datasets with the numbers of images that are printed for the whole of them.
  static func datasets(_ datasets: [Dataset], in knowledge: KnowledgeBase) -> Table {
    Table(
      title: "Datasets",
      columns: [
        id, Column("dataset", "Dataset", wraps: true), Column("modality", "Modality", wraps: true),
        Column("tasks", "Tasks", wraps: true),
        Column("samples", "Samples as printed", .right, wraps: true),
        Column("classes", "Classes as printed", .right, wraps: true),
        Column("studies", "Studies", .right), Column("claims", "Claims", .right),
      ],
      rows: datasets.map { dataset in
        let whole = dataset.counts.filter {
          $0.label == nil && $0.split == nil && $0.magnification == nil && $0.subset == nil
        }
        let printed = { (kinds: [String]) -> Cell in
          let texts = distinct(whole.filter { kinds.contains($0.of) }.map(\.printed))
          return texts.isEmpty ? .notReported : .text(texts.joined(separator: "; "))
        }
        let uses = knowledge.studies.filter { study in
          study.experiments.contains { $0.datasets.contains(dataset.id) }
        }
        let claims = uses.flatMap(\.experiments).filter { $0.datasets.contains(dataset.id) }
          .map(\.claims.count).reduce(0, +)
        return [
          .text(dataset.id), .entity(dataset.name, .init(.dataset, dataset.id)),
          .reported(dataset.modality.map { knowledge.label(of: .init(.modality, $0)) }),
          knowledge.names(dataset.tasks, .task),
          printed(["images", "samples", "volumes", "patches", "slides"]), printed(["classes"]),
          .count(uses.count), .count(claims),
        ]
      })
  }

  private static func backbones(of knowledge: KnowledgeBase) -> Table {
    Table(
      title: "Networks",
      columns: [
        id, Column("backbone", "Network"), Column("family", "Family"),
        Column("year", "Year", .right), Column("parameters", "Parameters as printed", wraps: true),
        Column("studies", "Studies", .right), Column("aliases", "Also called", wraps: true),
      ],
      rows: knowledge.backbones.map { backbone in
        let parameters = distinct(
          backbone.facts.filter { $0.about == "parameters" }.map(\.printed))
        let uses = knowledge.studies.filter { study in
          study.experiments.contains { $0.backbones.contains(backbone.id) }
        }
        return [
          .text(backbone.id), .entity(backbone.name, .init(.backbone, backbone.id)),
          .text(backbone.family), backbone.year.map(Cell.count) ?? .notReported,
          parameters.isEmpty ? .notReported : .text(parameters.joined(separator: "; ")),
          .count(uses.count), .list(backbone.aliases),
        ]
      })
  }

  private static func techniques(of knowledge: KnowledgeBase) -> Table {
    Table(
      title: "Techniques",
      columns: [
        id, Column("technique", "Technique", wraps: true), Column("kind", "Kind"),
        Column("aliases", "Also called", wraps: true),
      ],
      rows: knowledge.techniques.map {
        [
          .text($0.id), .entity($0.name, .init(.technique, $0.id)), .text($0.kind),
          .list($0.aliases),
        ]
      })
  }

  private static func terms(
    _ terms: [Term], kind: EntityKind, in knowledge: KnowledgeBase
  ) -> Table {
    Table(
      title: kind == .task ? "Tasks" : "Modalities",
      columns: [
        id, Column("name", "Name", wraps: true), Column("datasets", "Datasets", .right),
        Column("studies", "Studies", .right), Column("aliases", "Also called", wraps: true),
      ],
      rows: terms.map { term in
        let isTask = kind == .task
        let datasets = knowledge.datasets.filter {
          isTask ? $0.tasks.contains(term.id) : $0.modality.stated == term.id
        }
        let studies = knowledge.studies.filter {
          (isTask ? $0.tasks : $0.modalities).contains(term.id)
        }
        return [
          .text(term.id), .entity(term.name, .init(kind, term.id)), .count(datasets.count),
          .count(studies.count), .list(term.aliases),
        ]
      })
  }

  private static func metrics(of knowledge: KnowledgeBase) -> Table {
    let claims = knowledge.allClaims
    return Table(
      title: "Metrics",
      columns: [
        id, Column("metric", "Metric"), Column("claims", "Claims", .right),
        Column("aliases", "Also called", wraps: true),
      ],
      rows: Metric.allCases.map { metric in
        [
          .text(metric.rawValue), .text(metric.title),
          .count(claims.filter { $0.claim.metric == metric }.count), .list(metric.aliases),
        ]
      })
  }

  /// Entries of reference lists.
  static func references(_ references: [Reference], in knowledge: KnowledgeBase) -> Table {
    Table(
      title: "References",
      columns: [
        id, Column("authors", "Authors", wraps: true), Column("year", "Year", .right),
        Column("title", "Title", wraps: true), Column("kind", "Kind"),
        Column("doi", "DOI", wraps: true),
      ],
      rows: references.map { reference in
        [
          .entity(reference.id, .init(.reference, reference.id)),
          .optional(reference.authors.isEmpty ? nil : reference.authorLine),
          reference.year.map(Cell.count) ?? .notReported, .text(reference.title),
          .text(reference.kind.rawValue), .doi(reference.doi),
        ]
      })
  }

  private static func sources(of knowledge: KnowledgeBase) -> Table {
    Table(
      title: "Sources",
      columns: [
        id, Column("title", "Title", wraps: true), Column("kind", "Kind"),
        Column("year", "Year", .right), Column("claims", "Claims", .right), Column("doi", "DOI"),
      ],
      rows: knowledge.sources.map { source in
        [
          .entity(source.id, .init(.source, source.id)), .text(source.title),
          .text(source.kind.rawValue), .count(source.year),
          .count(knowledge.allClaims.filter { $0.claim.at.source == source.id }.count),
          .doi(source.doi),
        ]
      })
  }

  /// Challenges or recommendations.
  static func topics(
    _ topics: [Topic], title: String, kind: EntityKind, in knowledge: KnowledgeBase
  ) -> Table {
    Table(
      title: title,
      columns: [
        id, Column("name", "Name", wraps: true),
        Column("techniques", "Techniques", wraps: true),
        Column("challenges", "Answers", wraps: true),
        Column("studies", "Addressed to", wraps: true),
        Column("location", "Printed in", wraps: true),
      ],
      rows: topics.map { topic in
        [
          .text(topic.id), .entity(topic.name, .init(kind, topic.id)),
          knowledge.names(topic.techniques, .technique),
          knowledge.names(topic.challenges, .challenge), knowledge.names(topic.studies, .study),
          .list(topic.at.map(\.description), joinedBy: "; "),
        ]
      })
  }
}

/// The values in order of first occurrence, each once.
func distinct<Value: Hashable>(_ values: [Value]) -> [Value] {
  var seen: Set<Value> = []
  return values.filter { seen.insert($0).inserted }
}
