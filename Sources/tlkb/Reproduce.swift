// `tlkb reproduce`: run a recipe and compare with what the study reports.

import ArgumentParser
import Catalog
import Evidence
import Files
import Foundation
import Imaging
import Insight
import Neural
import Render
import Reproduce
import Scoring
import Weights

extension ProgressMode: ExpressibleByArgument {}

struct ReproduceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reproduce",
    abstract: "Run a study's recipe and say whether its numbers hold.",
    discussion: """
      Without --data-path the recipe runs on drawn phantoms: it shows the protocol and says \
      nothing about the study. With the study's own images every claim gets a verdict by the rules \
      that the recipe declares, and the ledger says what matches the study and what deviates. \
      Ctrl-C keeps the state; the same command with --resume goes on.

      --dry-run measures two seconds of the real work and the reading of some images; other work \
      on the computer makes the run longer than it says.

      --vary changes one axis at a time (augmentation, split, weights, strategy, head, optimiser, \
      loss, balancing), runs each value with the same seeds and compares them by paired tests: \
      McNemar and DeLong on the same test images, by patient where patients are known; t intervals \
      over seeds, wider where every seed draws its own split; Holm's correction.

      EXAMPLES
        tlkb reproduce saber-2021 --quick
        tlkb reproduce saber-2021 --dry-run
        tlkb reproduce yang-2023-breastmnist --data-path medmnist/breastmnist.npz
        tlkb reproduce younis-2019 --data-path HAM10000 \\
          --weights mobilenet.safetensors
        tlkb reproduce boumaraf-2021 --set training.epochs=2 --seeds 1
        tlkb reproduce younis-2019 --data-path HAM10000 \\
          --set preprocessing.decoding=reduced
        tlkb reproduce saber-2021 --vary augmentation,split --quick --seeds 3
      """)

  @Argument(help: "A recipe's id, a study with one recipe, or a recipe file.") var recipe: String
  @Option(
    help: ArgumentHelp("The dataset as downloaded: its folder or file.", valueName: "path"))
  var dataPath: String?
  @Option(
    help: ArgumentHelp("The images are of this other dataset: a protocol run.", valueName: "id"))
  var substitute: String?
  @Option(help: ArgumentHelp("A weight file for the network.", valueName: "file"))
  var weights: String?
  @Option(help: ArgumentHelp("Vary these axes, one at a time, and test.", valueName: "axes"))
  var vary: String?
  @Option(
    help: ArgumentHelp(
      "For --vary weights: a weight set or file of the domain, or a dataset to train on first.",
      valueName: "name"))
  var inDomain: String?
  @Option(
    help: ArgumentHelp(
      "The dataset of a double transfer's first training, as downloaded.", valueName: "path"))
  var intermediatePath: String?
  @Option(help: ArgumentHelp("How many seeds.", valueName: "n")) var seeds: Int?
  @Option(help: ArgumentHelp("How many epochs.", valueName: "n")) var epochs: Int?
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Change a field of the recipe; repeatable.", valueName: "field=value"))
  var changes: [String] = []
  @Option(
    help: ArgumentHelp("At most so many images of each class and official part.", valueName: "n"))
  var imagesPerClass: Int?
  @Option(help: ArgumentHelp("Images of a phantom set.", valueName: "n"))
  var phantomImages: Int?
  @Option(help: ArgumentHelp("Threads (default: all processors).", valueName: "n"))
  var threads: Int?
  @Option(
    help: ArgumentHelp(
      "The most memory to use, such as 4G: larger batches are computed in parts.",
      valueName: "size"))
  var memoryLimit: String?
  @Option(help: ArgumentHelp("Where runs are kept.", valueName: "folder")) var runs: String?
  @Flag(help: "Show the plan and its cost, and run nothing.") var dryRun = false
  @Flag(help: "Go on with an interrupted run of the same recipe, data and settings.")
  var resume = false
  @Flag(help: "A short look: one seed, few epochs, small images; all changes are in the ledger.")
  var quick = false
  @Flag(help: "Tell no progress.") var quiet = false
  @Option(help: "auto, plain, jsonl or quiet, on standard error.") var progress = ProgressMode.auto
  @OptionGroup var listing: ListingOptions
  @OptionGroup var data: DataOptions

  func validate() throws {
    for (name, value) in [
      ("--seeds", seeds), ("--epochs", epochs), ("--images-per-class", imagesPerClass),
      ("--phantom-images", phantomImages), ("--threads", threads),
    ] {
      if let value, value < 1 { throw ValidationError("\(name) is at least 1.") }
    }
    if memoryLimit != nil, memoryBytes == nil {
      throw ValidationError("--memory-limit takes a size such as 512M or 4G.")
    }
    if let change = changes.first(where: { !$0.contains("=") }) {
      throw ValidationError("--set takes field=value, such as training.epochs=3; got '\(change)'.")
    }
    if inDomain != nil, vary == nil {
      throw ValidationError("--in-domain goes with --vary weights.")
    }
  }

  func run() throws {
    let origin = try data.origin
    let loaded = try loadData(origin)
    let book = try RecipeBook(loaded, root: origin.name)
    let entry = try book.entry(named: recipe)
    var options = try options
    if quick { options.makeQuick(entry.recipe) }
    if let vary {
      try runVariations(
        Sensitivity(
          entry, axes: VariationAxis.list(vary),
          inDomain: inDomain.map { source(named: $0, loaded) },
          knowledge: loaded.knowledge, options: options,
          reporter: ProgressReporter(quiet ? .quiet : progress)))
      return
    }
    let plan = try RunPlan(entry, knowledge: loaded.knowledge, options: options)
    if let banner = plan.banner, dryRun { printError(banner) }
    if dryRun {
      let cost = try CostEstimate(plan, calibrating: true)
      listing.show(.cost(cost, plan: plan), noun: ("fact", "facts"))
      if listing.format == nil || listing.format == .table {
        print("")
        listing.show(.ledger(plan.ledger), noun: ("axis", "axes"))
      }
      return
    }
    try CostEstimate(plan, calibrating: false).checkMemory(limit: memoryBytes)
    Interruption.listen()
    let runner = Runner(
      plan, knowledge: loaded.knowledge,
      reporter: ProgressReporter(quiet ? .quiet : progress))
    let (record, folder) = try runner.run(resume: resume)
    RunReport.show(record, listing: listing)
    printError("the record is \(folder.record)")
  }

  private func runVariations(_ sensitivity: Sensitivity) throws {
    if dryRun {
      for (label, plan) in try sensitivity.plans() {
        print(label)
        listing.show(
          .cost(try CostEstimate(plan, calibrating: true), plan: plan), noun: ("fact", "facts"))
        print("")
      }
      return
    }
    Interruption.listen()
    let (record, path) = try sensitivity.run(resume: resume)
    RunReport.show(record, listing: listing)
    printError("the record is \(path)")
  }

  /// A dataset of the catalogue by any spelling, else weights.
  private func source(named name: String, _ loaded: LoadedData) -> InDomainSource {
    let folded = foldedName(name)
    let dataset = loaded.knowledge.datasets.first {
      foldedName($0.id) == folded || foldedName($0.name) == folded
    }
    return dataset.map { .dataset($0.id) } ?? .weights(name)
  }

  private var options: RunOptions {
    get throws {
      let home = Home(environment: ProcessInfo.processInfo.environment)
      var options = RunOptions(
        runsFolder: runs ?? home.runs, featuresFolder: home.features,
        weightsFolder: home.weights, toolVersion: Tlkb.configuration.version)
      options.dataPath = dataPath
      options.substitute = substitute
      options.weightsFile = weights
      options.intermediatePath = intermediatePath
      options.imagesPerClass = imagesPerClass
      options.phantomImages = phantomImages ?? options.phantomImages
      options.threads = threads ?? 0
      options.memoryLimit = memoryBytes
      options.overrides = changes.map { change in
        let parts = change.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        return RunRecord.Override(name: String(parts[0]), value: String(parts[1]))
      }
      if let seeds { options.overrides.append(.init(name: "evaluation.seeds", value: "\(seeds)")) }
      if let epochs {
        options.overrides.append(.init(name: "training.epochs", value: "\(epochs)"))
      }
      return options
    }
  }

  private var memoryBytes: Int? {
    guard let memory = memoryLimit?.replacing("iB", with: ""), let last = memory.last else {
      return nil
    }
    let units: [Character: Double] = ["K": 1024, "M": 1_048_576, "G": 1_073_741_824]
    let unit = units[Character(last.uppercased())]
    guard let number = Double(unit == nil ? memory[...] : memory.dropLast()), number > 0,
      number * (unit ?? 1) < 1e15
    else { return nil }
    return Int(number * (unit ?? 1))
  }
}

