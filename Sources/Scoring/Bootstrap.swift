// The percentile bootstrap of any metric, stratified or clustered, from a seeded generator.

/// How samples are redrawn.
public enum Resampling: Hashable, Sendable {
  /// Each sample on its own.
  case simple
  /// Within each stratum, usually the true class, so that class sizes stay; one stratum per sample.
  case stratified([Int])
  /// Whole clusters, usually patients, with all their images; one cluster per sample.
  case clustered([Int])
}

/// The percentile bootstrap (Efron 1979).
public struct Bootstrap: Sendable {
  public let replicates: Int
  public let level: Double

  /// Throws unless the level lies between 0 and 1; `replicates` is at least 1.
  public init(replicates: Int = 2000, level: Double = 0.95) throws(ScoringError) {
    self.level = try checked(level)
    self.replicates = max(1, replicates)
  }

  /// The percentile interval of `metric`, a function of sample indices (with repetition).
  ///
  /// Replicates where the metric is undefined are left out and counted in `undefined`; the interval
  /// is nil when no replicate had a value.
  public func interval(
    count: Int, resampling: Resampling, using generator: inout SeededGenerator,
    metric: ([Int]) -> Score
  ) throws(ScoringError) -> (interval: ConfidenceInterval?, undefined: Int) {
    let groups = try Self.groups(count: count, resampling)
    var values: [Double] = []
    var undefined = 0
    for _ in 0..<replicates {
      switch metric(Self.draw(groups, resampling, using: &generator)) {
      case .value(let value): values.append(value)
      case .undefined: undefined += 1
      }
    }
    guard !values.isEmpty else { return (nil, undefined) }
    values.sort()
    let tail = (1 - level) / 2
    let interval = ConfidenceInterval(
      lower: Self.quantile(values, tail), upper: Self.quantile(values, 1 - tail), level: level)
    return (interval, undefined)
  }

  private static func groups(
    count: Int, _ resampling: Resampling
  ) throws(ScoringError) -> [[Int]] {
    guard count > 0 else { throw .countsOutOfRange(successes: 0, trials: count) }
    let keys: [Int]
    switch resampling {
    case .simple: return [Array(0..<count)]
    case .stratified(let strata): keys = strata
    case .clustered(let clusters): keys = clusters
    }
    guard keys.count == count else { throw .lengthsDiffer(count, keys.count) }
    var members: [Int: [Int]] = [:]
    for (index, key) in keys.enumerated() { members[key, default: []].append(index) }
    return members.keys.sorted().map { members[$0] ?? [] }
  }

  private static func draw(
    _ groups: [[Int]], _ resampling: Resampling, using generator: inout SeededGenerator
  ) -> [Int] {
    var drawn: [Int] = []
    if case .clustered = resampling {
      for _ in groups { drawn += groups[generator.below(groups.count)] }
      return drawn
    }
    for group in groups {
      for _ in group { drawn.append(group[generator.below(group.count)]) }
    }
    return drawn
  }

  /// The quantile of sorted values by linear interpolation (Hyndman & Fan's type 7).
  static func quantile(_ sorted: [Double], _ probability: Double) -> Double {
    let position = probability * Double(sorted.count - 1)
    let below = Int(position)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (position - Double(below)) * (sorted[above] - sorted[below])
  }
}
