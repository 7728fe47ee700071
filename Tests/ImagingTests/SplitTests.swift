// Splits keep units whole, classes even and seeds binding; leaks are found where there are any.
import Testing

@testable import Imaging

@Suite struct SplitTests {
  /// 300 samples, 2:1 classes, patients of three pictures and one class.
  private let data = memoryDataset(
    labels: (0..<300).map { $0 / 3 % 3 == 0 ? 1 : 0 }, patients: (0..<300).map { "p\($0 / 3)" },
    lesions: (0..<300).map { "l\($0 / 2)" })

  private static let methods: [SplitMethod] = [
    .holdout(train: 0.7, validation: 0.1, test: 0.2), .kFold(k: 5, repeats: 2, validation: 0.1),
  ]

  @Test("Every sample is in exactly one part of every fold", arguments: methods, SplitUnit.allCases)
  func partition(method: SplitMethod, unit: SplitUnit) throws {
    let split = try SplitPlan(unit: unit, method: method, seed: 3).split(data)
    for fold in split.folds {
      let all = fold.train + fold.validation + fold.test
      #expect(all.count == 300 && Set(all).count == 300)
    }
  }

  @Test("Each sample is tested once in each repeat of a k-fold")
  func kFold() throws {
    let plan = SplitPlan(
      unit: .patient, method: .kFold(k: 5, repeats: 2, validation: 0), seed: 3)
    let folds = try plan.split(data).folds
    #expect(folds.count == 10)
    #expect(folds[0..<5].flatMap(\.test).sorted() == data.samples.map(\.id).sorted())
    #expect(folds[0].test != folds[5].test)
  }

  @Test("A patient's pictures stay together in a patient split", arguments: methods)
  func patientsWhole(method: SplitMethod) throws {
    let split = try SplitPlan(unit: .patient, method: method, seed: 3).split(data)
    for fold in split.folds.indices {
      let report = try split.leakage(in: data, fold: fold, comparingPictures: false)
      #expect(report.patientsAcross == 0)
    }
  }

  @Test("An image split of such data leaks, and the leak is counted")
  func imageSplitLeaks() throws {
    let plan = SplitPlan(
      unit: .image, method: .holdout(train: 0.5, validation: 0, test: 0.5), seed: 3)
    let split = try plan.split(data)
    let report = try split.leakage(in: data, comparingPictures: false)
    let train = Set(split.folds[0].train.compactMap { Int($0.dropFirst()) }.map { $0 / 3 })
    let test = Set(split.folds[0].test.compactMap { Int($0.dropFirst()) }.map { $0 / 3 })
    #expect(report.patientsAcross == train.intersection(test).count)
    #expect(report.patientsAcross > 50 && !report.isClean)
  }

  @Test("Stratified parts have each class's share within one unit", arguments: SplitUnit.allCases)
  func stratified(unit: SplitUnit) throws {
    let plan = SplitPlan(
      unit: unit, method: .holdout(train: 0.7, validation: 0.1, test: 0.2), seed: 3)
    let split = try plan.split(data)
    for (partition, share) in [(Partition.train, 0.7), (.validation, 0.1), (.test, 0.2)] {
      let labels = try split.samples(of: data, partition).map(\.label)
      let positives = Double(labels.count { $0 == 1 })
      #expect(abs(positives - share * Double(data.classCounts[1])) <= 3)
      #expect(abs(Double(labels.count) - share * 300) <= 6)
    }
  }

  @Test("The same seed gives the same split, another seed another")
  func seeds() throws {
    let plan = { (seed: UInt64) in
      try SplitPlan(
        unit: .patient, method: .holdout(train: 0.7, validation: 0.1, test: 0.2), seed: seed
      ).split(data).hash
    }
    #expect(try plan(1) == plan(1))
    #expect(try plan(1) != plan(2))
  }

  @Test("The largest patient is not always trained on")
  func largestPatient() throws {
    let labels = [Int](repeating: 0, count: 40)
    let uneven = memoryDataset(
      labels: labels, patients: (0..<40).map { $0 < 10 ? "big" : "p\($0)" })
    let sides = try (0..<20).map { seed in
      try SplitPlan(
        unit: .patient, method: .holdout(train: 0.5, validation: 0, test: 0.5),
        seed: UInt64(seed)
      ).split(uneven).folds[0].train.contains("s0")
    }
    #expect(sides.contains(true) && sides.contains(false))
  }

  @Test("Samples of unknown patients are split alone and counted")
  func unknownPatients() throws {
    let half = memoryDataset(
      labels: (0..<20).map { $0 % 2 }, patients: (0..<20).map { $0 < 10 ? "p\($0 / 2)" : nil })
    let plan = SplitPlan(
      unit: .patient, method: .holdout(train: 0.5, validation: 0, test: 0.5), seed: 1)
    #expect(try plan.split(half).imagesWithoutUnit == 10)
  }

