// `tlkb model explain|filters|features`: what a network with given weights sees.

import ArgumentParser
import Files
import Foundation
import Imaging
import Insight
import Neural
import Render
import Weights

/// The weight set to look into.
struct WeightOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A weight set (tlkb weights list).", valueName: "set"))
  var weights: String
  @Option(help: ArgumentHelp("Its file (default: the installed one).", valueName: "file"))
  var file: String?
  @Option(help: ArgumentHelp("Threads (default: all).", valueName: "n")) var threads = 0

  func load() throws -> PretrainedNetwork {
    let set = try WeightRegistry.named(weights)
    return try PretrainedNetwork(set, path: try file ?? WeightsCommand.installed(set))
  }
}

struct ExplainImage: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Show where in an image a network looked for a class.",
    discussion: """
      Grad-CAM (doi 10.1109/ICCV.2017.74) of the last spatial layer, over the part of the image \
      that the network saw. It says where evidence was taken from, not whether it was right.

      EXAMPLE
        tlkb model explain owl.jpg --weights efficientnet_lite0.imagenet \\
          --output owl-map.png
      """)

  @Argument(help: "The image.") var image: String
  @OptionGroup var weights: WeightOptions
  @Option(help: ArgumentHelp("Layer or group (default: the last spatial one).", valueName: "name"))
  var layer: String?
  @Option(
    name: .customLong("class"),
    help: ArgumentHelp(
      "The class: its name, or its number from 0 (default: the most probable).",
      valueName: "class"))
  var wanted: String?
  @Option(name: .shortAndLong, help: ArgumentHelp("The picture to write (PNG).", valueName: "file"))
  var output: String
  @OptionGroup var listing: ListingOptions

  func run() throws {
    let pretrained = try weights.load()
    let found = try pretrained.explain(
      try ImageFile.read(image), layer: layer, classIndex: try classIndex(in: pretrained.set),
      threads: weights.threads)
    try ImageFile.writePNG(found.overlay, to: output)
    listing.show(
      .explanation(
        found.map, classNames: pretrained.set.classNames, layer: found.layer, picture: output),
      noun: ("fact", "facts"))
  }

  /// The first class of a name: ImageNet has two cranes.
  private func classIndex(in set: WeightSet) throws -> Int? {
    guard let wanted, Int(wanted) == nil else { return wanted.flatMap { Int($0) } }
    let names = set.classNames ?? []
    if let index = names.firstIndex(where: { $0.lowercased() == wanted.lowercased() }) {
      return index
    }
    let nearest = nearestName(to: wanted.lowercased(), among: names.map { $0.lowercased() })
    throw UsageError(
      description: "\(set.name) has no class called '\(wanted)'"
        + (nearest.map { "; did you mean '\($0)'?" } ?? ": give its number"))
  }
}

struct ShowFilters: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "filters", abstract: "Draw what a network's filters respond to.",
    discussion: """
      Without --layer the filters of the first convolution, which see colours. With --layer \
      pictures grown by gradient ascent so that single channels respond strongly.

      EXAMPLE
        tlkb model filters --weights efficientnet_lite0.imagenet --layer _blocks.10 \\
          --channels 8 --output filters.png
      """)

  @OptionGroup var weights: WeightOptions
  @Option(help: ArgumentHelp("Layer or group.", valueName: "name")) var layer: String?
  @Option(help: ArgumentHelp("How many channels, from --first.", valueName: "n")) var channels = 16
  @Option(help: ArgumentHelp("The first channel.", valueName: "n")) var first = 0
  @Option(help: ArgumentHelp("Side of each picture in pixels.", valueName: "n")) var size = 128
  @Option(help: ArgumentHelp("Steps of gradient ascent.", valueName: "n")) var steps = 160
  @Option(name: .shortAndLong, help: ArgumentHelp("The picture to write (PNG).", valueName: "file"))
  var output: String
  @Flag(help: "No progress.") var quiet = false

  func run() throws {
    let pretrained = try weights.load()
    var options = VisualiserOptions()
    options.side = size
    options.steps = steps
    let sheet = try pretrained.filterSheet(
      layer: layer, first: first, count: channels, options, threads: weights.threads
    ) { done in
      if !quiet, done == steps || done % 20 == 0 { printError("step \(done) of \(steps)") }
    }
    try ImageFile.writePNG(sheet, to: output)
    print("wrote \(output)")
  }
}

struct ExportFeatures: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "features", abstract: "Write a layer's outputs for images as a NumPy archive.",
    discussion: """
      The archive has 'features' (images × channels, averaged over positions unless \
      --keep-positions) and 'files', in the same order.

      EXAMPLE
        tlkb model features lesions/ --weights efficientnet_lite0.imagenet \\
          --output features.npz
      """)

  @Argument(help: "Images, or folders of images.") var images: [String]
  @OptionGroup var weights: WeightOptions
  @Option(
    help: ArgumentHelp("Layer or group (default: what the classifier reads).", valueName: "name"))
  var layer: String?
  @Flag(help: "Keep height and width of a spatial layer.") var keepPositions = false
  @Option(
    name: .shortAndLong, help: ArgumentHelp("The archive to write (.npz).", valueName: "file"))
  var output: String
  @Flag(help: "No progress.") var quiet = false

  func run() throws {
    let files = try PictureFiles.list(images)
    let pretrained = try weights.load()
    let found = try pretrained.features(
      files, layer: layer, keepsPositions: keepPositions, threads: weights.threads
    ) { done in
      if !quiet, done == files.count || done % 160 == 0 {
        printError("\(done) of \(files.count) images")
      }
    }
    try writeAtomically(
      try NumpyArchive.bytes([
        ("features", .numbers(found.features)), ("files", .texts(files)),
        ("layer", .texts([found.layer])), ("weights", .texts([pretrained.set.name])),
      ]), to: output)
    let shape = found.features.shape.map(String.init).joined(separator: " × ")
    print("wrote \(output): \(shape) of \(found.layer)")
  }
}
