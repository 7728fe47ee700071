// The declared rules that turn seeds and a reported value into a verdict.

import Evidence
import Scoring

/// The rules of a verdict, taken from the recipe: declared before the run, never after.
///
/// 1. Other data than the study's: `protocol only`, and no difference is computed.
/// 2. A deviation that changes the question, or no such metric: `not comparable`.
/// 3. Fewer seeds than the recipe's minimum: `inconclusive`.
/// 4. The interval of (run − reported) at level 1 − 2α lies within ± margin: `reproduced` (two
///    one-sided tests, Schuirmann 1987, doi 10.1007/BF01068419). The margin is first narrowed by
///    half of the reported value's last place.
/// 5. The reported value lies in the prediction interval mean ± t·s·√(1 + 1/n): `compatible`, unless
///    the interval is wider than the recipe allows: `inconclusive`, with the seeds or test images that
///    would decide. Half of the last place widens the interval, and so does the choice of test images
///    where one split serves all seeds: the study's own test images were others, so their variance
///    counts twice.
/// 6. The reported value lies outside it, but the interval of the difference is not wholly beyond the
///    margin (widened by half of the last place): `inconclusive`.
/// 7. Else `not reproduced`, higher or lower.
///
/// Where every seed draws its own split, the mean is that over splits of these images, the study's
/// being one of them: splits are then independent draws and s²/n is their mean's variance. What other
/// patients would give is no part of the question.
package struct VerdictRules: Hashable, Sendable {
  package let margin: Double
  package let width: Double
  package let alpha: Double
  package let minimumSeeds: Int
  package let level: Double
  /// When the rules were declared, for the verdict's sentence: `declared 2026-11-23`.
  package let declaration: String?

  package init(
    margin: Double, width: Double, alpha: Double, minimumSeeds: Int, level: Double,
    declaration: String? = nil
  ) {
    self.margin = margin
    self.declaration = declaration
    self.width = width
    self.alpha = alpha
    self.minimumSeeds = minimumSeeds
    self.level = level
  }

  /// - Parameter overrides: fields changed on the command line; a changed rule is told of.
  package init(_ recipe: Recipe, overrides: [RunRecord.Override] = []) {
    let isChanged = overrides.contains { $0.name.hasPrefix("verdict.") }
    self.init(
      margin: recipe.verdict.margin.value, width: recipe.verdict.width.value,
      alpha: recipe.verdict.alpha.value, minimumSeeds: recipe.verdict.minimumSeeds.value,
      level: recipe.evaluation.level.value,
      declaration: isChanged
        ? "set on the command line, not by the recipe" : "declared \(recipe.declared)")
  }

  /// What a run says about one claim.
  /// - Parameters:
  ///   - run: the metric over the seeds; nil when the run has none that the claim can mean.
  ///   - testVariance: the variance that the choice of test images adds to the run's mean; 0 where
  ///     the test images are the study's own, or redrawn with every seed.
  ///   - testImages: how many images the run was tested on.
  package func judge(
    _ reported: ReportedValue, run: MetricSummary?, kind: RunRecord.Kind,
    ledger: [LedgerEntry], testVariance: Double = 0, testImages: Int
  ) -> ClaimComparison {
    let verdict = Judgement(
      rules: self, reported: reported, testVariance: testVariance, testImages: testImages)
    if kind != .studyData { return verdict.protocolOnly(run, kind) }
    if let blocking = ledger.blocking.first { return verdict.blocked(run, by: blocking, ledger) }
    guard let run else { return verdict.noSuchMetric() }
    return verdict.compared(run)
  }

  /// The prediction interval of one further value; nil with a single value.
  package static func prediction(_ values: [Double], level: Double) -> Bounds? {
    guard let (mean, sd) = spread(values) else { return nil }
    let n = Double(values.count)
    let t = StudentT.quantile(1 - (1 - level) / 2, degrees: n - 1)
    let half = t * sd * (1 + 1 / n).squareRoot()
    return Bounds(low: mean - half, high: mean + half, level: level, method: "prediction")
  }

  /// Mean and standard deviation (n − 1); nil with fewer than two values.
  static func spread(_ values: [Double]) -> (mean: Double, sd: Double)? {
    guard values.count > 1 else { return nil }
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, (squares / (n - 1)).squareRoot())
  }
}

