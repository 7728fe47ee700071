// What operating points say about the area under the ROC curve, and the area about accuracy.
import Scoring

/// A point of an ROC curve as sensitivity and specificity.
public struct RatePoint: Hashable, Sendable {
  public let sensitivity: Double
  public let specificity: Double

  public init(sensitivity: Double, specificity: Double) {
    self.sensitivity = sensitivity
    self.specificity = specificity
  }
}

/// Bounds of the area under the ROC curve from operating points, and of accuracy from the area.
///
/// Names follow Fazekas & Kovács (arXiv:2408.16040): `min`/`max` assume nothing but a monotone curve;
/// `rmin` a curve that nowhere falls below the diagonal, `grmin` one on the grid of whole samples as
/// well; `maxa` a point of greatest accuracy.
public enum AUCBounds {
  /// Whether an area goes with other scores, and why.
  public struct Finding: Hashable, Sendable {
    public let verdict: Verdict
    public let computation: String
    /// The scores that the area was compared with.
    public let kinds: [ScoreKind]
  }

  /// The area of any monotone curve through all points lies between these two.
  ///
  /// Below the points the curve can run as a staircase under them (se·sp for a single point), above
  /// as a staircase over them (1 − (1 − se)(1 − sp)). Points that no monotone curve connects give nil.
  public static func monotone(_ points: [RatePoint]) -> ClosedRange<Double>? {
    let sorted = points.sorted {
      ($0.specificity, $1.sensitivity) > ($1.specificity, $0.sensitivity)
    }
    var lower = 0.0
    var upper = 0.0
    var rate = 0.0
    var reached = 0.0
    for point in sorted {
      let next = 1 - point.specificity
      guard (0...1).contains(point.sensitivity), (0...1).contains(next),
        point.sensitivity >= reached
      else { return nil }
      lower += (next - rate) * reached
      upper += (next - rate) * point.sensitivity
      rate = next
      reached = point.sensitivity
    }
    lower += (1 - rate) * reached
    upper += 1 - rate
    return lower...max(lower, upper)
  }

  /// The bounds for points that are only known to lie in the intervals of their printed values.
  ///
  /// The lower bound takes the worst corner of every point, the upper bound the best.
  public static func monotone(
    intervals: [(sensitivity: ScoreInterval, specificity: ScoreInterval)]
  ) -> ClosedRange<Double>? {
    func cut(_ value: Double) -> Double { min(1, max(0, value)) }
    let worst = envelope(
      intervals.map {
        RatePoint(sensitivity: cut($0.sensitivity.low), specificity: cut($0.specificity.low))
      }, upper: false)
    let best = envelope(
      intervals.map {
        RatePoint(sensitivity: cut($0.sensitivity.high), specificity: cut($0.specificity.high))
      }, upper: true)
    return worst <= best ? worst...best : nil
  }

  /// The staircase under (or over) points that need not be ordered: rounding may swap neighbours.
  private static func envelope(_ points: [RatePoint], upper: Bool) -> Double {
    let rates = points.map { 1 - $0.specificity }
    let breaks = (rates + [0, 1]).sorted()
    var area = 0.0
    for (left, right) in zip(breaks, breaks.dropFirst()) where right > left {
      var height = upper ? 1.0 : 0.0
      for (rate, point) in zip(rates, points) {
        if upper, rate >= right { height = min(height, point.sensitivity) }
        if !upper, rate <= left { height = max(height, point.sensitivity) }
      }
      area += (right - left) * height
    }
    return area
  }

  /// Least area through one point (`min`): se·sp.
  public static func minimum(_ point: RatePoint) -> Double {
    point.sensitivity * point.specificity
  }

  /// Greatest area through one point (`max`): 1 − (1 − se)(1 − sp).
  public static func maximum(_ point: RatePoint) -> Double {
    1 - (1 - point.sensitivity) * (1 - point.specificity)
  }

  /// Least area through one point of a curve that never falls below the diagonal (`rmin`):
  /// ½ + (se + sp − 1)²/2. Nil for a point below it.
  public static func regulatedMinimum(_ point: RatePoint) -> Double? {
    let gain = point.sensitivity + point.specificity - 1
    return gain >= 0 ? 0.5 + gain * gain / 2 : nil
  }

