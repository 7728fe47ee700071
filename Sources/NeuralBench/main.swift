// What the benchmark beside PyTorch asks of the engine, one JSON line for each question.
//
// NeuralBench speed  NETWORK features|training [--batch 16] [--size N] [--threads 2] [--seconds 3]
//                    [--precision float32|bfloat16] [--algorithms timed|heuristic|direct]
//                    [--processor-time]
// NeuralBench profile NETWORK features|training [the same options]
// NeuralBench memory  NETWORK features|training [the same options]         estimate and measured peak
// NeuralBench memory  NETWORK training --held [the same options]           tensors alive at the peak
// NeuralBench steps   NETWORK [the same options]                           every bit of three steps
// NeuralBench head   NETWORK [--images 2000] [--epochs 20] [--threads 2]   frozen backbone, end to end
// NeuralBench first  NETWORK [--batch 16]                                 one batch of a new process
// NeuralBench peak   [--threads 2]

import Neural

#if canImport(Glibc)
  import Glibc
#endif

/// A parsed command line.
struct Bench {
  private var settings = Throughput.Settings()
  private var showsPeak = false
  private var images = 2000
  private var epochs = 20
  private var words: [String] = []

  init(_ arguments: [String]) throws(BenchError) {
    var rest = arguments[...]
    while let word = rest.popFirst() {
      guard word.hasPrefix("--") else {
        words.append(word)
        continue
      }
      if word == "--held" {
        showsPeak = true
        continue
      }
      if word == "--processor-time" {
        settings.countsProcessorTime = true
        continue
      }
      guard let value = rest.popFirst() else { throw .usage("\(word) needs a value") }
      switch word {
      case "--batch": settings.batch = try Self.number(value, word)
      case "--size": settings.side = try Self.number(value, word)
      case "--threads": settings.threads = try Self.number(value, word)
      case "--seconds": settings.seconds = Double(try Self.number(value, word))
      case "--images": images = try Self.number(value, word)
      case "--epochs": epochs = try Self.number(value, word)
      case "--precision":
        guard let precision = Precision(rawValue: value) else {
          throw .usage("--precision is float32 or bfloat16, not \(value)")
        }
        settings.precision = precision
      case "--algorithms":
        switch value {
        case "timed": settings.algorithms = .timed
        case "heuristic": settings.algorithms = .heuristic
        case "direct": settings.algorithms = .direct
        default: throw .usage("--algorithms is timed, heuristic or direct, not \(value)")
        }
      default: throw .usage("unknown option \(word)")
      }
    }
  }

  private static func number(_ text: String, _ option: String) throws(BenchError) -> Int {
    guard let value = Int(text), value > 0 else {
      throw .usage("\(option) needs a whole number above 0, not \(text)")
    }
    return value
  }

  func run() throws {
    switch words.count {
    case 3 where words[0] == "speed": try speed(words[1], try work())
    case 3 where words[0] == "profile": try profile(words[1], try work())
    case 3 where words[0] == "memory":
      try memory(words[1], try work(), settings, showsPeak: showsPeak)
    case 2 where words[0] == "steps": try steps(words[1], settings)
    case 2 where words[0] == "head": try head(words[1])
    case 2 where words[0] == "first": try first(words[1])
    case 1 where words[0] == "peak": peak()
    default:
      throw BenchError.usage(
        "ask speed, profile, memory, steps, head, first or peak; see the file's first lines")
    }
  }

  private func work() throws(BenchError) -> Throughput.Work {
    guard let work = Throughput.Work(rawValue: words[2]) else {
      throw .usage("the work is features or training, not \(words[2])")
    }
    return work
  }

  private func speed(_ name: String, _ work: Throughput.Work) throws {
    let before = Memory.peak
    let result = try Throughput.measure(name, work, settings)
    print(
      """
      {"network": "\(name)", "work": "\(work.rawValue)", "precision": "\(result.precision)", \
      "batch": \(result.batch), "side": \(result.side), "threads": \(result.threads), \
      "images_per_second": \(rounded(result.imagesPerSecond)), \
      "best": \(rounded(result.bestImagesPerSecond)), "gflops": \(rounded(result.gigaflops)), \
      "first_seconds": \(rounded(result.firstSeconds)), "winograd": \(result.winogradCount), \
      "estimate_mb": \(rounded(Double(result.memory.total) / 1_048_576)), \
      "peak_mb": \(rounded(Double(Memory.peak - before) / 1_048_576))}
      """)
  }

