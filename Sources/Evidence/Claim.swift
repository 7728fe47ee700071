// One printed value of one metric, with everything that makes it comparable.

/// One printed value of one metric for one experiment, at one place.
///
/// Two claims that disagree are both kept: a claim is what a source prints, never a merged truth.
public struct Claim: Codable, Sendable, Hashable {
  /// Whose performance the value is.
  public enum Subject: String, Codable, Sendable, CaseIterable { case model, clinicians }

  /// A printed confidence interval, in the claim's unit.
  public struct Interval: Codable, Sendable, Hashable {
    public let level: Double
    public let low: Double
    public let high: Double
    public let method: Reported<String>

    public init(level: Double, low: Double, high: Double, method: Reported<String>) {
      self.level = level
      self.low = low
      self.high = high
      self.method = method
    }
  }

  public let metric: Metric
  public let printed: PrintedNumber
  public let unit: Unit
  /// The key of the study's appearance that prints it.
  public let appearance: String
  public let at: Place
  /// The word printed for the metric where it is another: `Sensitivity`.
  public let label: String?
  public let averaging: Reported<Averaging>
  public let positive: Reported<String>
  public let accuracyKind: Reported<AccuracyKind>
  /// The class the value is of; nil for all classes.
  public let ofClass: String?
  public let subset: String?
  public let of: Subject
  public let aggregation: Reported<Aggregation>
  public let n: Reported<Int>
  public let interval: Interval?
  public let sd: Double?
  public let uncertain: Doubt?

  public init(
    metric: Metric, printed: PrintedNumber, unit: Unit, appearance: String, at: Place,
    label: String? = nil, averaging: Reported<Averaging> = .notReported,
    positive: Reported<String> = .notReported,
    accuracyKind: Reported<AccuracyKind> = .notReported, ofClass: String? = nil,
    subset: String? = nil, of: Subject = .model, aggregation: Reported<Aggregation> = .notReported,
    n: Reported<Int> = .notReported, interval: Interval? = nil, sd: Double? = nil,
    uncertain: Doubt? = nil
  ) {
    self.metric = metric
    self.printed = printed
    self.unit = unit
    self.appearance = appearance
    self.at = at
    self.label = label
    self.averaging = averaging
    self.positive = positive
    self.accuracyKind = accuracyKind
    self.ofClass = ofClass
    self.subset = subset
    self.of = of
    self.aggregation = aggregation
    self.n = n
    self.interval = interval
    self.sd = sd
    self.uncertain = uncertain
  }

  /// The value as a fraction; the lower end where a range is printed.
  public var value: Double { fraction(printed.low) }

  /// The upper end of a range as a fraction; the value itself where none is printed.
  public var high: Double { fraction(printed.high) }

  /// A printed number as a fraction, to the decimal digits that are printed: 98.88% is 0.9888.
  private func fraction(_ number: Double) -> Double {
    (number / unit.divisor * 1e12).rounded() / 1e12
  }

  /// The value with its unit, as a person writes it: `98.88%`, `0.99`.
  public var text: String { unit == .percent ? printed.text + "%" : printed.text }
}
