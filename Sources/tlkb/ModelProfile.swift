// `tlkb model profile`: where the time of a network's run goes.

import ArgumentParser
import Files
import Neural
import Render
import Reproduce

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
    try checkMemory()
    let profile = try Throughput.profile(
      name, train ? .training : .features,
      Throughput.Settings(batch: batch, side: size, threads: threads, precision: precision))
    if let trace { try writeAtomically(profile.chromeTrace, to: trace) }
    let rows = byWork ? ("kind of work", "kinds of work") : ("step", "steps")
    listing.show(.profile(profile, byWork: byWork), noun: rows)
  }

  /// Refuses batches whose images and layer outputs this computer cannot hold.
  private func checkMemory() throws {
    let standard = try Architectures.named(name)
    let side = size ?? (name.hasPrefix("efficientnet") ? 224 : standard.inputShape[1])
    let network = try Architectures.named(name, inputShape: [standard.inputShape[0], side, side])
    let outputs = network.summary().rows.map { Double($0.outputShape.reduce(1, *)) }
    // Training keeps what every convolution made, inference two layers' outputs at least.
    let kept = train ? outputs.reduce(0, +) / 3 : outputs.max() ?? 0
    let needed = 4 * Double(batch) * (kept + Double(network.inputShape.reduce(1, *)))
    guard let available = RunRecord.Machine.availableMemory, needed > Double(available) else {
      return
    }
    throw UsageError(
      description: "\(batch) images of \(side) × \(side) need \(Int(needed / 1e9)) GB for \(name), "
        + "\(available / 1_000_000_000) GB are free: lower --batch or --size")
  }
}
