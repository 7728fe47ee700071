// Proves averaged scores of K classes impossible by separating hulls over the classes.

/// Every averaged score is a sum over classes of a function of missed samples e and false alarms f.
/// So are Σe and Σf, which a matrix makes equal; with the number of errors fixed by accuracy they tie
/// the classes together.
struct MulticlassHull {
  let problem: MulticlassProblem
  /// The most points over all classes.
  var limit = 400_000

  /// Whether no matrix with that many hits has the scores.
  func refutes(_ hits: ClosedRange<Int>, rounds: Int = 120) -> Bool {
    if refutesTogether(hits, rounds) { return true }
    // One number of errors at a time separates more.
    guard hits.count > 1, hits.count <= 16 else { return false }
    return hits.allSatisfy { refutesTogether($0...$0, rounds) }
  }

  private func refutesTogether(_ hits: ClosedRange<Int>, _ rounds: Int) -> Bool {
    let least = problem.total - hits.upperBound
    let most = problem.total - hits.lowerBound
    let points = problem.sizes.reduce(0) { $0 + (min($1, most) + 1) * (most + 1) }
    guard points <= limit else { return false }
    let coordinates = coordinates(hits)
    guard !coordinates.isEmpty else { return false }
    let groups = problem.sizes.indices.map { label in
      HullSeparation.Group(
        weight: 1, points: self.points(label, most, coordinates),
        share: HullSeparation.Quotient(1, 1),
        exact: { self.exactPoints(label, most, coordinates) })
    }
    let slack = 1e-9
    let separation = HullSeparation(
      groups: groups, low: coordinates.map { $0.low - slack } + [Double(least), 0],
      high: coordinates.map { $0.high + slack } + [Double(most), 0])
    if case .separated = separation.run(rounds: rounds) { return true }
    return false
  }

  /// A term per class and the interval of its sum.
  private struct Coordinate {
    let low: Double
    let high: Double
    /// From class, missed and false alarms.
    let term: (Int, Int, Int) -> Double
    /// The term's enclosure in units of 2⁻³⁶; nil where it cannot be told.
    let exact: (Int, Int, Int) -> Int?
  }

  /// The points in integers, in the order of ``points(_:_:_:)``.
  private func exactPoints(_ label: Int, _ most: Int, _ coordinates: [Coordinate]) -> [Int]? {
    let size = problem.sizes[label]
    var points: [Int] = []
    for missed in 0...min(size, most) {
      for alarms in 0...min(problem.total - size, most - missed) {
        guard coordinates.allSatisfy({ $0.term(label, missed, alarms).isFinite }) else { continue }
        for coordinate in coordinates {
          guard let value = coordinate.exact(label, missed, alarms) else { return nil }
          points.append(value)
        }
        points += [missed << 36, (missed - alarms) << 36]
      }
    }
    return points
  }

  private func points(_ label: Int, _ most: Int, _ coordinates: [Coordinate]) -> [Double] {
    let size = problem.sizes[label]
    var points: [Double] = []
    for missed in 0...min(size, most) {
      for alarms in 0...min(problem.total - size, most - missed) {
        let row = coordinates.map { $0.term(label, missed, alarms) }
        guard row.allSatisfy(\.isFinite) else { continue }
        points += row
        points.append(Double(missed))
        points.append(Double(missed - alarms))
      }
    }
    return points
  }

  private func coordinates(_ hits: ClosedRange<Int>) -> [Coordinate] {
    var found: [Coordinate] = []
    for average in problem.averages where average.constraint.interval.high < 1e6 {
      let interval = average.constraint.interval
      if average.isHarmonic {
        if let limits = precision(under: average) {
          let plain = CountConstraint(kind: .precision, interval: interval)
          found.append(coordinate(plain, average.isWeighted, limits.0, limits.1))
        }
      } else {
        found.append(
          coordinate(average.constraint, average.isWeighted, interval.low, interval.high))
      }
    }
    if hits.count == 1 {
      // κ = (N·t − A)/(N² − A) falls with A = Σ r·c; in units of N².
      let size = Double(problem.total)
      let correct = Double(hits.lowerBound) / size
      for interval in problem.kappa where interval.high < 1 {
        found.append(
          Coordinate(
            low: (correct - interval.high) / (1 - interval.high),
            high: (correct - interval.low) / (1 - interval.low),
            term: { label, missed, alarms in
              let own = Double(problem.sizes[label])
              return own * (own - Double(missed) + Double(alarms)) / (size * size)
            },
            exact: { label, missed, alarms in
              let own = problem.sizes[label]
              let top = own * (own - missed + alarms)
              let bottom = problem.total * problem.total
              return ExactRatio(Int128(top), Int128(bottom))
                .enclosure(near: Double(top) / Double(bottom))
            }))
      }
    }
    return found
  }

  private func coordinate(
    _ constraint: CountConstraint, _ isWeighted: Bool, _ low: Double, _ high: Double
  ) -> Coordinate {
    let problem = problem
    return Coordinate(
      low: low, high: high,
      term: { label, missed, alarms in
        let size = problem.sizes[label]
        let rest = problem.total - size
        return Double(problem.weight(label, isWeighted)) / Double(problem.weightSum(isWeighted))
          * constraint.value(size - missed, rest - alarms, size, rest)
      },
      exact: { label, missed, alarms in
        let size = problem.sizes[label]
        let rest = problem.total - size
        return constraint.enclosure(
          size - missed, rest - alarms, size, rest, times: problem.weight(label, isWeighted),
          over: problem.weightSum(isWeighted))
      })
  }

  /// The averaged precision that the harmonic mean F and averaged recall R leave: FR/(2R − F), which
  /// rises with F and falls with R.
  private func precision(under average: MulticlassProblem.Average) -> (Double, Double)? {
    guard
      let recall = problem.averages.first(where: {
        $0.constraint.kind == .recall && $0.isWeighted == average.isWeighted
      })?.constraint.interval
    else { return nil }
    let f1 = average.constraint.interval
    let low = 2 * recall.high - f1.low
    let high = 2 * recall.low - f1.high
    guard low > 0, high > 0 else { return nil }
    return (f1.low * recall.high / low, f1.high * recall.low / high)
  }
}