  private func profile(_ name: String, _ work: Throughput.Work) throws {
    let profile = try Throughput.profile(name, work, settings)
    print("\(name) \(work.rawValue): \(rounded(profile.seconds * 1000)) ms")
    for sum in profile.byWork { print("  \(line(sum))") }
    for step in profile.steps.sorted(by: { $0.seconds > $1.seconds }).prefix(20) {
      print("    \(line(step))")
    }
  }

  private func line(_ time: LayerTime) -> String {
    "\(rounded(time.seconds * 1000)) ms  \(time.layer)  \(time.work)  "
      + "\(rounded(time.gigaflops)) GFLOP/s  \(rounded(time.gigabytesPerSecond)) GB/s  "
      + time.implementation
  }

  /// Features of all images once, then the epochs on them: what a frozen backbone allows.
  private func head(_ name: String) throws {
    let start = Clock.now
    let network = try Architectures.named(name, classes: 7, inputShape: [3, 224, 224])
    var generator = SeededGenerator(seed: 1)
    let model = try Model(
      network: network, parameters: network.initialParameters(using: &generator),
      options: ComputeOptions(threads: settings.threads, batch: settings.batch))
    let layer = network.featureLayer
    var values: [Float] = []
    let size = 3 * 224 * 224
    var pixels = [Float](repeating: 0, count: min(256, images) * size)
    for i in pixels.indices { pixels[i] = Float(generator.uniform() * 2 - 1) }
    var done = 0
    while done < images {
      let count = min(256, images - done)
      let part = Tensor(shape: [count, 3, 224, 224], values: Array(pixels.prefix(count * size)))
      values.append(contentsOf: try model.features(part, at: layer).values)
      done += count
    }
    let width = values.count / images
    let extracted = Clock.now
    let features = Tensor(shape: [images, width], values: values)
    let labels = (0..<images).map { $0 % 7 }
    var head = try HeadTrainer(featureCount: width, classes: 7, seed: 1)
    for _ in 0..<epochs { try head.epoch(features, labels, batch: 32, learningRate: 1e-3) }
    print(
      """
      {"network": "\(name)", "images": \(images), "epochs": \(epochs), \
      "seconds": \(rounded(Clock.now - start)), "features_seconds": \(rounded(extracted - start)), \
      "epoch_seconds": \((Clock.now - extracted) / Double(epochs))}
      """)
  }

  private func first(_ name: String) throws {
    let network = try Architectures.named(name, classes: 7)
    var generator = SeededGenerator(seed: 1)
    let model = try Model(
      network: network, parameters: network.initialParameters(using: &generator),
      options: ComputeOptions(threads: settings.threads, batch: settings.batch))
    let shape = [settings.batch] + network.inputShape
    let images = Tensor(shape: shape, filledWith: 0.5)
    print("{\"logit\": \(try model.logits(images).values[0])}")
  }

  private func peak() {
    let peak = MachinePeak.measure(threads: settings.threads)
    print(
      """
      {"threads": \(peak.threads), "gflops": \(rounded(peak.gigaflops)), \
      "bfloat16_gflops": \(rounded(peak.bfloat16Gigaflops ?? 0)), \
      "gb_per_second": \(rounded(peak.gigabytesPerSecond))}
      """)
  }

  private func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}

private enum Clock {
  static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

/// A wrong command line.
enum BenchError: Error, CustomStringConvertible {
  case usage(String)

  var description: String {
    switch self {
    case .usage(let text): text
    }
  }
}

do {
  try Bench(Array(CommandLine.arguments.dropFirst())).run()
} catch {
  let message = Array("NeuralBench: \(error)\n".utf8)
  write(2, message, message.count)
  exit(64)
}
