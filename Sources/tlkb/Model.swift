// `tlkb model list|show`: the engine's networks.

import ArgumentParser
import Neural
import Render

struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model",
    abstract: "List the engine's networks and show their layers.",
    discussion: """
      EXAMPLES
        tlkb model list
        tlkb model show resnet18
      """,
    subcommands: [ListModels.self, ShowModel.self])
}

private struct ListModels: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List all networks with parameters and multiply-adds.",
    discussion: """
      Counts are for 1,000 classes at the published input size.

      EXAMPLE
        tlkb model list --format csv
      """)

  @OptionGroup var listing: ListingOptions

  func run() throws {
    let summaries = try Architectures.names.map { try Architectures.named($0).summary() }
    listing.show(.models(summaries), noun: ("network", "networks"))
  }
}

private struct ShowModel: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show every layer of a network.",
    discussion: """
      Layer and group names are those that --set model.frozen-through takes.

      EXAMPLE
        tlkb model show medmnist_resnet18 --classes 2 --size 28
      """)

  @Argument(help: "The network.") var name: String
  @Option(help: ArgumentHelp("Classes.", valueName: "n")) var classes = 1000
  @Option(help: ArgumentHelp("Side of the square input in pixels.", valueName: "n"))
  var size: Int?
  @OptionGroup var listing: ListingOptions

  func run() throws {
    let standard = try Architectures.named(name)
    let shape = size.map { [standard.inputShape[0], $0, $0] }
    let network = try Architectures.named(name, classes: classes, inputShape: shape)
    listing.show(.model(network.summary()), noun: ("layer", "layers"))
  }
}
