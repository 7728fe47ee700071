// The funnel plot: effects against their standard errors, with the pseudo-interval.

import Inquiry
import Scoring

extension Figure {
  /// The funnel plot of a synthesis on the logit scale; nil when nothing is pooled.
  ///
  /// The funnel holds 95 % of studies that differ from the pooled value by chance alone.
  public static func funnel(_ synthesis: Synthesis) -> Figure? {
    guard let pooled = synthesis.restricted else { return nil }
    let effects = synthesis.effects
    let widest = (effects.map(\.standardError).max() ?? 0) * 1.08
    let z = Normal.quantile(0.975)
    let spread = [pooled.estimate - z * widest, pooled.estimate + z * widest]
    let xs = PlotAxis(effects.map(\.estimate) + spread, from: 62, to: 360)
    let ys = PlotAxis([0, widest], from: 44, to: 250)
    var marks: [Mark] = [.words("Funnel plot", x: 12, y: 24, strong: true)]
    for tick in xs.ticks {
      marks.append(.line(.grid, [(xs(tick), ys.start), (xs(tick), ys.end)]))
      marks.append(.words(xs.label(tick), x: xs(tick), y: ys.end + 16, .middle, role: .axis))
    }
    for tick in ys.ticks {
      marks.append(.line(.grid, [(xs.start, ys(tick)), (xs.end, ys(tick))]))
      marks.append(.words(ys.label(tick), x: xs.start - 6, y: ys(tick) + 4, .end, role: .axis))
    }
    let centre = xs(pooled.estimate)
    let foot = ys.range.upperBound
    marks.append(.line(.guide, [(centre, ys.start), (centre, ys.end)]))
    marks.append(
      .line(
        .guide,
        [
          (xs(pooled.estimate - z * foot), ys.end), (centre, ys.start),
          (xs(pooled.estimate + z * foot), ys.end),
        ]))
    for (row, effect) in zip(synthesis.rows, effects) {
      marks.append(
        Mark(
          role: .study,
          shape: .circle(x: xs(effect.estimate), y: ys(effect.standardError), radius: 4),
          note: "\(row.label): logit \(rounded(effect.estimate, 3)), "
            + "standard error \(rounded(effect.standardError, 3))"))
    }
    marks.append(
      .words(
        "logit of \(synthesis.metric.rawValue) (down: standard error)", x: 211, y: 286, .middle,
        role: .axis))
    if let egger = synthesis.egger {
      marks.append(
        .words(
          "Egger: t \(rounded(egger.statistic, 2)) on \(effects.count - 2), p \(pText(egger.p))",
          x: 211, y: 306, .middle, role: .axis))
    }
    return Figure(
      title: "Funnel plot",
      description: "Funnel plot of \(effects.count) studies around the logit "
        + "\(rounded(pooled.estimate, 3)).", width: 380, height: 320, marks: marks)
  }
}
