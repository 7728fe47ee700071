// Images per second of each (network, purpose), one JSON line each.
//
// neural-bench --networks resnet18,vgg16 --purposes features,train --batch 16 --seconds 5
//   [--algorithms timed|heuristic|direct] [--threads 0] [--size 0] [--profile] [--processor-time]

import Neural

#if canImport(Glibc)
  import Glibc
#endif

/// One measured case.
struct Bench {
  var networks = ["resnet18", "resnet50", "vgg16", "mobilenet_v2", "efficientnet_b0"]
  var purposes = ["features", "train"]
  var batch = 16
  var seconds = 5.0
  var threads = 0
  var size = 0
  var algorithms = AlgorithmChoice.timed
  var isProfiled = false
  /// Count processor time instead of elapsed time: for one thread on a machine that others use.
  var countsProcessor = false

  init(_ arguments: [String]) throws(BenchError) {
    var rest = arguments[...]
    while let option = rest.popFirst() {
      if option == "--processor-time" {
        countsProcessor = true
        continue
      }
      if option == "--profile" {
        isProfiled = true
        continue
      }
      guard let value = rest.popFirst() else { throw .usage("\(option) needs a value") }
      switch option {
      case "--networks": networks = value.split(separator: ",").map(String.init)
      case "--purposes": purposes = value.split(separator: ",").map(String.init)
      case "--batch": batch = try Self.number(value, option)
      case "--seconds": seconds = Double(try Self.number(value, option))
      case "--threads": threads = try Self.number(value, option)
      case "--size": size = try Self.number(value, option)
      case "--algorithms":
        switch value {
        case "timed": algorithms = .timed
        case "heuristic": algorithms = .heuristic
        case "direct": algorithms = .direct
        default: throw .usage("--algorithms is timed, heuristic or direct, not \(value)")
        }
      default: throw .usage("unknown option \(option)")
      }
    }
  }

  private static func number(_ text: String, _ option: String) throws(BenchError) -> Int {
    guard let value = Int(text), value >= 0 else {
      throw .usage("\(option) needs a whole number, not \(text)")
    }
    return value
  }

  func run() throws {
    for name in networks {
      for purpose in purposes { try measure(name, purpose) }
    }
  }

  private func measure(_ name: String, _ purpose: String) throws {
    let standard = try Architectures.named(name, classes: 7)
    let shape = size == 0 ? standard.inputShape : [standard.inputShape[0], size, size]
    let side = size == 0 && name.hasPrefix("efficientnet") ? [3, 224, 224] : shape
    let network = try Architectures.named(name, classes: 7, inputShape: side)
    var generator = SeededGenerator(seed: 1)
    let model = try Model(
      network: network, parameters: network.initialParameters(using: &generator),
      options: ComputeOptions(threads: threads, batch: batch, algorithms: algorithms))
    let images = Tensor(
      shape: [batch] + side,
      values: (0..<batch * side.reduce(1, *)).map { _ in Float(generator.uniform() * 2 - 1) })
    let targets = Targets.classes((0..<batch).map { $0 % 7 })
    var step: () throws -> Void
    var profile: () throws -> [LayerTime]
    var workspace = 0
    switch purpose {
    case "features":
      step = { _ = try model.logits(images) }
      profile = { try model.profile(images, inProcessorTime: countsProcessor) }
    case "train":
      let trainer = try Trainer(model: model, options: TrainingOptions())
      step = { _ = try trainer.step(images, targets, learningRate: 1e-3) }
      profile = { try trainer.profile(images, targets, inProcessorTime: countsProcessor) }
      workspace = try trainer.memoryEstimate(batch: batch).total
    default: throw BenchError.usage("a purpose is features or train, not \(purpose)")
    }
    let start = now
    try step()
    let first = now - start
    try step()
    var times: [Double] = []
    let begin = now
    while times.count < 5 || (now - begin < seconds && times.count < 200) {
      let t = now
      try step()
      times.append(now - t)
    }
    times.sort()
    let median = times[times.count / 2]
    let operations = Double(network.summary().multiplyAdds) * (purpose == "train" ? 6 : 2)
    let winograd = model.algorithms.values.count { $0 }
    print(
      """
      {"network": "\(name)", "purpose": "\(purpose)", "batch": \(batch), "size": \(side[1]), \
      "images_per_second": \(Self.rounded(Double(batch) / median)), \
      "best": \(Self.rounded(Double(batch) / times[0])), \
      "gflops": \(Self.rounded(operations * Double(batch) / median / 1e9)), \
      "first_seconds": \(Self.rounded(first)), "winograd": \(winograd), \
      "workspace_mb": \(workspace >> 20), "peak_mb": \(Self.peakMegabytes)}
      """)
    fflush(nil)
    if isProfiled { report(try profile()) }
  }

  /// Sums per kind of work, and the slowest single steps.
  private func report(_ times: [LayerTime]) {
    var sums: [(work: String, seconds: Double)] = []
    for time in times {
      if let index = sums.firstIndex(where: { $0.work == time.work }) {
        sums[index].seconds += time.seconds
      } else {
        sums.append((time.work, time.seconds))
      }
    }
    for sum in sums.sorted(by: { $0.seconds > $1.seconds }) {
      print("  \(Self.rounded(sum.seconds * 1000)) ms  \(sum.work)")
    }
    for time in times.sorted(by: { $0.seconds > $1.seconds }).prefix(12) {
      print("    \(Self.rounded(time.seconds * 1000)) ms  \(time.layer)  \(time.work)")
    }
  }

  private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }

  private var now: Double {
    var time = timespec()
    clock_gettime(countsProcessor ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// The most memory this process ever had.
  private static var peakMegabytes: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss / 1024
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
  let message = Array("neural-bench: \(error)\n".utf8)
  write(2, message, message.count)
  exit(64)
}
