// Sizes before and after augmentation against what the listed operations can give.

import Evidence

/// A symmetry of the square image: a quarter-turn count and whether it is mirrored.
private struct Symmetry: Hashable {
  let turns: Int
  let isMirrored: Bool

  func after(_ other: Symmetry) -> Symmetry {
    let turns = isMirrored ? self.turns - other.turns : self.turns + other.turns
    return Symmetry(turns: (turns % 4 + 4) % 4, isMirrored: isMirrored != other.isMirrored)
  }
}

extension Augmentation.Operation {
  fileprivate var mirrors: Bool { ["flip", "mirror", "reflection"].contains(technique) }

  /// The angles that change the image.
  fileprivate var turningAngles: [Double] {
    RuleCheck.ordered(angles.map { ($0.truncatingRemainder(dividingBy: 360) + 360) })
      .map { $0.truncatingRemainder(dividingBy: 360) }.filter { $0 != 0 }
  }

  /// The symmetries it makes; nil when it can make any number of different images.
  fileprivate var symmetries: [Symmetry]? {
    guard !random, step == nil else { return nil }
    if mirrors {
      let axes = axes.isEmpty ? ["any"] : axes
      return axes.map { axis in
        switch axis {
        case "x", "vertical": Symmetry(turns: 2, isMirrored: true)
        case "xy": Symmetry(turns: 2, isMirrored: false)
        default: Symmetry(turns: 0, isMirrored: true)
        }
      }
    }
    guard technique == "rotation", !angles.isEmpty,
      angles.allSatisfy({ $0.truncatingRemainder(dividingBy: 90) == 0 })
    else { return nil }
    return turningAngles.map { Symmetry(turns: Int($0 / 90) % 4, isMirrored: false) }
  }
}

/// How many different images of one the operations can make at most, the original included; nil
/// where there is no limit.
private func mostImages(_ operations: [Augmentation.Operation]) -> Int? {
  var generators: [Symmetry] = []
  for operation in operations {
    guard let symmetries = operation.symmetries else { return nil }
    generators += symmetries
  }
  var group: Set<Symmetry> = [Symmetry(turns: 0, isMirrored: false)]
  var open = Array(group)
  while let next = open.popLast() {
    for generator in generators {
      let made = generator.after(next)
      if group.insert(made).inserted { open.append(made) }
    }
  }
  return group.count
}

/// The factor of a plain reading: the original and one image for each variant; operations on every
/// rotated image double what the rotations gave.
private func plainFactor(_ operations: [Augmentation.Operation]) -> Int? {
  var factor = 1
  for operation in operations {
    guard let symmetries = operation.symmetries else { return nil }
    if operation.of?.contains("rotated") == true {
      factor *= 1 + symmetries.count
    } else {
      factor += symmetries.count
    }
  }
  return factor
}

/// An augmentation with both sizes in one unit.
private struct Growth {
  let study: Study
  let augmentation: Augmentation
  let before: Augmentation.Size
  let after: Augmentation.Size

  var ratio: Double { Double(after.n) / Double(before.n) }
  var wholeRatio: Int? { after.n % before.n == 0 ? after.n / before.n : nil }
  var key: String { "\(study.id).\(augmentation.id)" }

  var subjects: [EntityReference] {
    [
      EntityReference(.study, study.id), EntityReference(.dataset, augmentation.dataset),
    ]
  }

  var evidence: [Finding.Evidence] {
    [
      Finding.Evidence("before augmentation", before.printed, at: augmentation.at),
      Finding.Evidence("after augmentation", after.printed, at: augmentation.at),
    ]
  }

  /// Whether the operations of the other reading give exactly the printed factor.
  var isExplainedByNeighbour: Bool {
    guard let factor = wholeRatio, !augmentation.alternativeOperations.isEmpty else { return false }
    return plainFactor(augmentation.alternativeOperations) == factor
  }

  /// Whether the operations in the row's own cell cannot give the printed factor.
  var isBeyondOwnCell: Bool {
    guard !augmentation.operations.isEmpty else { return true }
    guard let most = mostImages(augmentation.operations) else { return false }
    return ratio > Double(most)
  }
}

extension Corpus {
  fileprivate var growths: [Growth] {
    knowledge.studies.flatMap { study in
      study.augmentations.compactMap { augmentation in
        guard let before = augmentation.before, let after = augmentation.after,
          before.unit == after.unit, before.n > 0
        else { return nil }
        return Growth(study: study, augmentation: augmentation, before: before, after: after)
      }
    }
  }
}

/// Operations as a reader sees them: `rotation 90°, 180°; flip vertical`.
private func words(_ operations: [Augmentation.Operation]) -> String {
  operations.map { operation in
    ([operation.random ? "random \(operation.technique)" : operation.technique]
      + operation.axes + (operation.angles.map { decimal($0) + "°" })
      + (operation.step.map { ["in steps of \(decimal($0))°"] } ?? [])).joined(separator: " ")
  }.joined(separator: ", ")
}

