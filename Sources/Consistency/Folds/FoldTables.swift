// The scores of every (TP, TN) of every kind of fold, computed once.

/// A demand on a weighted sum of one score over folds.
struct FoldRequirement {
  /// The score's place in the tables.
  let score: Int
  /// Per fold; zero for folds that do not count.
  let weights: [Double]
  let low: Double
  let high: Double
}

/// Scores by fold kind, TP and TN; infinite where a fold may not have these counts.
struct FoldTables {
  let scores: [CountConstraint]
  /// Per kind of fold, the scores of (tp, tn) at (tp·(n + 1) + tn)·scores.count.
  let tables: [[Double]]
  /// Per fold, its kind; where the class mix of folds is open, the kind it starts with.
  let kinds: [Int]
  /// Per kind, the kind of the same size with one positive more, or −1; empty when mixes are fixed.
  private(set) var richer: [Int] = []
  /// Likewise with one positive fewer.
  private(set) var poorer: [Int] = []
  /// Per kind, its class counts.
  let counts: [ClassCounts]

  /// Nil when a fold has more than `limit` pairs of counts.
  init?(
    units: [FoldUnit], scores: [CountConstraint], bounds: [[ScoreBound]], limit: Int = 250_000
  ) {
    struct Key: Hashable {
      let counts: ClassCounts
      let bounds: [ScoreBound]
    }
    self.scores = scores
    var places: [Key: Int] = [:]
    var tables: [[Double]] = []
    var kinds: [Int] = []
    var counts: [ClassCounts] = []
    for unit in units {
      let own = unit.dataset < bounds.count ? bounds[unit.dataset] : []
      let key = Key(counts: unit.counts, bounds: own)
      if let place = places[key] {
        kinds.append(place)
        continue
      }
      guard (unit.counts.positives + 1) * (unit.counts.negatives + 1) <= limit else { return nil }
      places[key] = tables.count
      kinds.append(tables.count)
      tables.append(Self.table(unit.counts, scores, own))
      counts.append(unit.counts)
    }
    self.tables = tables
    self.kinds = kinds
    self.counts = counts
  }

  /// Tables for every class mix of folds of these sizes; folds start as `units`.
  init?(anyMixOf units: [FoldUnit], scores: [CountConstraint], bounds: [ScoreBound]) {
    self.scores = scores
    let most = units.reduce(0) { $0 + $1.counts.positives }
    let others = units.reduce(0) { $0 + $1.counts.negatives }
    var places: [ClassCounts: Int] = [:]
    var tables: [[Double]] = []
    var counts: [ClassCounts] = []
    var cells = 0
    for size in Set(units.map(\.counts.total)).sorted() {
      let first = counts.count
      for p in 0...min(size, most) where size - p <= others {
        cells += (p + 1) * (size - p + 1)
        guard cells <= 1_000_000 else { return nil }
        let own = ClassCounts(positives: p, negatives: size - p)
        places[own] = counts.count
        counts.append(own)
        tables.append(Self.table(own, scores, bounds))
      }
      for kind in first..<counts.count {
        poorer.append(kind > first ? kind - 1 : -1)
        richer.append(kind + 1 < counts.count ? kind + 1 : -1)
      }
    }
    kinds = units.compactMap { places[$0.counts] }
    guard kinds.count == units.count else { return nil }
    self.tables = tables
    self.counts = counts
  }

  private static func table(
    _ counts: ClassCounts, _ scores: [CountConstraint], _ bounds: [ScoreBound]
  ) -> [Double] {
    let p = counts.positives
    let n = counts.negatives
    var values: [Double] = []
    values.reserveCapacity((p + 1) * (n + 1) * scores.count)
    for tp in 0...p {
      for tn in 0...n {
        let isAllowed = bounds.allSatisfy { $0.allows(tp, tn, counts) }
        for score in scores { values.append(isAllowed ? score.value(tp, tn, p, n) : .infinity) }
      }
    }
    return values
  }

  /// The points of a kind with finite scores, and the (TP, TN) of each.
  func points(of kind: Int) -> (coordinates: [Double], pairs: [CountPair]) {
    var coordinates: [Double] = []
    var pairs: [CountPair] = []
    let width = scores.count
    var start = 0
    for tp in 0...counts[kind].positives {
      for tn in 0...counts[kind].negatives {
        let row = tables[kind][start..<(start + width)]
        if row.allSatisfy(\.isFinite) {
          coordinates += row
          pairs.append(CountPair(tp: tp, tn: tn))
        }
        start += width
      }
    }
    return (coordinates, pairs)
  }
}

extension ScoreBound {
  /// Bounds are printed to a few decimals and read leniently, as a paper's minimum would be.
  static let slack = 1e-6

  /// Whether the score has a value for a fold with these counts.
  func isDefined(_ counts: ClassCounts) -> Bool {
    switch kind {
    case .accuracy, .errorRate: true
    case .recall, .falseNegativeRate: counts.positives > 0
    case .specificity, .falsePositiveRate: counts.negatives > 0
    default: counts.positives > 0 && counts.negatives > 0
    }
  }

  /// The score of one fold.
  func value(_ tp: Int, _ tn: Int, _ counts: ClassCounts) -> Double {
    constraint.value(tp, tn, counts.positives, counts.negatives)
  }

  /// The score as a constraint; its interval is not used.
  var constraint: CountConstraint {
    CountConstraint(kind: kind, interval: ScoreInterval(lower: 0, upper: 1, scale: 1))
  }

  /// Whether a fold with these counts respects the bound; a score without a value is not bound.
  func allows(_ tp: Int, _ tn: Int, _ counts: ClassCounts) -> Bool {
    guard isDefined(counts) else { return true }
    let value = value(tp, tn, counts)
    return value >= lower - Self.slack && value <= upper + Self.slack
  }
}

extension CountConstraint {
  /// Whether the score has a value, or one that everybody gives it, in folds of these counts, which
  /// may lack a class.
  func isDefined(_ counts: ClassCounts) -> Bool {
    switch (kind, form) {
    case (.accuracy, _), (.errorRate, _): true
    case (_, _) where counts.positives > 0 && counts.negatives > 0: true
    case (.recall, .single), (.falseNegativeRate, .single): counts.positives > 0
    case (.specificity, .single), (.falsePositiveRate, .single): counts.negatives > 0
    case (.precision, .single), (.f1, .single), (.fBeta, .single), (.jaccard, .single),
      (.negativePredictiveValue, .single), (.fMinus, .single), (.fBetaMinus, .single):
      true
    default: false
    }
  }
}
