// `tlkb bench`: the engine's speed on the user's computer.

import ArgumentParser
import Neural
import Render

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure the engine's speed on this computer.",
    discussion: """
      Images per second of each network, in inference and in full training steps, with the share \
      of the processor's measured peak and the memory it takes. Random weights and images. Close \
      other programs: they slow it down. The same table beside PyTorch: make bench-engine.

      EXAMPLES
        tlkb bench --quick
        tlkb bench --network resnet50 --precision bfloat16 --format csv
      """)

  private static let standard = [
    "resnet18", "resnet50", "vgg16", "mobilenet_v2", "efficientnet_b0", "inception_v3",
    "densenet121",
  ]

  @Option(help: ArgumentHelp("A network; can be repeated.", valueName: "name"))
  var network: [String] = []
  @Flag(help: "Two small networks, half a second each.") var quick = false
  @Option(help: ArgumentHelp("Images per run.", valueName: "n")) var batch: Int?
  @Option(help: ArgumentHelp("Side of the square images in pixels.", valueName: "n"))
  var size: Int?
  @Option(help: ArgumentHelp("Threads (default: all processors).", valueName: "n"))
  var threads = 0
  @Option(help: "float32 or bfloat16.") var precision = Precision.float32
  @OptionGroup var listing: ListingOptions

  func run() throws {
    let names = !network.isEmpty ? network : quick ? ["resnet18", "mobilenet_v2"] : Self.standard
    for name in names { _ = try Architectures.named(name) }
    let settings = Throughput.Settings(
      batch: batch ?? (quick ? 4 : 16), side: size, threads: threads, precision: precision,
      algorithms: quick ? .heuristic : .timed, seconds: quick ? 0.5 : 3)
    for name in names {
      for work in Throughput.Work.allCases { try settings.checkMemory(name, work) }
    }
    let peak = MachinePeak.measure(threads: threads)
    var results: [Throughput] = []
    for name in names {
      for work in Throughput.Work.allCases {
        printError("measuring \(name), \(work.rawValue)")
        results.append(try Throughput.measure(name, work, settings))
      }
    }
    listing.show(.throughputs(results, peak: peak), noun: ("measurement", "measurements"))
  }
}
