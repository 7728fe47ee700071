// Printed totals of a dataset against the sums of its printed parts.

import Evidence

/// The part of a dataset that a printed number is of.
private struct Scope: Hashable {
  var label: String?
  var split: SplitPart?
  var magnification: String?
  var subset: String?

  init(_ count: Dataset.Count) {
    label = count.label
    split = count.split
    magnification = count.magnification
    subset = count.subset
  }

  var text: String {
    let parts = [
      label.map { "class \($0)" }, split.map { "\($0.rawValue) part" }, magnification, subset,
    ].compactMap { $0 }
    return parts.isEmpty ? "the whole" : parts.joined(separator: ", ")
  }
}

/// One way of dividing a whole: its parts with their numbers.
private struct Division {
  let axis: String
  let whole: Scope
  let parts: [Dataset.Count]

  var sum: Int { parts.map(\.n).reduce(0, +) }
}

extension Dataset.Count {
  /// A number printed exactly and read without doubt.
  fileprivate var isPlain: Bool { bound == nil && uncertain == nil }
  fileprivate var isOfSamples: Bool {
    ["images", "samples", "patches", "volumes", "patients"].contains(of)
  }
  /// What is counted, with the words for single samples taken as one.
  fileprivate var unit: String { ["images", "samples", "volumes"].contains(of) ? "images" : of }
}

extension Finding.Evidence {
  fileprivate init(_ count: Dataset.Count) {
    self.init("\(count.of), \(Scope(count).text)", count.printed, at: count.at)
  }
}

extension RuleCheck {
  /// A printed total that is not the sum of the parts printed for it.
  static let partsAndTotals = RuleCheck("parts-and-totals") { corpus, _ in
    corpus.knowledge.datasets.flatMap { dataset -> [Draft] in
      var drafts: [Draft] = []
      for unit in Set(dataset.counts.filter(\.isOfSamples).map(\.unit)).sorted() {
        let counts = dataset.counts.filter { $0.unit == unit && $0.bound == nil }
        for division in divisions(of: dataset, counts) {
          let totals = counts.filter { Scope($0) == division.whole }
          let wrong = totals.filter { $0.n != division.sum }
          guard let total = wrong.first else { continue }
          // Another way of dividing the same whole, at the same place, with another sum.
          let other = divisions(of: dataset, counts).first {
            $0.whole == division.whole && $0.axis != division.axis && $0.sum != division.sum
              && $0.parts[0].at.place == division.parts[0].at.place
          }
          drafts.append(
            draft(
              dataset, unit, division, total, other: other, evidence: wrong,
              agreed: totals.count > wrong.count))
        }
        drafts += unequalDivisions(of: dataset, unit, counts)
      }
      return drafts
    }
  }

  /// Two divisions of one whole, such as by class and by split, that do not have one sum, where the
  /// total itself is not printed.
  private static func unequalDivisions(
    of dataset: Dataset, _ unit: String, _ counts: [Dataset.Count]
  ) -> [Draft] {
    let all = divisions(of: dataset, counts)
    return ordered(all.map(\.whole)).compactMap { whole in
      let same = all.filter { $0.whole == whole }
      guard !counts.contains(where: { Scope($0) == whole }), let one = same.first,
        let other = same.first(where: { $0.axis != one.axis && $0.sum != one.sum })
      else { return nil }
      let sums = [one, other].map { division in
        "\(division.axis) " + division.parts.map { grouped($0.n) }.joined(separator: " + ")
          + " = \(grouped(division.sum))"
      }
      return Draft(
        key: "\(dataset.id).\(unit).\(one.axis)-\(other.axis)",
        subjects: [EntityReference(.dataset, dataset.id)],
        severity: abs(one.sum - other.sum) * 100 < one.sum ? .low : nil,
        summary: "\(dataset.name): \(unit) of \(whole.text) sum to \(grouped(one.sum)) by "
          + "\(one.axis) and to \(grouped(other.sum)) by \(other.axis)",
        computation: sums.joined(separator: ", ")
          + " (difference \(grouped(other.sum - one.sum)))",
        resolution: "the dataset's own description",
        evidence: (one.parts + other.parts).map { Finding.Evidence($0) })
    }
  }

