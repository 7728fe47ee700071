// `tlkb model list|show|draw|explain|filters|features`: the engine's networks, and looking into them.

import ArgumentParser
import Files
import Foundation
import Imaging
import Insight
import Neural
import Render
import Weights

struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model",
    abstract: "List and draw the engine's networks; show where they look and what they respond to.",
    discussion: """
      EXAMPLES
        tlkb model list
        tlkb model show resnet18
        tlkb model draw resnet18 --format svg --output resnet18.svg
      """,
    subcommands: [
      ListModels.self, ShowModel.self, DrawModel.self, ExplainImage.self, ShowFilters.self,
      ExportFeatures.self, ProfileModel.self,
    ])
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

/// Which network, for how many classes and which images.
struct NetworkOptions: ParsableArguments {
  @Argument(help: "The network.") var name: String
  @Option(help: ArgumentHelp("Classes.", valueName: "n")) var classes = 1000
  @Option(help: ArgumentHelp("Side of the square input in pixels.", valueName: "n"))
  var size: Int?

  func network() throws -> Network {
    let standard = try Architectures.named(name)
    let shape = size.map { [standard.inputShape[0], $0, $0] }
    return try Architectures.named(name, classes: classes, inputShape: shape)
  }
}

private struct ShowModel: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show every layer of a network.",
    discussion: """
      Layer and group names are those that --set model.frozen-through takes. A table ends with \
      the network's parameters, multiply-adds and depth, which 'tlkb model list' has in columns.

      EXAMPLE
        tlkb model show medmnist_resnet18 --classes 2 --size 28
      """)

  @OptionGroup var options: NetworkOptions
  @OptionGroup var listing: ListingOptions

  func run() throws {
    let summary = try options.network().summary()
    listing.show(.model(summary), noun: ("layer", "layers"))
    // The other formats have one row a layer and nothing else.
    guard listing.format ?? (isatty(STDOUT_FILENO) == 1 ? .table : .tsv) == .table else { return }
    print(
      "\(summary.parameterCount) parameters, \(summary.multiplyAdds) multiply-adds an image, "
        + "depth \(summary.depth)")
  }
}

private enum DrawingFormat: String, ExpressibleByArgument, CaseIterable { case text, dot, svg }

extension NetworkDrawing.Detail: ExpressibleByArgument {}

private struct DrawModel: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "draw", abstract: "Draw a network: as text, for Graphviz, or as SVG.",
    discussion: """
      Each box has its output's channels, height and width, and its parameters.

      EXAMPLE
        tlkb model draw densenet121 --format svg --output densenet121.svg
      """)

  @OptionGroup var options: NetworkOptions
  @Option(help: "text, dot or svg.") private var format = DrawingFormat.text
  @Option(help: "What one box is: blocks or layers.") var detail = NetworkDrawing.Detail.blocks
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Where to write it (default: print).", valueName: "file"))
  var output: String?

  func run() throws {
    let drawing = NetworkDrawing(try options.network(), detail: detail)
    let text =
      switch format {
      case .text: drawing.text
      case .dot: drawing.dot
      case .svg: drawing.svg
      }
    guard let output else {
      print(text, terminator: "")
      return
    }
    try writeAtomically(text, to: output)
    print("wrote \(output)")
  }
}
