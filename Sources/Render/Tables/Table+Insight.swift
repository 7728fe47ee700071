// What a network saw, as a listing.

import Insight

extension Table {
  /// The facts of one Grad-CAM map.
  package static func explanation(
    _ map: AttentionMap, layer: String, picture: String
  ) -> Table {
    let strongest = map.values.indices.max { map.values[$0] < map.values[$1] } ?? 0
    let facts: [(String, String)] = [
      ("class", "\(map.classIndex)"),
      ("probability", "\((map.probability * 10_000).rounded() / 10_000)"),
      ("layer", "\(layer), \(map.height)×\(map.width)"),
      (
        "strongest at",
        "row \(strongest / map.width + 1) of \(map.height), "
          + "column \(strongest % map.width + 1) of \(map.width)"
      ),
      ("picture", picture),
    ]
    return Table(
      title: "Grad-CAM", columns: [Column("what", "What"), Column("value", "Value", wraps: true)],
      rows: facts.map { [.text($0.0), .text($0.1)] })
  }
}
