// Metrics of several findings per image, each decided on its own at a half.

import Evidence
import Scoring

/// Scores predictions of a multi-label set: means over the findings, as MedMNIST's evaluator has
/// them (a finding counts as shown above 0.5; accuracy is the mean of the findings' accuracies).
struct FindingScorer {
  private let rows: [Prediction]
  private let truth: [[Bool]]
  private let scores: [[Double]]
  private let outputs: Int
  /// Whether any of the test images shows each finding.
  private let occurs: [Bool]
  private let bootstrap: Bootstrap
  private let resampling: Resampling
  private let method: String

  init(_ predictions: Predictions, _ plan: Evaluation) throws(ScoringError) {
    rows = predictions.rows
    outputs = predictions.classes.count
    let outputs = outputs
    let truth = rows.map { row in (0..<outputs).map { row.findings?.contains($0) ?? false } }
    self.truth = truth
    occurs = (0..<outputs).map { output in truth.contains { $0[output] } }
    scores = rows.map { $0.probabilities.map(Double.init) }
    bootstrap = try Bootstrap(replicates: plan.replicates, level: plan.level)
    (resampling, method) = predictions.resampling(strata: nil)
  }

  func values() throws(ScoringError) -> [MetricValue] {
    var values = [
      try value(.accuracy, averaging: nil) { mean($0) { $0.accuracy } },
      try value(.auc, averaging: "macro") { indices in
        (try? AreaUnderCurve.multiLabelMean(
          scores: indices.map { scores[$0] }, truth: indices.map { truth[$0] }))
          ?? .undefined(.noSamples)
      },
    ]
    for (metric, score) in Self.classWise {
      values.append(try value(metric, averaging: "macro") { mean($0, score) })
    }
    return values
  }

  private static let classWise: [(Metric, @Sendable (BinaryCounts) -> Score)] = [
    (.precision, { $0.precision }), (.recall, { $0.recall }), (.specificity, { $0.specificity }),
    (.f1, { $0.f1 }),
  ]

  /// The mean over findings; one that is undefined counts 0, as in scikit-learn. Undefined where the
  /// drawn images lack a finding that the test images show.
  private func mean(_ indices: [Int], _ score: (BinaryCounts) -> Score) -> Score {
    var sum = 0.0
    for output in 0..<outputs {
      var (tp, fp, fn, tn) = (0, 0, 0, 0)
      for index in indices {
        switch (truth[index][output], scores[index][output] > 0.5) {
        case (true, true): tp += 1
        case (false, true): fp += 1
        case (true, false): fn += 1
        case (false, false): tn += 1
        }
      }
      if occurs[output], tp + fn == 0 { return .undefined(.noPositives) }
      let counts = BinaryCounts(
        truePositives: tp, falsePositives: fp, trueNegatives: tn, falseNegatives: fn)
      sum += score(counts).value ?? 0
    }
    return .value(sum / Double(max(outputs, 1)))
  }

  private func value(
    _ metric: Metric, averaging: String?, _ score: ([Int]) -> Score
  ) throws(ScoringError) -> MetricValue {
    let result = score(Array(rows.indices))
    var note: String?
    if case .undefined(let reason) = result { note = reason.description }
    var intervals: [Bounds] = []
    if result.isDefined {
      var generator = Scoring.SeededGenerator(seed: 1)
      let (interval, _) = try bootstrap.interval(
        count: rows.count, resampling: resampling, using: &generator, metric: score)
      if let interval, interval.lower < interval.upper {
        intervals = [
          Bounds(low: interval.lower, high: interval.upper, level: interval.level, method: method)
        ]
      } else {
        note = note ?? "every redraw gives the same value: no interval"
      }
    }
    return MetricValue(
      name: MetricName(metric: metric, averaging: averaging, positive: nil), value: result.value,
      note: note, intervals: intervals)
  }
}