private struct Judgement {
  let rules: VerdictRules
  let reported: ReportedValue
  let testVariance: Double
  let testImages: Int

  func protocolOnly(_ run: MetricSummary?, _ kind: RunRecord.Kind) -> ClaimComparison {
    let data = kind == .phantom ? "drawn phantoms" : "another dataset"
    return result(
      run, .protocolOnly,
      "the procedure was run on \(data); the reported value is neither confirmed nor refuted")
  }

  func blocked(
    _ run: MetricSummary?, by entry: LedgerEntry, _ ledger: [LedgerEntry]
  ) -> ClaimComparison {
    let others = ledger.blocking.count - 1
    return result(
      run, .notComparable,
      "\(entry.axis.rawValue) deviates ("
        + (entry.study.map { "\($0) in the study" } ?? entry.note ?? "not reported")
        + ", \(entry.run) here)" + (others > 0 ? " and \(others) more of the ledger" : "")
        + ": it is another question")
  }

  func noSuchMetric() -> ClaimComparison {
    let what = reported.scope.map { " of \($0)" } ?? ""
    return result(
      nil, .notComparable, "the run has no \(reported.metric.title)\(what) to set beside")
  }

  func compared(_ run: MetricSummary) -> ClaimComparison {
    let difference = run.mean - reported.value
    guard let (_, sd) = VerdictRules.spread(run.values), run.values.count >= rules.minimumSeeds
    else {
      let n = run.values.count
      return result(
        run, .inconclusive,
        "\(n) \(n == 1 ? "seed" : "seeds") cannot show a spread; the recipe asks for at least "
          + "\(rules.minimumSeeds) seeds",
        difference: difference, seeds: rules.minimumSeeds, images: images(run.mean, difference))
    }
    let n = Double(run.values.count)
    let error = (sd * sd / n + testVariance).squareRoot()
    let t = StudentT.quantile(1 - rules.alpha, degrees: n - 1)
    let bounds = Bounds(
      low: difference - t * error, high: difference + t * error, level: 1 - 2 * rules.alpha,
      method: "t")
    let margin = rules.margin - reported.halfWidth
    let shown =
      "run − reported is \(points(difference)) points (\(percent(bounds.level)) interval "
      + "\(points(bounds.low)) to \(points(bounds.high)), margin ±"
      + "\(points(rules.margin, sign: false))\(rules.declaration.map { " " + $0 } ?? ""))"
    if bounds.low > -margin, bounds.high < margin {
      return result(run, .reproduced, shown, difference: difference, equivalence: bounds)
    }
    let half = VerdictRules.prediction(run.values, level: rules.level).map {
      ($0.high - $0.low) / 2
    }
    let z = Normal.quantile(1 - (1 - rules.level) / 2)
    let reach =
      ((half ?? 0) * (half ?? 0) + z * z * 2 * testVariance).squareRoot() + reported.halfWidth
    let beyond = rules.margin + reported.halfWidth
    let seeds = seedsToDecide(
      sd: sd, room: max(margin - abs(difference), abs(difference) - beyond))
    if abs(difference) <= reach {
      let isWide = reach > rules.width
      let images = isWide ? imagesForWidth(run.mean) ?? images(run.mean, difference) : nil
      return result(
        run, isWide ? .inconclusive : .compatible,
        shown + "; the reported value lies in the prediction interval" + widened(reach)
          + (isWide ? ", which is too wide to say anything" : "")
          + wouldDecide(seeds: seeds, images: images, excludes: abs(difference) > margin),
        difference: difference, equivalence: bounds, seeds: seeds, images: images)
    }
    guard bounds.low > beyond || bounds.high < -beyond else {
      return result(
        run, .inconclusive,
        shown + "; the reported value lies outside the prediction interval, but the difference may "
          + "be within the margin"
          + wouldDecide(seeds: seeds, images: nil, excludes: abs(difference) > margin),
        difference: difference, equivalence: bounds, seeds: seeds)
    }
    return result(
      run, difference > 0 ? .notReproducedHigher : .notReproducedLower,
      shown + "; the reported value lies outside the prediction interval",
      difference: difference, equivalence: bounds)
  }

