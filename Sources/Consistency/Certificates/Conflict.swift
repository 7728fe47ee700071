// Explains an infeasible set of scores: its smallest conflicting part and the nearest values.

/// Explanations from nothing but a solver's answers.
struct ConflictExplainer {
  let decide: ([ReportedScore]) -> Feasibility

  /// A smallest subset (by number of scores) that is infeasible by itself.
  func smallestConflict(in scores: [ReportedScore]) -> [ReportedScore] {
    guard scores.count <= 8 else { return irreducible(scores) }
    for size in 1..<max(1, scores.count) {
      for mask in 1..<(1 << scores.count) where mask.nonzeroBitCount == size {
        let subset = scores.indices.filter { mask >> $0 & 1 == 1 }.map { scores[$0] }
        if decide(subset).isInfeasible { return subset }
      }
    }
    return scores
  }

  /// A conflict none of whose scores can be left out, for long lists.
  private func irreducible(_ scores: [ReportedScore]) -> [ReportedScore] {
    var kept = scores
    var index = 0
    while index < kept.count {
      var without = kept
      without.remove(at: index)
      if decide(without).isInfeasible { kept = without } else { index += 1 }
    }
    return kept
  }

  /// For each score of a conflict, the nearest printed values that the other scores allow.
  func nearestValues(in conflict: [ReportedScore]) -> [NearestValues] {
    conflict.indices.map { index in
      NearestValues(
        score: conflict[index], below: nearest(to: index, in: conflict, above: false),
        above: nearest(to: index, in: conflict, above: true))
    }
  }

  /// Steps of the printed precision, doubling, then halving back to the first that is feasible.
  private func nearest(to index: Int, in scores: [ReportedScore], above: Bool) -> String? {
    let score = scores[index]
    let unit = DecimalNumber(
      mantissa: 1, decimals: score.printed.decimals + (score.isPercent ? 2 : 0))
    let interval = score.interval
    let steps = interval.scale / DecimalNumber.integerPower(unit.decimals)
    guard steps >= 1 else { return nil }
    func isFeasible(_ distance: Int) -> Bool? {
      let reach = distance * steps
      let moved =
        above
        ? ScoreInterval(
          lower: interval.lower, upper: interval.upper + reach, scale: interval.scale,
          includesLower: interval.includesLower, includesUpper: interval.includesUpper)
        : ScoreInterval(
          lower: interval.lower - reach, upper: interval.upper, scale: interval.scale,
          includesLower: interval.includesLower, includesUpper: interval.includesUpper)
      var changed = scores
      changed[index] = score.with(moved)
      switch decide(changed) {
      case .feasible: return true
      case .infeasible: return false
      case .unknown: return nil
      }
    }
    let limit = 2 * interval.scale / steps + 1
    var high = 1
    while true {
      guard let found = isFeasible(high) else { return nil }
      if found { break }
      guard high < limit else { return nil }
      high = min(limit, high * 2)
    }
    var low = high / 2
    while high - low > 1 {
      let middle = (low + high) / 2
      guard let found = isFeasible(middle) else { return nil }
      if found { high = middle } else { low = middle }
    }
    let shifted = score.printed.mantissa + (above ? high : -high)
    return DecimalNumber(mantissa: shifted, decimals: score.printed.decimals).description
      + (score.isPercent ? " %" : "")
  }
}
