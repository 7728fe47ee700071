// Scores against the numbers of tested images, where they are known, and against each other.

import Consistency
import Evidence

extension Claim {
  /// The claim as a score to be checked; nil for a metric that no confusion matrix gives.
  fileprivate var reportedScore: ReportedScore? {
    let kind: ScoreKind? =
      switch metric {
      case .accuracy: .accuracy
      case .balancedAccuracy: .balancedAccuracy
      case .errorRate: .errorRate
      case .precision: .precision
      case .recall: .recall
      case .specificity: .specificity
      case .npv: .negativePredictiveValue
      case .f1: .f1
      case .kappa: .kappa
      case .mcc: .matthews
      case .jaccard: .jaccard
      default: nil
      }
    guard let kind, !printed.isRange, ofClass == nil else { return nil }
    return try? ReportedScore(kind, printed.text.filter { $0 != "," }, isPercent: unit == .percent)
  }
}

extension Corpus {
  /// The tested images of a row by class, where a set-up used a dataset's official split and its
  /// test counts are printed, or the claim says how many were evaluated.
  fileprivate func design(of row: ResultRow) -> (design: Design, because: String)? {
    if let n = row.claims.compactMap({ $0.n.stated }).first, classCount(of: row.experiment) == 2 {
      return (.binaryTotal(.exactly(n)), "\(grouped(n)) evaluated images")
    }
    guard row.experiment.split.stated?.kind.stated == .official,
      row.experiment.datasets.count == 1,
      let dataset = knowledge.dataset(row.experiment.datasets[0])
    else { return nil }
    let test = dataset.counts.filter { $0.split == .test && $0.bound == nil }
    let sizes = dataset.labels.filter { $0.parent == nil }.compactMap { label in
      test.first { $0.label == label.id }?.n
    }
    if sizes.count >= 2, sizes.count == dataset.labels.filter({ $0.parent == nil }).count {
      return (
        .multiclass(sizes),
        "the test images of \(dataset.name), "
          + sizes.map(grouped).joined(separator: " + ")
      )
    }
    guard classCount(of: row.experiment) == 2,
      let total = test.first(where: { $0.label == nil })?.n
    else { return nil }
    return (.binaryTotal(.exactly(total)), "the \(grouped(total)) test images of \(dataset.name)")
  }
}

extension RuleCheck {
  /// Scores of one row that no confusion matrix gives, with the test counts where they are known
  /// and for any counts where they are not.
  static let testCounts = RuleCheck("test-counts", parameters: ["effort"]) { corpus, rule in
    corpus.resultRows.compactMap { row in
      let single = row.claims.filter {
        $0.aggregation == .notReported || $0.aggregation == .value(.single)
      }
      let scores = single.compactMap(\.reportedScore)
      let known = corpus.design(of: row)
      // Without counts the solver reasons about two classes.
      guard
        known != nil
          ? !scores.isEmpty : scores.count >= 3 && corpus.classCount(of: row.experiment) == 2
      else { return nil }
      let kinds = Set(scores.map(\.kind))
      guard kinds.count == scores.count,
        let assessment = try? Assessment(
          scores, designs: [(name: nil, design: known?.design ?? .unknown)],
          effort: Int(rule.number("effort"))),
        assessment.verdict == .inconsistent
      else { return nil }
      return Draft(
        key: row.key, subjects: subjects(row.study, row.experiment),
        summary: "\(row.study.title): no confusion matrix gives the scores of "
          + "\(row.appearance.at.label)" + (known.map { " for \($0.because)" } ?? ""),
        computation: assessment.computation,
        resolution: "the confusion matrix in \(corpus.paper(of: row.study))",
        evidence: single.filter { $0.reportedScore != nil }.map { Finding.Evidence($0) })
    }
  }

