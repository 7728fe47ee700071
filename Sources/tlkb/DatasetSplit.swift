// `tlkb dataset split|leakage`: dividing a dataset, and what the parts share that they should not.

import ArgumentParser
import Imaging
import Render

extension SplitUnit: ExpressibleByArgument {}

/// How a dataset is to be divided.
struct SplitOptions: ParsableArguments {
  @Option(help: "What stays on one side: image, lesion or patient.") var unit = SplitUnit.patient
  @Option(help: ArgumentHelp("Share of the images to test on.", valueName: "share"))
  var test = 0.2
  @Option(help: ArgumentHelp("Share of the images to validate on.", valueName: "share"))
  var validation = 0.0
  @Option(
    help: ArgumentHelp("Folds, each tested on once, instead of one division.", valueName: "k"))
  var folds: Int?
  @Option(help: ArgumentHelp("How often the folds are drawn anew.", valueName: "n"))
  var repeats = 1
  @Flag(help: "The parts that the dataset's authors gave.") var official = false
  @Flag(help: "Do not keep the classes' shares alike in all parts.") var unstratified = false
  @Option(help: ArgumentHelp("What the division is drawn from.", valueName: "n"))
  var seed: UInt64 = 0

  var plan: SplitPlan {
    let method: SplitMethod =
      if official {
        .official(validation: validation)
      } else if let folds {
        .kFold(k: folds, repeats: repeats, validation: validation)
      } else {
        .holdout(train: 1 - test - validation, validation: validation, test: test)
      }
    return SplitPlan(unit: unit, method: method, stratified: !unstratified, seed: seed)
  }

  func validate() throws {
    if official, folds != nil {
      throw ValidationError("--official and --folds exclude each other.")
    }
    if folds == nil, repeats != 1 { throw ValidationError("--repeats goes with --folds.") }
  }
}

struct SplitDataset: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "split",
    abstract: "Divide a dataset: by image, lesion or patient, in folds, or as its authors did.",
    discussion: """
      The same dataset, settings and seed give the same parts on every machine. The file holds \
      every part and a hash that proves it unchanged; recipes and `dataset leakage` take it.

      EXAMPLES
        tlkb dataset split breakhis BreaKHis_v1 --unit patient --folds 5 \\
          --output folds.json
        tlkb dataset split phantom-dermoscopy --unit image --test 0.2 --seed 7
      """)

  @OptionGroup var images: ImagesOptions
  @OptionGroup var options: SplitOptions
  @Option(help: ArgumentHelp("Where the split is written (JSON).", valueName: "file"))
  var output: String?
  @OptionGroup var listing: ListingOptions

  func run() throws {
    let dataset = try images.dataset()
    let split = try options.plan.split(dataset)
    listing.show(try .split(split, of: dataset), noun: ("part", "parts"))
    if split.imagesWithoutUnit > 0 {
      printError(
        "note: \(split.imagesWithoutUnit) images name no \(options.unit.rawValue): "
          + "each was taken for one of its own")
    }
    if let output {
      try split.write(to: output)
      printError("wrote \(output), hash \(split.hash)")
    } else {
      printError("hash \(split.hash)")
    }
  }
}

struct DatasetLeakage: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "leakage",
    abstract: "Find patients, lesions and (near-)identical images on both sides of a split.",
    discussion: """
      Leakage is the commonest reason for a number that does not reproduce. Checks a split file, \
      or the division that the other options describe. Near-duplicates are pictures whose \
      perceptual hashes of 64 bits differ in at most --tolerance bits. Exits with 1 when anything \
      leaks.

      EXAMPLES
        tlkb dataset leakage ham10000 HAM10000 --split folds.json
        tlkb dataset leakage phantom-dermoscopy --unit image --format csv
      """)

  @OptionGroup var images: ImagesOptions
  @Option(help: ArgumentHelp("A file of `dataset split`.", valueName: "file")) var split: String?
  @Option(help: ArgumentHelp("The fold to check (default: all).", valueName: "n")) var fold: Int?
  @Flag(help: "Compare patients and lesions alone; open no picture.") var countOnly = false
  @Option(help: ArgumentHelp("Differing bits of a near-duplicate.", valueName: "n"))
  var tolerance = 2
  @OptionGroup var options: SplitOptions
  @OptionGroup var listing: ListingOptions

  func validate() throws {
    guard (0...16).contains(tolerance) else {
      throw ValidationError("--tolerance is 0 to 16 of 64 bits.")
    }
  }

  func run() throws {
    let dataset = try images.dataset()
    let divided = try split.map { path in try Split.read(path) } ?? options.plan.split(dataset)
    if let fold, !divided.folds.indices.contains(fold - 1) {
      throw UsageError(
        description: "there is no fold \(fold); the split has \(divided.folds.count)")
    }
    var isClean = true
    for index in fold.map({ [$0 - 1] }) ?? Array(divided.folds.indices) {
      let report = try divided.leakage(
        in: dataset, fold: index, comparingPictures: !countOnly, tolerance: tolerance)
      if divided.folds.count > 1 { printError("fold \(index + 1):") }
      listing.show(.leakage(report), noun: ("leak", "leaks"))
      printError(
        "\(report.patientsAcross) patients, \(report.lesionsAcross) lesions, "
          + "\(report.identicalAcross) identical and \(report.nearDuplicatesAcross) nearly identical "
          + "pictures lie on both sides")
      if report.withoutPatient > 0 {
        printError("note: \(report.withoutPatient) images name no patient; no leak shows in them")
      }
      for id in report.unreadable { printError("note: \(id) cannot be read and was not compared") }
      isClean = isClean && report.isClean
    }
    if !isClean { throw ExitCode(ExitStatus.failedCheck) }
  }
}