/// What a finished run prints.
enum RunReport {
  /// A sensitivity run: the comparisons, and for people the variations and ledgers too.
  static func show(_ record: SensitivityRecord, listing: ListingOptions) {
    let isForPeople =
      listing.format == .table || (listing.format == nil && isatty(STDOUT_FILENO) == 1)
    guard isForPeople else {
      if let banner = record.banner { printError(banner) }
      for note in record.axes.compactMap(\.note) { printError(note) }
      listing.show(.sensitivity(record), noun: ("comparison", "comparisons"))
      return
    }
    if let banner = record.banner { print(banner + "\n") }
    listing.show(.sensitivity(record), noun: ("comparison", "comparisons"))
    for (title, table, noun) in [
      ("Tests on each seed's test images", Table.sensitivityTests(record), ("test", "tests")),
      ("Variations", .variations(record), ("variation", "variations")),
      ("Ledgers", .ledgers(record), ("entry", "entries")),
    ] {
      print("\n\(title)")
      listing.show(table, noun: (one: noun.0, many: noun.1))
    }
  }

  /// For people banner, comparison, metrics, confusion matrix and ledger; for machines the
  /// comparison alone (metrics where the recipe answers no claim).
  static func show(_ record: RunRecord, listing: ListingOptions) {
    let main =
      record.comparisons.isEmpty ? Table.metrics(record) : Table.comparison(record)
    let isForPeople =
      listing.format == .table || (listing.format == nil && isatty(STDOUT_FILENO) == 1)
    guard isForPeople else {
      if let banner = record.banner { printError(banner) }
      listing.show(main, noun: ("row", "rows"))
      return
    }
    if let banner = record.banner { print(banner + "\n") }
    if !record.comparisons.isEmpty {
      listing.show(main, noun: ("claim", "claims"))
      print("")
    }
    listing.show(.metrics(record), noun: ("metric", "metrics"))
    if let first = record.results.first {
      print("\nConfusion matrix, seed \(first.seed) (rows: true class)")
      listing.show(.confusion(record, seed: first), noun: ("class", "classes"))
    }
    print("\nLedger")
    listing.show(.ledger(record.ledger), noun: ("axis", "axes"))
  }
}

extension ExitStatus {
  /// The code for an error of the modules that read images and weights, train and compare.
  static func engineCode(for error: any Error) -> Int32? {
    switch error {
    case let error as ReproduceError: error.exitCode
    case ImagingError.unknownDataset, ImagingError.unknownTask, ImagingError.badSetting: 64
    case ImagingError.fileUnreadable: 66
    case ImagingError.fileUnwritable: 73
    case is ImagingError: 65
    case NeuralError.unknownArchitecture, NeuralError.unknownLayer, NeuralError.badOption: 64
    case is NeuralError: 65
    case WeightsError.unreadable: 66
    case WeightsError.unknownSet: 64
    case WeightsError.noPip, WeightsError.notPublished: 69
    case WeightsError.noLibrary: 70
    case InsightError.noClassifier: 64
    case is InsightError: 66
    case is WeightsError, is ScoringError: 65
    default: nil
    }
  }
}
