// Decides means over folds of scores that are not linear in the counts.

/// Local search for folds that give the means, and separating planes where none do.
struct CurvedFolds {
  enum Answer {
    case feasible([CountPair])
    case infeasible(Proof)
    case unknown
  }

  let units: [FoldUnit]
  let constraints: [CountConstraint]
  let tables: FoldTables
  let requirements: [FoldRequirement]
  let holds: ([CountPair]) -> Bool

  /// Nil when a fold is too large for a table of its scores.
  init?(
    units: [FoldUnit], constraints: [CountConstraint], foldBounds: [[ScoreBound]],
    datasetBounds: [ScoreBound], holds: @escaping ([CountPair]) -> Bool
  ) {
    let limits = Self.requirements(units, datasetBounds)
    guard
      let tables = FoldTables(
        units: units, scores: constraints + limits.map(\.bound.constraint), bounds: foldBounds)
    else { return nil }
    self.units = units
    self.constraints = constraints
    self.tables = tables
    self.holds = holds
    let shares = units.map { 1 / Double($0.divisor) }
    requirements =
      constraints.enumerated().map { index, constraint in
        FoldRequirement(
          score: index, weights: shares, low: constraint.interval.low - 1e-12,
          high: constraint.interval.high + 1e-12)
      }
      + limits.enumerated().map { index, limit in
        FoldRequirement(
          score: constraints.count + index, weights: limit.weights,
          low: limit.bound.lower - ScoreBound.slack, high: limit.bound.upper + ScoreBound.slack)
      }
  }

  /// The bounds on data sets' means, with the weights of the folds in each.
  static func requirements(
    _ units: [FoldUnit], _ bounds: [ScoreBound]
  ) -> [(bound: ScoreBound, weights: [Double])] {
    guard !bounds.isEmpty else { return [] }
    return Set(units.map(\.dataset)).sorted().flatMap { dataset in
      let members = units.filter { $0.dataset == dataset }
      return bounds.filter { bound in members.allSatisfy { bound.isDefined($0.counts) } }
        .map { bound in
          (bound, units.map { $0.dataset == dataset ? 1 / Double(members.count) : 0 })
        }
    }
  }

  /// Decides, starting from folds that give the linear means, if such were found.
  ///
  /// Where the linear scores leave few sums of TP and TN per group of equal folds, each choice of sums
  /// is decided by itself: planes then separate much more.
  func decide(from start: [CountPair], _ linear: LinearFolds, isQuick: Bool) -> Answer {
    let scale = isQuick ? 10 : 1
    if let pairs = search(from: start, steps: 4_096 / scale, annealed: !isQuick) {
      return .feasible(pairs)
    }
    if let answer = meet(limit: isQuick ? 3_000 : 20_000) { return answer }
    if !isQuick, let pairs = search(from: start, steps: 8_192, annealed: true) {
      return .feasible(pairs)
    }
    switch separate(start, linear, scale) {
    case .unknown: return isQuick ? .unknown : meet(limit: 300_000) ?? .unknown
    case let answer: return answer
    }
  }

  /// Planes, and searches from the mixtures that planes leave.
  private func separate(_ start: [CountPair], _ linear: LinearFolds, _ scale: Int) -> Answer {
    let isQuick = scale > 1
    let whole = separation(nil, points(linear, withSums: false), linear, ExactPoints()).run(
      rounds: 100 / scale + 20)
    if case .separated = whole { return .infeasible(.separation) }
    if let sums = linear.matches(limit: isQuick ? 8 : 64) {
      let points = points(linear, withSums: true)
      let exact = ExactPoints()
      var open: [(start: [CountPair], values: [Int])] = []
      for values in sums {
        switch separation(values, points, linear, exact).run(rounds: 100 / scale + 20) {
        case .separated: continue
        case .mixture(let shares): open.append((mixed(shares, values, linear), values))
        case .unknown: open.append((linear.distribute(values), values))
        }
      }
      if open.isEmpty { return .infeasible(.separation) }
      for item in open {
        let steps = 131_072 / scale / open.count
        if let pairs = search(
          from: item.start, steps: steps, annealed: true,
          completions: isQuick ? [] : open.count > 4 ? [80] : [120, 200])
        {
          return .feasible(pairs)
        }
      }
      return .unknown
    }
    if case .mixture(let shares) = whole,
      let pairs = search(
        from: mixed(shares, nil, linear), steps: 65_536 / scale, annealed: true,
        completions: isQuick ? [] : [120, 200, 300])
    {
      return .feasible(pairs)
    }
    return .unknown
  }

  private func search(
    from start: [CountPair], steps: Int, annealed: Bool, completions: [Int] = []
  ) -> [CountPair]? {
    var search = FoldLocalSearch(tables: tables, requirements: requirements, start: start)
    if search.run(steps: steps, annealed: annealed, accepts: { pairs, _ in holds(pairs) }) {
      return search.pairs
    }
    return completions.isEmpty
      ? nil : search.completion.run(breadths: completions) { pairs, _ in holds(pairs) }
  }

  // MARK: Hulls

