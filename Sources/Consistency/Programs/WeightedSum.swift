// Verifies in integers that a weighted sum of linear rows has no solution.

/// The proof by weights (Farkas): for any weights y, Σ yᵢ·rowᵢ(x) ≤ Σ yᵢ·(end of row i) must hold.
/// When the least value of the left side over the variables' ranges exceeds the right side, no x
/// meets the rows.
///
/// The weights come from floating point and need not be exact, as the argument holds for any. All
/// sums are taken in 128-bit integers with every rounding outwards, and every coefficient is taken as
/// known to 2⁻⁴⁹ of its size only, so that the verdict holds for the rational numbers it stands for.
enum WeightedSum {
  /// A number between `low` and `high` units of 2⁻⁵⁶.
  private struct Fixed {
    var low: Int128
    var high: Int128
  }

  private static let unit = 0x1p56

  /// Whether some sign of the weights proves that the rows have no integer solution.
  static func refutes(
    _ rows: [LinearProgram.Row], _ ranges: [ClosedRange<Int>], weights: [Double]
  ) -> Bool {
    let largest = weights.map(abs).max() ?? 0
    guard largest > 0, largest.isFinite else { return false }
    // Whole weights of 24 bits.
    let whole = weights.map { Int128(($0 / largest * 0x1p24).rounded()) }
    return refutes(rows, ranges, whole) || refutes(rows, ranges, whole.map { -$0 })
  }

  private static func refutes(
    _ rows: [LinearProgram.Row], _ ranges: [ClosedRange<Int>], _ weights: [Int128]
  ) -> Bool {
    var factors = Array(repeating: Fixed(low: 0, high: 0), count: ranges.count)
    var limit: Int128 = 0
    for (row, weight) in zip(rows, weights) where weight != 0 {
      let end = weight > 0 ? row.high : row.low
      // A row that is open at this end says nothing.
      guard abs(end) < 0x1p26 else { continue }
      // Rounded up by one unit whatever the sign: the sum may only grow.
      limit += weight * Int128((end * unit).rounded(weight > 0 ? .up : .down)) + 1
      for (variable, coefficient) in row.terms {
        guard abs(coefficient) <= 4 else { return false }
        let middle = Int128((coefficient * unit).rounded())
        let error = middle.magnitude >> 49 + 2
        let ends = [
          weight * (middle - Int128(error)), weight * (middle + Int128(error)),
        ]
        factors[variable].low += min(ends[0], ends[1])
        factors[variable].high += max(ends[0], ends[1])
      }
    }
    var least: Int128 = 0
    for (factor, range) in zip(factors, ranges) {
      // Variables are counts: never negative, so the lower factor bounds the product from below.
      guard range.lowerBound >= 0, range.upperBound < 1 << 30 else { return false }
      let count = factor.low >= 0 ? range.lowerBound : range.upperBound
      least += factor.low * Int128(count)
    }
    return least > limit
  }
}
