// What a whole download of a catalogued dataset holds: its publisher's numbers, then printed ones.

import Catalog
import Evidence
import Imaging

/// The numbers of the catalogue that a dataset's images are verified against.
package struct DatasetExpectations {
  private let dataset: Evidence.Dataset
  private let reader: any DatasetReader
  private let labels: String?

  /// `labels` are one of the reader's; nil for its first.
  package init(_ dataset: Evidence.Dataset, of reader: any DatasetReader, labels: String? = nil) {
    self.dataset = dataset
    self.reader = reader
    self.labels = labels
  }

  /// The publisher's numbers of these labels, and every exact number that the sources print of the
  /// images and patients of `classes`.
  package func counts(for classes: [String]) -> [ExpectedCount] {
    reader.expectations(published, task: labels) + printed(classes)
  }

  /// A sentence for each document that the publisher's numbers are from, and how they were compared.
  package var sources: [String] {
    dataset.published.map { published in
      "the publisher's numbers are of \(published.source) (\(published.place)), "
        + "\(published.url); "
        + (published.checked.map { "compared: \($0)" }
          ?? "nobody has compared them with it: use them with care")
    }
  }

  /// What the publisher counts.
  package var published: [PublishedNumber] {
    dataset.published.flatMap { published in
      published.counts.map { number in
        PublishedNumber(
          ExpectedCount(
            number.n, of: ExpectedCount.Thing(number.of), label: number.label,
            magnification: number.magnification, partition: number.split.map(Partition.init),
            origin: .publisher, isChecked: published.checked != nil),
          labels: number.labels)
      }
    }
  }

  private func printed(_ classes: [String]) -> [ExpectedCount] {
    let folded = Dictionary(
      classes.map { (foldedName($0), $0) }, uniquingKeysWith: { first, _ in first })
    return dataset.counts.compactMap { count in
      guard count.subset == nil, count.bound == nil else { return nil }
      let thing: ExpectedCount.Thing
      switch count.of {
      case "images", "samples", "patches": thing = .images
      case "patients": thing = .patients
      default: return nil
      }
      var label: String?
      if let printed = count.label {
        guard let found = className(printed, among: folded) else { return nil }
        label = found
      }
      return ExpectedCount(
        count.n, of: thing, label: label,
        magnification: count.magnification.flatMap { Int($0.prefix { $0.isNumber }) },
        partition: count.split.map(Partition.init))
    }
  }

  /// The reader's class that a label of the catalogue is, by name or id.
  private func className(_ label: String, among folded: [String: String]) -> String? {
    let name = dataset.labels.first { $0.id == label }?.name ?? label
    return folded[foldedName(name)] ?? folded[foldedName(label)]
  }
}

extension ExpectedCount.Thing {
  fileprivate init(_ thing: Evidence.Dataset.Published.Thing) {
    switch thing {
    case .images: self = .images
    case .patients: self = .patients
    case .lesions: self = .lesions
    case .pictures: self = .pictures
    }
  }
}

extension Partition {
  fileprivate init(_ split: SplitPart) {
    switch split {
    case .training: self = .train
    case .validation: self = .validation
    case .test: self = .test
    }
  }
}
