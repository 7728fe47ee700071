// Networks, weight sets and dataset readers as listings.

import Imaging
import Neural
import Weights

extension Table {
  /// The engine's networks with the counts that papers print.
  package static func models(_ summaries: [NetworkSummary]) -> Table {
    Table(
      title: "Networks",
      columns: [
        Column("network", "Network"), Column("input", "Input", .right),
        Column("parameters", "Parameters", .right),
        Column("multiply-adds", "Multiply-adds", .right), Column("depth", "Depth", .right),
        Column("weights", "Weights", wraps: true),
      ],
      rows: summaries.map { summary in
        let sets = WeightRegistry.sets.filter { $0.architecture == summary.network }
        return [
          .text(summary.network), .text(shape(summary.inputShape)),
          .count(summary.parameterCount), .count(summary.multiplyAdds), .count(summary.depth),
          .optional(sets.isEmpty ? nil : sets.map(\.name).joined(separator: ", ")),
        ]
      })
  }

  /// The layers of one network.
  package static func model(_ summary: NetworkSummary) -> Table {
    Table(
      title: "\(summary.network), \(summary.parameterCount) parameters",
      columns: [
        Column("layer", "Layer"), Column("kind", "Kind"), Column("output", "Output", .right),
        Column("parameters", "Parameters", .right),
        Column("multiply-adds", "Multiply-adds", .right),
      ],
      rows: summary.rows.map { row in
        [
          .text(row.name), .text(row.kind), .text(shape(row.outputShape)),
          .count(row.parameters), .count(row.multiplyAdds),
        ]
      })
  }

  /// The known weight sets; `present` says which are in the user's folder.
  package static func weights(_ sets: [WeightSet], present: (WeightSet) -> Bool) -> Table {
    Table(
      title: "Weights",
      columns: [
        Column("weights", "Weights"), Column("network", "Network"),
        Column("classes", "Classes", .right), Column("top-1", "Reported top-1 (%)", .right),
        Column("bytes", "Bytes", .right), Column("here", "Here"),
        Column("licence", "Licence", wraps: true), Column("file", "File", wraps: true),
      ],
      rows: sets.map { set in
        [
          .text(set.name), .text(set.architecture), set.classes.map(Cell.count) ?? .notApplicable,
          set.reportedTop1.map { .number($0, shown: "\($0)") } ?? .notReported,
          .count(set.byteCount), .text(present(set) ? "yes" : "no"), .text(set.licence),
          .text(set.fileName),
        ]
      })
  }

  /// The facts of one weight set.
  package static func weights(_ set: WeightSet, parameters: Int?) -> Table {
    let input = set.preprocessing
    var facts: [(String, String)] = [
      ("weights", set.name), ("network", set.architecture),
      ("file", "\(set.fileName), \(set.byteCount) bytes"), ("sha-256", set.sha256),
      ("licence", set.licence), ("published", set.source),
      (
        "input",
        "\(input.side)×\(input.side) of \(input.order.rawValue), crop \(input.cropFraction), "
          + "(value × \(input.scale) − \(input.mean)) / \(input.deviation)"
      ),
    ]
    if let top1 = set.reportedTop1 {
      facts.append(("reported top-1", "\(top1) % (\(set.reportedIn ?? "source not given"))"))
    }
    if let parameters { facts.append(("tensors read", "\(parameters)")) }
    return Table(
      title: set.name, columns: [Column("what", "What"), Column("value", "Value", wraps: true)],
      rows: facts.map { [.text($0.0), .text($0.1)] })
  }

  /// The datasets that can be read.
  package static func datasetCards(_ cards: [DatasetCard]) -> Table {
    Table(
      title: "Readable datasets",
      columns: [
        Column("dataset", "Dataset"), Column("name", "Name", wraps: true),
        Column("labels", "Labels", wraps: true), Column("layout", "As downloaded", wraps: true),
        Column("licence", "Licence", wraps: true),
      ],
      rows: cards.map { card in
        [
          .text(card.id), .text(card.name), .text(card.tasks.joined(separator: ", ")),
          .text(card.layout), .text(card.licence),
        ]
      })
  }

  /// One dataset's card.
  package static func datasetCard(_ card: DatasetCard) -> Table {
    let facts = [
      ("dataset", card.id), ("name", card.name), ("labels", card.tasks.joined(separator: ", ")),
      ("as downloaded", card.layout), ("access", card.access), ("licence", card.licence),
      ("homepage", card.homepage), ("citation", card.citation),
    ]
    return Table(
      title: card.name, columns: [Column("what", "What"), Column("value", "Value", wraps: true)],
      rows: facts.map { [.text($0.0), .text($0.1)] })
  }

  /// Expected beside found.
  package static func verification(_ verification: Verification) -> Table {
    Table(
      title: "Counts",
      columns: [
        Column("what", "What"), Column("name", "Name", wraps: true),
        Column("expected", "Expected", .right), Column("found", "Found", .right),
        Column("agrees", "Agrees"),
      ],
      rows: verification.rows.map { row in
        [
          .text(row.what), .optional(row.name.isEmpty ? nil : row.name),
          row.expected.map(Cell.count) ?? .notReported, .count(row.found),
          row.expected == nil ? .blank : .text(row.agrees ? "yes" : "no"),
        ]
      })
  }

  private static func shape(_ extents: [Int]) -> String {
    extents.map(String.init).joined(separator: "×")
  }
}
