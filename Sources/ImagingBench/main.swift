// Measures decoding, resizing and batch loading; the peer beside it does the same with torchvision.
//
// `ImagingBench CASE FOLDER SECONDS` prints images per second of one case:
//   jpeg       decode, bilinear to 224 × 224, normalise to floats, on one thread
//   jpeg-two-steps   the same, the whole picture decoded before it is resized
//   jpeg-fast  the same with reduced decoding
//   png        the same for PNG
//   resize     600 × 450 in memory to 224 × 224, bilinear
//   loader     JPEG batches of 32 with flips and small turns, reduced decoding, two workers
//   loader-full, loader-single   the same with every pixel decoded; with one thread
//   cached     the same once the prepared pictures are in memory
//   stages     milliseconds a JPEG takes to be read, decoded, resized and made a tensor
//   features-NETWORK, training-NETWORK, fast-…   share of the time that the engine waits for one worker;
//              two-… for two, turns-… where all cores prepare a batch and then compute with it
import Glibc
import Imaging

func fail(_ message: String) -> Never {
  print(message)
  exit(64)
}

guard CommandLine.arguments.count == 4, let seconds = Double(CommandLine.arguments[3]) else {
  fail("usage: ImagingBench CASE FOLDER SECONDS")
}
let name = CommandLine.arguments[1]
let size = PixelSize(224)

/// Calls `body`, which gives how many images it did, until the time is over.
func rate(_ body: () throws -> Int) throws -> Double {
  _ = try body()
  let clock = ContinuousClock()
  let start = clock.now
  var done = 0
  while clock.now - start < .seconds(seconds) { done += try body() }
  return Double(done) / ((clock.now - start) / .seconds(1))
}

func samples(_ extensions: Set<String>) throws -> [Sample] {
  let index = try FolderIndex(CommandLine.arguments[2])
  let files = index.files.filter { extensions.contains(FolderIndex.fileExtension($0)) }
  guard !files.isEmpty else { fail("no pictures of that kind in \(CommandLine.arguments[2])") }
  return files.map { Sample(id: $0, source: .file(index.absolute($0)), label: 0) }
}

func prepared(_ samples: [Sample], _ preparation: Preparation) throws -> Double {
  try rate {
    var sum: Float = 0
    for sample in samples {
      sum += preparation.normalisation.tensor(try preparation.image(for: sample))[0]
    }
    return sum.isNaN ? 0 : samples.count
  }
}

func loaded(isCached: Bool = false, isReduced: Bool = true, workers: Int = 2) throws -> Double {
  let loader = try BatchLoader(
    samples: samples(["jpg", "jpeg"]),
    preparation: Preparation(size: size, usesReducedDecoding: isReduced),
    augmentation: AugmentationPipeline([
      .flipHorizontal(probability: 0.5), .rotate(from: -15, to: 15),
    ]), batchSize: 32, order: .shuffled(seed: 1), workers: workers,
    cacheBytes: isCached ? 1 << 30 : 0)
  var epoch = 0
  return try rate {
    var done = 0
    let batches = loader.epoch(epoch)
    epoch += 1
    while let batch = try batches.next() { done += batch.count }
    return done
  }
}

/// Mean milliseconds of each stage from a file to a tensor.
func stages() throws {
  let files = try samples(["jpg", "jpeg", "png"]).compactMap(\.file)
  let normalisation = Normalisation.imageNet
  let clock = ContinuousClock()
  var sums = [Duration](repeating: .zero, count: 4)
  var count = 0
  let start = clock.now
  while clock.now - start < .seconds(seconds) {
    for file in files {
      let begun = clock.now
      let bytes = try FileBytes.read(file)
      let read = clock.now
      let image = try ImageFile.decode(bytes, name: file)
      let decoded = clock.now
      let small = image.resized(to: size)
      let resized = clock.now
      _ = normalisation.tensor(small)
      let marks = [begun, read, decoded, resized, clock.now]
      for i in 0..<4 { sums[i] += marks[i + 1] - marks[i] }
      count += 1
    }
  }
  for (name, sum) in zip(["read", "decode", "resize", "tensor"], sums) {
    print("\(name) \((sum / count / .microseconds(1)).rounded() / 1000) ms")
  }
}

if name == "stages" {
  try stages()
  exit(0)
}
if let fed = FedNetwork(case: name) {
  let files = try samples(["jpg", "jpeg"])
  let many = (0..<(64_000 / files.count)).flatMap { _ in files }
  let found = try fed.measure(many, seconds: seconds)
  func short(_ value: Double) -> Double { (value * 10).rounded() / 10 }
  print(
    "\(short(100 * found.waiting)) % waiting, \(short(found.imagesPerSecond)) images/s, "
      + "\(short(found.engineAlone)) of the engine alone")
  exit(0)
}

let result: Double
switch name {
case "jpeg": result = try prepared(samples(["jpg", "jpeg"]), Preparation(size: size))
case "jpeg-two-steps":
  let preparation = Preparation(size: size)
  let files = try samples(["jpg", "jpeg"])
  result = try rate {
    var sum: Float = 0
    for file in files {
      sum += preparation.normalisation.tensor(preparation.apply(to: try file.load()))[0]
    }
    return sum.isNaN ? 0 : files.count
  }
case "jpeg-fast":
  result = try prepared(
    samples(["jpg", "jpeg"]), Preparation(size: size, usesReducedDecoding: true))
case "png": result = try prepared(samples(["png"]), Preparation(size: size))
case "resize":
  let image = try samples(["jpg", "jpeg"])[0].load()
  result = try rate { image.resized(to: size).pixels.isEmpty ? 0 : 1 }
case "loader": result = try loaded()
case "loader-full": result = try loaded(isReduced: false)
case "loader-single": result = try loaded(workers: 0)
case "cached": result = try loaded(isCached: true)
default: fail("no case '\(name)'")
}
print(result.rounded())
