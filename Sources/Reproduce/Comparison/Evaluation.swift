// Every metric of one seed's test predictions, each with its intervals.

import Evidence
import Scoring

/// Scores test predictions.
///
/// A class that was never predicted counts 0 in averaged precision and F1, as in scikit-learn, and
/// the value's note says so; binary values that are undefined stay undefined.
package struct Evaluation: Sendable {
  package let level: Double
  /// Redraws of the bootstrap.
  package let replicates: Int
  /// Index of the positive class of binary metrics.
  package let positive: Int

  package init(level: Double = 0.95, replicates: Int = 1000, positive: Int) {
    self.level = level
    self.replicates = replicates
    self.positive = positive
  }

  /// The values of every metric, in a fixed order.
  package func values(_ predictions: Predictions) throws(ScoringError) -> [MetricValue] {
    predictions.isMultiLabel
      ? try FindingScorer(predictions, self).values() : try Scorer(predictions, self).values()
  }

  /// Row: true class; column: predicted class.
  package static func confusion(_ predictions: Predictions) throws(ScoringError) -> ConfusionMatrix
  {
    try ConfusionMatrix(
      truth: predictions.rows.map(\.label), predicted: predictions.rows.map(\.predicted),
      classCount: predictions.classes.count)
  }
}

extension Predictions {
  /// The number of each row's patient; nil where a patient is not known or none has several images.
  var clusters: [Int]? {
    let patients = rows.compactMap(\.patient)
    guard patients.count == rows.count, Set(patients).count < rows.count else { return nil }
    var numbers: [String: Int] = [:]
    for patient in patients where numbers[patient] == nil { numbers[patient] = numbers.count }
    return patients.map { numbers[$0] ?? 0 }
  }

  /// How the bootstrap redraws: whole patients where they have several images, else within strata.
  func resampling(strata: [Int]?) -> (rule: Resampling, method: String) {
    if let clusters { return (.clustered(clusters), "patient bootstrap") }
    return (strata.map(Resampling.stratified) ?? .simple, "bootstrap")
  }
}

private struct Scorer {
  let rows: [Prediction]
  let classes: [String]
  let plan: Evaluation
  let labels: [Int]
  let predicted: [Int]
  let matrix: ConfusionMatrix
  let bootstrap: Bootstrap
  let resampling: Resampling
  let method: String
  /// Of each row's patient, where patients have several images.
  let clusters: [Int]?
  /// Whether any of the test images is of each class.
  let occurs: [Bool]

  init(_ predictions: Predictions, _ plan: Evaluation) throws(ScoringError) {
    rows = predictions.rows
    clusters = predictions.clusters
    classes = predictions.classes
    self.plan = plan
    labels = rows.map(\.label)
    predicted = rows.map(\.predicted)
    matrix = try Evaluation.confusion(predictions)
    occurs = matrix.rows.map { $0.contains { $0 > 0 } }
    bootstrap = try Bootstrap(replicates: plan.replicates, level: plan.level)
    (resampling, method) = predictions.resampling(strata: labels)
  }

  func values() throws(ScoringError) -> [MetricValue] {
    var values = [
      MetricValue(
        name: MetricName(metric: .accuracy, averaging: nil, positive: nil),
        value: matrix.accuracy.value, note: nil,
        intervals: try patientInterval { indices in
          .value(
            Double(indices.count { labels[$0] == predicted[$0] }) / Double(max(indices.count, 1)))
        } + proportion(matrix.correct, of: matrix.total))
    ]
    values.append(try area())
    values += try classWise()
    values.append(try value(.balancedAccuracy, nil) { $0.balancedAccuracy })
    values.append(try value(.kappa, nil) { $0.kappa() })
    values.append(try value(.mcc, nil) { $0.matthews })
    return values
  }

  // MARK: Class-wise metrics

  private func classWise() throws(ScoringError) -> [MetricValue] {
    var values: [MetricValue] = []
    let all: [(Metric, @Sendable (BinaryCounts) -> Score)] = [
      (.precision, { $0.precision }), (.recall, { $0.recall }),
      (.specificity, { $0.specificity }), (.f1, { $0.f1 }),
    ]
    for (metric, score) in all {
      if classes.count == 2 { values.append(try binary(metric, score)) }
      for (averaging, rule) in [("macro", Scoring.Averaging.macro), ("weighted", .weighted)] {
        values.append(
          try value(metric, averaging) { matrix in
            matrix.average(score, rule, undefined: .zero)
          })
      }
    }
    return values
  }

  private func binary(
    _ metric: Metric, _ score: @Sendable (BinaryCounts) -> Score
  ) throws(ScoringError) -> MetricValue {
    let positive = plan.positive
    let counts = matrix.counts(of: positive)
    let exact: (Int, Int)? =
      switch metric {
      case .precision: (counts.truePositives, counts.predictedPositives)
      case .recall: (counts.truePositives, counts.positives)
      case .specificity: (counts.trueNegatives, counts.negatives)
      default: nil
      }
    let result = score(counts)
    let name = MetricName(metric: metric, averaging: "binary", positive: classes[positive])
    guard let (hits, of) = exact else {
      return try value(name) { score($0.counts(of: positive)) }
    }
    return MetricValue(
      name: name, value: result.value, note: Self.reason(result),
      intervals: of > 0
        ? try patientInterval { drawn($0) { score($0.counts(of: positive)) } }
          + proportion(hits, of: of) : [])
  }

