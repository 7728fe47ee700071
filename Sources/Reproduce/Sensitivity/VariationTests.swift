// Paired tests between two runs: on the same test images where they share them, and over seeds.

import Evidence
import Scoring

/// Compares two complete runs of one recipe, seed by seed.
struct VariationTests {
  let axis: VariationAxis
  let first: (label: String, record: RunRecord, predictions: [Predictions])
  let second: (label: String, record: RunRecord, predictions: [Predictions])
  let level: Double
  let replicates: Int

  /// One comparison for each metric that both have.
  func comparisons() throws -> [VariationComparison] {
    let shared = sharing()
    return try first.record.summary.compactMap { summary in
      guard Self.isCompared(summary.name),
        let other = second.record.summary.first(where: { $0.name == summary.name })
      else { return nil }
      return try comparison(summary, other, shared)
    }
  }

  /// Where weights that a label names were not at hand and random numbers stood in for them.
  private var substitutions: [String] {
    [first, second].compactMap { side in
      let entry = side.record.ledger.first { $0.axis == .weights }
      return entry?.run == "random" ? entry?.note.map { "\(side.label): \($0)" } : nil
    }
  }

  /// Accuracy, AUC and F1: what studies report most, one of each kind of test.
  private static func isCompared(_ name: MetricName) -> Bool {
    switch name.metric {
    case .accuracy, .auc: true
    case .f1: name.averaging == "macro"
    default: false
    }
  }

  /// Whether every seed's test images are the same in both, and if not how many are.
  private func sharing() -> (isPaired: Bool, note: String?) {
    var common = 0
    var all = 0
    for (one, two) in zip(first.predictions, second.predictions) {
      let names = Set(one.rows.map(\.sample))
      common += two.rows.count { names.contains($0.sample) }
      all += two.rows.count
    }
    let isSame = zip(first.predictions, second.predictions).allSatisfy { one, two in
      one.rows.map(\.sample) == two.rows.map(\.sample)
    }
    if isSame { return (true, nil) }
    return (
      false,
      "not paired: the two splits test different images (\(common) of \(all) shared); "
        + "Welch's interval over seeds"
    )
  }

  private func comparison(
    _ one: MetricSummary, _ two: MetricSummary, _ shared: (isPaired: Bool, note: String?)
  ) throws -> VariationComparison {
    let share = testShare
    let over =
      shared.isPaired
      ? MeanDifference.paired(one.values, two.values, testShare: share)
      : MeanDifference.unpaired(one.values, two.values)
    let interval = try over?.interval(level: level)
    let notes = [shared.note].compactMap { $0 } + substitutions
    let seeds = zip(first.record.results, second.record.results).map(\.0.seed)
    let tests =
      shared.isPaired
      ? try seeds.indices.compactMap { index in
        try test(one.name, seed: seeds[index], first.predictions[index], second.predictions[index])
      } : []
    return VariationComparison(
      axis: axis, first: first.label, second: second.label, metric: one.name,
      firstMean: one.mean, secondMean: two.mean, seeds: min(one.values.count, two.values.count),
      difference: two.mean - one.mean,
      interval: interval.map {
        Bounds(
          low: $0.lower, high: $0.upper, level: level,
          method: shared.isPaired ? (share > 0 ? "corrected paired t" : "paired t") : "Welch")
      }, p: over?.p, adjustedP: nil, isPaired: shared.isPaired,
      note: notes.isEmpty ? nil : notes.joined(separator: "; "), tests: tests)
  }

  /// Test images per training image where every seed draws a split of its own: such splits overlap,
  /// and seeds of them are less than independent. 0 where all seeds share one.
  private var testShare: Double {
    let splits = first.record.splits
    guard let split = splits.first, split.kind == "hold-out", split.train > 0,
      Set(splits.map(\.sha256)).count > 1
    else { return 0 }
    return Double(split.test) / Double(split.train)
  }

  // MARK: On the images of one seed

  private func test(
    _ name: MetricName, seed: Int, _ one: Predictions, _ two: Predictions
  ) throws -> VariationComparison.SeedTest? {
    switch name.metric {
    case .accuracy: try accuracy(seed, one, two)
    case .auc where one.classes.count == 2: try area(name, seed, one, two)
    case .auc: try resampled(seed, one, two) { rows, indices in try Self.macroArea(rows, indices) }
    default:
      try resampled(seed, one, two) { rows, indices in
        try ConfusionMatrix(
          truth: indices.map { rows.rows[$0].label },
          predicted: indices.map { rows.rows[$0].predicted }, classCount: rows.classes.count
        ).average({ $0.f1 }, .macro, undefined: .zero)
      }
    }
  }

