// What runs gave, on a study's page: beside the reported values where the data is the study's,
// and set apart, without the reported values, where it is not.

import Evidence
import Reproduce

extension Report {
  /// The sections of a study's runs: the newest complete run of each recipe in detail.
  func runSections(of study: Study) -> [Page.Section] {
    let own = runs.filter { $0.record.recipe.study == study.id && !$0.record.results.isEmpty }
    var sections: [Page.Section] = []
    let onItsData = Self.newest(own.filter { $0.record.kind == .studyData })
    if !onItsData.isEmpty {
      sections.append(
        Page.Section(
          id: "reproduced", title: "Reported beside reproduced",
          notes: [
            "Each claim beside the run of its recipe on the study's data. The ledger says what "
              + "matches the study and what deviates."
          ],
          blocks: onItsData.flatMap(comparisonBlocks)))
    }
    let onOtherData = Self.newest(own.filter { $0.record.kind != .studyData })
    for (index, run) in onOtherData.enumerated() {
      sections.append(
        Page.Section(
          id: index == 0 ? "protocol" : "protocol-\(index + 1)",
          title: run.record.kind == .phantom
            ? "Protocol run on drawn phantoms" : "Protocol run on substitute data",
          notes: [
            "The numbers below are of \(run.record.data.name). They do not answer the study's "
              + "claims and are not to be compared with them."
          ],
          banner: run.record.banner ?? "This run did not use the study's data.", isApart: true,
          blocks: protocolBlocks(run)))
    }
    return sections
  }

  /// The newest complete run of each recipe and dataset, or the newest where none is complete.
  private static func newest(_ runs: [RunEvidence]) -> [RunEvidence] {
    var chosen: [(key: String, run: RunEvidence)] = []
    for run in runs {
      let key = run.record.recipe.id + " " + run.record.data.dataset
      if let index = chosen.firstIndex(where: { $0.key == key }) {
        let isOlderComplete = chosen[index].run.record.status == .complete
        if isOlderComplete, run.record.status != .complete { continue }
        chosen[index].run = run
      } else {
        chosen.append((key, run))
      }
    }
    return chosen.map(\.run)
  }

  private func comparisonBlocks(_ run: RunEvidence) -> [Page.Block] {
    let record = run.record
    var blocks: [Page.Block] = [.heading("\(record.recipe.experiment) · run \(record.id)")]
    if let plot = Plot.comparison(record) { blocks.append(.plot(plot)) }
    blocks.append(.table(.comparison(record)))
    return blocks + detailBlocks(run)
  }

  private func protocolBlocks(_ run: RunEvidence) -> [Page.Block] {
    [.heading("\(run.record.recipe.experiment) · run \(run.record.id)")] + detailBlocks(run)
  }

  /// The ledger first: numbers are read after what they are of.
  private func detailBlocks(_ run: RunEvidence) -> [Page.Block] {
    let record = run.record
    var blocks: [Page.Block] = [.table(.ledger(record.ledger)), .table(.metrics(record))]
    let plots: [Plot?] = [
      Plot.receiverOperatingCharacteristic(run), .precisionRecall(run), .calibration(run),
      .confusion(record), .learning(record), .errors(run), .attention(run),
      .filters(run),
    ]
    blocks += plots.compactMap { $0.map(Page.Block.plot) }
    if run.errors != nil, let worst = Table.worstErrors(run) { blocks.append(.table(worst)) }
    if let first = record.results.first, !first.confusion.isEmpty {
      blocks.append(.table(.confusion(record, seed: first)))
    }
    blocks.append(.table(.run(record)))
    return blocks
  }
}

extension Plot {
  /// Each claim beside the run's mean with its prediction interval; only for runs on the study's
  /// data, and only claims that the run can be compared with.
  static func comparison(_ record: RunRecord) -> Plot? {
    guard record.kind == .studyData else { return nil }
    let rows = record.comparisons.compactMap { item -> Row? in
      guard let run = item.run, item.verdict != .notComparable else { return nil }
      let reported = item.reported
      return Row(
        label: run.name.description + (reported.scope.map { " · \($0)" } ?? ""),
        marks: [
          Mark(
            series: .reported, value: reported.value, low: reported.value - reported.halfWidth,
            high: reported.value + reported.halfWidth,
            note: "reported \(reported.text), \(reported.at)"),
          Mark(
            series: .reproduced, value: run.mean, low: run.possiblePrediction?.low,
            high: run.possiblePrediction?.high,
            note: "run \(measured(run.mean)), \(run.values.count) seeds, \(item.verdict.title)"),
        ])
    }
    guard !rows.isEmpty else { return nil }
    return Plot(
      title: "Reported beside reproduced",
      caption:
        "● reported, with its rounding. ◆ this run: the mean over seeds and where one more seed "
        + "would fall.",
      content: .intervals(rows))
  }

  /// Training and validation loss by epoch, of the first seed's first fold.
  static func learning(_ record: RunRecord) -> Plot? {
    guard let result = record.results.first, let fold = result.curve.first?.fold else { return nil }
    let points = result.curve.filter { $0.fold == fold }
    guard points.count > 1 else { return nil }
    let training = points.map { (x: Double($0.epoch), y: $0.trainingLoss) }
    let validation = points.compactMap { point in
      point.validationLoss.map { (x: Double(point.epoch), y: $0) }
    }
    let lines =
      [Line(label: "training loss", series: .reproduced, points: training)]
      + (validation.count > 1
        ? [Line(label: "validation loss", series: .reproduced, points: validation, isDashed: true)]
        : [])
    return Plot(
      title: "Learning curve",
      caption: "Loss by epoch, seed \(result.seed): solid training"
        + (validation.count > 1 ? ", dashed validation." : "."),
      content: .curves(lines, x: "epoch", y: "loss", diagonal: false))
  }
}
