// The tables that papers print: one row per set-up and place, a column for each metric.

import Evidence
import Inquiry

extension Table {
  /// For each task, the claims of its set-ups side by side: a row for each set-up and place, so
  /// that claims of two places are never merged, and the place as its last column.
  /// - Parameter claims: the claims to show, in the order of the rows; see ``KnowledgeBase/allClaims``.
  public static func overviews(
    of claims: [(study: Study, experiment: Experiment, claim: Claim)], in knowledge: KnowledgeBase
  ) -> [Table] {
    var tasks: [String?: [OverviewRow]] = [:]
    for (study, experiment, claim) in claims {
      let named = experiment.task.stated ?? (study.tasks.count == 1 ? study.tasks[0] : nil)
      let place = Place(source: claim.at.source, place: claim.at.place, row: claim.at.row)
      var rows = tasks[named] ?? []
      if let index = rows.firstIndex(where: {
        $0.study.id == study.id && $0.experiment.id == experiment.id && $0.place == place
          && $0.scope == claim.scope
      }) {
        rows[index].claims.append(claim)
      } else {
        rows.append(
          OverviewRow(
            study: study, experiment: experiment, place: place, scope: claim.scope, claims: [claim])
        )
      }
      tasks[named] = rows
    }
    return tasks.sorted { ($0.key ?? "~") < ($1.key ?? "~") }.map { task, rows in
      let name = task.map { knowledge.label(of: .init(.task, $0)) } ?? "task not reported"
      return overview(rows, title: "Reported results: \(name)", in: knowledge)
    }
  }

  private static func overview(
    _ rows: [OverviewRow], title: String, in knowledge: KnowledgeBase
  ) -> Table {
    let claims = rows.flatMap(\.claims)
    let metrics = Metric.allCases.filter { metric in claims.contains { $0.metric == metric } }
    let isPercent = { (metric: Metric) in
      claims.allSatisfy { $0.metric != metric || $0.unit == .percent }
    }
    return Table(
      title: title,
      columns: [
        Column("study", "Study", wraps: true), Column("method", "Method", wraps: true),
        Column("dataset", "Dataset", wraps: true), Column("scope", "Of", wraps: true),
      ]
        + metrics.map { metric in
          Column(metric.rawValue, metric.title + (isPercent(metric) ? " (%)" : ""), .right)
        } + [Column("source", "Source", wraps: true)],
      rows: rows.map { row in
        let values = metrics.map { metric -> Cell in
          let printed = row.claims.filter { $0.metric == metric }.map { claim in
            (isPercent(metric) ? claim.printed.text : claim.text)
              + (claim.uncertain == nil ? "" : "?")
          }
          return printed.isEmpty ? .notReported : .text(printed.joined(separator: "; "))
        }
        return [
          .entity(row.study.title, .init(.study, row.study.id)),
          method(of: row, among: rows, in: knowledge),
          knowledge.named(row.experiment.datasets, .dataset, joinedBy: " + "),
          .optional(row.scope),
        ] + values + [.place(row.place)]
      })
  }
}

/// The method of a row, with the set-up's id where another set-up reads the same.
private func method(
  of row: OverviewRow, among rows: [OverviewRow], in knowledge: KnowledgeBase
) -> Table.Cell {
  let method = row.experiment.method(in: knowledge)
  let isAmbiguous = rows.contains { other in
    other.study.id == row.study.id && other.experiment.id != row.experiment.id
      && other.experiment.datasets == row.experiment.datasets && other.scope == row.scope
      && other.experiment.method(in: knowledge) == method
  }
  return isAmbiguous ? .text("\(method.shown) (\(row.experiment.id))") : method
}

/// The claims of one set-up at one place.
private struct OverviewRow {
  let study: Study
  let experiment: Experiment
  let place: Place
  let scope: String?
  var claims: [Claim]
}

extension Experiment {
  /// Networks, classifier and strategy in a few words, as a paper's table says them.
  fileprivate func method(in knowledge: KnowledgeBase) -> Table.Cell {
    let networks = backbones.map { knowledge.label(of: .init(.backbone, $0)) }
    let head = head.stated.map { knowledge.label(of: .init(.technique, $0)) }
    let parts = [networks.isEmpty ? nil : networks.joined(separator: " + "), head].compactMap { $0 }
    if parts.isEmpty {
      return techniques.isEmpty ? .notReported : knowledge.names(techniques, .technique)
    }
    return .text(parts.joined(separator: ", "))
  }
}

extension Table {
  /// The claims that the rows of a query's answer stand for, in their order.
  public static func claims(
    _ rows: [ClaimRow], in knowledge: KnowledgeBase
  ) -> [(study: Study, experiment: Experiment, claim: Claim)] {
    rows.compactMap { row in
      guard let study = knowledge.study(row.study),
        let experiment = study.experiments.first(where: { $0.id == row.experiment })
      else { return nil }
      guard
        let claim = experiment.claims.first(where: {
          $0.metric == row.metric && $0.text == row.printed && $0.at == row.at
            && $0.scope == row.scope
        })
      else { return nil }
      return (study, experiment, claim)
    }
  }
}