  private func value(
    _ metric: Metric, _ averaging: String?, _ score: (ConfusionMatrix) -> Score
  ) throws(ScoringError) -> MetricValue {
    let isAveraged = averaging != nil && (metric == .precision || metric == .f1)
    let unused = isAveraged ? matrix.predictedCounts.count { $0 == 0 } : 0
    return try value(
      MetricName(metric: metric, averaging: averaging, positive: nil),
      note: unused > 0
        ? "\(unused) of \(classes.count) classes were never predicted and count 0" : nil, score)
  }

  private func value(
    _ name: MetricName, note: String? = nil, _ score: (ConfusionMatrix) -> Score
  ) throws(ScoringError) -> MetricValue {
    let result = score(matrix)
    let intervals = try result.isDefined ? resampled { drawn($0, score) } : []
    return MetricValue(
      name: name, value: result.value,
      note: note ?? Self.reason(result) ?? Self.reason(noInterval: intervals),
      intervals: intervals)
  }

  // MARK: The area under the ROC curve

  private func area() throws(ScoringError) -> MetricValue {
    if classes.count == 2 {
      let positive = plan.positive
      let name = MetricName(metric: .auc, averaging: "binary", positive: classes[positive])
      let scores = rows.map { Double($0.probabilities[positive]) }
      guard let area = try DeLong(scores: scores, isPositive: labels.map { $0 == positive }) else {
        return MetricValue(
          name: name, value: nil, note: "only one class occurs", intervals: [])
      }
      let clustered = try clusters.flatMap { (keys) throws(ScoringError) in
        try area.interval(level: plan.level, clusters: keys)
      }
      let plain = try area.interval(level: plan.level)
      return MetricValue(
        name: name, value: area.area, note: nil,
        intervals: [
          clustered.map { bounds($0, "clustered delong") }, plain.map { bounds($0, "delong") },
        ].compactMap { $0 })
    }
    let name = MetricName(metric: .auc, averaging: "macro", positive: nil)
    let table = rows.map { $0.probabilities.map(Double.init) }
    let score = try AreaUnderCurve.macroOneVersusRest(
      probabilities: table, truth: labels, classCount: classes.count)
    let intervals =
      score.isDefined
      ? try resampled { indices in
        (try? AreaUnderCurve.macroOneVersusRest(
          probabilities: indices.map { table[$0] }, truth: indices.map { labels[$0] },
          classCount: classes.count)) ?? .undefined(.noSamples)
      } : []
    return MetricValue(
      name: name, value: score.value,
      note: Self.reason(score) ?? Self.reason(noInterval: intervals), intervals: intervals)
  }

  // MARK: Intervals

  private func proportion(_ hits: Int, of trials: Int) throws(ScoringError) -> [Bounds] {
    let proportion = try Proportion(successes: hits, trials: trials)
    return [
      bounds(try proportion.wilson(level: plan.level), "wilson"),
      bounds(try proportion.clopperPearson(level: plan.level), "clopper-pearson"),
    ]
  }

  /// Of a proportion, where images of one patient are not independent as the exact intervals assume:
  /// it comes before them.
  private func patientInterval(_ score: ([Int]) -> Score) throws(ScoringError) -> [Bounds] {
    clusters == nil ? [] : try resampled(score)
  }

  /// A score of drawn samples; a sample counts as often as it was drawn. Undefined where the draw
  /// lacks a class that the test images have: whole patients are drawn, and a mean over the classes
  /// that are left would be another metric.
  private func drawn(_ indices: [Int], _ score: (ConfusionMatrix) -> Score) -> Score {
    let drawn = try? ConfusionMatrix(
      truth: indices.map { labels[$0] }, predicted: indices.map { predicted[$0] },
      classCount: classes.count)
    guard let drawn else { return .undefined(.noSamples) }
    let isWhole = zip(occurs, drawn.rows).allSatisfy { !$0 || $1.contains { $0 > 0 } }
    return isWhole ? score(drawn) : .undefined(.noPositives)
  }

  /// Each metric redraws with the same seed: the intervals of a run never change. None where all
  /// redraws agree (nothing wrong, or nothing right): an interval without width would say that the
  /// value is certain.
  private func resampled(_ metric: ([Int]) -> Score) throws(ScoringError) -> [Bounds] {
    var generator = Scoring.SeededGenerator(seed: 1)
    let (interval, _) = try bootstrap.interval(
      count: rows.count, resampling: resampling, using: &generator, metric: metric)
    return interval.map { [bounds($0, method)].filter { $0.low < $0.high } } ?? []
  }

  private func bounds(_ interval: ConfidenceInterval, _ method: String) -> Bounds {
    Bounds(low: interval.lower, high: interval.upper, level: interval.level, method: method)
  }

  private static func reason(_ score: Score) -> String? {
    if case .undefined(let reason) = score { return reason.description }
    return nil
  }

  private static func reason(noInterval intervals: [Bounds]) -> String? {
    intervals.isEmpty ? "every redraw gives the same value: no interval" : nil
  }
}