  private static func draft(
    _ dataset: Dataset, _ unit: String, _ division: Division, _ total: Dataset.Count,
    other: Division?, evidence: [Dataset.Count], agreed: Bool
  ) -> Draft {
    let places = ordered(
      division.parts.map { part in
        part.at.place.hasPrefix("table") ? Place.title(of: part.at.place) : part.at.label
      })
    let difference = division.sum - total.n
    let printed = places.count == 1 ? "in \(places[0])" : "in \(places.count) places"
    return Draft(
      key: "\(dataset.id).\(unit).\(division.axis)."
        + division.whole.text.filter { $0.isLetter || $0.isNumber || $0 == "-" } + ".\(total.n)",
      subjects: [EntityReference(.dataset, dataset.id)],
      confidence: division.parts.contains { $0.uncertain != nil } ? .medium : .high,
      summary: "\(dataset.name): \(unit) of \(division.whole.text) are \(total.printed) in "
        + "\(total.at.label), but the \(division.axis) \(printed) sum to \(grouped(division.sum))",
      computation: division.parts.map { grouped($0.n) }.joined(separator: " + ")
        + " = \(grouped(division.sum)) ≠ \(grouped(total.n)) (difference \(grouped(difference)))"
        + (other.map { other in
          "; the \(other.axis) printed beside them sum to "
            + other.parts.map { grouped($0.n) }.joined(separator: " + ")
            + " = \(grouped(other.sum))"
        } ?? ""),
      resolution: agreed
        ? "the sum agrees with the total printed elsewhere, so \(total.printed) is likely misprinted"
        : "the dataset's own description"
          + (dataset.references.isEmpty ? "" : " (\(dataset.references.joined(separator: ", ")))"),
      evidence: (evidence + division.parts + (other?.parts ?? [])).map { Finding.Evidence($0) })
  }

  /// Every complete division of a printed total: by class, subclass, split, magnification, subset.
  private static func divisions(of dataset: Dataset, _ counts: [Dataset.Count]) -> [Division] {
    var found: [Division] = []
    let scopes = ordered([Scope.whole] + counts.map(Scope.init))
    // One number of each scope, the first printed, for sums.
    func number(_ scope: Scope, in place: String?) -> Dataset.Count? {
      counts.first { Scope($0) == scope && (place == nil || $0.at.place == place) }
    }
    func divide(
      _ axis: String, _ wholes: [Scope], keys: [String], _ part: (Scope, String) -> Scope
    ) {
      for whole in wholes {
        let places = ordered(
          keys.flatMap { key in
            counts.filter { Scope($0) == part(whole, key) }.map(\.at.place)
          })
        for place in places {
          let parts = keys.compactMap { number(part(whole, $0), in: place) }
          guard parts.count == keys.count, parts.count >= 2 else { continue }
          found.append(Division(axis: axis, whole: whole, parts: parts))
        }
      }
    }
    let top = dataset.labels.filter { $0.parent == nil }.map(\.id)
    let unlabelled = scopes.filter { $0.label == nil }
    divide("classes", unlabelled, keys: top) { whole, label in
      var scope = whole
      scope.label = label
      return scope
    }
    for label in top {
      let children = dataset.labels.filter { $0.parent == label }.map(\.id)
      divide("subclasses", scopes.filter { $0.label == label }, keys: children) { whole, child in
        var scope = whole
        scope.label = child
        return scope
      }
    }
    let leaves = dataset.labels.map(\.id).filter { id in
      !dataset.labels.contains { $0.parent == id }
    }
    if leaves != top {
      divide("subclasses", unlabelled, keys: leaves) { whole, label in
        var scope = whole
        scope.label = label
        return scope
      }
    }
    let magnifications = ordered(counts.compactMap(\.magnification))
    divide(
      "magnifications", scopes.filter { $0.magnification == nil }, keys: magnifications
    ) { whole, magnification in
      var scope = whole
      scope.magnification = magnification
      return scope
    }
    let splits = ordered(counts.filter { $0.label == nil }.compactMap(\.split?.rawValue))
    divide("splits", scopes.filter { $0.split == nil }, keys: splits) { whole, split in
      var scope = whole
      scope.split = SplitPart(rawValue: split)
      return scope
    }
    // Subsets may carry the split they are of: training images of two tasks.
    for split in [nil] + SplitPart.allCases.map(Optional.some) {
      let subsets = ordered(
        counts.filter { $0.split == split && $0.label == nil }.compactMap(\.subset))
      divide("subsets", scopes.filter { $0 == Scope.whole }, keys: subsets) { whole, subset in
        var scope = whole
        scope.subset = subset
        scope.split = split
        return scope
      }
    }
    return found
  }

