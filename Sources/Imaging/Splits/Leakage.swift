// What the two sides of a split share that they should not.
import Files

/// Two samples on different sides, and what they share.
package struct LeakagePair: Codable, Hashable, Sendable {
  package let first: String
  package let firstPartition: Partition
  package let second: String
  package let secondPartition: Partition
  /// The patient, lesion, digest, or number of differing hash bits.
  package let shared: String
}

/// The leaks of one fold. A count is of units or pairs in full; the lists hold the first of each.
package struct LeakageReport: Codable, Sendable {
  package internal(set) var patientsAcross = 0
  package internal(set) var lesionsAcross = 0
  package internal(set) var identicalAcross = 0
  package internal(set) var nearDuplicatesAcross = 0
  package internal(set) var samePatient: [LeakagePair] = []
  package internal(set) var sameLesion: [LeakagePair] = []
  package internal(set) var identical: [LeakagePair] = []
  package internal(set) var nearDuplicate: [LeakagePair] = []
  /// Samples whose patient is unknown, of all in the fold: where high, silence proves nothing.
  package internal(set) var withoutPatient = 0
  package internal(set) var unreadable: [String] = []

  package var isClean: Bool {
    patientsAcross == 0 && lesionsAcross == 0 && identicalAcross == 0
      && nearDuplicatesAcross == 0
  }
}

extension Split {
  /// Looks for the same patient, lesion or picture on different sides of a fold.
  ///
  /// Pictures are compared only with `comparingPictures`, for each is decoded. A near duplicate
  /// differs in at most `tolerance` of 64 hash bits; flat pictures are not compared so.
  package func leakage(
    in dataset: ImageDataset, fold: Int = 0, comparingPictures: Bool = true, tolerance: Int = 2,
    limits: DecodingLimits = DecodingLimits()
  ) throws(ImagingError) -> LeakageReport {
    var members: [(sample: Sample, partition: Partition)] = []
    for partition in Partition.allCases {
      for sample in try samples(of: dataset, fold: fold, partition) {
        members.append((sample, partition))
      }
    }
    var report = LeakageReport()
    report.withoutPatient = members.count { $0.sample.patient == nil }
    (report.patientsAcross, report.samePatient) = shared(members) { $0.patient }
    (report.lesionsAcross, report.sameLesion) = shared(members) { $0.lesion }
    guard comparingPictures else { return report }
    let samples = members.map(\.sample)
    let looks = parallelMap(samples) { sample -> (digest: String, hash: PerceptualHash)? in
      guard let image = try? sample.load(limits: limits) else { return nil }
      return (Self.digest(image), PerceptualHash(image))
    }
    var digests: [String: String] = [:]
    for (sample, look) in zip(samples, looks) {
      if let look {
        digests[sample.id] = look.digest
      } else {
        report.unreadable.append(sample.id)
      }
    }
    let hashes = looks.map { $0?.hash }
    (report.identicalAcross, report.identical) = shared(members) { digests[$0.id] }
    (report.nearDuplicatesAcross, report.nearDuplicate) = near(
      members, hashes, digests, tolerance)
    return report
  }

  private static let listed = 100

  /// A picture's identity: its pixels, not its file, so that a re-saved copy is found too.
  static func digest(_ image: Image) -> String {
    SHA256.hex(
      Array("\(image.width)×\(image.height)×\(image.channels):".utf8) + image.pixels)
  }

  /// Keys found in more than one part, with one pair for each.
  private func shared(
    _ members: [(sample: Sample, partition: Partition)], _ key: (Sample) -> String?
  ) -> (Int, [LeakagePair]) {
    var first: [String: (id: String, partition: Partition)] = [:]
    var counted: Set<String> = []
    var pairs: [LeakagePair] = []
    for (sample, partition) in members {
      guard let value = key(sample) else { continue }
      guard let earlier = first[value] else {
        first[value] = (sample.id, partition)
        continue
      }
      guard earlier.partition != partition, counted.insert(value).inserted else { continue }
      if pairs.count < Self.listed {
        pairs.append(
          LeakagePair(
            first: earlier.id, firstPartition: earlier.partition, second: sample.id,
            secondPartition: partition, shared: value))
      }
    }
    return (counted.count, pairs)
  }

  /// Pairs across parts within `tolerance` bits. Hashes are filed by each of `tolerance + 1`
  /// slices of their bits: two that differ in so few agree in a slice.
  private func near(
    _ members: [(sample: Sample, partition: Partition)], _ hashes: [PerceptualHash?],
    _ digests: [String: String], _ tolerance: Int
  ) -> (Int, [LeakagePair]) {
    let slices = max(1, min(16, tolerance + 1))
    let width = 64 / slices
    var drawers: [[UInt64: [Int]]] = Array(repeating: [:], count: slices)
    var count = 0
    var pairs: [LeakagePair] = []
    for i in members.indices {
      guard let hash = hashes[i], hash.contrast >= 4 else { continue }
      var candidates: Set<Int> = []
      for slice in 0..<slices {
        let key =
          hash.bits >> UInt64(slice * width) & (width == 64 ? .max : (1 << UInt64(width)) - 1)
        for j in drawers[slice][key] ?? [] where members[j].partition != members[i].partition {
          candidates.insert(j)
        }
        drawers[slice][key, default: []].append(i)
      }
      for j in candidates.sorted() {
        guard let other = hashes[j] else { continue }
        let distance = hash.distance(to: other)
        guard distance <= tolerance,
          digests[members[i].sample.id] != digests[members[j].sample.id]
        else { continue }
        count += 1
        if pairs.count < Self.listed {
          pairs.append(
            LeakagePair(
              first: members[j].sample.id, firstPartition: members[j].partition,
              second: members[i].sample.id, secondPartition: members[i].partition,
              shared: "\(distance) of 64 bits differ"))
        }
      }
    }
    return (count, pairs)
  }
}
