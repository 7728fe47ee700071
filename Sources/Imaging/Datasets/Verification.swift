// Whether a folder holds the dataset that the literature counts.

/// What a dataset should hold, by the names of its classes, magnifications and parts.
///
/// Class names are compared by letters and digits alone: `in-situ`, `In situ` and `in situ` agree.
package struct ExpectedCounts: Codable, Hashable, Sendable {
  package var total: Int?
  package var classes: [String: Int]
  package var magnifications: [Int: Int]
  /// Images of a class at a magnification.
  package var classMagnifications: [String: [Int: Int]] = [:]
  package var partitions: [Partition: Int]
  package var patients: Int?
  package var lesions: Int?

  package init(
    total: Int? = nil, classes: [String: Int] = [:], magnifications: [Int: Int] = [:],
    partitions: [Partition: Int] = [:], patients: Int? = nil, lesions: Int? = nil
  ) {
    self.total = total
    self.classes = classes
    self.magnifications = magnifications
    self.partitions = partitions
    self.patients = patients
    self.lesions = lesions
  }
}

/// Expected beside found, and the pictures that occur twice or cannot be read.
package struct Verification: Sendable {
  package struct Row: Equatable, Sendable {
    /// `total`, `class`, `magnification`, `class and magnification`, `part`, `patients` or `lesions`.
    package let what: String
    package let name: String
    package let expected: Int?
    package let found: Int

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
    against expected: ExpectedCounts, decoding: Bool = true,
    limits: DecodingLimits = DecodingLimits()
  ) -> Verification {
    var duplicates: [[String]] = []
    var unreadable: [ImagingError] = []
    if decoding {
      var byDigest: [String: Int] = [:]
      var groups: [[String]] = []
      let digests = parallelMap(samples.count) { index -> Result<String, ImagingError> in
        do throws(ImagingError) {
          return .success(Split.digest(try samples[index].load(limits: limits)))
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

  private func countRows(_ expected: ExpectedCounts) -> [Verification.Row] {
    typealias Row = Verification.Row
    var rows = [Row(what: "total", name: "", expected: expected.total, found: samples.count)]
    let counts = classCounts
    let wanted = expected.classes.keys.sorted()
    for (name, found) in zip(classes, counts) {
      let key = wanted.first { Self.plain($0) == Self.plain(name) }
      rows.append(
        Row(
          what: "class", name: name, expected: key.flatMap { expected.classes[$0] }, found: found))
    }
    let known = Set(classes.map(Self.plain))
    for name in wanted where !known.contains(Self.plain(name)) {
      rows.append(Row(what: "class", name: name, expected: expected.classes[name], found: 0))
    }
    let magnifications = Set(samples.compactMap(\.magnification))
      .union(expected.magnifications.keys).sorted()
    for value in magnifications {
      rows.append(
        Row(
          what: "magnification", name: "\(value)×", expected: expected.magnifications[value],
          found: samples.count { $0.magnification == value }))
    }
    rows += crossRows(expected)
    for partition in Partition.allCases {
      let found = samples.count { $0.officialPartition == partition }
      guard found > 0 || expected.partitions[partition] != nil else { continue }
      rows.append(
        Row(
          what: "part", name: partition.rawValue, expected: expected.partitions[partition],
          found: found))
    }
    let patients = Set(samples.compactMap(\.patient)).count
    if patients > 0 || expected.patients != nil {
      rows.append(Row(what: "patients", name: "", expected: expected.patients, found: patients))
    }
    let lesions = Set(samples.compactMap(\.lesion)).count
    if lesions > 0 || expected.lesions != nil {
      rows.append(Row(what: "lesions", name: "", expected: expected.lesions, found: lesions))
    }
    return rows
  }

  /// Each class at each magnification, where the set has both and its counts are printed.
  private func crossRows(_ expected: ExpectedCounts) -> [Verification.Row] {
    var rows: [Verification.Row] = []
    for (label, name) in classes.enumerated() {
      let key = expected.classMagnifications.keys.sorted().first {
        Self.plain($0) == Self.plain(name)
      }
      guard let wanted = key.flatMap({ expected.classMagnifications[$0] }) else { continue }
      for value in wanted.keys.sorted() {
        rows.append(
          Verification.Row(
            what: "class and magnification", name: "\(name), \(value)×", expected: wanted[value],
            found: samples.count { $0.label == label && $0.magnification == value }))
      }
    }
    return rows
  }

  private static func plain(_ name: String) -> String {
    name.lowercased().filter { $0.isLetter || $0.isNumber }
  }
}
