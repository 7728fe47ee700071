// The summary ROC plot: studies, summary point, its regions, the curve.

import Inquiry
import Scoring

extension Figure {
  /// The summary ROC plot of a bivariate synthesis; nil when nothing is pooled.
  public static func summaryROC(
    _ synthesis: DiagnosticSynthesis
  ) throws(ScoringError) -> Figure? {
    guard let pooling = synthesis.pooling else { return nil }
    let xs = PlotAxis([0, 1], from: 62, to: 360)
    let ys = PlotAxis([0, 1], from: 342, to: 44)
    func place(_ point: DiagnosticPooling.Point) -> (x: Double, y: Double) {
      (xs(point.falsePositiveRate), ys(point.sensitivity))
    }
    var marks: [Mark] = [.words("Summary ROC", x: 12, y: 24, strong: true)]
    for tick in xs.ticks {
      marks.append(.line(.grid, [(xs(tick), ys.start), (xs(tick), ys.end)]))
      marks.append(.words(xs.label(tick), x: xs(tick), y: ys.start + 16, .middle, role: .axis))
      marks.append(.line(.grid, [(xs.start, ys(tick)), (xs.end, ys(tick))]))
      marks.append(.words(ys.label(tick), x: xs.start - 6, y: ys(tick) + 4, .end, role: .axis))
    }
    for region in [DiagnosticPooling.Region.confidence, .prediction] {
      let outline = try pooling.outline(of: region, level: synthesis.level)
      let name = region == .confidence ? "Confidence region" : "Prediction region"
      marks.append(.area(.region, outline.map(place), note: name))
    }
    let curve = pooling.curve()
    if !curve.isEmpty { marks.append(.line(.curve, curve.map(place), note: "Summary ROC curve")) }
    for row in synthesis.rows {
      let counts = row.measure
      let rate = Double(counts.falsePositives) / Double(counts.negatives)
      let sensitivity = Double(counts.truePositives) / Double(counts.positives)
      marks.append(
        Mark(
          role: .study, shape: .circle(x: xs(rate), y: ys(sensitivity), radius: 4),
          note: "\(row.label): sensitivity \(rounded(sensitivity, 3)), "
            + "specificity \(rounded(1 - rate, 3))"))
    }
    let summary = place(pooling.summary)
    marks.append(
      .area(
        .pooled,
        [
          (summary.x - 6, summary.y), (summary.x, summary.y - 6), (summary.x + 6, summary.y),
          (summary.x, summary.y + 6),
        ], note: "Summary point"))
    let sensitivity = try pooling.sensitivityInterval(level: synthesis.level)
    let specificity = try pooling.specificityInterval(level: synthesis.level)
    let summaries = [
      "sensitivity \(span(pooling.sensitivity, sensitivity))",
      "specificity \(span(pooling.specificity, specificity))",
    ]
    marks.append(
      .words("false positive rate (up: sensitivity)", x: 211, y: 378, .middle, role: .axis))
    for (index, text) in summaries.enumerated() {
      marks.append(
        .words(text, x: 211, y: 398 + 18 * Double(index), .middle, role: .axis))
    }
    return Figure(
      title: "Summary ROC",
      description: "Summary ROC plot of \(synthesis.rows.count) studies: "
        + summaries.joined(separator: ", ") + ".",
      width: 380, height: 432, marks: marks)
  }
}
