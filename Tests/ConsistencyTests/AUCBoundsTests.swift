// Areas and operating points, against curves drawn at random.
import Scoring
import Testing

@testable import Consistency

@Suite struct AUCBoundsTests {
  /// A random monotone staircase as a ranking, its area and its points.
  private func curve(
    _ generator: inout SeededGenerator, _ p: Int, _ n: Int
  ) throws -> (area: Double, points: [RatePoint]) {
    let labels = (Array(repeating: true, count: p) + Array(repeating: false, count: n))
      .shuffled(using: &generator)
    let scores = labels.map { label in
      generator.uniform() + (label ? generator.uniform() * 1.5 : 0)
    }
    let ranking = try Ranking(scores: scores, isPositive: labels)
    let points = try #require(ranking.rocCurve).map {
      RatePoint(sensitivity: $0.truePositiveRate, specificity: 1 - $0.falsePositiveRate)
    }
    return (try #require(ranking.rocAUC.value), points)
  }

  @Test func `No curve leaves the bounds of its own points`() throws {
    var generator = SeededGenerator(seed: 12)
    for _ in 0..<cases(2_000) {
      let (area, points) = try curve(&generator, 3 + generator.below(20), 3 + generator.below(20))
      let chosen = (0..<(1 + generator.below(3))).map { _ in
        points[generator.below(points.count)]
      }
      let bounds = try #require(AUCBounds.monotone(chosen))
      #expect(area >= bounds.lowerBound - 1e-12 && area <= bounds.upperBound + 1e-12)
      let all = try #require(AUCBounds.monotone(points))
      #expect(abs(all.lowerBound - area) < 1e-9 && abs(all.upperBound - area) < 1e-9)
    }
  }

  @Test func `More points never widen the bounds`() throws {
    var generator = SeededGenerator(seed: 13)
    for _ in 0..<500 {
      let (_, points) = try curve(&generator, 12, 15)
      let first = points[generator.below(points.count)]
      let second = points[generator.below(points.count)]
      let one = try #require(AUCBounds.monotone([first]))
      let two = try #require(AUCBounds.monotone([first, second]))
      #expect(two.lowerBound >= one.lowerBound - 1e-12)
      #expect(two.upperBound <= one.upperBound + 1e-12)
    }
  }

  @Test func `One point gives se·sp and 1 − (1 − se)(1 − sp)`() throws {
    let point = RatePoint(sensitivity: 0.9, specificity: 0.8)
    let bounds = try #require(AUCBounds.monotone([point]))
    #expect(abs(bounds.lowerBound - 0.72) < 1e-15)
    #expect(abs(bounds.upperBound - 0.98) < 1e-15)
    #expect(abs(AUCBounds.minimum(point) - 0.72) < 1e-15)
    #expect(abs(AUCBounds.maximum(point) - 0.98) < 1e-15)
    #expect(abs((try #require(AUCBounds.regulatedMinimum(point))) - 0.745) < 1e-12)
  }

  @Test func `The estimates of Fazekas & Kovács have their values`() throws {
    // 20 positives, 30 negatives, sensitivity 0.85, specificity 0.8, accuracy 0.82, area 0.9; the
    // numbers are those of mlscorecheck's auc module, written out by hand.
    let point = RatePoint(sensitivity: 0.85, specificity: 0.8)
    func expect(_ value: Double?, _ expected: Double, _ name: Comment) throws {
      #expect(abs(try #require(value) - expected) < 1e-12, name)
    }
    try expect(AUCBounds.minimum(point), 0.68, "min")
    try expect(AUCBounds.maximum(point), 0.97, "max")
    try expect(AUCBounds.regulatedMinimum(point), 0.71125, "rmin")
    // The grid moves 25.5 of 30 negatives down to 25: 0.15·(0.85 − 25/30)/2 more.
    try expect(
      AUCBounds.regulatedMinimum(point, positives: 20, negatives: 30), 0.7125, "grmin")
    let areas = AUCBounds.area(accuracy: 0.82, positives: 20, negatives: 30)
    try expect(areas.lowerBound, 0.82 - 0.18 * 1.5, "amin")
    try expect(areas.upperBound, 1, "amax")
    try expect(
      AUCBounds.area(accuracy: 0.3, positives: 20, negatives: 30).upperBound, 0.75, "amax, low")
    try expect(
      AUCBounds.regulatedMinimum(accuracy: 0.82, positives: 20, negatives: 30), 0.65125, "armin")
    try expect(
      AUCBounds.maximumAtBestAccuracy(point, positives: 20, negatives: 30), 1 - 81.0 / 1200,
      "maxa")
    let accuracies = AUCBounds.accuracy(area: 0.9, positives: 20, negatives: 30)
    try expect(accuracies.lowerBound, 0.36, "acc_min")
    try expect(accuracies.upperBound, 0.96, "acc_max")
    let regulated = AUCBounds.regulatedAccuracy(area: 0.9, positives: 20, negatives: 30)
    try expect(regulated?.lowerBound, 0.4, "acc_rmin")
    try expect(regulated?.upperBound, (30 + 20 * 0.8.squareRoot()) / 50, "acc_rmax")
    try expect(
      AUCBounds.bestAccuracy(area: 0.9, positives: 20, negatives: 30).lowerBound,
      1 - 120.0.squareRoot() / 50, "macc_min")
  }

