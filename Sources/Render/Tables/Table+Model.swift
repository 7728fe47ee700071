// Networks and weight sets as listings.

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
          set.byteCount.map(Cell.count) ?? .notReported, .text(present(set) ? "yes" : "no"),
          .text(set.licence),
          .text(set.fileName),
        ]
      })
  }

  /// The facts of one weight set.
  package static func weights(_ set: WeightSet, parameters: Int?) -> Table {
    let input = set.preprocessing
    var facts: [(String, String)] = [
      ("weights", set.name), ("network", set.architecture),
      ("file", set.fileName + (set.byteCount.map { ", \($0) bytes" } ?? "")),
      ("sha-256", set.sha256 + (set.sha256.count < 64 ? "… (as published)" : "")),
      ("licence", set.licence), ("published", set.source),
      ("address", set.url ?? set.package.map { "Python package \($0.requirement)" } ?? "none"),
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

  private static func shape(_ extents: [Int]) -> String {
    extents.map(String.init).joined(separator: "×")
  }
}
