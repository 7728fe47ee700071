// Folds of unknown class mix, decided from the points of every mix at once.

extension UnknownFolds {
  /// Tries all counts of few small folds in every class mix; nil when there are too many.
  func meet(_ constraints: [CountConstraint], limit: Int) -> Feasibility? {
    guard datasets.count == 1, case .unknown(let counts, let folds, 1) = datasets[0].folds else {
      return nil
    }
    let usable = constraints.filter { $0.interval.high < 1e6 }
    let bounds = datasets[0].foldBounds
    let sizes = Self.sizes(counts.total, folds)
    let most = sizes.map { size in
      Self.mixes(size, counts).reduce(0) { $0 + ($1.positives + 1) * ($1.negatives + 1) }
    }.max()
    guard FoldMeeting.isWorthwhile(points: most ?? 0, folds: folds, limit: limit) else {
      return nil
    }
    var kinds: [FoldMeeting.Kind] = []
    var points: [(counts: ClassCounts, pair: CountPair)] = []
    var places: [Int: Int] = [:]
    for size in sizes where places[size] == nil {
      places[size] = kinds.count
      var kind = FoldMeeting.Kind(points: [], names: [])
      for fold in Self.mixes(size, counts) where constraints.allSatisfy({ $0.isDefined(fold) }) {
        let (p, n) = (fold.positives, fold.negatives)
        for tp in 0...p {
          for tn in 0...n where bounds.allSatisfy({ $0.allows(tp, tn, fold) }) {
            let row = usable.map { $0.value(tp, tn, p, n) / Double(folds) }
            guard row.allSatisfy(\.isFinite) else { continue }
            kind.points += row
            kind.points.append(Double(p))
            kind.names.append(points.count)
            points.append((fold, CountPair(tp: tp, tn: tn)))
          }
        }
      }
      kinds.append(kind)
    }
    let positives = Double(counts.positives)
    var meeting = FoldMeeting(
      kinds: kinds, kindOf: sizes.map { places[$0] ?? 0 },
      low: usable.map { $0.interval.low - 1e-12 } + [positives - 0.25],
      high: usable.map { $0.interval.high + 1e-12 } + [positives + 0.25])
    var found: Witness?
    let answer = meeting.run(limit: limit) { names in
      let units = names.map {
        FoldUnit(counts: points[$0].counts, divisor: folds, dataset: 0)
      }
      found = witness(names.map { points[$0].pair }, units)
      return found != nil
    }
    switch answer {
    case .found: return found.map { .feasible($0) }
    case .none: return .infeasible(.enumeration)
    case .tooMany: return nil
    }
  }

  /// Whether no folds at all of these sizes have the means: a fold's points are those of every class
  /// mix, tied by the mean number of positives.
  func hullsSeparate(_ constraints: [CountConstraint]) -> Bool {
    guard datasets.count == 1, case .unknown(let counts, let folds, _) = datasets[0].folds else {
      return false
    }
    let usable = constraints.filter { $0.interval.high < 1e6 }
    let bounds = datasets[0].foldBounds
    var groups: [HullSeparation.Group] = []
    let sizes = Self.sizes(counts.total, folds)
    for size in Set(sizes).sorted() {
      var points: [Double] = []
      for fold in Self.mixes(size, counts) where usable.allSatisfy({ $0.isDefined(fold) }) {
        guard points.count < 2_000_000 else { return false }
        let p = fold.positives
        for tp in 0...p {
          for tn in 0...(size - p) where bounds.allSatisfy({ $0.allows(tp, tn, fold) }) {
            let row = usable.map { $0.value(tp, tn, p, size - p) }
            guard row.allSatisfy(\.isFinite) else { continue }
            points += row
            points.append(Double(p))
          }
        }
      }
      let number = sizes.count { $0 == size }
      let share = Double(number) / Double(folds)
      groups.append(
        HullSeparation.Group(
          weight: share, points: points, share: HullSeparation.Quotient(number, folds),
          exact: { Self.exactPoints(size, counts, usable, bounds) }))
    }
    let mean = Double(counts.positives) / Double(folds)
    let separation = HullSeparation(
      groups: groups, low: usable.map(\.interval.low) + [mean],
      high: usable.map(\.interval.high) + [mean])
    if case .separated = separation.run(rounds: 60) { return true }
    return false
  }

  /// The points of folds of a size in integers, in the order of ``hullsSeparate(_:)``.
  private static func exactPoints(
    _ size: Int, _ counts: ClassCounts, _ usable: [CountConstraint], _ bounds: [ScoreBound]
  ) -> [Int]? {
    var points: [Int] = []
    for fold in mixes(size, counts) where usable.allSatisfy({ $0.isDefined(fold) }) {
      let (p, n) = (fold.positives, fold.negatives)
      for tp in 0...p {
        for tn in 0...n where bounds.allSatisfy({ $0.allows(tp, tn, fold) }) {
          guard usable.allSatisfy({ $0.value(tp, tn, p, n).isFinite }) else { continue }
          for constraint in usable {
            guard let value = constraint.enclosure(tp, tn, p, n) else { return nil }
            points.append(value)
          }
          points.append(p << 36)
        }
      }
    }
    return points
  }
}
