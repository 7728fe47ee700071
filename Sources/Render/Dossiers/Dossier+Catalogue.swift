// What is known about the smaller entities: techniques, terms, references, sources, topics, metrics.

import Evidence

extension Dossier {
  /// A technique: the set-ups and augmentations with it, and who recommends it.
  public init(_ technique: Technique, in knowledge: KnowledgeBase) {
    self.init("techniques/\(technique.id)", name: technique.name)
    let entity = EntityReference(.technique, technique.id)
    add("kind", "Kind", .text(technique.kind))
    add("aliases", "Also called", .list(technique.aliases))
    add(
      "reference", "Reference",
      knowledge.names(technique.reference.map { [$0] } ?? [], .reference))
    let augmenting = knowledge.studies.filter { study in
      study.augmentations.contains { augmentation in
        augmentation.operations.contains { $0.technique == technique.id }
      }
    }
    add("augmenting", "Augmentation of", knowledge.names(augmenting.map(\.id), .study))
    let topics = { (topics: [Topic], kind: EntityKind) in
      knowledge.names(topics.filter { $0.techniques.contains(technique.id) }.map(\.id), kind)
    }
    add("recommended", "Recommended in", topics(knowledge.recommendations, .recommendation))
    add("challenges", "In challenges", topics(knowledge.challenges, .challenge))
    add(
      "claims",
      .claims(
        in: knowledge,
        where: { experiment in
          experiment.techniques.contains(technique.id) || experiment.head.stated == technique.id
            || experiment.strategy.stated?.kind.rawValue == technique.id
        }))
    add("statements", .statements(about: entity, in: knowledge))
  }

  /// A task or modality: its datasets and studies.
  public init(_ term: Term, kind: EntityKind, in knowledge: KnowledgeBase) {
    self.init("\(kind.rawValue)/\(term.id)", name: term.name)
    add("aliases", "Also called", .list(term.aliases))
    let datasets = knowledge.datasets.filter {
      kind == .task ? $0.tasks.contains(term.id) : $0.modality.stated == term.id
    }
    let studies = knowledge.studies.filter {
      (kind == .task ? $0.tasks : $0.modalities).contains(term.id)
    }
    add("datasets", .datasets(datasets, in: knowledge))
    add("studies", .studies(studies, in: knowledge))
    add("statements", .statements(about: .init(kind, term.id), in: knowledge))
  }

  /// An entry of a reference list, and what is known through it.
  public init(_ reference: Reference, in knowledge: KnowledgeBase) {
    self.init("references/\(reference.id)", name: reference.title)
    add("source", "Listed by", knowledge.cell(reference.source, .source))
    add("number", "Number", .count(reference.number))
    add("authors", "Authors", .optional(reference.authors.isEmpty ? nil : reference.authorLine))
    add("published", "Published", .text(reference.published))
    add("kind", "Kind", .text(reference.kind.rawValue))
    add("doi", "DOI", .doi(reference.doi))
    add("url", "Address", .address(reference.url))
    add("accessed", "Accessed", .optional(reference.accessed))
    add("field", "Field", .optional(reference.field))
    add("about", "Its title is about", .list(reference.about))
    add("doubt", "Doubt", .optional(reference.uncertain?.sentence))
    let id = reference.id
    add(
      "studies", "Study",
      knowledge.names(knowledge.studies.filter { $0.reference == id }.map(\.id), .study))
    add(
      "datasets", "Describes",
      knowledge.names(knowledge.datasets.filter { $0.references.contains(id) }.map(\.id), .dataset))
    add(
      "backbones", "Introduces",
      knowledge.names(knowledge.backbones.filter { $0.reference == id }.map(\.id), .backbone))
    add(
      "statements",
      .statements(
        knowledge.statements.filter { statement in
          statement.source == reference.source
            && (statement.numbers("citations") + statement.numbers("citation"))
              .contains(reference.number)
        }, in: knowledge))
  }

