// Completes folds that nearly give the means: a few of them are chosen anew, exactly.
import Scoring

/// Takes up to four folds out of a near solution and tries all counts around theirs, by meeting in
/// the middle: hundreds of millions of combinations in milliseconds.
struct FoldCompletion {
  let tables: FoldTables
  let requirements: [FoldRequirement]
  /// The folds of the near solution, and their kinds.
  let pairs: [CountPair]
  let kinds: [Int]

  /// Folds that `accepts` takes; each attempt takes out other folds, and tries about as many counts
  /// of each as its breadth.
  func run(breadths: [Int], accepts: ([CountPair], [ClassCounts]) -> Bool) -> [CountPair]? {
    var generator = SeededGenerator(seed: 0xC0DE)
    let demands = requirements.filter { $0.high < 1e6 }
    guard !demands.isEmpty else { return nil }
    let most = min(4, pairs.count)
    for breadth in pairs.count == most ? [breadths.max() ?? 0] : breadths {
      let chosen = Array(pairs.indices.shuffled(using: &generator).prefix(most))
      if let found = complete(chosen, breadth, demands, accepts) { return found }
    }
    return nil
  }

  private func complete(
    _ chosen: [Int], _ breadth: Int, _ demands: [FoldRequirement],
    _ accepts: ([CountPair], [ClassCounts]) -> Bool
  ) -> [CountPair]? {
    var low = demands.map(\.low)
    var high = demands.map(\.high)
    var positives = 0
    for fold in pairs.indices {
      if chosen.contains(fold) {
        positives += tables.counts[kinds[fold]].positives
        continue
      }
      for (index, demand) in demands.enumerated() {
        let part = demand.weights[fold] * value(demand.score, kinds[fold], pairs[fold])
        guard part.isFinite else { return nil }
        low[index] -= part
        high[index] -= part
      }
    }
    let isMixed = !tables.richer.isEmpty
    if isMixed {
      low.append(Double(positives) - 0.25)
      high.append(Double(positives) + 0.25)
    }
    var names: [(kind: Int, pair: CountPair)] = []
    let choices = chosen.map { fold -> FoldMeeting.Kind in
      var choice = FoldMeeting.Kind(points: [], names: [])
      for (kind, pair) in around(fold, breadth) {
        let row = demands.map { $0.weights[fold] * value($0.score, kind, pair) }
        guard row.allSatisfy(\.isFinite) else { continue }
        choice.points += row
        if isMixed { choice.points.append(Double(tables.counts[kind].positives)) }
        choice.names.append(names.count)
        names.append((kind, pair))
      }
      return choice
    }
    var meeting = FoldMeeting(
      kinds: choices, kindOf: Array(choices.indices), low: low, high: high)
    var result = pairs
    var folds = kinds
    let answer = meeting.run(limit: 2 * breadth * breadth) { found in
      for (fold, name) in zip(chosen, found) {
        result[fold] = names[name].pair
        folds[fold] = names[name].kind
      }
      return accepts(result, folds.map { tables.counts[$0] })
    }
    if case .found = answer { return result }
    return nil
  }

  /// Counts near those of a fold, in mixes with one positive more or less where mixes are open.
  private func around(_ fold: Int, _ breadth: Int) -> [(kind: Int, pair: CountPair)] {
    let pair = pairs[fold]
    let own = kinds[fold]
    let mixes =
      tables.richer.isEmpty
      ? [own] : [own, tables.richer[own], tables.poorer[own]].filter { $0 >= 0 }
    let reach = mixes.count > 1 ? 2 : 4
    var found: [(kind: Int, pair: CountPair)] = []
    for kind in mixes {
      let counts = tables.counts[kind]
      let middle = min(counts.positives, pair.tp)
      let tps = max(0, middle - reach)...min(counts.positives, middle + reach)
      let span = max(1, breadth / mixes.count / tps.count)
      let first = max(0, min(pair.tn - span / 2, counts.negatives + 1 - span))
      for tp in tps {
        for tn in first...min(counts.negatives, first + span - 1) {
          found.append((kind, CountPair(tp: tp, tn: tn)))
        }
      }
    }
    return found
  }

  private func value(_ score: Int, _ kind: Int, _ pair: CountPair) -> Double {
    let row = pair.tp * (tables.counts[kind].negatives + 1) + pair.tn
    return tables.tables[kind][row * tables.scores.count + score]
  }
}
