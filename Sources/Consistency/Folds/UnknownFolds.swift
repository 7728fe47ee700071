// Means over folds whose class counts are not known: every possible fold structure is tried.

/// Enumerates how positives may be spread over folds of equal size, and decides each.
struct UnknownFolds {
  let datasets: [FoldedDataset]
  let effort: Int
  /// Decides one fold structure; the flag asks for a quick answer.
  let decide: ([FoldUnit], Bool) -> Feasibility
  /// Whether the means of these folds' scores print as reported, exactly; their witness then.
  let witness: ([CountPair], [FoldUnit]) -> Witness?

  /// The number of fold structures after which the search gives up.
  private static let limit = 300_000

  func decide(_ constraints: [CountConstraint]) -> Feasibility {
    if let proof = contradictsFoldSizes(constraints) { return .infeasible(proof) }
    // Stratified folds are what most papers used, so they are tried first.
    if case .feasible(let witness) = decide(stratifiedUnits, true) { return .feasible(witness) }
    let isCurved = constraints.contains { !LinearFolds.isLinear($0) }
    if isCurved, let answer = meet(constraints, limit: 20_000) { return answer }
    if isCurved, hullsSeparate(constraints) { return .infeasible(.separation) }
    if isCurved, let witness = searchMixes(constraints) { return .feasible(witness) }
    if isCurved, let answer = meet(constraints, limit: 300_000) { return answer }
    let wantsPositives = constraints.contains {
      !$0.isDefined(ClassCounts(positives: 0, negatives: 1))
    }
    let wantsNegatives = constraints.contains {
      !$0.isDefined(ClassCounts(positives: 1, negatives: 0))
    }
    var choices: [[[ClassCounts]]] = []
    var slots: [(choice: Int, dataset: Int, repeats: Int)] = []
    for (index, dataset) in datasets.enumerated() {
      switch dataset.folds {
      case .known(let folds):
        slots.append((choices.count, index, 1))
        choices.append([folds])
      case .unknown(let counts, let folds, let repeats):
        guard
          let structures = Self.structures(
            counts, folds: folds, leastPositives: wantsPositives ? 1 : 0,
            leastNegatives: wantsNegatives ? 1 : 0)
        else { return .unknown }
        if structures.isEmpty { return .infeasible(.enumeration) }
        for _ in 0..<repeats { slots.append((choices.count, index, repeats)) }
        choices.append(structures)
      }
    }
    var walk = Walk(choices: choices, slots: slots, decide: decide)
    walk.datasets = datasets.count
    return walk.run(limit: isCurved ? max(20, effort / 500_000) : Self.limit)
  }

  /// The class mixes that a fold of a data set can have.
  static func mixes(_ size: Int, _ counts: ClassCounts) -> [ClassCounts] {
    (max(0, size - counts.negatives)...max(0, size - counts.negatives, min(size, counts.positives)))
      .map { ClassCounts(positives: $0, negatives: size - $0) }
  }

  /// Random moves of counts within and between folds, class mixes included.
  private func searchMixes(_ constraints: [CountConstraint]) -> Witness? {
    guard datasets.count == 1, case .unknown = datasets[0].folds else { return nil }
    let units = stratifiedUnits
    guard
      let tables = FoldTables(
        anyMixOf: units, scores: constraints, bounds: datasets[0].foldBounds)
    else { return nil }
    let shares = units.map { 1 / Double($0.divisor) }
    let requirements = constraints.enumerated().map { index, constraint in
      FoldRequirement(
        score: index, weights: shares, low: constraint.interval.low - 1e-12,
        high: constraint.interval.high + 1e-12)
    }
    func aim(_ kind: ScoreKind) -> Double {
      constraints.first { $0.kind == kind }.map {
        min(1, max(0, ($0.interval.low + $0.interval.high) / 2))
      } ?? 0.8
    }
    let start = units.map {
      CountPair(
        tp: Int((aim(.recall) * Double($0.counts.positives)).rounded()),
        tn: Int((aim(.specificity) * Double($0.counts.negatives)).rounded()))
    }
    var found: Witness?
    func accepts(_ pairs: [CountPair], _ folds: [ClassCounts]) -> Bool {
      let mixed = zip(units, folds).map {
        FoldUnit(counts: $1, divisor: $0.divisor, dataset: $0.dataset)
      }
      found = witness(pairs, mixed)
      return found != nil
    }
    var search = FoldLocalSearch(tables: tables, requirements: requirements, start: start)
    for breadth in [100, 200, 300] {
      if search.run(steps: min(24_576, effort / 400), annealed: true, accepts: accepts) { break }
      if search.completion.run(breadths: [breadth], accepts: accepts) != nil { break }
    }
    return found
  }

