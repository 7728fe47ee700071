// Integers of any size, for the rare comparisons that floating point cannot decide.

/// A signed integer of any size: just what exact comparisons of scores need.
struct WideInteger: Hashable {
  /// Base 2³² digits, least significant first, without leading zeros; zero is empty.
  private var digits: [UInt32]
  private(set) var isNegative: Bool

  init(_ value: Int) {
    isNegative = value < 0
    let magnitude = value.magnitude
    digits = [UInt32(truncatingIfNeeded: magnitude), UInt32(truncatingIfNeeded: magnitude >> 32)]
    trim()
  }

  private init(digits: [UInt32], isNegative: Bool) {
    self.digits = digits
    self.isNegative = isNegative
    trim()
  }

  private mutating func trim() {
    while digits.last == 0 { digits.removeLast() }
    if digits.isEmpty { isNegative = false }
  }

  var isZero: Bool { digits.isEmpty }

  /// The number, rounded.
  var double: Double {
    let magnitude = digits.reversed().reduce(0.0) { $0 * 0x1p32 + Double($1) }
    return isNegative ? -magnitude : magnitude
  }

  var magnitude: WideInteger { WideInteger(digits: digits, isNegative: false) }
  static prefix func - (value: WideInteger) -> WideInteger {
    WideInteger(digits: value.digits, isNegative: !value.isNegative)
  }

  static func * (left: WideInteger, right: WideInteger) -> WideInteger {
    var result = [UInt32](repeating: 0, count: left.digits.count + right.digits.count + 1)
    for (row, first) in left.digits.enumerated() {
      var carry: UInt64 = 0
      for (column, second) in right.digits.enumerated() {
        let sum = UInt64(first) * UInt64(second) + UInt64(result[row + column]) + carry
        result[row + column] = UInt32(truncatingIfNeeded: sum)
        carry = sum >> 32
      }
      result[row + right.digits.count] = UInt32(carry)
    }
    return WideInteger(digits: result, isNegative: left.isNegative != right.isNegative)
  }

  static func + (left: WideInteger, right: WideInteger) -> WideInteger {
    if left.isNegative == right.isNegative {
      return WideInteger(digits: add(left.digits, right.digits), isNegative: left.isNegative)
    }
    return compare(left.digits, right.digits) >= 0
      ? WideInteger(digits: subtract(left.digits, right.digits), isNegative: left.isNegative)
      : WideInteger(digits: subtract(right.digits, left.digits), isNegative: right.isNegative)
  }

  static func - (left: WideInteger, right: WideInteger) -> WideInteger { left + (-right) }

  /// −1, 0 or 1 as left is less than, equal to or greater than right.
  static func sign(of left: WideInteger, minus right: WideInteger) -> Int {
    let difference = left - right
    return difference.isZero ? 0 : difference.isNegative ? -1 : 1
  }

  private static func compare(_ left: [UInt32], _ right: [UInt32]) -> Int {
    if left.count != right.count { return left.count < right.count ? -1 : 1 }
    for (first, second) in zip(left, right).reversed() where first != second {
      return first < second ? -1 : 1
    }
    return 0
  }

  private static func add(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
    var result: [UInt32] = []
    var carry: UInt64 = 0
    for index in 0..<max(left.count, right.count) {
      let sum =
        carry + UInt64(index < left.count ? left[index] : 0)
        + UInt64(index < right.count ? right[index] : 0)
      result.append(UInt32(truncatingIfNeeded: sum))
      carry = sum >> 32
    }
    return result + [UInt32(carry)]
  }

  /// left − right for left ≥ right.
  private static func subtract(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
    var result: [UInt32] = []
    var borrow: Int64 = 0
    for index in left.indices {
      var difference =
        Int64(left[index]) - Int64(index < right.count ? right[index] : 0) - borrow
      borrow = difference < 0 ? 1 : 0
      if difference < 0 { difference += 1 << 32 }
      result.append(UInt32(difference))
    }
    return result
  }
}

/// An exact fraction with a positive denominator.
struct WideFraction: Hashable {
  let numerator: WideInteger
  let denominator: WideInteger

  init(_ numerator: WideInteger, _ denominator: WideInteger) {
    self.numerator = denominator.isNegative ? -numerator : numerator
    self.denominator = denominator.magnitude
  }

  init(_ numerator: Int, _ denominator: Int = 1) {
    self.init(WideInteger(numerator), WideInteger(denominator))
  }

  static func + (left: WideFraction, right: WideFraction) -> WideFraction {
    WideFraction(
      left.numerator * right.denominator + right.numerator * left.denominator,
      left.denominator * right.denominator)
  }

  static func * (left: WideFraction, right: WideFraction) -> WideFraction {
    WideFraction(left.numerator * right.numerator, left.denominator * right.denominator)
  }

  static func / (left: WideFraction, right: WideFraction) -> WideFraction {
    WideFraction(left.numerator * right.denominator, left.denominator * right.numerator)
  }

  static prefix func - (value: WideFraction) -> WideFraction {
    WideFraction(-value.numerator, value.denominator)
  }

  /// −1, 0 or 1 as the fraction is less than, equal to or greater than `other`.
  func sign(minus other: WideFraction) -> Int {
    WideInteger.sign(
      of: numerator * other.denominator, minus: other.numerator * denominator)
  }

  /// sign(self)·√|self| where that is a fraction, and the numbers are small enough to tell.
  var rationalRoot: WideFraction? {
    // √(a/b) = √(a·b)/b.
    let square = numerator.magnitude * denominator
    let guess = square.double.squareRoot().rounded()
    guard guess < 0x1p50 else { return nil }
    let root = WideInteger(Int(guess))
    guard root * root == square else { return nil }
    return WideFraction(numerator.isNegative ? -root : root, denominator)
  }

  /// −1, 0 or 1 as sign(self)·√|self| is less than, equal to or greater than `other`.
  func signOfSquareRoot(minus other: WideFraction) -> Int {
    let square = other * other
    return sign(minus: other.numerator.isNegative ? -square : square)
  }
}
