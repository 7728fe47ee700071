// Numbers as they are printed: value, decimals, and ranges, never more precise than the print.

/// A number, or a range of two, as a source prints it.
public struct PrintedNumber: Codable, Sendable, Hashable {
  /// The text as printed, without its unit.
  public let text: String
  /// The lower number as printed, not scaled.
  public let low: Double
  /// The upper number; the same as `low` unless a range is printed.
  public let high: Double
  /// Digits after the decimal point: the finest printed of the two.
  public let decimals: Int

  public var isRange: Bool { low != high }

  /// Half of the last printed place: a value within ± this rounds to the print.
  public var halfWidth: Double {
    var width = 0.5
    for _ in 0..<decimals { width /= 10 }
    return width
  }

  /// Reads `98.88`, `7,909`, `−0.5`, `[0.7, 0.94]` or `0.7–0.94`; nil for anything else.
  public init?(_ text: String) {
    var body = text.filter { $0 != " " && $0 != "\u{a0}" }
    if body.hasPrefix("["), body.hasSuffix("]") {
      body = String(body.dropFirst().dropLast())
      let parts = body.split(separator: ",", omittingEmptySubsequences: false)
      guard parts.count == 2 else { return nil }
      self.init(text: text, first: String(parts[0]), second: String(parts[1]))
    } else if let dash = body.dropFirst().firstIndex(of: "–") {
      let second = String(body[body.index(after: dash)...])
      self.init(text: text, first: String(body[..<dash]), second: second)
    } else {
      self.init(text: text, first: body, second: nil)
    }
  }

  private init?(text: String, first: String, second: String?) {
    guard let (low, lowDecimals) = Self.number(first) else { return nil }
    self.text = text
    self.low = low
    if let second {
      guard let (high, highDecimals) = Self.number(second), high >= low else { return nil }
      self.high = high
      decimals = max(lowDecimals, highDecimals)
    } else {
      high = low
      decimals = lowDecimals
    }
  }

  private static func number(_ text: String) -> (Double, Int)? {
    var digits = text
    if digits.hasPrefix("−") { digits = "-" + digits.dropFirst() }
    let body = digits.hasPrefix("-") ? digits.dropFirst() : digits[...]
    let halves = body.split(separator: ".", omittingEmptySubsequences: false)
    guard halves.count <= 2, let whole = halves.first, !whole.isEmpty else { return nil }
    let groups = whole.split(separator: ",", omittingEmptySubsequences: false)
    guard groups.dropFirst().allSatisfy({ $0.count == 3 }),
      groups[0].count <= 3 || groups.count == 1
    else { return nil }
    let fraction = halves.count == 2 ? halves[1] : ""
    guard halves.count == 1 || !fraction.isEmpty,
      (whole + fraction).allSatisfy({ ("0"..."9").contains($0) || $0 == "," }),
      !fraction.contains(",")
    else { return nil }
    guard let value = Double(digits.filter { $0 != "," }) else { return nil }
    return (value, fraction.count)
  }
}
