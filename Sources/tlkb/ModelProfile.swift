// `tlkb model profile`: where the time of a network's run goes.

import ArgumentParser
import Files
import Neural
import Render

extension Precision: ExpressibleByArgument {}

struct ProfileModel: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile", abstract: "Time every layer of a network's run on this computer.",
    discussion: """
      Random weights and images; one run is timed after another one. GFLOP/s count the layer's \
      definition, two per multiply-add, so that Winograd's algorithm may exceed the processor's \
      peak; GB/s count each tensor that a step reads or writes once.

      EXAMPLES
        tlkb model profile resnet18 --batch 4 --by-work
        tlkb model profile mobilenet_v2 --train --trace trace.json
      """)

  @Argument(help: "The network.") var name: String
  @Option(help: ArgumentHelp("Images per run.", valueName: "n")) var batch = 16
  @Option(help: ArgumentHelp("Side of the square images in pixels.", valueName: "n"))
  var size: Int?
  @Flag(help: "Profile a training step instead of inference.") var train = false
  @Flag(help: "Sum up by kind of work.") var byWork = false
  @Option(help: "float32 or bfloat16.") var precision = Precision.float32
  @Option(help: ArgumentHelp("Threads (default: all processors).", valueName: "n"))
  var threads = 0
  @Option(
    help: ArgumentHelp(
      "Also write the steps for chrome://tracing or Perfetto.", valueName: "file"))
  var trace: String?
  @OptionGroup var listing: ListingOptions

  func run() throws {
    let settings = Throughput.Settings(
      batch: batch, side: size, threads: threads, precision: precision)
    let work: Throughput.Work = train ? .training : .features
    try settings.checkMemory(name, work)
    let profile = try Throughput.profile(name, work, settings)
    if let trace { try writeAtomically(profile.chromeTrace, to: trace) }
    let rows = byWork ? ("kind of work", "kinds of work") : ("step", "steps")
    listing.show(.profile(profile, byWork: byWork), noun: rows)
  }
}
