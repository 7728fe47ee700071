// Gaps, the matrix of networks and datasets, and reporting checklists, as listings.

import Evidence
import Inquiry

extension Table {
  /// Gaps with their value and what it rests on.
  public static func gaps(_ gaps: [Gap]) -> Table {
    Table(
      title: "Gaps",
      columns: [
        Column("value", "Value", .right), Column("kind", "Kind"),
        Column("gap", "Gap", wraps: true), Column("because", "Value rests on", wraps: true),
        Column("filled-by", "Filled by", wraps: true), Column("studies", "Studies", .right),
        Column("ease", "Ease", .right), Column("subjects", "About", wraps: true),
        Column("id", "Id", wraps: true),
      ],
      rows: gaps.map { gap in
        [
          .number(gap.value, shown: short(gap.value)), .text(gap.kind.rawValue),
          .text(gap.summary), .text(gap.because), .text(gap.filledBy), .count(gap.connects),
          .number(gap.ease, shown: short(gap.ease)),
          .text(gap.subjects.map(\.description).joined(separator: " ")), .text(gap.id),
        ]
      })
  }

  /// Who tried which network on which dataset: networks down, datasets across, the number of
  /// studies and the first letters of the reported strategies in each cell.
  public static func matrix(_ cells: [MatrixCell], title: (EntityReference) -> String) -> Table {
    var datasets: [String] = []
    var backbones: [String] = []
    var byPair: [String: MatrixCell] = [:]
    for cell in cells {
      if !datasets.contains(cell.dataset) { datasets.append(cell.dataset) }
      if !backbones.contains(cell.backbone) { backbones.append(cell.backbone) }
      byPair["\(cell.backbone) \(cell.dataset)"] = cell
    }
    return Table(
      title: "Networks and datasets tried",
      columns: [Column("backbone", "Network")]
        + datasets.map { Column($0, title(EntityReference(.dataset, $0)), wraps: true) },
      rows: backbones.map { backbone in
        [.text(title(EntityReference(.backbone, backbone)))]
          + datasets.map { dataset in
            guard let cell = byPair["\(backbone) \(dataset)"], !cell.studies.isEmpty else {
              return .blank
            }
            return .text(
              "\(cell.studies.count)"
                + (cell.strategies.isEmpty
                  ? "" : " " + cell.strategies.map(\.rawValue).joined(separator: "/")))
          }
      })
  }

  /// A checklist's items with how many studies report each.
  public static func checklist(_ checklist: Checklist, _ rows: [Checklist.Row]) -> Table {
    Table(
      title: checklist.title,
      columns: [
        Column("item", "Item"), Column("name", "Asks for", wraps: true),
        Column("reported", "Reported", .right), Column("partly", "Partly", .right),
        Column("not-reported", "Not reported", .right),
        Column("not-applicable", "Not applicable", .right),
        Column("studies", "Reported by", wraps: true),
      ],
      rows: checklist.items.map { item in
        let own = rows.filter { $0.item == item }
        let count = { (answer: Checklist.Answer) in own.filter { $0.answer == answer }.count }
        return [
          .text(item.number), .text(item.name), .count(count(.reported)), .count(count(.partly)),
          .count(count(.notReported)), .count(count(.notApplicable)),
          .text(
            own.filter { $0.answer == .reported || $0.answer == .partly }.map(\.study)
              .joined(separator: " ")),
        ]
      })
  }

  /// A checklist's answers of single studies.
  public static func answers(_ checklist: Checklist, _ rows: [Checklist.Row]) -> Table {
    Table(
      title: checklist.title,
      columns: [
        Column("study", "Study"), Column("item", "Item"), Column("name", "Asks for", wraps: true),
        Column("answer", "Answer"), Column("because", "Rests on", wraps: true),
      ],
      rows: rows.map { row in
        [
          .text(row.study), .text(row.item.number), .text(row.item.name),
          .text(row.answer.rawValue), .text(row.because),
        ]
      })
  }
}

/// A number with at most two decimals.
private func short(_ value: Double) -> String {
  let hundredths = Int((value * 100).rounded())
  let fraction = hundredths % 100
  return "\(hundredths / 100)." + (fraction < 10 ? "0" : "") + "\(fraction)"
}
