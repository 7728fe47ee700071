// `tlkb augment preview|apply`: what a pipeline makes of images, on one sheet or as files.

import ArgumentParser
import Catalog
import Files
import Foundation
import Imaging
import Render
import Reproduce

struct AugmentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "augment",
    abstract: "Look at an augmentation, or augment a dataset before training.",
    discussion: """
      EXAMPLES
        tlkb augment preview phantom-dermoscopy \\
          --operations "rotate 30, flip-horizontal"
        tlkb augment apply phantom-fundus --expansions "reflections, rotations 90" \\
          --count-only
      """,
    subcommands: [PreviewAugmentation.self, ApplyAugmentation.self])
}

/// A list written with commas, given once or several times.
private func words(_ lists: [String]) -> [String] {
  lists.flatMap { $0.split(separator: ",") }
    .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
}

/// The operations that texts name.
private func pipeline(_ operations: [String]) throws -> AugmentationPipeline {
  AugmentationPipeline(
    try words(operations).map { text in
      guard let operation = ImageSettings.operation(text) else {
        throw UsageError(
          description: "--operations: '\(text)' is none; give \(ImageSettings.operationExpectation)"
        )
      }
      return operation
    })
}

private struct PreviewAugmentation: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preview",
    abstract: "Draw a contact sheet: each row an image and what the pipeline makes of it.",
    discussion: """
      The first column is the image as a network would see it without augmentation (steps and size \
      applied), the others are its first epochs: the same seed draws the same sheet.

      EXAMPLES
        tlkb augment preview phantom-dermoscopy \\
          --operations "rotate 30, flip-horizontal, hue 0.05"
        tlkb augment preview --image scan.png --operations "distort 4 0.3" \\
          --output sheet.png
        tlkb augment preview ham10000 HAM10000 --recipe younis-2019 --rows 4
      """)

  @Argument(help: "A dataset, or phantom-dermoscopy, phantom-fundus … for drawn images.")
  var name: String?
  @Argument(help: "Its folder or file as downloaded; none for a phantom.") var path: String?
  @Option(help: ArgumentHelp("One picture file instead of a dataset.", valueName: "file"))
  var image: String?
  @Option(help: ArgumentHelp("The pipeline of this recipe.", valueName: "id")) var recipe: String?
  @Option(
    help: ArgumentHelp(
      "Random operations in order, such as \"rotate 15, zoom 0.9 1.1\".", valueName: "list"))
  var operations: [String] = []
  @Option(
    help: ArgumentHelp(
      "Fixed steps before them: "
        + ImageSettings.Step.allCases.map(\.rawValue).joined(separator: ", ") + ".",
      valueName: "list"))
  var steps: [String] = []
  @Option(help: ArgumentHelp("What the draws come from.", valueName: "n")) var seed: UInt64 = 0
  @Option(help: ArgumentHelp("Images on the sheet, the classes in turn.", valueName: "n"))
  var rows = 6
  @Option(help: ArgumentHelp("Pictures in a row.", valueName: "n")) var columns = 8
  @Option(help: ArgumentHelp("A picture's side in pixels.", valueName: "n")) var size: Int?
  @Option(help: ArgumentHelp("Where the sheet is written (PNG).", valueName: "file"))
  var output = "augmentation.png"
  @OptionGroup var listing: ListingOptions
  @OptionGroup var data: DataOptions

  func validate() throws {
    guard (name == nil) != (image == nil) else {
      throw ValidationError("Give a dataset (or a phantom's name) or --image, one of the two.")
    }
    guard (1...64).contains(rows), (2...64).contains(columns), (8...1024).contains(size ?? 128)
    else { throw ValidationError("--rows is 1 to 64, --columns 2 to 64, --size 8 to 1024.") }
    if recipe != nil, !operations.isEmpty || !steps.isEmpty {
      throw ValidationError("--recipe has its own operations and steps.")
    }
  }

  func run() throws {
    let dataset = try images()
    var (operations, steps, side) = (operations, steps, size ?? 128)
    var fit = Fit.centreCrop(resize: side)
    if let recipe {
      let origin = try data.origin
      let found = try RecipeBook(loadData(origin), root: origin.name).entry(named: recipe).recipe
      operations = found.augmentation.operations.value
      steps = found.preprocessing.steps.value
      side = size ?? found.preprocessing.size.value
      fit =
        switch found.preprocessing.fit.value {
        case .stretch: .stretch
        case .letterbox: .letterbox
        case .centreCrop: .centreCrop(resize: side * 8 / 7)
        }
    }
    for step in words(steps) where ImageSettings.step(step) == nil {
      throw UsageError(
        description: "--steps: '\(step)' is none; give \(ImageSettings.stepExpectation)")
    }
    let samples = chosen(dataset)
    let fixed = try ImageSettings.pipeline(words(steps)) { try samples[0].load() }
    let sheet = try ContactSheet(cell: min(side, 256), columns: columns).preview(
      samples, preparation: Preparation(size: PixelSize(side), fit: fit, steps: fixed),
      augmentation: pipeline(operations), seed: seed)
    try ImageFile.writePNG(sheet, to: output)
    listing.show(.contactSheet(samples, of: dataset), noun: ("row", "rows"))
    if dataset.isPhantom { printError("note: \(dataset.notes.joined(separator: "; "))") }
    printError("wrote \(output), \(sheet.width) × \(sheet.height) pixels, seed \(seed)")
  }

  private func images() throws -> ImageDataset {
    if let image {
      let sample = Sample(id: image, source: .file(image), label: 0)
      return ImageDataset(
        id: "image", task: "none", classes: ["picture"], samples: [sample])
    }
    var options = try ImagesOptions.parse([name, path].compactMap { $0 })
    options.leaveOutMissing = true
    return try options.dataset(quietly: true)
  }

  /// The first images of each class, the classes in turn.
  private func chosen(_ dataset: ImageDataset) -> [Sample] {
    let perClass = dataset.classes.indices.map { label in
      dataset.samples.filter { $0.label == label }
    }
    var taken: [Sample] = []
    for turn in 0..<rows {
      for group in perClass where turn < group.count { taken.append(group[turn]) }
    }
    return Array(taken.prefix(rows))
  }
}

