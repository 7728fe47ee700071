// A score as a sum over classes of a function of their false alarms, and its extremes.

/// Σ α·f in low ... high when linear, else Σ α/(β + f) in low ... high, over classes with f false
/// alarms; bounds hold for any way to share a number of false alarms among classes.
struct AlarmSum {
  var isLinear: Bool
  var alpha: [Double]
  var beta: [Double]
  var low: Double
  var high: Double

  @inline(__always)
  func term(_ label: Int, _ alarms: Int) -> Double {
    if isLinear { return alpha[label] * Double(alarms) }
    return alpha[label] == 0 ? 0 : alpha[label] / (beta[label] + Double(alarms))
  }

  /// A lower bound of the sum over the given classes that share `left` false alarms.
  func least(_ labels: ArraySlice<Int>, _ caps: [Int], _ left: Int) -> Double {
    if isLinear { return linear(labels, caps, left, ascending: true) }
    // The dual: for any price, Σ min over f of (term + price·f) − price·left is a lower bound.
    // The best price makes the cheapest f add up to `left`.
    var low = 0.0
    var high = 0.0
    for label in labels where alpha[label] > 0 {
      high = max(high, alpha[label] / (beta[label] * beta[label]))
    }
    if high == 0 { return 0 }
    for _ in 0..<24 {
      let price = (low + high) / 2
      var used = 0.0
      for label in labels { used += cheapest(label, caps[label], price) }
      if used > Double(left) { low = price } else { high = price }
    }
    var bound = -high * Double(left)
    for label in labels {
      let alarms = cheapest(label, caps[label], high)
      bound += high * alarms
      if alpha[label] > 0 { bound += alpha[label] / (beta[label] + alarms) }
    }
    return bound - 1e-9
  }

  @inline(__always)
  private func cheapest(_ label: Int, _ cap: Int, _ price: Double) -> Double {
    guard alpha[label] > 0 else { return 0 }
    let free = (alpha[label] / price).squareRoot() - beta[label]
    return min(Double(cap), max(0, free))
  }

  /// An upper bound of the same sum: convex terms lie below their chords, the flattest of which
  /// bounds what each false alarm takes away.
  func most(_ labels: ArraySlice<Int>, _ caps: [Int], _ left: Int) -> Double {
    if isLinear { return linear(labels, caps, left, ascending: false) }
    var bound = 0.0
    var flattest = Double.infinity
    for label in labels {
      let reach = min(caps[label], left)
      let start = term(label, 0)
      bound += start
      if reach > 0 {
        flattest = min(flattest, (start - term(label, reach)) / Double(reach))
      }
    }
    return bound - (flattest.isFinite ? flattest * Double(left) : 0) + 1e-9
  }

  private func linear(
    _ labels: ArraySlice<Int>, _ caps: [Int], _ left: Int, ascending: Bool
  ) -> Double {
    var rest = left
    var value = 0.0
    // Coefficients of all linear sums grow with the class size, as the order does.
    var index = ascending ? labels.startIndex : labels.endIndex - 1
    while rest > 0, labels.indices.contains(index) {
      let taken = min(rest, caps[labels[index]])
      value += alpha[labels[index]] * Double(taken)
      rest -= taken
      index += ascending ? 1 : -1
    }
    return value
  }
}
