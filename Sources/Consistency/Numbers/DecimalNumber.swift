// Decimal numbers as printed, kept exactly.

/// mantissa · 10^−decimals, exactly as it was printed: 0.9830 keeps its trailing zero.
public struct DecimalNumber: Hashable, Sendable, CustomStringConvertible {
  public let mantissa: Int
  public let decimals: Int

  public init(mantissa: Int, decimals: Int) {
    self.mantissa = mantissa
    self.decimals = decimals
  }

  /// Parses `0.983`, `98.3`, `-.05`, `5e-05`; throws ``ConsistencyError/notANumber`` otherwise.
  ///
  /// A decimal comma is read as a point. At most 18 digits, as more cannot be told apart.
  public init(_ text: String) throws(ConsistencyError) {
    var mantissa = 0
    var decimals = 0
    var digits = 0
    var negative = false
    var seenPoint = false
    var exponent = 0
    let characters = Array(text.utf8)
    var index = 0
    if let first = characters.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
      negative = first == UInt8(ascii: "-")
      index = 1
    }
    scan: while index < characters.count {
      let byte = characters[index]
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        digits += mantissa == 0 && byte == UInt8(ascii: "0") ? 0 : 1
        guard digits <= 18, decimals < 40 else { throw .tooManyDigits(text) }
        mantissa = mantissa * 10 + Int(byte - UInt8(ascii: "0"))
        if seenPoint { decimals += 1 }
      case UInt8(ascii: "."), UInt8(ascii: ","):
        guard !seenPoint else { throw .notANumber(text) }
        seenPoint = true
      case UInt8(ascii: "e"), UInt8(ascii: "E"):
        let rest = String(decoding: characters[(index + 1)...], as: UTF8.self)
        guard let power = Int(rest), abs(power) <= 30 else { throw .notANumber(text) }
        exponent = power
        break scan
      default: throw .notANumber(text)
      }
      index += 1
    }
    guard characters.contains(where: { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { throw .notANumber(text) }
    decimals -= exponent
    while decimals < 0 {
      let (grown, overflow) = mantissa.multipliedReportingOverflow(by: 10)
      guard !overflow else { throw .tooManyDigits(text) }
      mantissa = grown
      decimals += 1
    }
    guard decimals <= 18 else { throw .tooManyDigits(text) }
    self.mantissa = negative ? -mantissa : mantissa
    self.decimals = decimals
  }

  /// The shortest decimal that names the given floating-point number.
  public init(_ value: Double) throws(ConsistencyError) {
    guard value.isFinite else { throw .notANumber("\(value)") }
    let parsed = try DecimalNumber("\(value)")
    var mantissa = parsed.mantissa
    var decimals = parsed.decimals
    while decimals > 0, mantissa % 10 == 0 {
      mantissa /= 10
      decimals -= 1
    }
    self.init(mantissa: mantissa, decimals: decimals)
  }

  /// The nearest floating-point number.
  public var double: Double { Double(mantissa) / Self.power(decimals) }

  /// The same number over 10^`decimals`, which must not be coarser; nil when it does not fit.
  func mantissa(atDecimals target: Int) -> Int? {
    guard target >= decimals, target - decimals <= 18 else { return nil }
    let (scaled, overflow) = mantissa.multipliedReportingOverflow(
      by: Self.integerPower(target - decimals))
    return overflow ? nil : scaled
  }

  static func integerPower(_ exponent: Int) -> Int {
    var result = 1
    for _ in 0..<exponent { result *= 10 }
    return result
  }

  private static func power(_ exponent: Int) -> Double { Double(integerPower(exponent)) }

  public var description: String {
    let sign = mantissa < 0 ? "-" : ""
    var digits = String(mantissa.magnitude)
    guard decimals > 0 else { return sign + digits }
    while digits.count <= decimals { digits = "0" + digits }
    let point = digits.index(digits.endIndex, offsetBy: -decimals)
    return sign + digits[..<point] + "." + digits[point...]
  }
}