  private var stratifiedUnits: [FoldUnit] {
    var units: [FoldUnit] = []
    for (index, dataset) in datasets.enumerated() {
      let folds: [ClassCounts]
      switch dataset.folds {
      case .known(let known): folds = known
      case .unknown(let counts, let number, let repeats):
        guard
          case .known(let made) = FoldedDataset.stratified(
            counts, folds: number, repeats: repeats
          ).folds
        else { continue }
        folds = made
      }
      units += folds.map {
        FoldUnit(counts: $0, divisor: datasets.count * folds.count, dataset: index)
      }
    }
    return units
  }

  /// Accuracy depends on the folds' sizes alone, which are known.
  private func contradictsFoldSizes(_ constraints: [CountConstraint]) -> Proof? {
    let accuracy = constraints.filter {
      $0.form == .single && ($0.kind == .accuracy || $0.kind == .errorRate)
    }
    guard !accuracy.isEmpty else { return nil }
    var units: [FoldUnit] = []
    for (index, dataset) in datasets.enumerated() {
      let sizes: [Int]
      switch dataset.folds {
      case .known(let folds): sizes = folds.map(\.total)
      case .unknown(let counts, let folds, let repeats):
        sizes = Array(repeating: Self.sizes(counts.total, folds), count: repeats).flatMap { $0 }
      }
      units += sizes.map {
        FoldUnit(
          counts: ClassCounts(positives: $0, negatives: 0),
          divisor: datasets.count * sizes.count, dataset: index)
      }
    }
    guard let linear = LinearFolds(units: units, constraints: accuracy) else {
      return .inequality
    }
    if case .infeasible(let proof) = linear.solve(nodes: 1_000) { return proof }
    return nil
  }

  /// Fold sizes that differ by at most one, the larger first.
  static func sizes(_ total: Int, _ folds: Int) -> [Int] {
    (0..<folds).map { total / folds + ($0 < total % folds ? 1 : 0) }
  }

  /// All ways to spread positives over folds of equal size, up to the order of equal folds; nil
  /// when there are too many.
  static func structures(
    _ counts: ClassCounts, folds: Int, leastPositives: Int, leastNegatives: Int
  ) -> [[ClassCounts]]? {
    let sizes = sizes(counts.total, folds)
    var found: [[ClassCounts]] = []
    var current: [Int] = []
    var isTooMany = false
    func extend(_ left: Int) {
      if isTooMany { return }
      let index = current.count
      if index == folds {
        guard left == 0 else { return }
        found.append(
          zip(current, sizes).map { ClassCounts(positives: $0, negatives: $1 - $0) })
        isTooMany = found.count > 60_000
        return
      }
      let size = sizes[index]
      // Equal folds are interchangeable: take their positives in rising order.
      var low = index > 0 && sizes[index - 1] == size ? current[index - 1] : leastPositives
      var capacity = 0
      for later in sizes[(index + 1)...] { capacity += later - leastNegatives }
      low = max(low, left - capacity)
      let high = min(size - leastNegatives, left - leastPositives * (folds - index - 1))
      guard low <= high else { return }
      for positives in low...high {
        current.append(positives)
        extend(left - positives)
        current.removeLast()
      }
    }
    extend(counts.positives)
    return isTooMany ? nil : found
  }

  /// Walks through the combinations of structures of all data sets and repetitions.
  private struct Walk {
    let choices: [[[ClassCounts]]]
    let slots: [(choice: Int, dataset: Int, repeats: Int)]
    let decide: ([FoldUnit], Bool) -> Feasibility
    var datasets = 1
    private var tried = 0
    private var isUncertain = false

    init(
      choices: [[[ClassCounts]]], slots: [(choice: Int, dataset: Int, repeats: Int)],
      decide: @escaping ([FoldUnit], Bool) -> Feasibility
    ) {
      self.choices = choices
      self.slots = slots
      self.decide = decide
    }

    mutating func run(limit: Int) -> Feasibility {
      if let witness = descend(0, [], previous: 0, limit: limit) { return .feasible(witness) }
      return isUncertain || tried >= limit ? .unknown : .infeasible(.everyFolding)
    }

    private mutating func descend(
      _ depth: Int, _ units: [FoldUnit], previous: Int, limit: Int
    ) -> Witness? {
      if depth == slots.count {
        tried += 1
        switch decide(units, true) {
        case .feasible(let witness): return witness
        case .infeasible: return nil
        case .unknown:
          isUncertain = true
          return nil
        }
      }
      let slot = slots[depth]
      // Repetitions of one data set are interchangeable.
      let isRepeat = depth > 0 && slots[depth - 1].choice == slot.choice
      for index in (isRepeat ? previous : 0)..<choices[slot.choice].count {
        if tried >= limit { return nil }
        let folds = choices[slot.choice][index]
        let divisor = datasets * folds.count * slot.repeats
        let added = folds.map { FoldUnit(counts: $0, divisor: divisor, dataset: slot.dataset) }
        if let witness = descend(depth + 1, units + added, previous: index, limit: limit) {
          return witness
        }
      }
      return nil
    }
  }
}