private struct ApplyAugmentation: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Augment a dataset before training: so many images to exactly so many.",
    discussion: """
      Expansions multiply, as papers report it: "quarter-turns, mirror" makes 4 × 2 = 8 of each \
      image, "rotations 5" makes 72: 170 become 12,240. --copies adds draws of --operations. The \
      images are written as PNG with a manifest.csv for the reader `csv`; its lesion column names \
      each image's original, so that a split by lesion keeps all views of one original together.

      EXAMPLES
        tlkb augment apply med-node complete_mednode_dataset \\
          --expansions "rotations 5" --count-only
        tlkb augment apply phantom-fundus --expansions "quarter-turns" \\
          --target balanced --output out
      """)

  @OptionGroup var images: ImagesOptions
  @Option(
    help: ArgumentHelp(
      "What each image becomes: \(Expansion.nameExpectation).", valueName: "list"))
  var expansions: [String] = []
  @Option(help: ArgumentHelp("Random operations for --copies.", valueName: "list"))
  var operations: [String] = []
  @Option(help: ArgumentHelp("Draws of --operations beside each image.", valueName: "n"))
  var copies: Int?
  @Option(
    help: ArgumentHelp(
      "all, balanced (every class as large as the largest) or a total.", valueName: "n"))
  var target = "all"
  @Option(help: ArgumentHelp("What the draws come from.", valueName: "n")) var seed: UInt64 = 0
  @Option(help: ArgumentHelp("Where the images are written.", valueName: "folder"))
  var output: String?
  @Flag(help: "Say how many images there would be and write none.") var countOnly = false
  @OptionGroup var listing: ListingOptions

  func validate() throws {
    guard countOnly || output != nil else {
      throw ValidationError("Give --output FOLDER, or --count-only.")
    }
    guard (copies == nil) == operations.isEmpty, (copies ?? 1) >= 1 else {
      throw ValidationError("--copies (at least 1) and --operations go together.")
    }
    guard copies != nil || !expansions.isEmpty else {
      throw ValidationError("Give --expansions, or --operations with --copies.")
    }
  }

  func run() throws {
    let dataset = try images.dataset()
    let plan = try OfflineAugmentation(expansionList(), target: offlineTarget(), seed: seed)
    let size = try dataset.samples.first.map { try $0.load().size } ?? PixelSize(1)
    let views = try plan.views(labels: dataset.samples.map(\.label), size: size)
    var after = [Int](repeating: 0, count: dataset.classes.count)
    for view in views { after[dataset.samples[view.original].label] += 1 }
    if let output, !countOnly { try write(views, plan, dataset, size, to: output) }
    listing.show(
      .augmented(dataset.classes, before: dataset.classCounts, after: after),
      noun: ("row", "rows"))
  }

  private func expansionList() throws -> [Expansion] {
    var list = try words(expansions).map { text in
      guard let expansion = Expansion(named: text) else {
        throw UsageError(
          description: "--expansions: '\(text)' is none; give \(Expansion.nameExpectation)")
      }
      return expansion
    }
    if let copies { list.append(.random(try pipeline(operations), copies: copies)) }
    return list
  }

  private func offlineTarget() throws -> OfflineTarget {
    if target == "all" { return .all }
    if target == "balanced" { return .balanced }
    guard let total = Int(target), total > 0 else {
      throw UsageError(
        description: "--target is all, balanced or a number of images, not '\(target)'")
    }
    return .total(total)
  }

  /// Each view as `CLASS/ORIGINAL-VIEW.png`, and the manifest.
  private func write(
    _ views: [OfflineView], _ plan: OfflineAugmentation, _ dataset: ImageDataset,
    _ size: PixelSize, to folder: String
  ) throws {
    var lines = ["path,label,patient,lesion"]
    var original: (index: Int, image: Image)?
    var shown = -1
    for (number, view) in views.enumerated() {
      let sample = dataset.samples[view.original]
      if original?.index != view.original {
        let image = try sample.load()
        let dependsOnSize = plan.expansions.contains {
          if case .patches = $0 { true } else { false }
        }
        guard image.size == size || !dependsOnSize else {
          throw UsageError(
            description: "\(sample.id) is \(image.width)×\(image.height) and the first image "
              + "\(size.width)×\(size.height): patches need images of one size")
        }
        original = (view.original, image)
      }
      guard let original else { continue }
      let name = dataset.classes[sample.label]
      let file =
        "\(Self.plain(name))/\(view.original)-"
        + view.variants.map(String.init).joined(separator: "-") + ".png"
      try writeAtomically(
        ImageFile.encodePNG(plan.image(view, from: original.image)), to: "\(folder)/\(file)")
      lines.append(
        [file, name, sample.patient ?? "", sample.id].map(Self.quoted).joined(separator: ","))
      let percent = (number + 1) * 100 / views.count
      if percent / 10 > shown {
        shown = percent / 10
        printError("\(number + 1) of \(views.count) images")
      }
    }
    try writeAtomically(lines.joined(separator: "\n") + "\n", to: "\(folder)/manifest.csv")
    printError("wrote \(views.count) images and manifest.csv to \(folder)")
  }

  /// A class name that is a folder's name too.
  private static func plain(_ name: String) -> String {
    let kept = name.map { $0.isLetter || $0.isNumber || $0 == "-" ? $0 : "-" }
    return String(kept)
  }

  private static func quoted(_ text: String) -> String {
    guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
