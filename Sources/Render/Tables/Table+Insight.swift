// What a network saw, as a listing.

import Insight

extension Table {
  /// The facts of one Grad-CAM map.
  /// - Parameter classNames: what the network's outputs stand for, where that is known.
  package static func explanation(
    _ map: AttentionMap, classNames: [String]?, layer: String, picture: String
  ) -> Table {
    let names = classNames ?? []
    let name = names.indices.contains(map.classIndex) ? ", \(names[map.classIndex])" : ""
    let strongest = map.values.indices.max { map.values[$0] < map.values[$1] } ?? 0
    let facts: [(String, String)] = [
      ("class", "\(map.classIndex)\(name)"),
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
