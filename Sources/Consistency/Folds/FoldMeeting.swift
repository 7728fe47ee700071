// Decides few folds exactly: sums over one half of them are matched with sums over the other.

/// All choices of one point per fold whose sum lies in a box, by meeting in the middle.
///
/// What a fold of one kind may be is first narrowed by what the other folds can add at the most. Then
/// the sums over either half of the folds are listed, those of equal folds in rising order only, and
/// each sum of one half looks up the sums of the other that complete it. Every sum that misses the
/// box by more than rounding errors is left out, every other one is handed to `accepts`.
struct FoldMeeting {
  enum Answer {
    /// Per fold, the number of its point.
    case found([Int])
    case none
    case tooMany
  }

  /// What all folds of a kind may be: `width` numbers per point, as they enter the sum.
  struct Kind {
    var points: [Double]
    /// Per point, the number it is returned by.
    var names: [Int]
  }

  private var kinds: [Kind]
  private let low: [Double]
  private let high: [Double]
  private var width: Int { low.count }
  /// Fold numbers, folds of equal kind side by side.
  private let order: [Int]
  /// Per fold, its kind.
  private let kindOf: [Int]

  /// `kindOf` names each fold's kind; the box low ... high is widened by more than rounding errors.
  init(kinds: [Kind], kindOf: [Int], low: [Double], high: [Double]) {
    self.kinds = kinds
    self.kindOf = kindOf
    var sizes = low.map { _ in 0.0 }
    for kind in kindOf {
      var own = low.map { _ in 0.0 }
      for (place, value) in kinds[kind].points.enumerated() {
        own[place % low.count] = max(own[place % low.count], abs(value))
      }
      for index in sizes.indices { sizes[index] += own[index] }
    }
    self.low = zip(low, sizes).map { $0 - 2e-12 * (1 + $1) }
    self.high = zip(high, sizes).map { $0 + 2e-12 * (1 + $1) }
    order = kindOf.indices.sorted { (kindOf[$0], $0) < (kindOf[$1], $1) }
  }

  /// Whether folds of so many points are worth narrowing: to a quarter at the best.
  static func isWorthwhile(points: Int, folds: Int, limit: Int) -> Bool {
    var choices = 1.0
    for place in 1...max(1, (folds + 1) / 2) {
      choices *= Double(points / 4 + place) / Double(place)
    }
    return choices <= 20 * Double(limit)
  }

  /// Looks for a choice that `accepts` takes, listing at most `limit` sums, below 2²⁰, per half.
  mutating func run(limit: Int, accepts: ([Int]) -> Bool) -> Answer {
    guard !kindOf.isEmpty, width > 0, narrow() else { return .none }
    guard let cut = middle(limit) else { return .tooMany }
    guard let first = sums(0..<cut, limit), let second = sums(cut..<order.count, limit) else {
      return .tooMany
    }
    if first.count == 0 || second.count == 0 { return .none }
    return match(first, second, accepts)
  }

  // MARK: Narrowing

  /// The least and greatest that each coordinate of a kind can be.
  private func extremes(_ kind: Int) -> (low: [Double], high: [Double]) {
    var least = Array(repeating: Double.infinity, count: width)
    var most = Array(repeating: -Double.infinity, count: width)
    let points = kinds[kind].points
    for start in stride(from: 0, to: points.count, by: width) {
      for index in 0..<width {
        least[index] = min(least[index], points[start + index])
        most[index] = max(most[index], points[start + index])
      }
    }
    return (least, most)
  }

  /// Drops points that no choice of the others completes; false when a kind has none left.
  private mutating func narrow() -> Bool {
    for _ in 0..<20 {
      var hasChanged = false
      let ends = kinds.indices.map { extremes($0) }
      for kind in kinds.indices where kindOf.contains(kind) {
        var least = low
        var most = high
        for (place, other) in kindOf.enumerated() where place != kindOf.firstIndex(of: kind) {
          for index in 0..<width {
            least[index] -= ends[other].high[index]
            most[index] -= ends[other].low[index]
          }
        }
        let points = kinds[kind].points
        var kept = Kind(points: [], names: [])
        for (place, name) in kinds[kind].names.enumerated() {
          let start = place * width
          let isPossible = (0..<width).allSatisfy {
            points[start + $0] >= least[$0] && points[start + $0] <= most[$0]
          }
          if isPossible {
            kept.points += points[start..<(start + width)]
            kept.names.append(name)
          }
        }
        if kept.names.isEmpty { return false }
        if kept.names.count < kinds[kind].names.count {
          kinds[kind] = kept
          hasChanged = true
        }
      }
      if !hasChanged { break }
    }
    return true
  }

  // MARK: Halves