  /// Accuracies of a study that the catalogued test images cannot give: other images were tested.
  static let officialTest = RuleCheck("official-test") { corpus, _ in
    struct Key: Hashable {
      let study: String
      let dataset: String
    }
    var order: [Key] = []
    var groups: [Key: [(row: ResultRow, claim: Claim)]] = [:]
    for row in corpus.resultRows {
      guard let accuracy = row.claim(.accuracy), accuracy.ofClass == nil,
        accuracy.aggregation == .notReported || accuracy.aggregation == .value(.single),
        row.experiment.datasets.count == 1,
        let dataset = corpus.knowledge.dataset(row.experiment.datasets[0]),
        let test = testImages(of: dataset), nearestShares(accuracy, of: test.n) != nil
      else { continue }
      let key = Key(study: row.study.id, dataset: dataset.id)
      if groups[key] == nil { order.append(key) }
      let isKnown = groups[key]?.contains { $0.row.experiment.id == row.experiment.id } ?? false
      if !isKnown { groups[key, default: []].append((row, accuracy)) }
    }
    return order.compactMap { key in
      guard let rows = groups[key], let first = rows.first,
        let dataset = corpus.knowledge.dataset(key.dataset), let test = testImages(of: dataset)
      else { return nil }
      let values = ordered(rows.map(\.claim.text))
      let whole = dataset.counts.first {
        ["images", "samples"].contains($0.of) && $0.label == nil && $0.split == nil
          && $0.subset == nil && $0.magnification == nil
      }
      let isNeither = whole.map { whole in
        rows.allSatisfy { nearestShares($0.claim, of: whole.n) != nil }
      }
      return Draft(
        key: "\(key.study).\(key.dataset)",
        subjects: subjects(first.row.study, first.row.experiment),
        confidence: .low,
        summary: "\(first.row.study.title): accuracy \(listed(values)) is no share of the "
          + "\(test.printed) test images of \(dataset.name) (\(test.at.label))"
          + (isNeither == true ? " nor of all \(whole?.printed ?? "")" : ""),
        computation: rows.compactMap { entry in
          nearestShares(entry.claim, of: test.n).map { "\(entry.claim.text): \($0)" }
        }.joined(separator: "; "),
        resolution: "the images tested in \(corpus.paper(of: first.row.study))",
        evidence: rows.map { Finding.Evidence($0.claim) } + [
          Finding.Evidence("test images of \(dataset.name)", test.printed, at: test.at)
        ])
    }
  }

  private static func testImages(of dataset: Dataset) -> Dataset.Count? {
    dataset.counts.first {
      $0.split == .test && $0.label == nil && $0.bound == nil
        && ["images", "samples"].contains($0.of)
    }
  }

  /// The shares of n images on both sides of a value; nil where one of n prints as the value.
  private static func nearestShares(_ claim: Claim, of n: Int) -> String? {
    let range = claim.printedRange
    let lowest = (range.lowerBound * Double(n) - 1e-9).rounded(.up)
    guard lowest / Double(n) > range.upperBound + 1e-12 else { return nil }
    return [lowest - 1, lowest].map {
      "\(decimal($0))/\(n) = \(decimal(100 * $0 / Double(n)))%"
    }.joined(separator: ", ")
  }

  /// Shares of one row printed in percent and as fractions.
  static let mixedUnits = RuleCheck("mixed-units") { corpus, _ in
    let shares: Set<Metric> = [.accuracy, .precision, .recall, .specificity, .f1, .npv]
    return corpus.resultRows.compactMap { row in
      let claims = row.claims.filter { shares.contains($0.metric) }
      guard let one = claims.first(where: { $0.unit == .percent }),
        let other = claims.first(where: { $0.unit == .fraction })
      else { return nil }
      return Draft(
        key: row.key, subjects: [EntityReference(.study, row.study.id)],
        summary: "\(row.study.title): \(row.appearance.at.label) prints "
          + "\(one.metric.title.lowercased()) in percent (\(one.text)) and "
          + "\(other.metric.title.lowercased()) as a fraction (\(other.text))",
        computation: "\(one.text) beside \(other.text) in one row",
        resolution: "one unit", evidence: [one, other].map { Finding.Evidence($0) })
    }
  }
}