  /// The same for a curve that runs through shares of whole positives and negatives on both sides of
  /// the point (`grmin`): it comes up to the point's rate at the next whole positive above the
  /// diagonal, and leaves its height at the last whole negative. Nil for a point below the diagonal.
  public static func regulatedMinimum(
    _ point: RatePoint, positives: Int, negatives: Int
  ) -> Double? {
    guard let plain = regulatedMinimum(point) else { return nil }
    let (height, rate) = (point.sensitivity, 1 - point.specificity)
    let (p, n) = (Double(positives), Double(negatives))
    // A rate that is whole already is not moved by its rounding error.
    let above = (rate * p - 1e-9).rounded(.up) / p - rate
    let before = height - (height * n + 1e-9).rounded(.down) / n
    return plain + max(0, rate * above) / 2 + max(0, (1 - height) * before) / 2
  }

  /// The area of the polygon through (0, 0), the point and (1, 1): (se + sp)/2, which is least for a
  /// concave curve.
  public static func concaveMinimum(_ point: RatePoint) -> Double {
    (point.sensitivity + point.specificity) / 2
  }

  /// Greatest area when the point has the greatest accuracy of the curve (`maxa`).
  ///
  /// All of the curve then lies on or below the line of equal accuracy through the point.
  public static func maximumAtBestAccuracy(
    _ point: RatePoint, positives: Int, negatives: Int
  ) -> Double {
    let p = Double(positives)
    let n = Double(negatives)
    let accuracy = (point.sensitivity * p + point.specificity * n) / (p + n)
    return areaUnderAccuracyLine(accuracy, p, n)
  }

  /// The area under min(1, line of equal accuracy), the curve of greatest area with that accuracy.
  static func areaUnderAccuracyLine(_ accuracy: Double, _ p: Double, _ n: Double) -> Double {
    // Sensitivity on the line at false positive rate f: (acc·(p + n) − (1 − f)·n)/p.
    let start = (accuracy * (p + n) - n) / p
    let slope = n / p
    func height(_ rate: Double) -> Double { min(1, max(0, start + slope * rate)) }
    let zero = min(1, max(0, -start / slope))
    let one = min(1, max(0, (1 - start) / slope))
    let breaks = [0, min(zero, one), max(zero, one), 1]
    var area = 0.0
    for (left, right) in zip(breaks, breaks.dropFirst()) {
      area += (right - left) * (height(left) + height(right)) / 2
    }
    return area
  }

  /// Checks a printed area against printed operating points of the same curve.
  ///
  /// The verdict is inconsistent when no monotone curve through the points has the area.
  public static func check(
    area: ReportedScoreInterval, points: [(sensitivity: ReportedScore, specificity: ReportedScore)]
  ) -> Finding {
    let names = points.map { "(\($0.sensitivity.text), \($0.specificity.text))" }
      .joined(separator: ", ")
    guard
      let bounds = monotone(
        intervals: points.map { ($0.sensitivity.interval, $0.specificity.interval) })
    else {
      return Finding(
        verdict: .inconsistent,
        computation: "no monotone ROC curve passes through \(names)",
        kinds: [.recall, .specificity])
    }
    let range = "\(rounded(bounds.lowerBound)) … \(rounded(bounds.upperBound))"
    let sentence =
      "a monotone ROC curve through (sensitivity, specificity) \(names) has an area of \(range)"
    if area.interval.high < bounds.lowerBound - 1e-12
      || area.interval.low > bounds.upperBound + 1e-12
    {
      return Finding(
        verdict: .inconsistent, computation: sentence + ", not \(area.text)",
        kinds: [.recall, .specificity])
    }
    return Finding(
      verdict: .consistent, computation: sentence + ", which allows \(area.text)",
      kinds: [.recall, .specificity])
  }

  static func rounded(_ value: Double) -> String {
    DecimalNumber(mantissa: Int((value * 10_000).rounded()), decimals: 4).description
  }
}

/// A printed area under the curve.
public struct ReportedScoreInterval: Hashable, Sendable {
  public let text: String
  public let interval: ScoreInterval

  /// Parses `0.95`, `95 %` or, with `isPercent`, `95`.
  public init(
    _ text: String, isPercent: Bool = false, rounding: RoundingModel = .nearest
  ) throws(ConsistencyError) {
    // An area has the range of accuracy and is printed like it.
    let score = try ReportedScore(.accuracy, text, isPercent: isPercent, rounding: rounding)
    self.text = score.text
    interval = score.interval
  }
}