  /// How many choices there are for these places in the order; equal folds are interchangeable.
  private func choices(_ places: Range<Int>) -> Double {
    var total = 1.0
    var run = 0
    for place in places {
      let kind = kindOf[order[place]]
      run = place > places.lowerBound && kindOf[order[place - 1]] == kind ? run + 1 : 1
      total *= Double(kinds[kind].names.count + run - 1) / Double(run)
    }
    return total
  }

  /// Where to divide the folds; nil when both ways of looking are too long. Partial sums that cannot
  /// be completed are cut off early, so that more choices than `limit` may do.
  private func middle(_ limit: Int) -> Int? {
    let cuts = (0...order.count).map { cut in
      (cut, max(choices(0..<cut), choices(cut..<order.count)))
    }
    guard let best = cuts.min(by: { $0.1 < $1.1 }), best.1 <= 20 * Double(limit) else {
      return nil
    }
    return best.0
  }

  private struct Sums {
    var count = 0
    var values: [Double] = []
    /// Per sum, the place of each fold's point in its kind.
    var chosen: [Int32] = []
  }

  /// All sums over these places that the other folds may complete; nil when there are too many.
  private func sums(_ places: Range<Int>, _ limit: Int) -> Sums? {
    let depths = places.count
    if depths == 0 { return Sums(count: 1, values: low.map { _ in 0 }, chosen: []) }
    let ends = kinds.indices.map { extremes($0) }
    // Per number of places left, what these and all places outside can add.
    var restLow = low.map { _ in 0.0 }
    var restHigh = restLow
    for place in order.indices where !places.contains(place) {
      let own = ends[kindOf[order[place]]]
      for index in 0..<width {
        restLow[index] += own.low[index]
        restHigh[index] += own.high[index]
      }
    }
    for place in places.reversed() {
      let own = ends[kindOf[order[place]]]
      let start = restLow.count - width
      for index in 0..<width {
        restLow.append(restLow[start + index] + own.low[index])
        restHigh.append(restHigh[start + index] + own.high[index])
      }
    }
    let kindAt = places.map { kindOf[order[$0]] }
    var firstPoint: [Int] = []
    var points: [Double] = []
    for kind in kinds {
      firstPoint.append(points.count / width)
      points += kind.points
    }
    var found = Sums()
    var chosen = Array(repeating: Int32(0), count: depths)
    var next = Array(repeating: 0, count: depths)
    var partial = Array(repeating: 0.0, count: width * (depths + 1))
    var steps = 0
    var depth = 0
    while depth >= 0 {
      let kind = kindAt[depth]
      let point = next[depth]
      if point >= kinds[kind].names.count {
        depth -= 1
        continue
      }
      next[depth] += 1
      steps += 1
      if steps > 40 * limit { return nil }
      let from = (firstPoint[kind] + point) * width
      let base = depth * width
      let rest = (depths - depth - 1) * width
      var isPossible = true
      for index in 0..<width {
        let sum = partial[base + index] + points[from + index]
        partial[base + width + index] = sum
        if sum + restHigh[rest + index] < low[index] || sum + restLow[rest + index] > high[index] {
          isPossible = false
          break
        }
      }
      if !isPossible { continue }
      chosen[depth] = Int32(point)
      if depth + 1 < depths {
        depth += 1
        // Equal folds are interchangeable: their points rise.
        next[depth] = kindAt[depth] == kind ? point : 0
        continue
      }
      found.count += 1
      if found.count > limit { return nil }
      found.values += partial[(depths * width)...]
      found.chosen += chosen
    }
    return found
  }

  // MARK: Matching

  private func match(_ first: Sums, _ second: Sums, _ accepts: ([Int]) -> Bool) -> Answer {
    let grid = SumGrid(second.values, width, low, high)
    var checks = 0
    var target = low
    for row in 0..<first.count {
      for index in 0..<width { target[index] = first.values[row * width + index] }
      var answer: Answer?
      grid.visit(target) { other in
        checks += 1
        for index in 0..<width {
          let sum = target[index] + second.values[other * width + index]
          if sum < low[index] || sum > high[index] { return checks < 100_000_000 }
        }
        let choice = names(first, row, second, other)
        checks += 1_000
        if accepts(choice) {
          answer = .found(choice)
          return false
        }
        return checks < 100_000_000
      }
      if let answer { return answer }
      if checks >= 100_000_000 { return .tooMany }
    }
    return .none
  }

  private func names(_ first: Sums, _ row: Int, _ second: Sums, _ other: Int) -> [Int] {
    var result = Array(repeating: 0, count: order.count)
    let cut = first.count == 0 ? 0 : first.chosen.count / first.count
    for place in order.indices {
      let fold = order[place]
      let point =
        place < cut
        ? first.chosen[row * cut + place]
        : second.chosen[other * (order.count - cut) + place - cut]
      result[fold] = kinds[kindOf[fold]].names[Int(point)]
    }
    return result
  }
}
