// The exact interval of true values that a printed score stands for.

/// How a value was shortened to its printed decimals.
public enum RoundingModel: String, CaseIterable, Hashable, Sendable, Codable {
  /// To the nearest, ties either way: what one may assume of a paper.
  case nearest
  /// To the nearest, ties away from zero.
  case halfUp
  /// To the nearest, ties to the even digit.
  case halfEven
  /// Towards −∞.
  case floor
  /// Towards +∞.
  case ceiling
  /// Towards zero.
  case truncation
  /// To the nearest or truncated: when a paper may have cut its digits off.
  case nearestOrTruncated
}

/// lower/scale … upper/scale, each end included or not.
public struct ScoreInterval: Hashable, Sendable {
  public let lower: Int
  public let upper: Int
  public let scale: Int
  public let includesLower: Bool
  public let includesUpper: Bool
  /// The ends as floating-point numbers, correct to the last bit.
  public let low: Double
  public let high: Double

  init(
    lower: Int, upper: Int, scale: Int, includesLower: Bool = true, includesUpper: Bool = true
  ) {
    self.lower = lower
    self.upper = upper
    self.scale = scale
    self.includesLower = includesLower
    self.includesUpper = includesUpper
    low = Double(lower) / Double(scale)
    high = Double(upper) / Double(scale)
  }

  /// The values that `model` shortens to `printed`.
  public init(_ printed: DecimalNumber, _ model: RoundingModel) throws(ConsistencyError) {
    guard printed.decimals <= 17, printed.mantissa.magnitude < 4_000_000_000_000_000_000 else {
      throw .tooManyDigits(printed.description)
    }
    let center = 2 * printed.mantissa
    let scale = 2 * DecimalNumber.integerPower(printed.decimals)
    let even = printed.mantissa % 2 == 0
    let negative = printed.mantissa < 0
    switch model {
    case .nearest: self.init(lower: center - 1, upper: center + 1, scale: scale)
    case .halfUp:
      self.init(
        lower: center - 1, upper: center + 1, scale: scale,
        includesLower: !negative, includesUpper: negative)
    case .halfEven:
      self.init(
        lower: center - 1, upper: center + 1, scale: scale, includesLower: even,
        includesUpper: even)
    case .floor:
      self.init(lower: center, upper: center + 2, scale: scale, includesUpper: false)
    case .ceiling:
      self.init(lower: center - 2, upper: center, scale: scale, includesLower: false)
    case .truncation:
      // Zero is what everything within one unit on either side is cut to.
      self.init(
        lower: printed.mantissa > 0 ? center : center - 2,
        upper: negative ? center : center + 2, scale: scale,
        includesLower: printed.mantissa > 0, includesUpper: negative)
    case .nearestOrTruncated:
      self.init(
        lower: printed.mantissa > 0 ? center - 1 : center - 2,
        upper: negative ? center + 1 : center + 2, scale: scale,
        includesLower: printed.mantissa > 0, includesUpper: negative)
    }
  }

  /// value ± halfWidth, both ends included.
  public init(
    _ value: DecimalNumber, halfWidth: DecimalNumber
  ) throws(ConsistencyError) {
    let decimals = max(value.decimals, halfWidth.decimals)
    guard let center = value.mantissa(atDecimals: decimals),
      let width = halfWidth.mantissa(atDecimals: decimals),
      center.magnitude < 4_000_000_000_000_000_000, width.magnitude < 4_000_000_000_000_000_000
    else { throw .tooManyDigits(value.description) }
    guard width >= 0 else { throw .notANumber(halfWidth.description) }
    self.init(
      lower: center - width, upper: center + width,
      scale: DecimalNumber.integerPower(decimals))
  }

  /// The interval of −x.
  var negated: ScoreInterval {
    ScoreInterval(
      lower: -upper, upper: -lower, scale: scale, includesLower: includesUpper,
      includesUpper: includesLower)
  }
}
