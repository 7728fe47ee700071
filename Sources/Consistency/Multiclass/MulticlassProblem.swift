// What each printed score demands of a K × K confusion matrix under a reading of its averaging.
import Scoring

/// Scores of K classes (K ≥ 3) as requirements on hits per class and predictions per class.
///
/// A K × K matrix with row sums r enters every score only through its diagonal tp and its column
/// sums c. With e = r − tp (missed) and f = c − tp (false alarms), a matrix exists exactly when
/// Σe = Σf and eᵢ + fᵢ ≤ Σe for every class (max-flow min-cut with an empty diagonal).
struct MulticlassProblem {
  /// A mean over classes of a per-class score.
  struct Average {
    let constraint: CountConstraint
    let isWeighted: Bool
    /// Set for F1 as the harmonic mean of averaged precision and recall.
    let isHarmonic: Bool
  }

  let sizes: [Int]
  let total: Int
  /// Requirements on the number of hits alone, as scores of the pooled one-vs-rest matrix.
  private(set) var pooled: [CountConstraint] = []
  /// The requirement on overall accuracy alone, with TP the hits.
  private(set) var overall: [CountConstraint] = []
  private(set) var averages: [Average] = []
  private(set) var kappa: [ScoreInterval] = []
  private(set) var matthews: [ScoreInterval] = []

  init(
    sizes: [Int], hypothesis: Hypothesis, scores: [ReportedScore], acceptsConvention: Bool
  ) {
    self.sizes = sizes
    total = sizes.reduce(0, +)
    for score in scores { add(score, hypothesis, acceptsConvention) }
  }

  private mutating func add(
    _ score: ReportedScore, _ hypothesis: Hypothesis, _ acceptsConvention: Bool
  ) {
    func constraint(_ kind: ScoreKind) -> CountConstraint {
      CountConstraint(
        kind: kind, interval: score.interval, beta: score.beta,
        acceptsConvention: acceptsConvention)
    }
    func average(_ kind: ScoreKind, weighted: Bool, harmonic: Bool = false) {
      averages.append(
        Average(constraint: constraint(kind), isWeighted: weighted, isHarmonic: harmonic))
    }
    switch score.kind {
    case .accuracy, .errorRate:
      switch hypothesis.accuracy {
      case .overall, .patientLevel: overall.append(constraint(score.kind))
      case .meanOneVersusRest: pooled.append(constraint(score.kind))
      case .balanced:
        average(score.kind == .accuracy ? .recall : .falseNegativeRate, weighted: false)
      }
      return
    case .kappa where hypothesis.accuracy != .meanOneVersusRest:
      kappa.append(score.interval)
      return
    case .matthews where hypothesis.accuracy != .meanOneVersusRest:
      matthews.append(score.interval)
      return
    case .balancedAccuracy where hypothesis.accuracy != .meanOneVersusRest:
      // scikit-learn's balanced accuracy of K classes is the mean recall.
      average(.recall, weighted: false)
      return
    default: break
    }
    switch hypothesis.averaging {
    case .micro: pooled.append(constraint(score.kind))
    case .binary, .macro: average(score.kind, weighted: false)
    case .f1OfMacroAverages:
      average(score.kind, weighted: false, harmonic: score.kind == .f1)
    case .weighted, .f1OfWeightedAverages:
      if score.kind == .recall {
        overall.append(constraint(.accuracy))
      } else if score.kind == .falseNegativeRate {
        overall.append(constraint(.errorRate))
      } else {
        average(
          score.kind, weighted: true,
          harmonic: score.kind == .f1 && hypothesis.averaging == .f1OfWeightedAverages)
      }
    }
  }

