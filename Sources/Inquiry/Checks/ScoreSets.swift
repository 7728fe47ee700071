// Score sets of one row: F1 against precision and recall, accuracy against the rates.

import Evidence

extension Claim {
  /// The fractions that print as this value.
  var printedRange: ClosedRange<Double> {
    let half = printed.halfWidth / unit.divisor
    return max(0, value - half)...(printed.high / unit.divisor + half)
  }
}

extension Corpus {
  /// The number of classes of a set-up: as stated, else the one number its dataset is printed with.
  func classCount(of experiment: Experiment) -> Int? {
    if let classes = experiment.classes.stated { return classes }
    guard experiment.datasets.count == 1, let dataset = knowledge.dataset(experiment.datasets[0])
    else { return nil }
    let printed = Set(dataset.counts.filter { $0.of == "classes" && $0.subset == nil }.map(\.n))
    return printed.count == 1 ? printed.first : nil
  }
}

extension RuleCheck {
  /// F1 that is not the harmonic mean of the precision and recall beside it.
  static let harmonicMean = RuleCheck("harmonic-mean", parameters: ["clear-points"]) {
    corpus, rule in
    var seen: Set<String> = []
    return corpus.resultRows.compactMap { row in
      guard let f1 = row.claim(.f1), let precision = row.claim(.precision),
        let recall = row.claim(.recall), f1.averaging == precision.averaging
      else { return nil }
      let (p, r) = (precision.printedRange, recall.printedRange)
      let low = harmonic(p.lowerBound, r.lowerBound)
      let high = harmonic(p.upperBound, r.upperBound)
      let interval = f1.printedRange
      guard interval.upperBound < low - 1e-9 || interval.lowerBound > high + 1e-9 else {
        return nil
      }
      // The same row printed at a second place says nothing new.
      let texts = [precision.text, recall.text, f1.text].joined(separator: " ")
      guard seen.insert("\(row.study.id).\(row.experiment.id) \(texts)").inserted else {
        return nil
      }
      let places = row.experiment.claims.filter {
        [.f1, .precision, .recall].contains($0.metric) && $0.of == .model
          && [precision.text, recall.text, f1.text].contains($0.text)
      }
      let classes = corpus.classCount(of: row.experiment)
      let distance =
        100 * max(low - interval.upperBound, interval.lowerBound - high)
      let outside =
        interval.upperBound < min(p.lowerBound, r.lowerBound)
        || interval.lowerBound > max(p.upperBound, r.upperBound)
      let isBinary = f1.averaging == .value(.binary) || f1.averaging == .value(.f1OfAverages)
      // Each class's (and fold's) F1 is at most the mean of its precision and recall, so any common
      // average of them is at most the mean of the averages.
      let mean = (p.upperBound + r.upperBound) / 2
      let isImpossible = interval.lowerBound > mean + 1e-9
      let isClear = distance >= rule.number("clear-points") || outside || isImpossible
      // An average over three or more classes may differ by as little, honestly.
      guard isBinary || isClear || (classes ?? 2) == 2 else { return nil }
      let mistaken = row.claim(.accuracy).flatMap { accuracy in
        accuracy.printedRange.lowerBound <= high && accuracy.printedRange.upperBound >= low
          ? accuracy : nil
      }
      let reading =
        isImpossible
        ? "above the mean of precision and recall, \(decimal(100 * mean, 3))% at most, which no "
          + "averaging over classes or folds can exceed"
        : isBinary
          ? "impossible for \(f1.averaging.stated == .binary ? "one class" : "an F1 of averages")"
          : outside
            ? "outside precision and recall, which only a mean of class-wise F1 values can be"
            : "a mean of class-wise or fold-wise F1 values could explain it"
      return Draft(
        key: row.key, subjects: subjects(row.study, row.experiment),
        confidence: isBinary || isImpossible ? .high : isClear ? .medium : .low,
        severity: isImpossible ? .high : isBinary || isClear ? nil : .low,
        summary: "\(row.study.title): F1 \(f1.text) is not the harmonic mean of precision "
          + "\(precision.text) and recall \(recall.text) in \(row.appearance.at.label)",
        computation: "2PR/(P + R) = \(decimal(100 * harmonic(precision.value, recall.value), 3))%, "
          + "with rounding \(decimal(100 * low, 3))–\(decimal(100 * high, 3))%; printed "
          + "\(f1.text): \(reading)"
          + (classes.map { $0 > 2 ? " (\($0) classes)" : "" } ?? "")
          + (mistaken.map { "; the harmonic mean is the printed accuracy, \($0.text)" } ?? ""),
        resolution: "how precision, recall and F1 were averaged in "
          + corpus.paper(of: row.study),
        evidence: places.map { Finding.Evidence($0) })
    }
  }

  static func harmonic(_ p: Double, _ r: Double) -> Double {
    p + r > 0 ? 2 * p * r / (p + r) : 0
  }

  static func subjects(_ study: Study, _ experiment: Experiment) -> [EntityReference] {
    [EntityReference(.study, study.id)] + experiment.datasets.map { EntityReference(.dataset, $0) }
  }

