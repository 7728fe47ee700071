// GRIM: whether a mean or percentage of whole numbers can be printed as it is.

/// The granularity of a printed mean or percentage (Brown & Heathers 2017,
/// doi:10.1177/1948550616673876).
///
/// A mean of n whole numbers is a multiple of 1/n, a percentage of n samples a multiple of 100/n; at
/// d decimals only some n can give a value.
public struct Grim: Hashable, Sendable {
  public let interval: ScoreInterval
  /// How many whole-numbered items each sample contributes, 1 for counts.
  public let items: Int

  /// - Throws: ``ConsistencyError`` when the text is no number.
  public init(
    _ text: String, isPercent: Bool = false, rounding: RoundingModel = .nearest, items: Int = 1
  ) throws(ConsistencyError) {
    let hasSign = text.hasSuffix("%")
    let printed = try DecimalNumber(
      (hasSign ? String(text.dropLast()) : text).filter { $0 != " " })
    let shift = isPercent || hasSign ? 2 : 0
    interval = try ScoreInterval(
      DecimalNumber(mantissa: printed.mantissa, decimals: printed.decimals + shift), rounding)
    guard items >= 1 else {
      throw .invalidField("items", value: "\(items)", expected: "a positive number")
    }
    self.items = items
  }

  /// The interval of a reported score.
  public init(_ score: ReportedScore) {
    interval = score.interval
    items = 1
  }

  /// Whether some whole total over `samples` samples prints as this.
  public func isPossible(samples: Int) -> Bool { total(samples: samples) != nil }

  /// A whole total that prints as this; nil when there is none.
  public func total(samples: Int) -> Int? {
    guard samples > 0, samples < 1 << 40 / items else { return nil }
    let size = Int128(samples * items)
    let scale = Int128(interval.scale)
    let low = Int128(interval.lower) * size
    // The least total t with t·scale ≥ low, or > when the end is excluded.
    var least = low / scale
    if least * scale < low { least += 1 }
    if least * scale > low, (least - 1) * scale >= low { least -= 1 }
    if !interval.includesLower, least * scale == low { least += 1 }
    let reached = least * scale
    let high = Int128(interval.upper) * size
    guard reached < high || (reached == high && interval.includesUpper) else { return nil }
    return Int(least)
  }

  /// The numbers of samples up to `limit` that can give the value.
  public func possibleSampleSizes(upTo limit: Int) -> [Int] {
    limit < 1 ? [] : (1...limit).filter { isPossible(samples: $0) }
  }

  /// The chance that a random value at these decimals is not possible for so many samples,
  /// max(0, (10^d − n·items)/10^d).
  public func detectionProbability(samples: Int) -> Double {
    let units = Double(interval.scale) / Double(max(1, interval.upper - interval.lower))
    return max(0, (units - Double(samples * items)) / units)
  }
}
