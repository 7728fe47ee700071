// A dataset as read: classes, samples, and whether it is drawn rather than photographed.

/// Labelled pictures with the order and names of their classes.
package struct ImageDataset: Sendable {
  package let id: String
  /// Which question the labels answer, such as `binary` or `eight-class`.
  package let task: String
  package let classes: [String]
  /// Names of findings of a multi-label set; empty otherwise.
  package let findings: [String]
  package let samples: [Sample]
  /// Drawn by this program: never to be presented as real.
  package let isPhantom: Bool
  /// What a reader had to decide or leave out, as sentences for the run's record.
  package let notes: [String]

  package init(
    id: String, task: String, classes: [String], findings: [String] = [], samples: [Sample],
    isPhantom: Bool = false, notes: [String] = []
  ) {
    precondition(
      samples.allSatisfy { classes.indices.contains($0.label) }, "a label outside the classes")
    self.id = id
    self.task = task
    self.classes = classes
    self.findings = findings
    self.samples = samples
    self.isPhantom = isPhantom
    self.notes = notes
  }

  /// Samples of each class, in class order.
  package var classCounts: [Int] {
    var counts = [Int](repeating: 0, count: classes.count)
    for sample in samples { counts[sample.label] += 1 }
    return counts
  }

  package func filtered(_ isKept: (Sample) -> Bool) -> ImageDataset {
    replacing(samples: samples.filter(isKept))
  }

  /// At most `limit` samples of each class, the first in order: a small set for a quick look.
  package func limited(perClass limit: Int) -> ImageDataset {
    var taken = [Int](repeating: 0, count: classes.count)
    return filtered { sample in
      taken[sample.label] += 1
      return taken[sample.label] <= limit
    }
  }

  private func replacing(samples: [Sample]) -> ImageDataset {
    ImageDataset(
      id: id, task: task, classes: classes, findings: findings, samples: samples,
      isPhantom: isPhantom, notes: notes)
  }
}
