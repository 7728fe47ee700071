// What must be said beside a pooled value.

import Evidence
import Scoring

struct SynthesisWarnings {
  let knowledge: KnowledgeBase

  func of(
    _ rows: [SynthesisRow<Proportion>], heterogeneity pooling: Pooling?, egger: FunnelAsymmetry?
  ) -> [String] {
    var warnings = common(rows)
    if let pooling {
      let share = Int((pooling.iSquared * 100).rounded())
      if pooling.iSquared >= 0.75 {
        warnings.append(
          "I² is \(share)%: the studies do not measure one value; "
            + "the prediction interval says more than the pooled value")
      } else if pooling.iSquared >= 0.5 {
        warnings.append("I² is \(share)%: the studies differ by more than chance")
      }
    }
    if egger != nil, rows.count < 10 {
      warnings.append("with fewer than 10 studies Egger's test finds little")
    }
    if let egger, egger.p < 0.1 {
      warnings.append(
        "small studies report other values than large ones (Egger's p < 0.1); on the logit scale "
          + "that can also come from values near 1")
    }
    return warnings
  }

  /// The warnings that hold for any pooling of these rows.
  func common<Measure>(_ rows: [SynthesisRow<Measure>]) -> [String] {
    var warnings: [String] = []
    if rows.count == 1 {
      warnings.append("one study only: nothing to pool")
    } else if rows.count == 2 {
      warnings.append("fewer than 3 studies: τ² can hardly be estimated")
    }
    let assumed = rows.filter(\.sizeOrigin.isAssumed)
    if !assumed.isEmpty {
      warnings.append(
        "n is assumed for \(assumed.map(\.label).joined(separator: "; ")): each is taken to have "
          + "used the whole test set that the catalogue counts")
    }
    warnings += shared(rows)
    let reviewed = Set(rows.flatMap(\.claims).map(\.at.source)).sorted()
      .filter { knowledge.source($0)?.kind == .review }
    if !reviewed.isEmpty {
      warnings.append(
        "values are taken as \(reviewed.joined(separator: ", ")) prints them, "
          + "not from the studies' own papers")
    }
    return warnings
  }

  /// Rows whose test images may be the same.
  private func shared<Measure>(_ rows: [SynthesisRow<Measure>]) -> [String] {
    var warnings: [String] = []
    let corpus = Corpus(knowledge)
    let datasets = Set(rows.flatMap(\.datasets)).sorted()
    for dataset in datasets {
      let users = rows.filter { $0.datasets.contains(dataset) }
      guard users.count > 1 else { continue }
      warnings.append(
        "\(users.count) rows are tested on \(name(dataset)): where their test images are the same, "
          + "their errors are not independent and the intervals are too narrow")
    }
    for (index, one) in datasets.enumerated() {
      for other in datasets[(index + 1)...] where corpus.areRelated(one, other) {
        warnings.append("\(name(one)) and \(name(other)) share images")
      }
    }
    for study in Set(rows.map(\.study)).sorted() {
      let count = rows.filter { $0.study == study }.count
      if count > 1 {
        warnings.append("\(study) gives \(count) rows: rows of one study are not independent")
      }
    }
    return warnings
  }

  private func name(_ dataset: String) -> String { knowledge.dataset(dataset)?.name ?? dataset }
}
