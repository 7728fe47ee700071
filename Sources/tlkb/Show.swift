// `tlkb show`: everything known about one entity.

import ArgumentParser
import Catalog
import Evidence
import Foundation
import Inquiry
import Render

struct Show: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show everything known about a study, dataset, network or other entity.",
    discussion: """
      The entity is named by kind and id (datasets/breakhis), or by any name or alias it is known \
      by, whatever the case, spaces and hyphens. A surname finds the study when there is one only.

      EXAMPLES
        tlkb show datasets/breakhis
        tlkb show "Hosny 2020"
        tlkb show VGG-16 --format json
      """)

  @Argument(help: ArgumentHelp("The entity.", valueName: "kind/id or name")) var entity: String
  @Option(
    help:
      "table, csv, tsv, json, markdown or latex (default: table, as wide as the terminal or 100 columns)."
  )
  var format: TableFormat?
  @OptionGroup var data: DataOptions

  func run() throws {
    let store = try data.openStore()
    let knowledge = try store.knowledge()
    let page = TerminalPage()
    var dossier =
      if let metric { Dossier(metric, in: knowledge) } else {
        try Dossier(of: found(in: store, knowledge), in: knowledge)
      }
    dossier?.add(try ContradictionQuery().findings(in: store) { EngineFacts.of($0) })
    guard let dossier else { throw UsageError(description: "nothing is called '\(entity)'") }
    let text = dossier.written(as: format ?? .table, width: page.width, colour: page.colour)
    print(text, terminator: "")
  }

  /// The metric that is meant, where it is written `metrics/…`, or is named so and nothing else.
  private var metric: Metric? {
    Metric.named(entity.hasPrefix("metrics/") ? String(entity.dropFirst(8)) : entity)
  }

  private func found(in store: Store, _ knowledge: KnowledgeBase) throws -> EntityReference {
    if let slash = entity.firstIndex(of: "/") {
      let folder = String(entity[..<slash])
      let name = String(entity[entity.index(after: slash)...])
      guard let kind = EntityKind(rawValue: folder) ?? Self.kind(called: folder) else {
        let folders = EntityKind.allCases.map(\.rawValue) + ["metrics"]
        throw CatalogError.unknownName(
          kind: "kind of entity", name: folder, suggestion: nearestName(to: folder, in: folders))
      }
      if kind == .statement { return try statement(name, in: knowledge) }
      return try store.resolve(name, kind)
    }
    return try named(in: store, knowledge)
  }

  /// Tries the kinds in the order in which people ask for them.
  private func named(in store: Store, _ knowledge: KnowledgeBase) throws -> EntityReference {
    let kinds: [EntityKind] = [
      .study, .dataset, .backbone, .technique, .task, .modality, .source, .challenge,
      .recommendation,
    ]
    var suggestions: [String] = []
    for kind in kinds {
      do {
        return try store.resolve(entity, kind)
      } catch CatalogError.unknownName(_, _, let suggestion) {
        if let suggestion { suggestions.append(suggestion) }
      }
    }
    let folded = foldedName(entity)
    let studies = knowledge.studies.filter {
      foldedName($0.title).hasPrefix(folded) || foldedName($0.id).hasPrefix(folded)
    }
    if studies.count == 1, folded.count >= 3 { return .init(.study, studies[0].id) }
    if studies.count > 1, folded.count >= 3 {
      throw UsageError(
        description: "'\(entity)' is one of several studies: "
          + studies.map(\.id).joined(separator: ", "))
    }
    throw CatalogError.unknownName(
      kind: "entity", name: entity,
      suggestion: suggestions.isEmpty ? nil : nearestName(to: entity, in: suggestions))
  }

  private func statement(_ name: String, in knowledge: KnowledgeBase) throws -> EntityReference {
    let id = name.split(separator: "/").last.map(String.init) ?? name
    guard knowledge.statements.contains(where: { $0.id == id }) else {
      throw CatalogError.unknownName(
        kind: "statement", name: name,
        suggestion: nearestName(to: id, in: knowledge.statements.map(\.id)))
    }
    return .init(.statement, id)
  }

  private static func kind(called name: String) -> EntityKind? {
    EntityKind.allCases.first { $0.singular == name }
  }
}

/// How wide standard output is and whether it takes colour.
struct TerminalPage {
  let width: Int?
  let colour: Bool

  init() {
    let isTerminal = isatty(STDOUT_FILENO) == 1
    let environment = ProcessInfo.processInfo.environment
    colour = isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    width = isTerminal ? terminalWidth() : environment["COLUMNS"].flatMap(Int.init) ?? 100
  }
}