extension RuleCheck {
  /// A growth that the operations of the row cannot give.
  static let augmentationFactor = RuleCheck("augmentation-factor") { corpus, _ in
    corpus.growths.compactMap { growth in
      let operations = growth.augmentation.operations
      guard !operations.isEmpty, !growth.isExplainedByNeighbour else { return nil }
      let most = mostImages(operations)
      let added = growth.after.n - growth.before.n
      let reason: String
      var confidence = Finding.Confidence.high
      if added <= 0 {
        reason = "the set does not grow"
      } else if growth.ratio < 2 {
        confidence = .medium
        reason =
          "\(operations.count) kinds of operation on every image would add at least "
          + "\(grouped(growth.before.n)) images, \(grouped(added)) were added"
      } else if let most, growth.ratio > Double(most) {
        reason = "the operations make at most \(most) different images of one"
      } else if let most, growth.wholeRatio == nil {
        confidence = .medium
        reason = "the operations make a whole number of images of one, up to \(most)"
      } else {
        return nil
      }
      return Draft(
        key: growth.key, subjects: growth.subjects, confidence: confidence,
        summary: "\(growth.study.title): \(words(operations)) cannot turn \(growth.before.printed) "
          + "into \(growth.after.printed)",
        computation: "\(grouped(growth.after.n)) / \(grouped(growth.before.n)) = "
          + "\(decimal(growth.ratio, 4)); \(reason)",
        resolution: "the augmentation in \(corpus.paper(of: growth.study))",
        evidence: growth.evidence)
    }
  }

  /// A factor that needs a smaller step of rotation than the printed one.
  static let rotationStep = RuleCheck("rotation-step") { corpus, _ in
    struct Case: Hashable {
      let study: String
      let factor: Int
      let step: Double
    }
    var order: [Case] = []
    var groups: [Case: [Growth]] = [:]
    for growth in corpus.growths {
      guard let factor = growth.wholeRatio,
        let step = growth.augmentation.operations.compactMap(\.step).first, step > 0
      else { continue }
      let key = Case(study: growth.study.id, factor: factor, step: step)
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(growth)
    }
    return order.compactMap { key in
      // Multiples of the step meet the full circle again after this many turns of it.
      var angles = 1
      while angles < 720,
        (Double(angles) * key.step).truncatingRemainder(dividingBy: 360) != 0
      { angles += 1 }
      guard key.factor > angles, let growths = groups[key], let first = growths.first else {
        return nil
      }
      let fitting = 360 / Double(key.factor)
      return Draft(
        key: "\(key.study).\(key.factor)",
        subjects: RuleCheck.ordered(growths.flatMap(\.subjects)), confidence: .medium,
        summary: "\(first.study.title): rotation in steps of \(decimal(key.step))° does not give "
          + "the factor of \(key.factor) in \(growths.count) "
          + (growths.count == 1 ? "row" : "rows"),
        computation: "steps of \(decimal(key.step))° reach at most \(angles) different angles ("
          + "\(Int(360 / key.step)) in one turn); \(key.factor) = 360° / \(decimal(fitting))°",
        resolution: "whether the step is \(decimal(fitting))° in \(corpus.paper(of: first.study))",
        evidence: growths.flatMap(\.evidence))
    }
  }

  /// A rotation by a full turn among the operations: it gives the original image.
  static let identityRotation = RuleCheck("identity-rotation") { corpus, _ in
    corpus.knowledge.studies.flatMap { study in
      study.augmentations.compactMap { augmentation -> Draft? in
        let own = augmentation.operations.first { operation in
          operation.technique == "rotation"
            && operation.angles.contains { $0.truncatingRemainder(dividingBy: 360) == 0 }
        }
        guard let own else { return nil }
        return Draft(
          key: "\(study.id).\(augmentation.id)",
          subjects: [EntityReference(.study, study.id)],
          summary: "\(study.title): a rotation by 360° is listed as an augmentation in "
            + "\(augmentation.at.label); it gives the original image",
          computation: "\(own.angles.map { decimal($0) + "°" }.joined(separator: ", ")): "
            + "\(own.turningAngles.count) of \(own.angles.count) angles change the image",
          resolution: "the angles in \(corpus.paper(of: study))",
          evidence: [
            Finding.Evidence("operations", words(augmentation.operations), at: augmentation.at)
          ])
      }
    }
  }

  /// Operations that stand in another row's cell: they give the row's factor, its own do not.
  static let neighbouringCell = RuleCheck("neighbouring-cell") { corpus, _ in
    corpus.growths.filter { $0.isBeyondOwnCell && $0.isExplainedByNeighbour }.map { growth in
      let own = growth.augmentation.operations
      let other = growth.augmentation.alternativeOperations
      return Draft(
        key: growth.key, subjects: growth.subjects,
        confidence: own.isEmpty ? .medium : .high,
        summary:
          "\(growth.augmentation.at.label): the operations of \(growth.study.title) stand in "
          + "a neighbouring row's cell"
          + (own.isEmpty ? "; its own is empty" : "; those in its own give another factor"),
        computation: "\(grouped(growth.after.n)) / \(grouped(growth.before.n)) = "
          + "\(decimal(growth.ratio)); \(words(other)) gives \(plainFactor(other) ?? 0)"
          + (own.isEmpty
            ? ""
            : ", \(words(own)) at most \(mostImages(own).map { "\($0)" } ?? "any number")"),
        resolution: "the rows as the authors submitted them, or \(corpus.paper(of: growth.study))",
        evidence: growth.evidence
          + (own.isEmpty
            ? []
            : [Finding.Evidence("operations in its cell", words(own), at: growth.augmentation.at)]))
    }
  }
}