  /// The scores that shape the hulls: with sums given, the linear ones are met already. Those whose
  /// values may be huge are left out, as sums of them could not be compared.
  private func usable(_ hasSums: Bool) -> [Int] {
    constraints.indices.filter {
      constraints[$0].interval.high < 1e6 && (!hasSums || !LinearFolds.isLinear(constraints[$0]))
    }
  }

  /// Per group, the scores of all its (TP, TN), and these where sums are to be given.
  private func points(_ linear: LinearFolds, withSums: Bool) -> [[Double]] {
    let usable = usable(withSums)
    let width = tables.scores.count
    return linear.groups.map { group in
      let kind = tables.kinds[group.members[0]]
      let table = tables.tables[kind]
      let columns = group.counts.negatives + 1
      var points: [Double] = []
      points.reserveCapacity(table.count / width * (usable.count + 2))
      for place in 0..<(table.count / width) {
        let start = place * width
        guard (start..<(start + width)).allSatisfy({ table[$0].isFinite }) else { continue }
        for score in usable { points.append(table[start + score]) }
        if withSums {
          points.append(Double(place / columns))
          points.append(Double(place % columns))
        }
      }
      return points
    }
  }

  /// The points in integers, as ``HullSeparation`` wants them, made when first needed.
  private final class ExactPoints {
    private var made: [Int: [Int]?] = [:]

    func points(_ group: Int, _ make: () -> [Int]?) -> [Int]? {
      if let known = made[group] { return known }
      let fresh = make()
      made[group] = .some(fresh)
      return fresh
    }
  }

  private func exactPoints(_ group: LinearFolds.Group, withSums: Bool) -> [Int]? {
    let usable = usable(withSums).map { constraints[$0] }
    let (p, n) = (group.counts.positives, group.counts.negatives)
    let table = tables.tables[tables.kinds[group.members[0]]]
    let width = tables.scores.count
    var points: [Int] = []
    for tp in 0...p {
      for tn in 0...n {
        let start = (tp * (n + 1) + tn) * width
        guard (start..<(start + width)).allSatisfy({ table[$0].isFinite }) else { continue }
        for constraint in usable {
          guard let value = constraint.enclosure(tp, tn, p, n) else { return nil }
          points.append(value)
        }
        if withSums { points += [tp, tn] }
      }
    }
    return points
  }

  private func separation(
    _ sums: [Int]?, _ points: [[Double]], _ linear: LinearFolds, _ exact: ExactPoints
  ) -> HullSeparation {
    let usable = usable(sums != nil)
    let groups = linear.groups.enumerated().map { index, group in
      let folds = group.members.count
      let targets = sums.map { [$0[index], $0[linear.groups.count + index]] } ?? []
      return HullSeparation.Group(
        weight: Double(folds) / Double(group.divisor), points: points[index],
        targets: targets.map { Double($0) / Double(folds) },
        share: HullSeparation.Quotient(folds, group.divisor),
        exactTargets: targets.map { HullSeparation.Quotient($0, folds) },
        exact: {
          exact.points(index) { self.exactPoints(group, withSums: sums != nil) }
        })
    }
    return HullSeparation(
      groups: groups, low: usable.map { constraints[$0].interval.low },
      high: usable.map { constraints[$0].interval.high })
  }

  /// Folds that stand in the mixture's proportions, as near as whole folds can, with the sums given.
  private func mixed(
    _ shares: [[(point: Int, share: Double)]], _ sums: [Int]?, _ linear: LinearFolds
  ) -> [CountPair] {
    var pairs = units.map { _ in CountPair(tp: 0, tn: 0) }
    for (number, group) in linear.groups.enumerated() {
      let points = tables.points(of: tables.kinds[group.members[0]]).pairs
      let parts = shares[number]
      var given = parts.map { _ in 0 }
      for (place, member) in group.members.enumerated() {
        // The point that lags its share the most.
        let lags = parts.indices.map { parts[$0].share * Double(place + 1) - Double(given[$0]) }
        guard let next = lags.indices.max(by: { lags[$0] < lags[$1] }) else { continue }
        given[next] += 1
        pairs[member] = points[parts[next].point]
      }
      guard let sums else { continue }
      let totals = (sums[number], sums[linear.groups.count + number])
      repair(&pairs, group, tp: totals.0, tn: totals.1)
    }
    return pairs
  }

  /// Moves single counts until the group's folds have these sums.
  private func repair(_ pairs: inout [CountPair], _ group: LinearFolds.Group, tp: Int, tn: Int) {
    var missingTP = tp - group.members.reduce(0) { $0 + pairs[$1].tp }
    var missingTN = tn - group.members.reduce(0) { $0 + pairs[$1].tn }
    var place = 0
    while (missingTP != 0 || missingTN != 0) && place < 100_000 {
      let member = group.members[place % group.members.count]
      var pair = pairs[member]
      if missingTP != 0 {
        let changed = pair.tp + missingTP.signum()
        if (0...group.counts.positives).contains(changed) {
          pair = CountPair(tp: changed, tn: pair.tn)
          missingTP -= missingTP.signum()
        }
      }
      if missingTN != 0 {
        let changed = pair.tn + missingTN.signum()
        if (0...group.counts.negatives).contains(changed) {
          pair = CountPair(tp: pair.tp, tn: changed)
          missingTN -= missingTN.signum()
        }
      }
      pairs[member] = pair
      place += 1
    }
  }
}
