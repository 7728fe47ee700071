// Campaigns as listings: where each task stands, what merged recipes gave.

import Evidence
import Reproduce

extension Table {
  /// The tasks of a campaign, in the order of its plan.
  package static func campaign(_ plan: CampaignPlan, _ folder: CampaignFolder) -> Table {
    Table(
      title: "Tasks",
      columns: [
        Column("number", "No.", .right), Column("task", "Task", wraps: true),
        Column("seed", "Seed", .right), Column("state", "State"),
        Column("attempts", "Attempts", .right), Column("accuracy", "Accuracy", .right),
        Column("seconds", "Time", .right), Column("why", "Why", wraps: true),
      ],
      rows: plan.tasks.enumerated().map { index, task in
        let state = folder.state(task)
        let record = state == .done ? try? folder.read(task).record : nil
        let accuracy = record?.results[0].metrics.first { $0.name.metric == .accuracy }?.value
        return [
          .count(index + 1), .text(task.id), .count(task.seed), .text(state.rawValue),
          .count(folder.attemptCount(task)),
          accuracy.map { .number($0, shown: measured($0)) } ?? .blank,
          record.map {
            .number($0.cost.wallSeconds, shown: duration($0.cost.wallSeconds))
          } ?? .blank,
          .optional(state == .failed ? folder.reason(task) : nil),
        ]
      })
  }

  /// The claims of every set-up whose seeds are all there. Numbers of protocol runs stand in columns
  /// of their own, without a reported value beside them.
  package static func merged(_ setups: [MergedSetup]) -> Table {
    Table(
      title: "Merged",
      columns: [
        Column("set-up", "Set-up", wraps: true), Column("kind", "Kind"),
        Column("seeds", "Seeds", .right), Column("metric", "Metric"),
        Column("reported", "Reported", .right), Column("run", "This run", .right),
        Column("sd", "SD", .right), Column("prediction", "Prediction interval"),
        Column("verdict", "Verdict", wraps: true), Column("because", "Because", wraps: true),
      ],
      rows: setups.flatMap(rows))
  }

  private static func rows(_ merged: MergedSetup) -> [[Cell]] {
    let seeds = "\(merged.seeds - merged.missing.count)/\(merged.seeds)"
    guard let record = merged.record else {
      let missing = merged.missing.map(String.init).joined(separator: ", ")
      return [
        [.text(merged.setup.id), .blank, .text(seeds)]
          + [Cell](repeating: .blank, count: 5)
          + [.text("not merged"), .text("missing seeds: \(missing)")]
      ]
    }
    let head: [Cell] = [.text(merged.setup.id), .text(record.kind.rawValue), .text(seeds)]
    let claims = record.kind == .studyData ? record.comparisons : []
    if !claims.isEmpty {
      return claims.map { claim in
        head + [.text(claim.reported.metric.rawValue), .text(claim.reported.text)]
          + numbers(claim.run) + [.text(claim.verdict.title), .text(claim.because)]
      }
    }
    let isProtocol = record.kind != .studyData
    return record.summary.prefix(2).map { summary in
      head + [.text(summary.name.metric.rawValue), .blank] + numbers(summary)
        + [
          .optional(isProtocol ? Verdict.protocolOnly.title : nil),
          .optional(isProtocol ? "on \(record.data.name)" : nil),
        ]
    }
  }

  private static func numbers(_ run: MetricSummary?) -> [Cell] {
    [
      run.map { .number($0.mean, shown: measured($0.mean)) } ?? .blank,
      run?.sd.map { .number($0, shown: measured($0)) } ?? .blank,
      .optional(run?.possiblePrediction.map(interval)),
    ]
  }
}
