// Numbers that a dataset's publisher gives, as expectations of the labels that are asked.

/// One number of the publisher's, of some or all labels of the dataset's reader.
///
/// The literature misprints such numbers now and then (BreakHis's tubular adenomas and phyllodes
/// tumours change places in a review): what a whole download holds is decided by these.
package struct PublishedNumber: Hashable, Sendable {
  package let count: ExpectedCount
  /// The labels that it is of; empty for any.
  package let labels: [String]

  package init(_ count: ExpectedCount, labels: [String] = []) {
    self.count = count
    self.labels = labels
  }
}

extension DatasetReader {
  /// What `numbers` say of `task`: its own numbers and, where its classes hold those of finer labels,
  /// the sums of theirs.
  package func expectations(
    _ numbers: [PublishedNumber], task: String? = nil
  ) -> [ExpectedCount] {
    let task = task ?? card.tasks[0]
    let own = numbers.filter { $0.labels.isEmpty || $0.labels.contains(task) }.map(\.count)
    guard own.allSatisfy({ $0.label == nil }) else { return own }
    // Finer labels of which each counts all images: the first that can be added up will do.
    var finer: [[String]] = []
    for number in numbers where !finer.contains(number.labels) { finer.append(number.labels) }
    let sums =
      finer.lazy.map { labels in
        merged(numbers.filter { $0.labels == labels }.map(\.count), task)
      }.first { !$0.isEmpty } ?? []
    let total = sums.filter { $0.magnification == nil && $0.partition == nil }
    guard !total.isEmpty, !own.contains(where: { $0.isOfSame(ExpectedCount(0)) }) else {
      return own + sums
    }
    return own + sums
      + [
        ExpectedCount(
          total.reduce(0) { $0 + $1.count }, origin: .publisher,
          isChecked: total.allSatisfy(\.isChecked))
      ]
  }

  /// Images of each class of `task`, in the order in which the finer ones are given.
  private func merged(_ counts: [ExpectedCount], _ task: String) -> [ExpectedCount] {
    var sums: [ExpectedCount] = []
    for finer in counts where finer.thing == .images {
      guard let label = finer.label.flatMap({ merged($0, task: task) }) else { continue }
      let part = ExpectedCount(
        finer.count, label: label, magnification: finer.magnification,
        partition: finer.partition, origin: finer.origin, isChecked: finer.isChecked)
      if let at = sums.firstIndex(where: { $0.isOfSame(part) }) {
        sums[at] = sums[at].adding(part)
      } else {
        sums.append(part)
      }
    }
    return sums
  }
}

extension ExpectedCount {
  /// The number of both together; both are numbers of the same things.
  fileprivate func adding(_ other: ExpectedCount) -> ExpectedCount {
    ExpectedCount(
      count + other.count, of: thing, label: label, magnification: magnification,
      partition: partition, origin: origin, isChecked: isChecked && other.isChecked)
  }
}
