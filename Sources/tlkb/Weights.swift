// `tlkb weights list|show|verify|get`: pre-trained weights.

import ArgumentParser
import Files
import Foundation
import Render
import Weights

struct WeightsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "weights",
    abstract: "List, show, check and install pre-trained weights.",
    discussion: """
      EXAMPLES
        tlkb weights list
        tlkb weights get efficientnet_lite0.imagenet --from efficientnet-lite0-57934424.pth
      """,
    subcommands: [ListWeights.self, ShowWeights.self, VerifyWeights.self, GetWeights.self])

  static var folder: String { Home(environment: ProcessInfo.processInfo.environment).weights }

  static func isHere(_ set: WeightSet) -> Bool {
    FileManager.default.fileExists(atPath: "\(folder)/\(set.fileName)")
  }
}

private struct ListWeights: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the known weight sets and whether they are here.",
    discussion: """
      EXAMPLE
        tlkb weights list
      """)

  @OptionGroup var listing: ListingOptions

  func run() throws {
    listing.show(
      .weights(WeightRegistry.sets, present: WeightsCommand.isHere), noun: ("set", "sets"))
  }
}

private struct ShowWeights: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show where weights are published and what they expect.",
    discussion: """
      EXAMPLE
        tlkb weights show efficientnet_lite0.imagenet
      """)

  @Argument(help: "The weight set.") var name: String
  @OptionGroup var listing: ListingOptions

  func run() throws {
    listing.show(
      .weights(try WeightRegistry.named(name), parameters: nil), noun: ("fact", "facts"))
  }
}

private struct VerifyWeights: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check a weight file: checksum, every tensor's name and shape.",
    discussion: """
      EXAMPLE
        tlkb weights verify efficientnet_lite0.imagenet --file efficientnet-lite0-57934424.pth
      """)

  @Argument(help: "The weight set.") var name: String
  @Option(help: ArgumentHelp("The file (default: the installed one).", valueName: "file"))
  var file: String?
  @OptionGroup var listing: ListingOptions

  func run() throws {
    let set = try WeightRegistry.named(name)
    let parameters = try set.load(file ?? "\(WeightsCommand.folder)/\(set.fileName)")
    listing.show(.weights(set, parameters: parameters.count), noun: ("fact", "facts"))
  }
}

private struct GetWeights: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "get",
    abstract: "Install a weight file that you obtained, once its checksum fits.",
    discussion: """
      Nothing is downloaded: without --from this says where the weights are published.

      EXAMPLE
        tlkb weights get squeezenet1_1.imagenet --from squeezenet_weights.pkl
      """)

  @Argument(help: "The weight set.") var name: String
  @Option(help: ArgumentHelp("The file as published.", valueName: "file")) var from: String?

  func run() throws {
    let set = try WeightRegistry.named(name)
    let target = "\(WeightsCommand.folder)/\(set.fileName)"
    guard let from else {
      print("\(set.name) is published as: \(set.source)")
      print("obtain \(set.fileName), then: tlkb weights get \(set.name) --from \(set.fileName)")
      return
    }
    _ = try set.load(from)
    try writeAtomically(try readFile(from), to: target)
    print("installed \(target)")
  }
}