  @Test func `A curve's best accuracy stays within what its area allows`() throws {
    var generator = SeededGenerator(seed: 14)
    for _ in 0..<cases(2_000) {
      let p = 3 + generator.below(20)
      let n = 3 + generator.below(20)
      let (area, points) = try curve(&generator, p, n)
      let accuracies = points.map {
        ($0.sensitivity * Double(p) + $0.specificity * Double(n)) / Double(p + n)
      }
      let best = try #require(accuracies.max())
      let range = AUCBounds.bestAccuracy(area: area, positives: p, negatives: n)
      #expect(best >= range.lowerBound - 1e-9 && best <= range.upperBound + 1e-9)
      let all = AUCBounds.accuracy(area: area, positives: p, negatives: n)
      for accuracy in accuracies {
        let areas = AUCBounds.area(accuracy: accuracy, positives: p, negatives: n)
        #expect(area >= areas.lowerBound - 1e-9 && area <= areas.upperBound + 1e-9)
      }
      #expect(accuracies.allSatisfy { $0 >= all.lowerBound - 1e-9 && $0 <= all.upperBound + 1e-9 })
      let place = try #require(accuracies.firstIndex(of: best))
      let limit = AUCBounds.maximumAtBestAccuracy(points[place], positives: p, negatives: n)
      #expect(area <= limit + 1e-9)
    }
  }

  @Test func `A curve above the diagonal stays within the regulated bounds`() throws {
    var generator = SeededGenerator(seed: 15)
    var seen = 0
    for _ in 0..<cases(2_000) {
      let p = 3 + generator.below(20)
      let n = 3 + generator.below(20)
      let (area, points) = try curve(&generator, p, n)
      // The staircase may dip below the diagonal between points; its upper hull never does.
      guard points.allSatisfy({ $0.sensitivity + $0.specificity >= 1 }) else { continue }
      seen += 1
      for point in points {
        let accuracy =
          (point.sensitivity * Double(p) + point.specificity * Double(n)) / Double(p + n)
        let range = try #require(
          AUCBounds.regulatedAccuracy(area: area, positives: p, negatives: n))
        #expect(accuracy >= range.lowerBound - 1e-9 && accuracy <= range.upperBound + 1e-9)
        let least = try #require(
          AUCBounds.regulatedMinimum(accuracy: accuracy, positives: p, negatives: n))
        #expect(area >= least - 1e-9)
      }
    }
    #expect(seen > 100)
  }

  @Test func `An accuracy that no curve of the printed area reaches is refuted`() throws {
    let area = try ReportedScoreInterval("0.60")
    let high = AUCBounds.check(
      accuracy: try ReportedScore(.accuracy, "0.90"), area: area, positives: 50, negatives: 50)
    #expect(high.verdict == .inconsistent)
    #expect(
      high.computation
        == "with an area of 0.60, accuracy lies in 0.2975 … 0.8025 for 50 positives and 50 "
        + "negatives, not 0.90")
    let possible = AUCBounds.check(
      accuracy: try ReportedScore(.accuracy, "0.80"), area: area, positives: 50, negatives: 50)
    #expect(possible.verdict == .consistent)
  }

  @Test func `A printed area outside the bounds is refuted, inside it is not`() throws {
    let point = (
      sensitivity: try ReportedScore(.recall, "0.90"),
      specificity: try ReportedScore(.specificity, "0.80")
    )
    let wrong = AUCBounds.check(area: try ReportedScoreInterval("0.70"), points: [point])
    #expect(wrong.verdict == .inconsistent)
    #expect(
      wrong.computation
        == "a monotone ROC curve through (sensitivity, specificity) (0.90, 0.80) has an area of "
        + "0.7115 … 0.9815, not 0.70")
    #expect(
      AUCBounds.check(area: try ReportedScoreInterval("98 %"), points: [point]).verdict
        == .consistent)
  }
}
