// The state of reading a whole data folder: mistakes found, ids seen, references to be checked.

import Evidence

/// Collects mistakes and remembers what must still be checked when every file has been read.
package final class Reading {
  package private(set) var diagnostics: [Diagnostic] = []
  private var known: [EntityKind: [String: String]] = [:]
  private var entities: [(EntityReference, Spot)] = []
  private var places: [(Place, Spot)] = []

  /// Where in the files a value stands.
  package struct Spot {
    package let file: String
    package let line: Int
    package let field: String

    package init(file: String, line: Int, field: String) {
      self.file = file
      self.line = line
      self.field = field
    }
  }

  package init() {}

  package func report(_ message: String, at spot: Spot) {
    diagnostics.append(
      Diagnostic(file: spot.file, line: spot.line, field: spot.field, message: message))
  }

  /// Takes over the mistakes that another reading found.
  package func add(_ mistakes: [Diagnostic]) { diagnostics += mistakes }

  /// Notes that an entity exists; a second file with its id is a mistake.
  package func define(_ entity: EntityReference, at spot: Spot) {
    if let first = known[entity.kind]?[entity.id] {
      report("duplicate id '\(entity.id)', first in \(first)", at: spot)
    } else {
      known[entity.kind, default: [:]][entity.id] = spot.file
    }
  }

  package func expect(_ entity: EntityReference, at spot: Spot) { entities.append((entity, spot)) }
  package func expect(_ place: Place, at spot: Spot) { places.append((place, spot)) }

  /// Checks every reference against what was read.
  package func checkReferences(sources: [Source]) {
    for (entity, spot) in entities where known[entity.kind]?[entity.id] == nil {
      let ids = (known[entity.kind] ?? [:]).keys.sorted()
      report(
        "unknown \(entity.kind.singular) '\(entity.id)'" + suggestion(for: entity.id, in: ids),
        at: spot)
    }
    for (place, spot) in places {
      guard let source = sources.first(where: { $0.id == place.source }) else {
        let hint = suggestion(for: place.source, in: sources.map(\.id))
        report("unknown source '\(place.source)'" + hint, at: spot)
        continue
      }
      guard let part = source.part(place.place) else {
        let hint = suggestion(for: place.place, in: source.parts.map(\.id))
        report("\(source.id) has no place '\(place.place)'" + hint, at: spot)
        continue
      }
      if let row = place.row, let rows = part.rows, row > rows {
        let unit =
          part.kind == .section ? (part.id == "references" ? "entries" : "paragraphs") : "rows"
        report("\(part.id) has \(rows) \(unit); this is number \(row)", at: spot)
      }
      if let column = place.column, !part.columns.isEmpty, !part.columns.contains(column) {
        let hint = suggestion(for: column, in: part.columns)
        report("\(part.id) has no column '\(column)'" + hint, at: spot)
      }
    }
  }
}

/// `; did you mean 'x'?`, or nothing.
package func suggestion(for word: String, in candidates: [String]) -> String {
  nearestName(to: word, in: candidates).map { "; did you mean '\($0)'?" } ?? ""
}
