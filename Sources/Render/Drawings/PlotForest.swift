// The forest plot: every study's interval, the pooled diamonds, the prediction interval.

import Inquiry
import Scoring

extension Figure {
  /// The forest plot of a synthesis; nil when nothing is pooled.
  ///
  /// Intervals are those of the model, back from the logit scale; a square's area is its weight.
  public static func forest(_ synthesis: Synthesis) throws(ScoringError) -> Figure? {
    guard let restricted = synthesis.restricted, let moments = synthesis.moments else { return nil }
    var rows: [(label: String, estimate: Double, interval: ConfidenceInterval)] = []
    for (row, effect) in zip(synthesis.rows, synthesis.effects) {
      rows.append(
        (row.label, row.measure.estimate, try effect.probabilityInterval(level: synthesis.level)))
    }
    let pooled = try [("Random effects, REML", restricted), ("DerSimonian–Laird", moments)].map {
      (name, pooling) throws(ScoringError) in
      (
        name, Logit.probability(pooling.estimate),
        try pooling.interval(level: synthesis.level)
          .probabilities
      )
    }
    let prediction = try restricted.predictionInterval(level: synthesis.level).probabilities
    let ends =
      rows.flatMap { [$0.interval.lower, $0.interval.upper, $0.estimate] }
      + pooled.flatMap { [$0.2.lower, $0.2.upper] } + [prediction.lower, prediction.upper]
    let axis = PlotAxis(ends, limits: 0...1, from: 296, to: 568)
    var drawing = ForestDrawing(axis: axis, rowCount: rows.count)
    drawing.header("Study", metric: synthesis.metric.rawValue, level: synthesis.level)
    for (index, row) in rows.enumerated() {
      let proportion = synthesis.rows[index].measure
      drawing.study(
        row.label, count: "\(proportion.successes)/\(proportion.trials)", estimate: row.estimate,
        row.interval, weight: restricted.weights[index])
    }
    drawing.gap()
    for (name, estimate, interval) in pooled { drawing.diamond(name, estimate, interval) }
    drawing.prediction(prediction)
    let heterogeneity =
      "I² \(rounded(restricted.iSquared * 100, 1))%, τ² \(rounded(restricted.tauSquared, 4)), "
      + "Q \(rounded(restricted.model.q, 2)) on \(restricted.model.degrees), "
      + "p \(pText(restricted.model.qP))"
    drawing.footer(heterogeneity)
    let description =
      "Forest plot of \(rows.count) studies. "
      + rows.map { "\($0.label): \(span($0.estimate, $0.interval))." }.joined(separator: " ")
      + " Pooled by REML: \(span(pooled[0].1, pooled[0].2)). Prediction interval "
      + "\(rounded(prediction.lower, 3)) to \(rounded(prediction.upper, 3)). \(heterogeneity)."
    return Figure(
      title: "Pooled \(synthesis.metric.rawValue)", description: description, width: 760,
      height: drawing.height, marks: drawing.marks)
  }
}

/// The rows of a forest plot, top to bottom.
private struct ForestDrawing {
  let axis: PlotAxis
  private(set) var marks: [Figure.Mark] = []
  private var y = 28.0
  private let top = 44.0
  private let rowHeight = 22.0
  private let bottom: Double

  init(axis: PlotAxis, rowCount: Int) {
    self.axis = axis
    bottom = 44 + Double(rowCount) * 22 + 10 + 3 * 22 + 6
    for tick in axis.ticks {
      marks.append(.line(.grid, [(axis(tick), top), (axis(tick), bottom)]))
      marks.append(.words(axis.label(tick), x: axis(tick), y: bottom + 16, .middle, role: .axis))
    }
    marks.append(.line(.axis, [(axis.start, bottom), (axis.end, bottom)]))
  }

  var height: Double { bottom + 52 }

  mutating func header(_ study: String, metric: String, level: Double) {
    let percent = rounded(level * 100, level * 1000 == (level * 100).rounded() * 10 ? 0 : 1)
    marks += [
      .words(study, x: 12, y: y, strong: true),
      .words("x / n", x: 282, y: y, .end, strong: true),
      .words("\(metric) [\(percent)% interval]", x: 580, y: y, strong: true),
    ]
    y = top + rowHeight / 2
  }

  mutating func study(
    _ label: String, count: String, estimate: Double, _ interval: ConfidenceInterval,
    weight: Double
  ) {
    let half = 2 + 7 * weight.squareRoot()
    let x = axis(estimate)
    let note = "\(label): \(span(estimate, interval)), weight \(rounded(weight * 100, 1))%"
    marks += [
      .words(shortened(label, to: 30), x: 12, y: y + 4),
      .words(count, x: 282, y: y + 4, .end),
      .line(.study, [(axis(interval.lower), y), (axis(interval.upper), y)], note: note),
      .area(
        .study,
        [(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)],
        note: note),
      .words(span(estimate, interval), x: 580, y: y + 4),
    ]
    y += rowHeight
  }

  mutating func gap() {
    marks.append(.line(.grid, [(12, y - 6), (748, y - 6)]))
    y += 10
  }

  mutating func diamond(_ label: String, _ estimate: Double, _ interval: ConfidenceInterval) {
    let x = axis(estimate)
    marks += [
      .words(label, x: 12, y: y + 4, strong: true),
      .area(
        .pooled,
        [(axis(interval.lower), y), (x, y - 6), (axis(interval.upper), y), (x, y + 6)],
        note: "\(label): \(span(estimate, interval))"),
      .words(span(estimate, interval), x: 580, y: y + 4, strong: true),
    ]
    y += rowHeight
  }

  mutating func prediction(_ interval: ConfidenceInterval) {
    marks += [
      .words("Prediction interval", x: 12, y: y + 4),
      .line(.pooled, [(axis(interval.lower), y), (axis(interval.upper), y)]),
      .line(.pooled, [(axis(interval.lower), y - 4), (axis(interval.lower), y + 4)]),
      .line(.pooled, [(axis(interval.upper), y - 4), (axis(interval.upper), y + 4)]),
      .words(
        "[\(rounded(interval.lower, 3)), \(rounded(interval.upper, 3))]", x: 580, y: y + 4),
    ]
    y += rowHeight
  }

  mutating func footer(_ text: String) {
    marks.append(.words(text, x: 12, y: bottom + 38, role: .axis))
  }
}

/// `0.931 [0.902, 0.952]`.
func span(_ estimate: Double, _ interval: ConfidenceInterval) -> String {
  "\(rounded(estimate, 3)) [\(rounded(interval.lower, 3)), \(rounded(interval.upper, 3))]"
}

/// A p with three decimals, or `< 0.001`.
func pText(_ p: Double) -> String { p < 0.001 ? "< 0.001" : rounded(p, 3) }

/// A label cut to the width it has, with an ellipsis.
func shortened(_ text: String, to count: Int) -> String {
  text.count <= count ? text : text.prefix(count - 1) + "…"
}

extension Effect {
  /// The interval of an effect on the logit scale, as proportions.
  func probabilityInterval(level: Double) throws(ScoringError) -> ConfidenceInterval {
    guard level > 0, level < 1 else { throw .levelOutOfRange(level) }
    let half = Normal.quantile(1 - (1 - level) / 2) * standardError
    return ConfidenceInterval(lower: estimate - half, upper: estimate + half, level: level)
      .probabilities
  }
}

extension ConfidenceInterval {
  /// An interval on the logit scale as proportions.
  var probabilities: ConfidenceInterval {
    ConfidenceInterval(
      lower: Logit.probability(lower), upper: Logit.probability(upper), level: level)
  }
}
