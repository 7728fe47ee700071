// How a dataset is to be divided: the unit, the method, whether classes are balanced, the seed.

/// What stays together on one side of a split.
package enum SplitUnit: String, Codable, CaseIterable, Sendable {
  case image, lesion, patient
}

package enum SplitMethod: Codable, Hashable, Sendable {
  /// Shares of the images; they add up to 1.
  case holdout(train: Double, validation: Double, test: Double)
  /// Each unit is tested once per repeat; `validation` is a share of what is left for training.
  case kFold(k: Int, repeats: Int, validation: Double)
  /// The authors' own parts; `validation` is a share taken from their training part where they
  /// give no validation part.
  case official(validation: Double)
}

/// A recipe for a split: the same plan and dataset give the same split on every machine.
package struct SplitPlan: Codable, Hashable, Sendable {
  package var unit: SplitUnit
  package var method: SplitMethod
  package var stratified: Bool
  package var seed: UInt64

  package init(unit: SplitUnit, method: SplitMethod, stratified: Bool = true, seed: UInt64) {
    self.unit = unit
    self.method = method
    self.stratified = stratified
    self.seed = seed
  }

  /// Divides the dataset's samples.
  package func split(_ dataset: ImageDataset) throws(ImagingError) -> Split {
    let folds: [Fold]
    switch method {
    case .holdout(let train, let validation, let test):
      folds = [try holdout(dataset, train, validation, test)]
    case .kFold(let k, let repeats, let validation):
      folds = try kFold(dataset, k, repeats, validation)
    case .official(let validation):
      folds = [try official(dataset, validation)]
    }
    let units = UnitGroups(dataset.samples, unit)
    return Split(
      dataset: dataset.id, task: dataset.task, plan: self, imagesWithoutUnit: units.withoutUnit,
      folds: folds)
  }

  private func holdout(
    _ dataset: ImageDataset, _ train: Double, _ validation: Double, _ test: Double
  ) throws(ImagingError) -> Fold {
    guard train > 0, validation >= 0, test >= 0, abs(train + validation + test - 1) < 1e-6 else {
      throw .badSetting(
        name: "holdout", value: "\(train), \(validation), \(test)",
        expected: "three shares that add up to 1, the first above 0")
    }
    let groups = UnitGroups(dataset.samples, unit).groups
    var generator = SeededGenerator(seed: seed)
    let parts = divided(groups, dataset, [train, validation, test], &generator)
    for (share, part, name) in [
      (train, parts[0], "training"), (validation, parts[1], "validation"), (test, parts[2], "test"),
    ] where share > 0 && part.isEmpty {
      throw .splitImpossible(
        dataset: dataset.id,
        reason: "\(groups.count) \(unit.rawValue)s leave no \(name) part of \(share)")
    }
    return fold(dataset, parts[0], parts[1], parts[2])
  }

  private func kFold(
    _ dataset: ImageDataset, _ k: Int, _ repeats: Int, _ validation: Double
  ) throws(ImagingError) -> [Fold] {
    guard k >= 2, repeats >= 1, (0..<1).contains(validation) else {
      throw .badSetting(
        name: "k-fold", value: "k \(k), repeats \(repeats), validation \(validation)",
        expected: "k of 2 or more, a repeat or more, validation from 0 to below 1")
    }
    let groups = UnitGroups(dataset.samples, unit).groups
    guard groups.count >= k else {
      throw .splitImpossible(
        dataset: dataset.id, reason: "\(groups.count) \(unit.rawValue)s for \(k) folds")
    }
    var folds: [Fold] = []
    for turn in 0..<repeats {
      var generator = SeededGenerator(seed: seed, UInt64(turn))
      let shares = [Double](repeating: 1 / Double(k), count: k)
      let parts = divided(groups, dataset, shares, &generator)
      for tested in 0..<k {
        let rest = (0..<k).filter { $0 != tested }.flatMap { parts[$0] }.sorted()
        let (train, held) = withValidation(rest, dataset, validation, &generator)
        folds.append(fold(dataset, train, held, parts[tested]))
      }
    }
    return folds
  }

  private func official(
    _ dataset: ImageDataset, _ validation: Double
  ) throws(ImagingError) -> Fold {
    guard (0..<1).contains(validation) else {
      throw .badSetting(
        name: "official validation", value: "\(validation)", expected: "a share from 0 to below 1")
    }
    var parts: [Partition: [Int]] = [:]
    for (i, sample) in dataset.samples.enumerated() {
      guard let partition = sample.officialPartition else {
        throw .splitImpossible(
          dataset: dataset.id, reason: "sample \(sample.id) has no official part")
      }
      parts[partition, default: []].append(i)
    }
    guard let training = parts[.train], let test = parts[.test] ?? parts[.validation] else {
      throw .splitImpossible(
        dataset: dataset.id, reason: "its authors give no training and test parts")
    }
    if parts[.test] != nil, let held = parts[.validation] {
      return fold(dataset, training, held, test)
    }
    var generator = SeededGenerator(seed: seed)
    let (train, held) = withValidation(training, dataset, validation, &generator)
    return fold(dataset, train, held, test)
  }

  private func withValidation(
    _ indices: [Int], _ dataset: ImageDataset, _ share: Double, _ generator: inout SeededGenerator
  ) -> ([Int], [Int]) {
    guard share > 0 else { return (indices, []) }
    let all = UnitGroups(indices.map { dataset.samples[$0] }, unit).groups
    let groups = all.map { $0.map { indices[$0] } }
    let parts = divided(groups, dataset, [1 - share, share], &generator)
    return (parts[0], parts[1])
  }

  private func fold(
    _ dataset: ImageDataset, _ train: [Int], _ validation: [Int], _ test: [Int]
  ) -> Fold {
    let ids = { (indices: [Int]) in indices.sorted().map { dataset.samples[$0].id } }
    return Fold(train: ids(train), validation: ids(validation), test: ids(test))
  }

  /// Gives whole groups to parts: each, in shuffled order with the largest first, goes to the part
  /// that is furthest below its share — of the group's own classes where stratified, else of all
  /// images. Among equals a part is drawn by its share, so that no part always has the largest.
  private func divided(
    _ groups: [[Int]], _ dataset: ImageDataset, _ shares: [Double],
    _ generator: inout SeededGenerator
  ) -> [[Int]] {
    let classCount = stratified ? dataset.classes.count : 1
    let labelOf = { (i: Int) in stratified ? dataset.samples[i].label : 0 }
    var totals = [Double](repeating: 0, count: classCount)
    for group in groups { for i in group { totals[labelOf(i)] += 1 } }
    var order = Array(groups.indices)
    generator.shuffle(&order)
    // A stable order among equals keeps the shuffle.
    let ranked = order.enumerated().sorted { a, b in
      let (x, y) = (groups[a.element].count, groups[b.element].count)
      return x != y ? x > y : a.offset < b.offset
    }
    var filled = [[Double]](
      repeating: [Double](repeating: 0, count: classCount), count: shares.count)
    var result = [[Int]](repeating: [], count: shares.count)
    for (_, position) in ranked {
      var counts = [Double](repeating: 0, count: classCount)
      for i in groups[position] { counts[labelOf(i)] += 1 }
      var best = 0
      var bestNeed = -Double.infinity
      for part in drawnOrder(of: shares, &generator) {
        var need = 0.0
        for label in 0..<classCount where counts[label] > 0 {
          let wanted = shares[part] * totals[label]
          need += counts[label] * (wanted - filled[part][label]) / max(wanted, 1e-9)
        }
        if need > bestNeed + 1e-12 {
          best = part
          bestNeed = need
        }
      }
      for label in 0..<classCount { filled[best][label] += counts[label] }
      result[best] += groups[position]
    }
    return result
  }

  /// The parts of a share above zero, each place drawn in proportion to the shares left.
  private func drawnOrder(
    of shares: [Double], _ generator: inout SeededGenerator
  ) -> [Int] {
    var left = shares.indices.filter { shares[$0] > 0 }
    var order: [Int] = []
    while left.count > 1 {
      var mark = generator.unit() * left.reduce(0) { $0 + shares[$1] }
      var at = 0
      while at < left.count - 1, mark >= shares[left[at]] {
        mark -= shares[left[at]]
        at += 1
      }
      order.append(left.remove(at: at))
    }
    return order + left
  }
}

/// Samples grouped by what must stay together, in order of first appearance.
struct UnitGroups {
  private(set) var groups: [[Int]] = []
  /// Samples whose unit is unknown: each is a group of its own.
  private(set) var withoutUnit = 0

  init(_ samples: [Sample], _ unit: SplitUnit) {
    var position: [String: Int] = [:]
    for (i, sample) in samples.enumerated() {
      guard let key = Self.key(of: sample, unit) else {
        if unit != .image { withoutUnit += 1 }
        groups.append([i])
        continue
      }
      if let at = position[key] {
        groups[at].append(i)
      } else {
        position[key] = groups.count
        groups.append([i])
      }
    }
  }

  /// A patient where known, else the lesion: pictures of one lesion are of one patient.
  private static func key(of sample: Sample, _ unit: SplitUnit) -> String? {
    switch unit {
    case .image: nil
    case .lesion: sample.lesion
    case .patient: sample.patient.map { "p:" + $0 } ?? sample.lesion.map { "l:" + $0 }
    }
  }
}
