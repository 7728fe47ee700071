// Remedies for unequal classes: repeating, leaving out, weighting.
import Glibc

/// Class balancing as indices or as weights.
package enum ClassBalancing {
  /// Positions in `labels`, every class as often as the largest: all of each class, whole rounds
  /// repeated, the rest drawn without repeats; shuffled.
  package static func oversample(
    _ labels: [Int], _ generator: inout SeededGenerator
  ) -> [Int] {
    let groups = byClass(labels)
    let most = groups.map(\.count).max() ?? 0
    return drawn(groups, to: most, &generator)
  }

  /// Positions in `labels`, every class as often as the smallest present; shuffled.
  package static func undersample(
    _ labels: [Int], _ generator: inout SeededGenerator
  ) -> [Int] {
    let groups = byClass(labels)
    return drawn(groups, to: groups.map(\.count).min() ?? 0, &generator)
  }

  /// n / (K · n_c): the weights of a loss in which every class counts the same; a class without
  /// samples weighs 0.
  package static func inverseFrequencyWeights(_ counts: [Int]) -> [Float] {
    let total = Float(counts.reduce(0, +))
    let present = Float(counts.count { $0 > 0 })
    return counts.map { $0 == 0 ? 0 : total / (present * Float($0)) }
  }

  /// (1 − β) / (1 − β^n_c), scaled to a mean of 1 over the classes present
  /// (Cui and others 2019, doi 10.1109/CVPR.2019.00949).
  package static func effectiveNumberWeights(_ counts: [Int], beta: Double) -> [Float] {
    let raw = counts.map { $0 == 0 ? 0 : (1 - beta) / (1 - pow(beta, Double($0))) }
    let mean = raw.reduce(0, +) / Double(max(1, counts.count { $0 > 0 }))
    return raw.map { mean == 0 ? 0 : Float($0 / mean) }
  }

  private static func byClass(_ labels: [Int]) -> [[Int]] {
    var groups = [[Int]](repeating: [], count: (labels.max() ?? -1) + 1)
    for (i, label) in labels.enumerated() { groups[label].append(i) }
    return groups.filter { !$0.isEmpty }
  }

  private static func drawn(
    _ groups: [[Int]], to target: Int, _ generator: inout SeededGenerator
  ) -> [Int] {
    var result: [Int] = []
    for group in groups {
      for _ in 0..<target / group.count { result += group }
      var rest = group
      generator.shuffle(&rest)
      result += rest.prefix(target % group.count)
    }
    generator.shuffle(&result)
    return result
  }
}
