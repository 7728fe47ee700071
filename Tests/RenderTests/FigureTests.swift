// Facts about the figures of a synthesis: where studies, diamonds and regions lie.

import Evidence
import Scoring
import Testing

@testable import Inquiry
@testable import Render

private func row<Measure>(_ label: String, _ measure: Measure, n: Int) -> SynthesisRow<Measure> {
  SynthesisRow(
    label: label, study: label, datasets: [], experiment: "e", claims: [], measure: measure,
    size: .total(n), sizeOrigin: .reader, notes: [])
}

private func synthesis() throws -> Synthesis {
  let counts = [(90, 100), (160, 200), (45, 50), (270, 320)]
  let rows = try counts.enumerated().map { index, count in
    row(
      "Study \(index + 1)", try Proportion(successes: count.0, trials: count.1), n: count.1)
  }
  let effects = rows.map { Effect.logit(of: $0.measure) }
  return Synthesis(
    metric: .accuracy, level: 0.95, rows: rows, omissions: [], disagreements: [],
    unsized: [], restricted: Pooling(effects), moments: Pooling(effects, method: .derSimonianLaird),
    egger: FunnelAsymmetry.egger(effects), mixedEgger: nil, warnings: [])
}

extension Figure {
  fileprivate var texts: [String] {
    marks.compactMap { if case .text(let text, _, _, _, _) = $0.shape { text } else { nil } }
  }

  /// The points of the paths of a role.
  fileprivate func paths(_ role: Role, closed: Bool) -> [[(x: Double, y: Double)]] {
    marks.filter { $0.role == role }.compactMap {
      if case .path(let points, closed) = $0.shape { points } else { nil }
    }
  }

  fileprivate func circles(_ role: Role) -> [(x: Double, y: Double)] {
    marks.filter { $0.role == role }.compactMap {
      if case .circle(let x, let y, _) = $0.shape { (x, y) } else { nil }
    }
  }
}

@Suite struct FigureTests {
  @Test("A forest plot has a row for each study and two diamonds over their intervals")
  func forest() throws {
    let synthesis = try synthesis()
    let figure = try #require(try Figure.forest(synthesis))
    for label in ["Study 1", "Study 4", "90/100", "270/320", "Random effects, REML"] {
      #expect(figure.texts.contains(label), "\(label)")
    }
    let squares = figure.paths(.study, closed: true)
    #expect(squares.count == 4)
    // A better study lies further to the right; a larger one has the larger square.
    let centres = squares.map { ($0[0].x + $0[1].x) / 2 }
    #expect(centres[0] > centres[3] && centres[3] > centres[1])
    let sides = squares.map { $0[1].x - $0[0].x }
    #expect(sides[3] > sides[2])
    let diamonds = figure.paths(.pooled, closed: true)
    #expect(diamonds.count >= 2)
    let lowest = centres.min() ?? 0
    let highest = centres.max() ?? 0
    #expect(diamonds[0][1].x > lowest && diamonds[0][1].x < highest)
    #expect(diamonds[0][0].x < diamonds[0][1].x && diamonds[0][1].x < diamonds[0][2].x)
    #expect(figure.description.hasPrefix("Forest plot of 4 studies."))
    let svg = figure.svg()
    #expect(svg.contains("role=\"img\"") && !svg.contains("nan"))
  }

  @Test("A funnel's apex is the pooled value at no error, and precise studies lie higher")
  func funnel() throws {
    let synthesis = try synthesis()
    let figure = try #require(Figure.funnel(synthesis))
    let studies = figure.circles(.study)
    #expect(studies.count == 4)
    // The most precise study has the most images: the fourth.
    #expect(studies.map(\.y).min() == studies[3].y)
    let sides = try #require(figure.paths(.guide, closed: false).first { $0.count == 3 })
    let centre = try #require(figure.paths(.guide, closed: false).first { $0.count == 2 })
    #expect(sides[1].x == centre[0].x && sides[1].y == centre[0].y)
    #expect(abs((sides[0].x + sides[2].x) / 2 - centre[0].x) < 1e-6)
    #expect(figure.texts.contains { $0.hasPrefix("Egger: t ") })
  }

  @Test("A summary ROC has every study in the unit square and the summary point inside its regions")
  func summaryROC() throws {
    let counts = [(45, 5, 90, 10), (80, 20, 160, 20), (27, 3, 50, 10), (60, 8, 120, 12)].map {
      BinaryCounts(
        truePositives: $0.0, falsePositives: $0.3, trueNegatives: $0.2, falseNegatives: $0.1)
    }
    let synthesis = DiagnosticSynthesis(
      level: 0.95, rows: counts.enumerated().map { row("S\($0)", $1, n: $1.total) },
      omissions: [], disagreements: [], withoutBoth: 0,
      pooling: DiagnosticPooling(counts), warnings: [])
    let figure = try #require(try Figure.summaryROC(synthesis))
    let studies = figure.circles(.study)
    #expect(studies.count == 4)
    // Sensitivity 0.9 and 1 − specificity 0.1, with x from 62 to 360 and y from 342 to 44.
    #expect(abs(studies[0].x - (62 + 0.1 * 298)) < 1e-9)
    #expect(abs(studies[0].y - (342 - 0.9 * 298)) < 1e-9)
    let summary = try #require(figure.paths(.pooled, closed: true).first)
    let point = (x: summary[1].x, y: summary[0].y)
    let regions = figure.paths(.region, closed: true)
    #expect(regions.count == 2)
    for region in regions {
      #expect(region.map(\.x).min() ?? 0 < point.x && point.x < region.map(\.x).max() ?? 0)
      #expect(region.map(\.y).min() ?? 0 < point.y && point.y < region.map(\.y).max() ?? 0)
    }
  }
}
