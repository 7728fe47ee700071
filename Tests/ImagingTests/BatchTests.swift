// Batches are the same whatever the threads, and unreadable pictures are never passed over silently.
import Testing

@testable import Imaging

@Suite struct BatchTests {
  private let preparation = Preparation(size: PixelSize(12), normalisation: .unit)

  private func phantom(_ count: Int = 50) throws -> ImageDataset {
    try PhantomPlan(modality: .dermoscopy, images: count, size: 16, seed: 2).dataset()
  }

  private func all(_ loader: BatchLoader, _ epoch: Int) throws -> [Batch] {
    var batches: [Batch] = []
    let sequence = loader.epoch(epoch)
    while let batch = try sequence.next() { batches.append(batch) }
    return batches
  }

  @Test("An epoch has every sample once, in the order of the seed", arguments: [0, 1, 3])
  func epoch(workers: Int) throws {
    let loader = try BatchLoader(
      samples: phantom().samples, preparation: preparation, batchSize: 16,
      order: .shuffled(seed: 4), workers: workers)
    let batches = try all(loader, 0)
    #expect(batches.map(\.count) == [16, 16, 16, 2] && loader.batchesPerEpoch == 4)
    #expect(batches.flatMap(\.indices) == loader.visits(epoch: 0))
    #expect(Set(batches.flatMap(\.indices)).count == 50)
    #expect(loader.visits(epoch: 0) != loader.visits(epoch: 1))
  }

  @Test("Batches are the same bytes with no worker, one or four, cached or not")
  func threads() throws {
    let samples = try phantom().samples
    let augmentation = AugmentationPipeline([
      .rotate(from: -20, to: 20), .noise(sd: 0.02), .flipHorizontal(probability: 0.5),
    ])
    func pixels(_ workers: Int, _ cache: Int) throws -> [[Float]] {
      let loader = try BatchLoader(
        samples: samples, preparation: preparation, augmentation: augmentation,
        mixing: .mixup(alpha: 0.2), batchSize: 8, order: .shuffled(seed: 1), seed: 9,
        workers: workers, cacheBytes: cache)
      _ = try all(loader, 0)
      return try all(loader, 1).map(\.pixels)
    }
    let reference = try pixels(0, 0)
    #expect(try pixels(1, 1 << 20) == reference)
    #expect(try pixels(4, 1 << 20) == reference)
  }