  private func accuracy(
    _ seed: Int, _ one: Predictions, _ two: Predictions
  ) throws -> VariationComparison.SeedTest {
    let right = [one, two].map { $0.rows.map { $0.predicted == $0.label } }
    if let clusters = one.clusters {
      let test = try ClusteredMcNemar(
        firstIsRight: right[0], secondIsRight: right[1], cluster: clusters)
      return VariationComparison.SeedTest(
        seed: seed, method: "clustered McNemar", images: test.count, patients: test.clusters,
        difference: test.difference,
        interval: try test.interval(level: level).map {
          Bounds(low: $0.lower, high: $0.upper, level: level, method: "between patients")
        }, p: test.midP, exactP: test.exact, firstOnly: test.firstOnly,
        secondOnly: test.secondOnly)
    }
    let test = try McNemar(firstIsRight: right[0], secondIsRight: right[1])
    let interval = try test.interval(level: level)
    return VariationComparison.SeedTest(
      seed: seed, method: "McNemar", images: test.count, patients: nil, difference: test.difference,
      interval: Bounds(
        low: interval.lower, high: interval.upper, level: level, method: "Bonett–Price"),
      p: test.midP, exactP: test.exact, firstOnly: test.firstOnly, secondOnly: test.secondOnly)
  }

  private func area(
    _ name: MetricName, _ seed: Int, _ one: Predictions, _ two: Predictions
  ) throws -> VariationComparison.SeedTest? {
    let positive = name.positive.flatMap(one.classes.firstIndex) ?? one.classes.count - 1
    let areas = try [one, two].map { predictions in
      try DeLong(
        scores: predictions.rows.map { Double($0.probabilities[positive]) },
        isPositive: predictions.rows.map { $0.label == positive })
    }
    guard let a = areas[0], let b = areas[1] else { return nil }
    let difference = b.area - a.area
    let clusters = one.clusters
    let test =
      try clusters.map { try DeLong.test(b, a, clusters: $0) } ?? DeLong.test(b, a)
    let half = test.map {
      $0.z == 0 ? 0 : abs(difference / $0.z) * Normal.quantile(1 - (1 - level) / 2)
    }
    return VariationComparison.SeedTest(
      seed: seed, method: clusters == nil ? "DeLong" : "clustered DeLong",
      images: one.rows.count, patients: clusters.map { Set($0).count }, difference: difference,
      interval: half.flatMap {
        difference == 0
          ? nil
          : Bounds(
            low: difference - $0, high: difference + $0, level: level,
            method: clusters == nil ? "delong" : "clustered delong")
      }, p: test?.p ?? (difference == 0 ? 1 : nil), exactP: nil, firstOnly: nil, secondOnly: nil)
  }

  private static func macroArea(_ predictions: Predictions, _ indices: [Int]) throws -> Score {
    try AreaUnderCurve.macroOneVersusRest(
      probabilities: indices.map { predictions.rows[$0].probabilities.map(Double.init) },
      truth: indices.map { predictions.rows[$0].label }, classCount: predictions.classes.count)
  }

  /// The bootstrap of the difference: the same images are drawn for both.
  private func resampled(
    _ seed: Int, _ one: Predictions, _ two: Predictions,
    _ metric: (Predictions, [Int]) throws -> Score
  ) throws -> VariationComparison.SeedTest? {
    let all = Array(one.rows.indices)
    guard let a = try metric(one, all).value, let b = try metric(two, all).value else { return nil }
    var generator = Scoring.SeededGenerator(seed: 1)
    let (rule, method) = one.resampling(strata: one.rows.map(\.label))
    let (interval, _) = try Bootstrap(replicates: replicates, level: level).interval(
      count: all.count, resampling: rule, using: &generator
    ) { indices in
      guard let x = try? metric(one, indices).value, let y = try? metric(two, indices).value
      else { return .undefined(.noSamples) }
      return .value(y - x)
    }
    return VariationComparison.SeedTest(
      seed: seed, method: method, images: all.count,
      patients: one.clusters.map { Set($0).count }, difference: b - a,
      interval: interval.map {
        Bounds(low: $0.lower, high: $0.upper, level: level, method: "paired \(method)")
      }, p: nil, exactP: nil, firstOnly: nil, secondOnly: nil)
  }
}

/// Holm's step-down correction.
enum Holm {
  /// The corrected values in the order given; nil stays nil.
  static func adjusted(_ values: [Double?]) -> [Double?] {
    let order = values.indices.filter { values[$0] != nil }
      .sorted { (values[$0] ?? 1, $0) < (values[$1] ?? 1, $1) }
    var result = [Double?](repeating: nil, count: values.count)
    var highest = 0.0
    for (rank, index) in order.enumerated() {
      highest = max(highest, min(1, (values[index] ?? 1) * Double(order.count - rank)))
      result[index] = highest
    }
    return result
  }
}