  /// A source: its places, and how many claims rest on each.
  public init(_ source: Source, in knowledge: KnowledgeBase) {
    self.init("sources/\(source.id)", name: source.title)
    add("kind", "Kind", .text(source.kind.rawValue))
    add("authors", "Authors", .list(source.authors))
    add("published", "Published", .list([source.venue, "\(source.year)"].compactMap { $0 }))
    add("received", "Received", .optional(source.received))
    add("accepted", "Accepted", .optional(source.accepted))
    add("doi", "DOI", .doi(source.doi))
    var claims: [String: Int] = [:]
    for (_, _, claim) in knowledge.allClaims where claim.at.source == source.id {
      claims[claim.at.place, default: 0] += 1
    }
    add(
      "places",
      Table(
        title: "Places",
        columns: [
          Table.Column("place", "Place"), Table.Column("title", "Title", wraps: true),
          Table.Column("rows", "Rows", .right), Table.Column("claims", "Claims", .right),
          Table.Column("doubt", "Doubt", wraps: true),
        ],
        rows: source.parts.map { part in
          [
            .text(Place.title(of: part.id)), .text(part.title),
            part.rows.map(Table.Cell.count) ?? .blank, .count(claims[part.id] ?? 0),
            .optional(part.uncertain?.sentence),
          ]
        }))
  }

  /// A challenge or recommendation.
  public init(_ topic: Topic, kind: EntityKind, in knowledge: KnowledgeBase) {
    self.init("\(kind.rawValue)/\(topic.id)", name: topic.name)
    add("places", "Printed in", .list(topic.at.map(\.description), joinedBy: "; "))
    add("citations", "Citing", .list(topic.citations.map { "[\($0)]" }))
    add("techniques", "Techniques", knowledge.names(topic.techniques, .technique))
    add("backbones", "Networks", knowledge.names(topic.backbones, .backbone))
    add("metrics", "Metrics", .list(topic.metrics.map(\.title)))
    add("over", "Preferred to", .list(topic.over))
    add("challenges", "Answers", knowledge.names(topic.challenges, .challenge))
    add("tasks", "Tasks", knowledge.names(topic.tasks, .task))
    add("modalities", "Modalities", knowledge.names(topic.modalities, .modality))
    add("studies", "Addressed to", knowledge.names(topic.studies, .study))
    add("doubt", "Doubt", .optional(topic.uncertain?.sentence))
    let isChallenge = kind == .challenge
    if isChallenge {
      let met = knowledge.studies.filter {
        $0.problems.contains { $0.challenges.contains(topic.id) }
      }
      add("met_by", "Met by", knowledge.names(met.map(\.id), .study))
      let answers = knowledge.recommendations.filter { $0.challenges.contains(topic.id) }
      add(
        "recommendations",
        .topics(
          answers, title: "Recommendations that answer it", kind: .recommendation, in: knowledge))
    }
    add("statements", .statements(about: .init(kind, topic.id), in: knowledge))
  }

  /// A statement with its keys.
  public init(_ statement: Statement) {
    self.init("statements/\(statement.source)/\(statement.id)", name: statement.id)
    add("kind", "Kind", .text(statement.kind))
    for (key, values) in statement.keys.sorted(by: { $0.key < $1.key }) where key != "kind" {
      add(key, key, values.isEmpty ? .text("–") : .list(values))
    }
    add("location", "Printed in", .text(statement.at.description))
    add("doubt", "Doubt", .optional(statement.uncertain?.sentence))
  }

  /// A metric: its names, its range, its formula as sources print it, and the results in it.
  public init(_ metric: Metric, in knowledge: KnowledgeBase) {
    self.init("metrics/\(metric.rawValue)", name: metric.title)
    add("aliases", "Also called", .list(metric.aliases))
    let top = metric.range.upperBound
    let range = top > 1 ? "0 and above" : "\(Int(metric.range.lowerBound)) to \(Int(top))"
    add("range", "Range", .text(range))
    add("claims", .claims(in: knowledge, where: { _ in true }, and: { $0.metric == metric }))
    add(
      "statements",
      .statements(
        knowledge.statements.filter {
          $0["metric"].contains(metric.rawValue)
            || $0.keys.values.contains { $0.contains("metrics/\(metric.rawValue)") }
        }, in: knowledge))
  }
}
