// A linear axis: round ticks, and where a value lies in the figure.

/// A scale from values to coordinates, with at most eight round ticks.
struct PlotAxis {
  let range: ClosedRange<Double>
  let start: Double
  let end: Double
  let ticks: [Double]
  private let decimals: Int

  /// The axis that holds all values, widened to whole ticks but not beyond `limits`.
  init(
    _ values: [Double], limits: ClosedRange<Double>? = nil, from start: Double, to end: Double
  ) {
    let finite = values.filter(\.isFinite)
    var low = finite.min() ?? 0
    var high = finite.max() ?? 1
    if high - low < 1e-6 {
      low -= 0.01
      high += 0.01
    }
    // The smallest of 1, 2, 5 times a power of ten that makes at most six steps.
    let rough = (high - low) / 6
    var power = 1.0
    var decimals = 0
    while power < rough { power *= 10 }
    while power / 10 >= rough {
      power /= 10
      decimals += 1
    }
    var step = power
    for factor in [2.0, 5] where power / factor >= rough { step = power / factor }
    if step < power, power <= 1 { decimals += 1 }
    var first = Int((low / step + 1e-9).rounded(.down))
    var last = Int((high / step - 1e-9).rounded(.up))
    if let limits {
      first = max(first, Int((limits.lowerBound / step - 1e-9).rounded(.up)))
      last = min(last, Int((limits.upperBound / step + 1e-9).rounded(.down)))
    }
    if last <= first { last = first + 1 }
    ticks = (first...last).map { Double($0) * step }
    range = Double(first) * step...Double(last) * step
    self.start = start
    self.end = end
    self.decimals = decimals
  }

  /// Where a value lies; values beyond the ends lie on them.
  func callAsFunction(_ value: Double) -> Double {
    let inside = min(max(value, range.lowerBound), range.upperBound)
    return start + (inside - range.lowerBound) / (range.upperBound - range.lowerBound)
      * (end - start)
  }

  /// The tick's number with as many decimals as the steps need.
  func label(_ tick: Double) -> String { rounded(tick, decimals) }
}

/// A number with a fixed number of decimals, at most 9.
func rounded(_ value: Double, _ decimals: Int) -> String {
  guard value.isFinite, abs(value) < 1e9 else { return "\(value)" }
  var factor = 1
  for _ in 0..<min(9, max(0, decimals)) { factor *= 10 }
  let scaled = Int((abs(value) * Double(factor)).rounded())
  let sign = value < 0 && scaled > 0 ? "-" : ""
  guard factor > 1 else { return sign + "\(scaled)" }
  return sign + "\(scaled / factor)." + "\(scaled % factor + factor)".dropFirst()
}
