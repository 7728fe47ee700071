// Consistency checks as a listing: one row for each set of scores.

import Consistency

extension Table {
  /// Checks with their verdict, what explains the scores or contradicts them, and the computation.
  public static func checks(_ reports: [CheckReport]) -> Table {
    let columns = [
      Column("id", "Id"), Column("verdict", "Verdict"), Column("reading", "Reading", wraps: true),
      Column("explanations", "Possible as", wraps: true),
      Column("witness", "Counts that give them", wraps: true),
      Column("solutions", "Solutions", .right), Column("conflict", "Conflict", wraps: true),
      Column("nearest", "Nearest possible", wraps: true),
      Column("proof", "Proof", wraps: true), Column("missing", "Would decide it", wraps: true),
      Column("computation", "Computation", wraps: true),
    ]
    return Table(
      title: "Consistency of reported scores", columns: columns,
      rows: reports.map { report in
        let fields = Dictionary(
          report.fields.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        return columns.map { column in
          let value = fields[column.key] ?? ""
          if value.isEmpty { return .blank }
          if column.key == "solutions", let count = Int(value) { return .count(count) }
          return .text(value)
        }
      })
  }
}