  /// Accuracy that lies outside sensitivity and specificity, of which it is a weighted mean.
  static let betweenRates = RuleCheck("between-rates") { corpus, _ in
    corpus.resultRows.compactMap { row in
      guard let accuracy = row.claim(.accuracy), let recall = row.claim(.recall),
        let specificity = row.claim(.specificity), row.claims.allSatisfy({ $0.ofClass == nil }),
        (corpus.classCount(of: row.experiment) ?? 2) == 2
      else { return nil }
      let low = min(recall.printedRange.lowerBound, specificity.printedRange.lowerBound)
      let high = max(recall.printedRange.upperBound, specificity.printedRange.upperBound)
      guard
        accuracy.printedRange.upperBound < low - 1e-9
          || accuracy.printedRange.lowerBound > high + 1e-9
      else { return nil }
      return Draft(
        key: row.key, subjects: subjects(row.study, row.experiment),
        confidence: corpus.classCount(of: row.experiment) == 2 ? .high : .medium,
        summary: "\(row.study.title): accuracy \(accuracy.text) is not between sensitivity "
          + "\(recall.text) and specificity \(specificity.text) in \(row.appearance.at.label)",
        computation: "for two classes accuracy = π·sensitivity + (1 − π)·specificity with "
          + "0 ≤ π ≤ 1, so it lies in \(decimal(100 * low))–\(decimal(100 * high))%",
        resolution: "the confusion matrix in \(corpus.paper(of: row.study))",
        evidence: [accuracy, recall, specificity].map { Finding.Evidence($0) })
    }
  }

  /// Accuracy of several classes that fits the recall beside it only as a mean of one-vs-rest
  /// accuracies.
  static let oneVersusRest = RuleCheck("one-versus-rest", parameters: ["points", "match"]) {
    corpus, rule in
    var seen: Set<String> = []
    return corpus.resultRows.compactMap { row in
      guard let accuracy = row.claim(.accuracy), let recall = row.claim(.recall),
        let classes = corpus.classCount(of: row.experiment), classes > 2,
        accuracy.accuracyKind == .notReported,
        (accuracy.value - recall.value) * 100 >= rule.number("points")
      else { return nil }
      // Balanced one-vs-rest errors: 1 − A′ = 2(1 − A)/K.
      let overall = { (value: Double) in 1 - (1 - value) * Double(classes) / 2 }
      let low = overall(accuracy.printedRange.lowerBound)
      let high = overall(accuracy.printedRange.upperBound)
      let match = rule.number("match") / 100
      // A coarsely printed accuracy fits too many recalls to say anything.
      guard high - low <= 2 * match, recall.printedRange.upperBound >= low - match,
        recall.printedRange.lowerBound <= high + match,
        seen.insert("\(row.study.id).\(row.experiment.id)").inserted
      else { return nil }
      return Draft(
        key: "\(row.study.id).\(row.experiment.id)", subjects: subjects(row.study, row.experiment),
        confidence: accuracy.value - recall.value >= 0.1 ? .medium : .low,
        severity: accuracy.value - recall.value >= 0.1 ? nil : .low,
        summary: "\(row.study.title): accuracy \(accuracy.text) beside recall \(recall.text) in "
          + "\(classes) classes reads as the mean of \(classes) one-vs-rest accuracies, not as the "
          + "share of images classified rightly",
        computation: "1 − (1 − \(decimal(accuracy.value, 4)))·\(classes)/2 = "
          + "\(decimal(100 * overall(accuracy.value)))%, the recall is \(recall.text)",
        resolution: "the confusion matrix or the definition of accuracy in "
          + corpus.paper(of: row.study),
        evidence: [accuracy, recall].map { Finding.Evidence($0) })
    }
  }

  /// A percentage that no number of images up to the dataset's size can give.
  static let granularity = RuleCheck("granularity") { corpus, _ in
    var seen: Set<String> = []
    return corpus.resultRows.compactMap { row in
      guard let accuracy = row.claim(.accuracy), accuracy.ofClass == nil,
        accuracy.aggregation == .notReported || accuracy.aggregation == .value(.single),
        accuracy.accuracyKind == .notReported || accuracy.accuracyKind == .value(.overall)
      else { return nil }
      let sizes = row.experiment.datasets.compactMap { corpus.knowledge.dataset($0) }
        .flatMap { $0.counts.filter { ["images", "samples", "patches"].contains($0.of) } }
        .map(\.n)
      let isExact = accuracy.n.stated != nil
      guard let limit = accuracy.n.stated ?? sizes.max(), limit > 0,
        row.experiment.augmentation == .notReported || isExact
      else { return nil }
      let interval = accuracy.printedRange
      let range = isExact ? limit...limit : 1...limit
      let isPossible = range.contains { n in
        let lowest = (interval.lowerBound * Double(n) - 1e-9).rounded(.up)
        return lowest / Double(n) <= interval.upperBound + 1e-12
      }
      guard !isPossible, seen.insert("\(row.study.id).\(row.experiment.id)").inserted else {
        return nil
      }
      return Draft(
        key: "\(row.study.id).\(row.experiment.id)", subjects: subjects(row.study, row.experiment),
        confidence: isExact ? .high : .medium,
        summary: "\(row.study.title): accuracy \(accuracy.text) cannot come from counting "
          + (isExact ? "\(limit) images" : "at most \(grouped(limit)) images"),
        computation: "no k/n with n \(isExact ? "=" : "≤") \(grouped(limit)) lies in "
          + "\(decimal(100 * interval.lowerBound, 4))–\(decimal(100 * interval.upperBound, 4))%",
        resolution: "the number of images tested in \(corpus.paper(of: row.study))",
        evidence: [Finding.Evidence(accuracy)])
    }
  }
}
