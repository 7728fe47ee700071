// The plot of what a study reports.

import Evidence

extension Plot {
  /// The values a study reports: a row for each metric of a set-up, a mark for each claim, so that
  /// claims that disagree stand apart. Nil with fewer than two claims or with too many to draw.
  static func reported(by study: Study) -> Plot? {
    var rows: [(label: String, marks: [Mark])] = []
    for experiment in study.experiments {
      for claim in experiment.claims where claim.metric != .loss {
        let label = [experiment.id, claim.metric.title, claim.scope].compactMap { $0 }
          .joined(separator: " · ")
        if let index = rows.firstIndex(where: { $0.label == label }) {
          rows[index].marks.append(mark(of: claim))
        } else {
          rows.append((label, [mark(of: claim)]))
        }
      }
    }
    let count = rows.map(\.marks.count).reduce(0, +)
    guard count > 1, rows.count <= 24 else { return nil }
    let isRepeated = count > rows.count
    return Plot(
      title: "Reported values of \(study.title)",
      caption: "Each dot is one printed value, as a fraction."
        + (isRepeated ? " Dots on one line are claims about the same thing." : ""),
      content: .intervals(rows.map { Row(label: $0.label, marks: $0.marks) }))
  }

  /// A claim with its printed interval, or the range that is printed.
  private static func mark(of claim: Claim) -> Mark {
    let scaled = { (value: Double) in value / claim.unit.divisor }
    let range = claim.printed.isRange ? (claim.value, scaled(claim.printed.high)) : nil
    let ends = claim.interval.map { (scaled($0.low), scaled($0.high)) } ?? range
    return Mark(
      series: .reported, value: claim.value, low: ends?.0, high: ends?.1,
      note: "\(claim.text), \(claim.at.description)")
  }
}
