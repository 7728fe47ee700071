// Metrics printed against their own nature: coefficients in percent, two-class curves of many classes.

import Evidence

extension RuleCheck {
  /// A coefficient that runs from −1 to 1 and is no share, printed in percent.
  static let coefficientInPercent = RuleCheck("coefficient-in-percent") { corpus, _ in
    corpus.resultRows.flatMap { row in
      row.claims.filter { [.kappa, .mcc].contains($0.metric) && $0.unit == .percent }.map { claim in
        Draft(
          key: "\(row.key).\(claim.metric.rawValue)", subjects: subjects(row.study, row.experiment),
          summary: "\(row.study.title): \(claim.metric.title) is printed as \(claim.text) in "
            + "\(claim.at.label); it is a coefficient, not a share",
          computation: "\(claim.metric.title) runs from −1 to 1 with 0 for chance: "
            + "\(claim.text) is \(decimal(claim.value, 4))",
          resolution: "\(decimal(claim.value, 4)), with the weights used, from "
            + corpus.paper(of: row.study),
          evidence: [Finding.Evidence(claim)])
      }
    }
  }

  /// The area under the ROC curve of several classes beside a description for two.
  static let binaryMetric = RuleCheck("binary-metric") { corpus, _ in
    corpus.statements("definition").compactMap { statement -> Draft? in
      guard ["roc", "metrics/auc"].contains(statement.text("of") ?? ""),
        statement.text("property") == "task-kind", statement.text("value") == "binary"
      else { return nil }
      let rows = corpus.resultRows.compactMap { row -> (row: ResultRow, claim: Claim, n: Int)? in
        guard row.appearance.at.source == statement.source, let claim = row.claim(.auc),
          claim.averaging == .notReported, claim.uncertain == nil,
          let n = corpus.classCount(of: row.experiment), n > 2
        else { return nil }
        return (row, claim, n)
      }
      guard !rows.isEmpty else { return nil }
      return Draft(
        key: statement.id,
        subjects: ordered(rows.flatMap { subjects($0.row.study, $0.row.experiment) }),
        confidence: .medium,
        summary: "\(statement.at.label) describes the ROC curve for two classes; "
          + listed(
            rows.map {
              "\($0.claim.at.label) prints one AUC, \($0.claim.text), for \($0.n) classes"
            })
          + " and does not say how it was averaged",
        computation: rows.map { row in
          "\(row.row.study.title): \(row.n) classes have \(row.n) curves one-vs-rest or "
            + "\(row.n * (row.n - 1) / 2) by pairs, one value is printed"
        }.joined(separator: "; "),
        resolution: "which classes or average the AUC is of, in "
          + listed(ordered(rows.map { corpus.paper(of: $0.row.study) })),
        evidence: rows.map { Finding.Evidence($0.claim) }
          + [Finding.Evidence("ROC curve", "binary classification", at: statement.at)])
    }
  }
}