  /// The fewest seeds at which, with this spread, half the interval of the difference would fit in
  /// the room between the difference and the margin: it would lie within the margin or wholly beyond.
  private func seedsToDecide(sd: Double, room: Double) -> Int? {
    // Any number of seeds leaves the error of the test images.
    let z = Normal.quantile(1 - rules.alpha)
    let left = room * room / (z * z) - testVariance
    guard room > 0, left > 0, sd * sd / left < 10_000 else { return nil }
    // t is above z: fewer seeds cannot do.
    for n in max(2, Int(sd * sd / left))...10_100 {
      let t = StudentT.quantile(1 - rules.alpha, degrees: Double(n - 1))
      if t * (sd * sd / Double(n) + testVariance).squareRoot() < room { return n }
    }
    return nil
  }

  /// The test images with which a proportion's own error would fit in the margin.
  private func images(_ mean: Double, _ difference: Double) -> Int? {
    let room = rules.margin - reported.halfWidth - abs(difference)
    guard room > 0, mean > 0, mean < 1 else { return nil }
    let z = Normal.quantile(1 - rules.alpha)
    let needed = Int((z * z * mean * (1 - mean) / (room * room)).rounded(.up))
    return needed > testImages ? needed : nil
  }

  /// The test images with which a proportion's own spread between test sets would fit in the widest
  /// interval that the rules accept.
  private func imagesForWidth(_ mean: Double) -> Int? {
    guard mean > 0, mean < 1 else { return nil }
    let z = Normal.quantile(1 - (1 - rules.level) / 2)
    let needed = Int((z * z * mean * (1 - mean) / (rules.width * rules.width)).rounded(.up))
    return needed > testImages ? needed : nil
  }

  /// Says that the interval is wider than the seeds alone make it.
  private func widened(_ reach: Double) -> String {
    testVariance > 0
      ? " (±\(points(reach, sign: false)) points with the choice of test images)" : ""
  }

  private func wouldDecide(seeds: Int?, images: Int?, excludes: Bool) -> String {
    var parts: [String] = []
    if let seeds {
      parts.append(
        "with \(seeds) seeds of this spread the interval would lie "
          + (excludes ? "beyond the margin" : "within the margin"))
    }
    if let images { parts.append("\(images) test images would narrow the spread enough") }
    return parts.isEmpty
      ? "; more seeds would not decide: the difference is at the margin"
      : "; " + parts.joined(separator: ", ")
  }

  private func result(
    _ run: MetricSummary?, _ verdict: Verdict, _ because: String, difference: Double? = nil,
    equivalence: Bounds? = nil, seeds: Int? = nil, images: Int? = nil
  ) -> ClaimComparison {
    ClaimComparison(
      reported: reported, run: run, difference: difference, equivalence: equivalence,
      margin: rules.margin, verdict: verdict, because: because, seedsToDecide: seeds,
      imagesToDecide: images)
  }

  /// A difference in percentage points: `+1.2`.
  private func points(_ value: Double, sign: Bool = true) -> String {
    let tenths = (value * 1000).rounded() / 10
    return (sign && tenths > 0 ? "+" : "") + "\(tenths)"
  }

  private func percent(_ level: Double) -> String { "\(Int((level * 100).rounded())) %" }
}
