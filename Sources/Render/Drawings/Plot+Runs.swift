// The plots of a run: curves over thresholds, calibration, confusion, errors.

import Reproduce
import Scoring

extension Plot {
  /// ROC curves: one a seed for two classes, else one a class of the first seed.
  static func receiverOperatingCharacteristic(_ run: RunEvidence) -> Plot? {
    let lines = run.rankings.compactMap { label, ranking in
      ranking.rocCurve.map { curve in
        Line(
          label: label + (ranking.rocAUC.value.map { ", AUC \(measured($0))" } ?? ""),
          series: .reproduced,
          points: curve.map { ($0.falsePositiveRate, $0.truePositiveRate) })
      }
    }
    guard !lines.isEmpty else { return nil }
    return Plot(
      title: "ROC curve",
      caption: "ROC curve on \(run.record.data.name), \(oneLine(run))\(named(lines)).",
      content: .curves(coloured(lines), x: "1 − specificity", y: "recall", diagonal: true))
  }

  /// Precision by recall, for the same lines.
  static func precisionRecall(_ run: RunEvidence) -> Plot? {
    let lines = run.rankings.compactMap { label, ranking in
      ranking.precisionRecallCurve.map { curve in
        Line(
          label: label
            + (ranking.averagePrecision.value.map { ", average precision \(measured($0))" } ?? ""),
          series: .reproduced, points: curve.map { ($0.recall, $0.precision) })
      }
    }
    guard !lines.isEmpty else { return nil }
    return Plot(
      title: "Precision–recall curve",
      caption: "Precision by recall on \(run.record.data.name), \(oneLine(run))\(named(lines)).",
      content: .unit(coloured(lines), x: "recall", y: "precision"))
  }

  /// Up to sixteen lines, each in a colour of its own with a legend; a single one needs none.
  private static func coloured(_ lines: [Line]) -> [Line] {
    guard (2...16).contains(lines.count) else { return lines }
    return lines.enumerated().map { place, line in
      var line = line
      line.place = place
      return line
    }
  }

  /// What the lines are where no legend says it: one, or the first dozen of too many.
  private static func named(_ lines: [Line]) -> String {
    guard lines.count == 1 || lines.count > 16 else { return "" }
    return ": " + lines.prefix(12).map(\.label).joined(separator: "; ")
      + (lines.count > 12 ? "; …" : "")
  }

  private static func oneLine(_ run: RunEvidence) -> String {
    let table = run.predictions[0].table
    return table.classes.count == 2 && !table.isMultiLabel
      ? "one line a seed, positive: \(table.classes[run.positiveClass])"
      : "one line a class against the rest, seed \(run.predictions[0].seed)"
  }

  /// What the given probabilities came true.
  static func calibration(_ run: RunEvidence) -> Plot? {
    guard let calibration = run.calibration else { return nil }
    let table = run.predictions[0].table
    let what =
      table.isMultiLabel
      ? "each finding's probability"
      : table.classes.count == 2
        ? "the probability of \(table.classes[run.positiveClass])"
        : "the predicted class's probability"
    let isMachine = ["linear-svm", "rbf-svm"].contains(
      run.record.recipe.settings.first { $0.name == "model.head" }?.text ?? "")
    return Plot(
      title: "Calibration",
      caption: "How often \(what) came true, by bins of 0.1, seed \(run.predictions[0].seed): "
        + "expected calibration error \(measured(calibration.expectedError)), Brier score "
        + "\(measured(calibration.brier)). On the dashed line probabilities mean what they say."
        + (isMachine ? " An SVM's values are decisions, not meant as probabilities." : ""),
      content: .curves(
        [
          Line(
            label: "reliability", series: .reproduced,
            points: calibration.bins.map { ($0.confidence, $0.frequency) },
            notes: calibration.bins.map {
              "\($0.count) of \(measured($0.lower)) to \(measured($0.upper)): "
                + "given \(measured($0.confidence)), came true \(measured($0.frequency))"
            })
        ], x: "probability given", y: "share that came true", diagonal: true))
  }

  /// The first seed's confusion matrix in shades.
  static func confusion(_ record: RunRecord) -> Plot? {
    guard let first = record.results.first, !first.confusion.isEmpty,
      first.confusion.count <= 20
    else { return nil }
    return Plot(
      title: "Confusion matrix",
      caption:
        "Confusion matrix, seed \(first.seed): rows are true classes, each row shaded by its "
        + "shares.",
      content: .matrix(Matrix(names: record.data.classes.map(\.name), rows: first.confusion)))
  }

  /// Where the network looked.
  static func attention(_ run: RunEvidence) -> Plot? {
    guard let sheet = run.attention, let first = run.predictions.first else { return nil }
    let wrong = first.table.worstErrors(RunFolder.mapsShown).count
    let right = first.table.surest(RunFolder.mapsShown).count
    return Plot(
      title: "Grad-CAM",
      caption:
        "Each image beside where the network, as it was after its last epoch, found evidence "
        + "for the class it gave (Grad-CAM): \(wrong) of the surest wrong answers, then \(right) of "
        + "the surest right ones, seed \(first.seed). A map says where, not whether it was right.",
      content: .picture(png: sheet.png, width: sheet.width, height: sheet.height))
  }

  /// The filters of the first layer.
  static func filters(_ run: RunEvidence) -> Plot? {
    guard let sheet = run.filters else { return nil }
    return Plot(
      title: "First-layer filters",
      caption:
        "The filters of \(run.record.model.network)'s first convolution, of the first seed's "
        + "network: each from its smallest weight (dark) to its largest.",
      content: .picture(png: sheet.png, width: sheet.width, height: sheet.height))
  }

  /// The contact sheet of the worst errors.
  static func errors(_ run: RunEvidence) -> Plot? {
    guard let sheet = run.errors, let first = run.predictions.first else { return nil }
    let worst = first.table.worstErrors(RunFolder.errorsShown)
    guard !worst.isEmpty else { return nil }
    return Plot(
      title: "Worst errors",
      caption: "The surest wrong answers of seed \(first.seed), row by row; the table names them.",
      content: .picture(png: sheet.png, width: sheet.width, height: sheet.height))
  }
}

extension Table {
  /// The first seed's surest wrong answers, in the order of the contact sheet; nil without any.
  static func worstErrors(_ run: RunEvidence) -> Table? {
    guard let first = run.predictions.first else { return nil }
    let worst = first.table.worstErrors(RunFolder.errorsShown)
    guard !worst.isEmpty else { return nil }
    return Table(
      title: "Worst errors, seed \(first.seed)",
      columns: [
        Column("image", "Image", wraps: true), Column("true", "True class", wraps: true),
        Column("taken-for", "Taken for", wraps: true),
        Column("probability", "With probability", .right),
      ],
      rows: worst.map { row in
        let p = Double(row.probabilities[row.predicted])
        return [
          .text(row.sample), .text(first.table.classes[row.label]),
          .text(first.table.classes[row.predicted]), .number(p, shown: rounded(p, 3)),
        ]
      })
  }
}
