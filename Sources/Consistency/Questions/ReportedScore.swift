// One score of a study as printed, with the interval of values that it stands for.

/// A printed score: its kind, its text, and the exact interval of values that print so.
public struct ReportedScore: Hashable, Sendable {
  public let kind: ScoreKind
  /// The value as printed, in its own unit: `98.33` with ``isPercent``, or `0.9833`.
  public let printed: DecimalNumber
  public let isPercent: Bool
  /// β of F-beta scores; 1 elsewhere.
  public let beta: DecimalNumber
  /// The values, as fractions, that print as this.
  public let interval: ScoreInterval

  /// A score as printed. A text that ends in `%`, or `isPercent`, is divided by 100.
  ///
  /// - Throws: ``ConsistencyError`` when the text is no number or lies outside the score's range by
  ///   more than its rounding.
  public init(
    _ kind: ScoreKind, _ text: String, isPercent: Bool = false,
    rounding: RoundingModel = .nearest, halfWidth: DecimalNumber? = nil,
    beta: DecimalNumber = DecimalNumber(mantissa: 1, decimals: 0)
  ) throws(ConsistencyError) {
    var body = Substring(text)
    while let first = body.first, first == " " || first == "\u{a0}" { body.removeFirst() }
    while let last = body.last, last == " " || last == "\u{a0}" { body.removeLast() }
    var percent = isPercent
    if body.hasSuffix("%") {
      percent = true
      body.removeLast()
      while body.last == " " || body.last == "\u{a0}" { body.removeLast() }
    }
    try self.init(
      kind, try DecimalNumber(String(body)), isPercent: percent, rounding: rounding,
      halfWidth: halfWidth, beta: beta)
  }

  /// A score as printed, already parsed; `halfWidth` replaces the rounding model when given and is
  /// in the unit of a fraction.
  public init(
    _ kind: ScoreKind, _ printed: DecimalNumber, isPercent: Bool = false,
    rounding: RoundingModel = .nearest, halfWidth: DecimalNumber? = nil,
    beta: DecimalNumber = DecimalNumber(mantissa: 1, decimals: 0)
  ) throws(ConsistencyError) {
    self.kind = kind
    self.printed = printed
    self.isPercent = isPercent
    self.beta = beta
    let fraction = DecimalNumber(
      mantissa: printed.mantissa, decimals: printed.decimals + (isPercent ? 2 : 0))
    if let halfWidth {
      interval = try ScoreInterval(fraction, halfWidth: halfWidth)
    } else {
      interval = try ScoreInterval(fraction, rounding)
    }
    let range = kind.range
    if interval.high < Double(range.lower)
      || range.upper.map({ interval.low > Double($0) }) ?? false
    {
      throw .outOfRange(
        kind, value: text, lower: "\(range.lower)", upper: range.upper.map { "\($0)" } ?? "∞")
    }
  }

  /// The same score with another interval of values.
  func with(_ interval: ScoreInterval) -> ReportedScore {
    ReportedScore(kind, printed, isPercent, beta, interval)
  }

  /// The same interval under another kind, for scores that are equal under some averaging.
  func renamed(_ kind: ScoreKind) -> ReportedScore {
    ReportedScore(kind, printed, isPercent, beta, interval)
  }

  private init(
    _ kind: ScoreKind, _ printed: DecimalNumber, _ isPercent: Bool, _ beta: DecimalNumber,
    _ interval: ScoreInterval
  ) {
    self.kind = kind
    self.printed = printed
    self.isPercent = isPercent
    self.beta = beta
    self.interval = interval
  }

  /// The value as printed, with its unit.
  public var text: String { printed.description + (isPercent ? " %" : "") }

  /// `value`, a fraction, as this score would print it, rounded to the nearest.
  public func printing(_ value: Double) -> String {
    let decimals = printed.decimals
    let scaled = value * (isPercent ? 100 : 1) * Double(DecimalNumber.integerPower(decimals))
    guard abs(scaled) < 1e17 else { return "\(value)" }
    return DecimalNumber(mantissa: Int(scaled.rounded()), decimals: decimals).description
      + (isPercent ? " %" : "")
  }
}