  /// The different values in the order of their first occurrence.
  static func ordered<Value: Hashable>(_ values: [Value]) -> [Value] {
    var seen: Set<Value> = []
    return values.filter { seen.insert($0).inserted }
  }

  /// A whole dataset, a class or a part with two printed sizes, or with two numbers of classes.
  static let differentSizes = RuleCheck("different-sizes") { corpus, _ in
    corpus.knowledge.datasets.flatMap { dataset -> [Draft] in
      let counts = dataset.counts.filter { $0.isPlain && ($0.isOfSamples || $0.of == "classes") }
      struct Key: Hashable {
        let unit: String
        let scope: Scope
      }
      let keys = ordered(counts.map { Key(unit: $0.unit, scope: Scope($0)) })
      return keys.compactMap { key in
        let same = counts.filter { $0.unit == key.unit && Scope($0) == key.scope }
        let values = ordered(same.map(\.n))
        guard values.count > 1 else { return nil }
        let isClasses = key.unit == "classes"
        let tops = dataset.labels.filter { $0.parent == nil }.count
        let leaves = dataset.labels.filter { label in
          !dataset.labels.contains { $0.parent == label.id }
        }.count
        let isExplained = isClasses && Set(values) == Set([tops, leaves])
        return Draft(
          key: "\(dataset.id).\(key.unit)."
            + key.scope.text.filter { $0.isLetter || $0.isNumber || $0 == "-" },
          subjects: [EntityReference(.dataset, dataset.id)],
          severity: isExplained ? .low : nil,
          summary: "\(dataset.name) has "
            + listed(
              same.filter { count in same.first { $0.n == count.n } == count }
                .map { "\($0.printed) \(key.unit) in \($0.at.label)" })
            + (key.scope == .whole ? "" : " (\(key.scope.text))"),
          computation: isExplained
            ? "\(tops) classes with \(leaves) subclasses: one place counts classes, one subclasses"
            : values.map(grouped).joined(separator: " ≠ "),
          resolution: isExplained
            ? "saying which of the two is meant" : "the dataset's own description",
          evidence: same.map { Finding.Evidence($0) })
      }
    }
  }

  /// A table that prints a dash for a number which another place prints.
  static let printedElsewhere = RuleCheck("printed-elsewhere") { corpus, _ in
    corpus.knowledge.datasets.flatMap { dataset in
      dataset.facts.filter { $0.value == "not-reported" }.compactMap { fact -> Draft? in
        guard
          let count = dataset.counts.first(where: {
            $0.of == fact.about && $0.label == fact.label && $0.split == nil
          })
        else { return nil }
        return Draft(
          key: "\(dataset.id).\(fact.about)", subjects: [EntityReference(.dataset, dataset.id)],
          confidence: .medium,
          summary: "\(fact.at.label) prints \(fact.printed) for the \(fact.about) of "
            + "\(dataset.name); \(count.at.label) has \(count.printed)",
          computation: "\(fact.printed) against \(count.n)",
          resolution: "the number in the table",
          evidence: [
            Finding.Evidence(fact.about, fact.printed, at: fact.at), Finding.Evidence(count),
          ])
      }
    }
  }
}

extension Scope {
  static let whole = Scope()

  private init() {}
}
