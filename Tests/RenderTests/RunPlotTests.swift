// Facts about a run's plots: where the key points lie, and what a reader is told.

import Evidence
import Foundation
import Reproduce
import Scoring
import Testing

@testable import Render

/// Four malignant and four benign images: one of each on the wrong side.
private let table = Predictions(
  classes: ["benign", "malignant"],
  rows: zip([0, 0, 0, 0, 1, 1, 1, 1], [0.1, 0.2, 0.3, 0.85, 0.9, 0.8, 0.7, 0.25] as [Float])
    .enumerated().map { index, row in
      Prediction(
        sample: "image-\(index)", fold: 0, label: row.0, probabilities: [1 - row.1, row.1])
    })

private func evidence(_ predictions: Predictions = table) throws -> RunEvidence {
  RunEvidence(try record("study-data", banner: nil), predictions: [(1, predictions)])
}

private func lines(_ plot: Plot?) throws -> [Plot.Line] {
  switch try #require(plot).content {
  case .curves(let lines, _, _, _), .unit(let lines, _, _): return lines
  default: return []
  }
}

@Suite struct RunPlotTests {
  @Test("A ROC curve starts at none, ends at all, and its label has the area")
  func roc() throws {
    let plot = try #require(Plot.receiverOperatingCharacteristic(evidence()))
    let line = try #require(lines(plot).first)
    #expect(line.points.first.map { [$0.x, $0.y] } == [0, 0])
    #expect(line.points.last.map { [$0.x, $0.y] } == [1, 1])
    // 12 of the 16 pairs of a malignant and a benign image are in the right order.
    #expect(line.label == "seed 1, AUC 0.7500")
    // Three of four malignant images lie above every benign one but the worst.
    #expect(line.points.contains { $0.x == 0.25 && $0.y == 0.75 })
    let svg = plot.svg()
    #expect(svg.contains("stroke-dasharray") && svg.contains("1 − specificity"))
    // The unit square spans x 40 to 348 and y 206 to 10.
    #expect(svg.contains("d=\"M40 206L"))
    #expect(svg.contains("L348 10\""))
  }

  @Test("A precision–recall curve reaches full recall, and its label has the average precision")
  func precisionRecall() throws {
    let line = try #require(lines(Plot.precisionRecall(evidence())).first)
    let full = try #require(line.points.first { $0.x == 1 })
    #expect(abs(full.y - 4.0 / 6) < 1e-12)
    #expect(line.points.contains { $0.x == 0.25 && $0.y == 1 })
    #expect(line.label.contains("average precision"))
  }

  @Test("Calibration shows each bin that holds images, the error and the Brier score")
  func calibration() throws {
    let plot = try #require(Plot.calibration(evidence()))
    let line = try #require(lines(plot).first)
    // Five bins of 0.1 hold images; the last has 0.85, 0.9 and just above 0.8.
    #expect(line.points.count == 5 && line.notes.count == 5)
    let last = try #require(line.points.last)
    #expect(abs(last.x - 0.85) < 1e-6 && abs(last.y - 2.0 / 3) < 1e-12)
    #expect(plot.caption.contains("Brier score 0.1956"))
    #expect(plot.svg().matches(of: /<circle/).count == 5)
  }

  @Test("Several classes have a curve each, one class against the rest")
  func severalClasses() throws {
    let rows = (0..<9).map { index in
      Prediction(
        sample: "s\(index)", fold: 0, label: index % 3,
        probabilities: index % 3 == 0 ? [0.6, 0.3, 0.1] : [0.2, 0.3, 0.5])
    }
    let run = try evidence(Predictions(classes: ["a", "b", "c"], rows: rows))
    let plot = try #require(Plot.receiverOperatingCharacteristic(run))
    let curves = try lines(plot)
    #expect(curves.count == 3)
    // Each in its own colour, on the plot and in the legend below it.
    let svg = plot.svg()
    for place in 0..<3 {
      #expect(svg.components(separatedBy: "<g class=\"k\(place)\"").count == 3)
    }
    #expect(svg.contains(">\(curves[2].label)</text>"))
    #expect(try #require(Plot.calibration(run)).caption.contains("the predicted class's"))
  }

  @Test("The confusion matrix has a shaded square with its number for each pair of classes")
  func confusion() throws {
    let plot = try #require(Plot.confusion(try evidence().record))
    let svg = plot.svg()
    #expect(svg.matches(of: /<rect class="cell"/).count == 4)
    #expect(svg.contains("benign taken for malignant: 4 of 24"))
    // The diagonal is full colour at three quarters: 20 of 24.
    #expect(svg.contains("fill-opacity=\"0.63\""))
  }

  @Test("The worst errors are named in order of how sure the answer was")
  func errors() throws {
    let worst = table.worstErrors(5)
    #expect(worst.map(\.sample) == ["image-3", "image-7"])
    #expect(try Plot.errors(evidence()) == nil)
  }

  @Test("A run's page has every plot, and no picture that the page does not carry itself")
  func page() throws {
    let report = try Report(
      of: corpus, studies: corpus.studies.map(\.id), runs: [evidence()], version: "0",
      origin: "a test")
    let text = try report.page(of: corpus.studies[0]).text
    for title in ["ROC curve", "Precision–recall", "Calibration", "Confusion matrix", "Learning"] {
      #expect(text.contains("aria-label=\"\(title)"), "\(title)")
    }
    #expect(text.contains("img-src data:"))
  }

  @Test("A plot's picture is inside the page")
  func picture() {
    let svg = Plot(
      title: "Worst errors", caption: "one",
      content: .picture(png: [1, 2, 3], width: 200, height: 50)
    ).svg()
    #expect(svg.contains("href=\"data:image/png;base64,AQID\""))
    #expect(svg.contains("viewBox=\"0 0 360 90\""))
  }
}
