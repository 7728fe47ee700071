// Whether a folder holds the dataset that the literature counts.

import Files

/// Expected beside found, and the pictures that occur twice or cannot be read.
package struct Verification: Sendable {
  package struct Row: Equatable, Sendable {
    /// `total`, `pictures`, `class`, `magnification`, `part`, two of these joined with `and`,
    /// `patients` or `lesions`.
    package let what: String
    package let name: String
    /// Whose number decides.
    package enum Authority: String, Sendable {
      case publisher, papers
      /// The publisher's as the literature has it: nobody here has seen the document.
      case publisherUnchecked = "publisher, not checked"
      case nobody = ""
    }

    /// The number that decides; nil where nobody gives one.
    package let expected: Int?
    package let authority: Authority
    /// Other numbers that the literature prints for it.
    package let alsoPrinted: [Int]
    package let found: Int

    package init(
      what: String, name: String, expected: Int?, authority: Authority,
      alsoPrinted: [Int] = [], found: Int
    ) {
      self.what = what
      self.name = name
      self.expected = expected
      self.authority = authority
      self.alsoPrinted = alsoPrinted
      self.found = found
    }

    package var agrees: Bool { expected == nil || expected == found }
  }

  package let rows: [Row]
  /// Ids of samples with the same pixels, a list for each picture that occurs more than once.
  package let duplicates: [[String]]
  package let unreadable: [ImagingError]
  package let notes: [String]

  /// Every expectation met and every picture readable. Duplicates do not fail: several sets as
  /// published hold some.
  package var passes: Bool { unreadable.isEmpty && rows.allSatisfy(\.agrees) }
}

extension ImageDataset {
  /// Counts, and with `decoding` opens every picture to find damage and duplicates.
  package func verify(
    against expected: [ExpectedCount], decoding: Bool = true,
    limits: DecodingLimits = DecodingLimits()
  ) -> Verification {
    var duplicates: [[String]] = []
    var unreadable: [ImagingError] = []
    if decoding {
      var byDigest: [String: Int] = [:]
      var groups: [[String]] = []
      let digests = parallelMap(samples) { sample -> Result<String, ImagingError> in
        do throws(ImagingError) {
          return .success(Split.digest(try sample.load(limits: limits)))
        } catch {
          return .failure(error)
        }
      }
      for (sample, digest) in zip(samples, digests) {
        switch digest {
        case .failure(let error): unreadable.append(error)
        case .success(let digest):
          if let at = byDigest[digest] {
            groups[at].append(sample.id)
          } else {
            byDigest[digest] = groups.count
            groups.append([sample.id])
          }
        }
      }
      duplicates = groups.filter { $0.count > 1 }
    }
    return Verification(
      rows: countRows(expected), duplicates: duplicates, unreadable: unreadable, notes: notes)
  }

  /// Rows that the samples can answer: a set that names no patients is not asked for them.
  private func countRows(_ literal: [ExpectedCount]) -> [Verification.Row] {
    typealias Row = Verification.Row
    let expected = literal + Self.sums(literal)
    var rows: [Row] = []
    func ask(_ what: String, _ name: String, _ found: Int, _ asked: ExpectedCount) {
      rows.append(Row(what, name, found: found, of: asked, among: expected))
    }
    let pictures = Set(samples.compactMap(\.patchedFile)).count
    if pictures > 0 {
      // The literature counts pictures of such a set, not the patches cut from them.
      rows.append(
        Row(
          "pictures", "", found: pictures, of: ExpectedCount(0),
          among: expected.filter { $0.origin == .literature }
            + literal.filter { $0.thing == .pictures }.map {
              ExpectedCount($0.count, origin: .publisher, isChecked: $0.isChecked)
            }))
      rows.append(
        Row(
          "total", "", found: samples.count, of: ExpectedCount(0),
          among: expected.filter { $0.origin == .publisher }))
    } else {
      ask("total", "", samples.count, ExpectedCount(0))
    }
    for (label, name) in classes.enumerated() {
      ask(
        "class", name, samples.count { $0.label == label }, ExpectedCount(0, label: name))
    }
    let magnifications = Set(samples.compactMap(\.magnification)).sorted()
    for value in magnifications {
      ask(
        "magnification", "\(value)×", samples.count { $0.magnification == value },
        ExpectedCount(0, magnification: value))
    }
    let partitions = Partition.allCases.filter { part in
      samples.contains { $0.officialPartition == part }
        || samples.contains { $0.officialPartition != nil }
          && expected.contains { $0.thing == .images && $0.label == nil && $0.partition == part }
    }
    for part in partitions {
      ask(
        "part", part.rawValue, samples.count { $0.officialPartition == part },
        ExpectedCount(0, partition: part))
    }
    rows += crossRows(magnifications, partitions, expected)
    let patients = Set(samples.compactMap(\.patient)).count
    if patients > 0 { ask("patients", "", patients, ExpectedCount(0, of: .patients)) }
    let lesions = Set(samples.compactMap(\.lesion)).count
    if lesions > 0 { ask("lesions", "", lesions, ExpectedCount(0, of: .lesions)) }
    return rows
  }

  /// Each class at each magnification and in each part, where somebody gives its number.
  private func crossRows(
    _ magnifications: [Int], _ partitions: [Partition], _ expected: [ExpectedCount]
  ) -> [Verification.Row] {
    var rows: [Verification.Row] = []
    for (label, name) in classes.enumerated() {
      for value in magnifications {
        let row = Verification.Row(
          "class and magnification", "\(name), \(value)×",
          found: samples.count { $0.label == label && $0.magnification == value },
          of: ExpectedCount(0, label: name, magnification: value), among: expected)
        if row.expected != nil { rows.append(row) }
      }
      for part in partitions {
        let row = Verification.Row(
          "class and part", "\(name), \(part.rawValue)",
          found: samples.count { $0.label == label && $0.officialPartition == part },
          of: ExpectedCount(0, label: name, partition: part), among: expected)
        if row.expected != nil { rows.append(row) }
      }
    }
    return rows
  }

  /// Totals that nobody prints but the parts of which are all printed, of the whole and of classes.
  private static func sums(_ expected: [ExpectedCount]) -> [ExpectedCount] {
    var sums: [ExpectedCount] = []
    let images = expected.filter { $0.thing == .images && $0.magnification == nil }
    let labels: [String?] = [nil] + Array(Set(images.compactMap(\.label))).sorted()
    for label in labels where !images.contains(where: { $0.label == label && $0.partition == nil })
    {
      let parts = Partition.allCases.compactMap { part in
        images.first { $0.label == label && $0.partition == part }
      }
      let known = Set(images.compactMap(\.partition))
      guard parts.count > 1, parts.count == known.count else { continue }
      sums.append(
        ExpectedCount(
          parts.reduce(0) { $0 + $1.count }, label: label, origin: parts[0].origin,
          isChecked: parts.allSatisfy(\.isChecked)))
    }
    return sums
  }
}

extension Sample {
  /// The picture that a patch is cut from.
  fileprivate var patchedFile: String? {
    if case .patch(let file, _, _, _) = source { file } else { nil }
  }
}
