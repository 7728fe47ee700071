// Few folds, decided exactly by meeting in the middle.

extension CurvedFolds {
  /// Tries all counts of few folds; nil when there are too many.
  func meet(limit: Int) -> Answer? {
    struct Key: Hashable {
      let kind: Int
      let weights: [Double]
    }
    let most = units.map { ($0.counts.positives + 1) * ($0.counts.negatives + 1) }.max() ?? 0
    guard FoldMeeting.isWorthwhile(points: most, folds: units.count, limit: limit) else {
      return nil
    }
    let demands = requirements.filter { $0.high < 1e6 }
    let width = tables.scores.count
    var places: [Key: Int] = [:]
    var kinds: [FoldMeeting.Kind] = []
    var kindOf: [Int] = []
    for unit in units.indices {
      let key = Key(kind: tables.kinds[unit], weights: demands.map { $0.weights[unit] })
      if let place = places[key] {
        kindOf.append(place)
        continue
      }
      let table = tables.tables[key.kind]
      var kind = FoldMeeting.Kind(points: [], names: [])
      for name in 0..<(table.count / width) {
        let start = name * width
        guard (start..<(start + width)).allSatisfy({ table[$0].isFinite }) else { continue }
        for (demand, weight) in zip(demands, key.weights) {
          kind.points.append(weight * table[start + demand.score])
        }
        kind.names.append(name)
      }
      places[key] = kinds.count
      kindOf.append(kinds.count)
      kinds.append(kind)
    }
    var meeting = FoldMeeting(
      kinds: kinds, kindOf: kindOf, low: demands.map(\.low), high: demands.map(\.high))
    var found: [CountPair] = []
    let answer = meeting.run(limit: limit) { names in
      found = zip(names, units).map { name, unit in
        let columns = unit.counts.negatives + 1
        return CountPair(tp: name / columns, tn: name % columns)
      }
      return holds(found)
    }
    switch answer {
    case .found: return .feasible(found)
    case .none: return .infeasible(.enumeration)
    case .tooMany: return nil
    }
  }
}