  @Test("The official parts are taken as they are, validation drawn from training if wanted")
  func official() throws {
    let samples = data.samples.enumerated().map { i, s in
      Sample(
        id: s.id, source: s.source, label: s.label, patient: s.patient,
        officialPartition: i < 200 ? .train : .test)
    }
    let own = ImageDataset(id: "made", task: "t", classes: ["a", "b"], samples: samples)
    let plain = try SplitPlan(unit: .patient, method: .official(validation: 0), seed: 1).split(own)
    #expect(plain.folds[0].train.count == 200 && plain.folds[0].validation.isEmpty)
    let held = try SplitPlan(unit: .patient, method: .official(validation: 0.1), seed: 1).split(own)
    #expect((15...25).contains(held.folds[0].validation.count))
    #expect(held.folds[0].test == plain.folds[0].test)
  }

  @Test("A dataset without official parts says so")
  func noOfficial() {
    #expect(
      throws: ImagingError.splitImpossible(
        dataset: "made", reason: "sample s0 has no official part")
    ) { try SplitPlan(unit: .image, method: .official(validation: 0), seed: 1).split(data) }
  }

  @Test("Fewer patients than folds is an error")
  func tooFew() {
    let few = memoryDataset(labels: [0, 1, 0], patients: ["a", "a", "b"])
    #expect(throws: ImagingError.splitImpossible(dataset: "made", reason: "2 patients for 5 folds"))
    {
      try SplitPlan(
        unit: .patient, method: .kFold(k: 5, repeats: 1, validation: 0), seed: 1
      ).split(few)
    }
  }

  @Test("A split file reads back the same; a changed id is caught")
  func file() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("split.json")
    let split = try SplitPlan(unit: .patient, method: Self.methods[0], seed: 3).split(data)
    try split.write(to: path)
    #expect(try Split.read(path) == split)
    let text = String(decoding: try FileBytes.read(path), as: UTF8.self)
    try FileBytes.write(Array(text.replacing("\"s7\"", with: "\"s8\"").utf8), to: path)
    #expect(
      throws: ImagingError.badSplit(
        file: path, reason: "its ids were changed after it was written")
    ) { try Split.read(path) }
  }

  @Test("A split of other pictures is refused with the first lost id")
  func lostIDs() throws {
    let split = try SplitPlan(unit: .image, method: Self.methods[0], seed: 3).split(data)
    let fewer = data.filtered { $0.id != split.folds[0].test[0] }
    #expect(
      throws: ImagingError.splitImpossible(
        dataset: "made",
        reason: "1 ids of the split are not in it (first: \(split.folds[0].test[0]))")
    ) { try split.samples(of: fewer, .test) }
  }
}

@Suite struct LeakageTests {
  /// Four pictures: a scene, its copy, the scene recompressed, another scene.
  private func dataset() throws -> ImageDataset {
    let scene = try ImageFile.read(fixture("rgb8.png")).resized(to: PixelSize(64))
    let again = try ImageFile.decode(ImageFile.encodeJPEG(scene, quality: 60), name: "m")
    let other = scene.rotated(quarterTurns: 1)
    let store = PixelStore(
      width: 64, height: 64, channels: 3,
      bytes: scene.pixels + scene.pixels + again.pixels + other.pixels)
    let parts: [Partition] = [.train, .test, .test, .test]
    return ImageDataset(
      id: "four", task: "t", classes: ["a"],
      samples: (0..<4).map {
        Sample(id: "s\($0)", source: .memory(store, $0), label: 0, officialPartition: parts[$0])
      })
  }

  @Test("An identical picture and a recompressed one are told apart, another scene is no leak")
  func pictures() throws {
    let data = try dataset()
    let split = try SplitPlan(unit: .image, method: .official(validation: 0), seed: 0).split(data)
    let report = try split.leakage(in: data)
    #expect(report.identicalAcross == 1 && report.identical.first?.second == "s1")
    #expect(report.nearDuplicate.map(\.second) == ["s2"])
  }

  @Test("Flat pictures are not called near duplicates")
  func flat() throws {
    let bytes = [UInt8](repeating: 10, count: 64) + [UInt8](repeating: 200, count: 64)
    let store = PixelStore(width: 8, height: 8, channels: 1, bytes: bytes)
    let data = ImageDataset(
      id: "flat", task: "t", classes: ["a"],
      samples: [
        Sample(id: "x", source: .memory(store, 0), label: 0, officialPartition: .train),
        Sample(id: "y", source: .memory(store, 1), label: 0, officialPartition: .test),
      ])
    let split = try SplitPlan(unit: .image, method: .official(validation: 0), seed: 0).split(data)
    #expect(try split.leakage(in: data).isClean)
  }

  @Test("Verification lists duplicates and unreadable pictures")
  func verification() throws {
    let folder = try TemporaryFolder()
    try folder.draw("a/1.png", shade: 1)
    try folder.draw("a/2.png", shade: 1)
    try folder.draw("b/3.png", shade: 3)
    try folder.write("no picture", to: "b/4.png")
    let data = try DatasetReaders.read("folder", at: folder.path)
    let check = data.verify(against: [ExpectedCount(5), ExpectedCount(2, label: "A")])
    #expect(check.duplicates == [["a/1.png", "a/2.png"]])
    #expect(check.unreadable.count == 1 && !check.passes)
    typealias Row = Verification.Row
    #expect(
      check.rows == [
        Row(what: "total", name: "", expected: 5, authority: .papers, found: 4),
        Row(what: "class", name: "a", expected: 2, authority: .papers, found: 2),
        Row(what: "class", name: "b", expected: nil, authority: .nobody, found: 2),
      ])
  }
}
