// What a dataset should hold, and who says so.

/// One number that a dataset's pictures should show.
package struct ExpectedCount: Hashable, Sendable {
  package enum Thing: String, Sendable {
    case images, patients, lesions
    /// Pictures that patches are cut from, where a sample is a patch.
    case pictures
  }

  package enum Origin: Sendable {
    /// Whoever publishes the files counts them so.
    case publisher
    /// A paper or a review prints it.
    case literature
  }

  package let thing: Thing
  /// The class; nil for all classes. Compared by letters and digits alone: `in-situ`, `In situ` and
  /// `in situ` agree.
  package let label: String?
  package let magnification: Int?
  package let partition: Partition?
  package let count: Int
  package let origin: Origin
  /// Whether the number was compared with the document that it is from.
  package let isChecked: Bool

  package init(
    _ count: Int, of thing: Thing = .images, label: String? = nil, magnification: Int? = nil,
    partition: Partition? = nil, origin: Origin = .literature, isChecked: Bool = true
  ) {
    self.thing = thing
    self.label = label
    self.magnification = magnification
    self.partition = partition
    self.count = count
    self.origin = origin
    self.isChecked = isChecked
  }

  /// Whether both are numbers of the same things.
  func isOfSame(_ other: ExpectedCount) -> Bool {
    thing == other.thing && label.map(Self.plain) == other.label.map(Self.plain)
      && magnification == other.magnification && partition == other.partition
  }

  static func plain(_ name: String) -> String {
    name.lowercased().filter { $0.isLetter || $0.isNumber }
  }
}

extension Verification.Row {
  /// The expectation for `asked` among `expectations`, beside what was found.
  ///
  /// The publisher's number decides where there is one. Else any printed number may: sources print
  /// different ones, and each describes some state of the set.
  init(
    _ what: String, _ name: String, found: Int, of asked: ExpectedCount,
    among expectations: [ExpectedCount]
  ) {
    var published: ExpectedCount?
    var printed: [Int] = []
    for expectation in expectations where expectation.isOfSame(asked) {
      switch expectation.origin {
      case .publisher: published = published ?? expectation
      case .literature:
        if !printed.contains(expectation.count) { printed.append(expectation.count) }
      }
    }
    let decisive = published?.count ?? printed.first { $0 == found } ?? printed.first
    let authority: Authority =
      if let published {
        published.isChecked ? .publisher : .publisherUnchecked
      } else {
        decisive == nil ? .nobody : .papers
      }
    self.init(
      what: what, name: name, expected: decisive, authority: authority,
      alsoPrinted: printed.filter { $0 != decisive }, found: found)
  }
}