  /// The numbers of hits that the scores of the whole set allow; nil when there are none.
  var hitRange: ClosedRange<Int>? {
    var low = 0
    var high = total
    let others = (sizes.count - 2) * total
    let views =
      overall.map { ($0, total, 0, 0) }
      + pooled.map { ($0, total, (sizes.count - 1) * total, others) }
    for (constraint, p, n, offset) in views {
      func bound(_ hits: Int) -> Double {
        let tn = n == 0 ? 0 : hits + offset
        return constraint.bound(Double(hits), Double(tn), Double(p), Double(n))
      }
      func holds(_ hits: Int) -> Bool {
        constraint.contains(hits, n == 0 ? 0 : hits + offset, p, n)
      }
      low = max(low, Self.first(0, total + 1) { bound($0) >= constraint.widenedLow })
      high = min(high, Self.first(0, total + 1) { bound($0) > constraint.widenedHigh } - 1)
      while low <= high, !holds(low) { low += 1 }
      while low <= high, !holds(high) { high -= 1 }
      if low > high { return nil }
    }
    return low...high
  }

  private static func first(_ low: Int, _ high: Int, _ test: (Int) -> Bool) -> Int {
    var low = low
    var high = high
    while low < high {
      let middle = (low + high) / 2
      if middle < high, test(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// Whether hits `tp` and predictions `columns` give every average and whole-matrix score, exactly.
  ///
  /// The number of hits itself must come from ``hitRange``.
  func holds(hits tp: [Int], columns: [Int]) -> Bool {
    averages.allSatisfy { holds($0, tp, columns) }
      && kappa.allSatisfy { holds(kappa: $0, tp, columns) }
      && matthews.allSatisfy { holds(matthews: $0, tp, columns) }
  }

  /// The weights of the classes in a mean, and their sum.
  func weight(_ label: Int, _ isWeighted: Bool) -> Int { isWeighted ? sizes[label] : 1 }
  func weightSum(_ isWeighted: Bool) -> Int { isWeighted ? total : sizes.count }

  private func holds(_ average: Average, _ tp: [Int], _ columns: [Int]) -> Bool {
    let constraint = average.constraint
    if average.isHarmonic { return holdsHarmonic(average, tp, columns) }
    var sum = 0.0
    for label in sizes.indices {
      let tn = total - sizes[label] - columns[label] + tp[label]
      let value = constraint.value(tp[label], tn, sizes[label], total - sizes[label])
      sum += Double(weight(label, average.isWeighted)) * value
    }
    let mean = sum / Double(weightSum(average.isWeighted))
    if let clear = Self.isClearly(mean, constraint.interval) { return clear }
    var exact = WideFraction(0)
    for label in sizes.indices {
      let tn = total - sizes[label] - columns[label] + tp[label]
      switch constraint.exactValue(tp[label], tn, sizes[label], total - sizes[label]) {
      case .number(.fraction(let value)):
        exact = exact + WideFraction(weight(label, average.isWeighted)) * value
      case .number, .undecidable: return true
      case .undefined: return false
      }
    }
    let divisor = WideFraction(weightSum(average.isWeighted))
    return ExactNumber.fraction(exact / divisor).isInside(constraint.interval)
  }

  /// True or false when floating point decides, nil near an end of the interval.
  private static func isClearly(_ value: Double, _ interval: ScoreInterval) -> Bool? {
    let margin = 1e-11 * (1 + abs(value))
    guard value.isFinite else { return nil }
    if value > interval.low + margin && value < interval.high - margin { return true }
    if value < interval.low - margin || value > interval.high + margin { return false }
    return nil
  }

  private func holdsHarmonic(_ average: Average, _ tp: [Int], _ columns: [Int]) -> Bool {
    var rough = (precision: 0.0, recall: 0.0)
    for label in sizes.indices {
      let weight =
        Double(weight(label, average.isWeighted)) / Double(weightSum(average.isWeighted))
      if columns[label] > 0 {
        rough.precision += weight * Double(tp[label]) / Double(columns[label])
      }
      rough.recall += weight * Double(tp[label]) / Double(sizes[label])
    }
    let mean = 2 * rough.precision * rough.recall / (rough.precision + rough.recall)
    if let clear = Self.isClearly(mean, average.constraint.interval) { return clear }
    let sum = WideFraction(weightSum(average.isWeighted))
    var precision = WideFraction(0)
    var recall = WideFraction(0)
    for label in sizes.indices {
      let weight = WideFraction(weight(label, average.isWeighted))
      if columns[label] > 0 {
        precision = precision + weight * WideFraction(tp[label], columns[label])
      }
      recall = recall + weight * WideFraction(tp[label], sizes[label])
    }
    let both = precision + recall
    let value =
      both.numerator.isZero
      ? WideFraction(0) : WideFraction(2) * precision * recall / (both * sum)
    return ExactNumber.fraction(value).isInside(average.constraint.interval)
  }

  private func holds(kappa interval: ScoreInterval, _ tp: [Int], _ columns: [Int]) -> Bool {
    let agreed = Double(total) * Double(tp.reduce(0, +))
    let byChance = Self.dot(sizes, columns)
    let rough = (agreed - byChance) / (Double(total) * Double(total) - byChance)
    if let clear = Self.isClearly(rough, interval) { return clear }
    let hits = WideInteger(tp.reduce(0, +))
    let chance = zip(sizes, columns).reduce(WideInteger(0)) {
      $0 + WideInteger($1.0) * WideInteger($1.1)
    }
    let size = WideInteger(total)
    let denominator = size * size - chance
    guard !denominator.isZero else { return false }
    return ExactNumber.fraction(WideFraction(size * hits - chance, denominator))
      .isInside(interval)
  }

  private func holds(matthews interval: ScoreInterval, _ tp: [Int], _ columns: [Int]) -> Bool {
    let square = Double(total) * Double(total)
    let rough =
      (Double(total) * Double(tp.reduce(0, +)) - Self.dot(sizes, columns))
      / ((square - Self.dot(columns, columns)) * (square - Self.dot(sizes, sizes))).squareRoot()
    if let clear = Self.isClearly(rough, interval) { return clear }
    func dot(_ left: [Int], _ right: [Int]) -> WideInteger {
      zip(left, right).reduce(WideInteger(0)) {
        $0 + WideInteger($1.0) * WideInteger($1.1)
      }
    }
    let size = WideInteger(total)
    let top = size * WideInteger(tp.reduce(0, +)) - dot(sizes, columns)
    let bottom =
      (size * size - dot(columns, columns)) * (size * size - dot(sizes, sizes))
    guard !bottom.isZero else { return ExactNumber.fraction(WideFraction(0)).isInside(interval) }
    let signed = top.isNegative ? -(top * top) : top * top
    return ExactNumber.squareRoot(WideFraction(signed, bottom)).isInside(interval)
  }

  private static func dot(_ left: [Int], _ right: [Int]) -> Double {
    var sum = 0.0
    for index in left.indices { sum += Double(left[index]) * Double(right[index]) }
    return sum
  }

  /// A K × K matrix with these row sums, hits and column sums.
  ///
  /// Each unit goes from a row to another column; a class whose row and column together need all
  /// that is left must take part in every step, so such classes are served first.
  func matrix(hits tp: [Int], columns: [Int]) -> ConfusionMatrix? {
    var rows = sizes.indices.map { label in sizes.indices.map { $0 == label ? tp[label] : 0 } }
    var missed = zip(sizes, tp).map { $0 - $1 }
    var alarms = zip(columns, tp).map { $0 - $1 }
    var left = missed.reduce(0, +)
    while left > 0 {
      let order = sizes.indices.sorted {
        (missed[$0] + alarms[$0], $1) > (missed[$1] + alarms[$1], $0)
      }
      guard let tight = order.first(where: { missed[$0] + alarms[$0] > 0 }) else { return nil }
      let isRow = missed[tight] > 0
      guard
        let partner = order.first(where: {
          $0 != tight && (isRow ? alarms[$0] : missed[$0]) > 0
        })
      else { return nil }
      let (row, column) = isRow ? (tight, partner) : (partner, tight)
      // As many at once as keep every other class servable.
      let slack =
        order.filter { $0 != row && $0 != column }
        .map { left - missed[$0] - alarms[$0] }.min() ?? left
      let units = max(1, min(missed[row], alarms[column], slack))
      rows[row][column] += units
      missed[row] -= units
      alarms[column] -= units
      left -= units
    }
    return try? ConfusionMatrix(rows: rows)
  }
}
