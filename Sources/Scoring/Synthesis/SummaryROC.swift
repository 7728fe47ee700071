// The summary ROC curve and the regions around the summary point of the bivariate model.

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension DiagnosticPooling {
  /// A point of ROC space.
  public struct Point: Hashable, Sendable {
    public let falsePositiveRate: Double
    public let sensitivity: Double
  }

  /// The regions around the summary point.
  public enum Region: Sendable {
    /// Where the means lie.
    case confidence
    /// Where the true rates of a further study lie.
    case prediction
  }

  /// The summary point.
  public var summary: Point {
    Point(falsePositiveRate: 1 - specificity, sensitivity: sensitivity)
  }

  /// The slope of the curve on logit scales, √(Ψ₁₁/Ψ₂₂); nil where false positive rates do not
  /// vary between studies or do not rise with sensitivity: then no threshold is being traded, and
  /// the curve would show what is not there.
  public var curveSlope: Double? {
    guard between.falsePositiveRate > 1e-9, between.both > 0 else { return nil }
    return (between.sensitivity / between.falsePositiveRate).squareRoot()
  }

  /// The hierarchical summary ROC curve of Rutter and Gatsonis, in the parameters of the bivariate
  /// model (Harbord et al. 2007): a line through the summary point on logit scales.
  public func sensitivity(atFalsePositiveRate rate: Double) -> Double? {
    curveSlope.map {
      Logit.probability(logitSensitivity + $0 * (Logit.of(rate) - logitFalsePositiveRate))
    }
  }

  /// The curve within the observed false positive rates, as reviewers ask for it.
  public func curve(points: Int = 60) -> [Point] {
    let rates = studies.map { Logit.probability($0.falsePositiveRate.estimate) }
    guard curveSlope != nil, let low = rates.min(), let high = rates.max(), low < high else {
      return []
    }
    return (0...max(1, points)).compactMap { index in
      let rate = low + (high - low) * Double(index) / Double(max(1, points))
      return sensitivity(atFalsePositiveRate: rate).map {
        Point(falsePositiveRate: rate, sensitivity: $0)
      }
    }
  }

  /// The area under the whole curve; nil without a curve.
  public var areaUnderCurve: Double? {
    curveSlope.map {
      Self.area(intercept: logitSensitivity - $0 * logitFalsePositiveRate, slope: $0)
    }
  }

  /// ∫ sens(f) df of logit sens = intercept + slope·logit f, over x = logit f with
  /// df = f(1 − f) dx, which is negligible beyond |x| = 40; there the plain sum converges fastest.
  static func area(intercept: Double, slope: Double) -> Double {
    let steps = 4_000
    let width = 80 / Double(steps)
    var sum = 0.0
    for index in 0...steps {
      let x = -40 + Double(index) * width
      let rate = Logit.probability(x)
      sum += Logit.probability(intercept + slope * x) * rate * (1 - rate)
    }
    return sum * width
  }

  /// The outline of a region in ROC space: an ellipse on logit scales, χ² with 2 degrees.
  public func outline(
    of region: Region, level: Double = 0.95, points: Int = 72
  ) throws(ScoringError) -> [Point] {
    let radius = (-2 * log(1 - (try checked(level)))).squareRoot()
    let spread = region == .prediction ? covariance + between : covariance
    let first = spread.sensitivity.squareRoot()
    let second = spread.both / first
    let third = max(0, spread.falsePositiveRate - second * second).squareRoot()
    return (0..<points).map { index in
      let angle = 2 * Double.pi * Double(index) / Double(points)
      let (x, y) = (radius * cos(angle), radius * sin(angle))
      return Point(
        falsePositiveRate: Logit.probability(logitFalsePositiveRate + second * x + third * y),
        sensitivity: Logit.probability(logitSensitivity + first * x))
    }
  }
}