  @Test("Images prepared on all cores are those prepared one by one, each with its place")
  func onAllCores() throws {
    let samples = try phantom().samples[10..<40]
    func pixels(_ onAllCores: Bool) throws -> [[UInt8]] {
      try preparation.images(for: samples, onAllCores: onAllCores) { image, index in
        var changed = image
        changed.pixels[0] = UInt8(index)
        return changed
      }.map(\.pixels)
    }
    let together = try pixels(true)
    #expect(try together == pixels(false))
    #expect(together.map { $0[0] } == (10..<40).map { UInt8($0) })
    #expect(
      together[3].dropFirst() == preparation.apply(to: try samples[13].load()).pixels.dropFirst())
  }

  @Test(
    "A JPEG that is resized as it is decoded gives the bytes of decoding and then resizing",
    arguments: ["rgb.jpg", "grey.jpg", "cmyk.jpg", "progressive.jpg", "orientation6.jpg"])
  func inOneGo(name: String) throws {
    let file = fixture(name)
    let sample = Sample(id: name, source: .file(file), label: 0)
    let least = PixelSize(9)
    for fit in [Fit.stretch, .centreCrop(resize: 11), .letterbox] {
      for how in Interpolation.allCases {
        for side in [9, 64] {
          let plain = Preparation(
            size: PixelSize(side), fit: fit, interpolation: how, normalisation: .unit)
          let whole = try ImageFile.read(file)
          #expect(try plain.image(for: sample) == plain.apply(to: whole), "\(fit) \(how) \(side)")
        }
        let reduced = try ImageFile.decodeResized(
          FileBytes.read(file), name: name, atLeast: least, limits: DecodingLimits(), how,
          to: { _ in least })
        if let reduced {
          #expect(try reduced == ImageFile.read(file, atLeast: least).resized(to: least, how))
        }
      }
    }
    let isTurned = name.hasPrefix("orientation")
    let direct = try ImageFile.decodeResized(
      FileBytes.read(file), name: name, atLeast: nil, limits: DecodingLimits(), .bilinear,
      to: { _ in least })
    #expect((direct == nil) == isTurned)
  }

  @Test("An incomplete last batch is dropped if wanted")
  func dropsLast() throws {
    let loader = try BatchLoader(
      samples: phantom().samples, preparation: preparation, batchSize: 16, dropsLast: true)
    #expect(try all(loader, 0).map(\.count) == [16, 16, 16])
  }

  @Test("Pixels are laid out N, C, H, W")
  func layout() throws {
    let store = PixelStore(
      width: 2, height: 1, channels: 3, bytes: [0, 51, 102, 153, 204, 255, 255, 0, 0, 0, 255, 0])
    let samples = (0..<2).map { Sample(id: "\($0)", source: .memory(store, $0), label: $0) }
    let loader = try BatchLoader(
      samples: samples,
      preparation: Preparation(size: PixelSize(width: 2, height: 1), normalisation: .unit),
      batchSize: 2)
    let batch = try #require(try loader.epoch(0).next())
    let rounded = batch.pixels.map { ($0 * 5).rounded() }
    #expect(rounded == [0, 3, 1, 4, 2, 5, 5, 0, 0, 5, 0, 0])
    #expect(batch.labels == [0, 1])
  }

  private func folderWithDamage() throws -> (TemporaryFolder, ImageDataset) {
    let folder = try TemporaryFolder()
    for n in 0..<5 { try folder.draw("a/\(n).png", shade: n) }
    for n in 5..<9 { try folder.draw("b/\(n).png", shade: n) }
    try folder.write("damaged", to: "b/9.png")
    return (folder, try DatasetReaders.read("folder", at: folder.path))
  }

  @Test("An unreadable picture ends the epoch with its name", arguments: [0, 2])
  func unreadableFails(workers: Int) throws {
    let (folder, data) = try folderWithDamage()
    let loader = try BatchLoader(
      samples: data.samples, preparation: preparation, batchSize: 4, workers: workers)
    #expect {
      _ = try all(loader, 0)
    } throws: { "\($0)".hasPrefix(folder.path + "/b/9.png: not a") }
  }

  @Test("Where allowed, an unreadable picture is left out and listed", arguments: [0, 2])
  func unreadableSkipped(workers: Int) throws {
    let (folder, data) = try folderWithDamage()
    defer { withExtendedLifetime(folder) {} }
    let loader = try BatchLoader(
      samples: data.samples, preparation: preparation, batchSize: 4, workers: workers,
      unreadable: .skip)
    for epoch in 0..<2 {
      #expect(try all(loader, epoch).map(\.count) == [4, 4, 1])
      #expect(loader.skipped.map(\.sample.id) == ["b/9.png"])
    }
  }

  @Test("A sequence dropped half-way leaves no worker behind to wait for")
  func abandoned() throws {
    let loader = try BatchLoader(
      samples: phantom().samples, preparation: preparation, batchSize: 2, workers: 3)
    for epoch in 0..<20 { _ = try loader.epoch(epoch).next() }
    #expect(try all(loader, 20).count == 25)
  }

  @Test("Oversampled repeats of a picture are augmented differently")
  func oversampled() throws {
    let data = memoryDataset(labels: [0, 0, 0, 0, 1])
    let loader = try BatchLoader(
      samples: data.samples, preparation: preparation,
      augmentation: AugmentationPipeline([.noise(sd: 0.2)]), batchSize: 8,
      order: .oversampled(seed: 3))
    let batch = try #require(try loader.epoch(0).next())
    let each = batch.pixels.count / batch.count
    let repeats = batch.indices.indices.filter { batch.indices[$0] == 4 }
    #expect(repeats.count == 4)
    #expect(Set(repeats.map { Array(batch.pixels[$0 * each..<($0 + 1) * each]) }).count == 4)
  }

  @Test("Mixup mixes pixels and targets by the same share")
  func mixup() throws {
    let store = PixelStore(width: 1, height: 1, channels: 1, bytes: [0, 255])
    let samples = (0..<2).map { Sample(id: "\($0)", source: .memory(store, $0), label: $0) }
    let loader = try BatchLoader(
      samples: samples,
      preparation: Preparation(size: PixelSize(1), channels: 1, normalisation: .unit),
      mixing: .mixup(alpha: 1), batchSize: 2, seed: 5)
    for epoch in 0..<6 {
      let batch = try #require(try loader.epoch(epoch).next())
      let targets = try #require(batch.targets)
      for i in 0..<2 {
        #expect(abs(batch.pixels[i] - targets[2 * i + 1]) < 1e-5)
        #expect(abs(targets[2 * i] + targets[2 * i + 1] - 1) < 1e-5)
      }
    }
  }

  @Test("Cutmix pastes a rectangle whose share its targets tell")
  func cutmix() throws {
    let store = PixelStore(
      width: 8, height: 8, channels: 1,
      bytes: [UInt8](repeating: 0, count: 64) + [UInt8](repeating: 255, count: 64))
    let samples = (0..<2).map { Sample(id: "\($0)", source: .memory(store, $0), label: $0) }
    let loader = try BatchLoader(
      samples: samples,
      preparation: Preparation(size: PixelSize(8), channels: 1, normalisation: .unit),
      mixing: .cutmix(alpha: 1), batchSize: 2, seed: 5)
    for epoch in 0..<6 {
      let batch = try #require(try loader.epoch(epoch).next())
      let targets = try #require(batch.targets)
      let bright = batch.pixels[0..<64].reduce(0, +) / 64
      #expect(abs(bright - targets[1]) < 1e-5)
    }
  }

  @Test("Beta draws have the mean and variance of Beta(α, α)", arguments: [0.3, 1, 4])
  func beta(alpha: Double) {
    var generator = SeededGenerator(seed: 6)
    let draws = (0..<4000).map { _ in BatchMixing.beta(alpha, &generator) }
    let mean = draws.reduce(0, +) / 4000
    let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4000
    #expect(abs(mean - 0.5) < 0.02)
    #expect(abs(variance - 1 / (4 * (2 * alpha + 1))) < 0.01)
  }

  @Test("Settings that make no sense are refused")
  func settings() throws {
    let samples = try phantom(10).samples
    #expect(throws: ImagingError.self) {
      try BatchLoader(samples: samples, preparation: preparation, batchSize: 0)
    }
    #expect(throws: ImagingError.self) {
      try BatchLoader(samples: [], preparation: preparation, batchSize: 1)
    }
    #expect(throws: ImagingError.self) {
      try BatchLoader(
        samples: samples, preparation: Preparation(size: PixelSize(0)), batchSize: 1)
    }
  }

  @Test(
    "Each fit gives the network's size",
    arguments: [Fit.stretch, .centreCrop(resize: 14), .letterbox])
  func fits(fit: Fit) {
    let preparation = Preparation(size: PixelSize(width: 12, height: 10), fit: fit)
    let image = preparation.apply(to: testScene(width: 33, height: 21, channels: 1))
    #expect(image.size == PixelSize(width: 12, height: 10) && image.channels == 3)
  }
}

@Suite struct SeededGeneratorTests {
  @Test("The generator is xoshiro256** seeded by SplitMix64")
  func reference() {
    var generator = SeededGenerator(seed: 0)
    // First outputs for the SplitMix64 state of seed 0, computed with the authors' definition.
    #expect(
      (0..<3).map { _ in generator.next() } == [
        0x99ec_5f36_cb75_f2b4, 0xbf6e_1f78_4956_452a, 0x1a5f_849d_4933_e6e0,
      ])
  }

  @Test("Draws below a bound are even")
  func below() {
    var generator = SeededGenerator(seed: 3)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<14000 { counts[generator.below(7)] += 1 }
    #expect(counts.allSatisfy { abs($0 - 2000) < 200 })
  }

  @Test("A shuffle is a permutation")
  func shuffle() {
    var generator = SeededGenerator(seed: 3)
    var items = Array(0..<100)
    generator.shuffle(&items)
    #expect(items != Array(0..<100) && items.sorted() == Array(0..<100))
  }

}
