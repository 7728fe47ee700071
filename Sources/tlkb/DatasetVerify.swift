// `tlkb dataset verify`: whether a folder holds a dataset whole.

import ArgumentParser
import Catalog
import Evidence
import Imaging
import Render

struct VerifyDataset: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Count a folder's images against the known counts, find damage and duplicates.",
    discussion: """
      Expected counts are those of the dataset's publisher, of the whole, of classes, magnifications \
      and parts; where the publisher gives none, any number that the sources print for it. Other \
      printed numbers stand beside. Exits with 1 when a count disagrees or an image cannot be read.

      EXAMPLE
        tlkb dataset verify breastmnist breastmnist.npz
      """)

  @Argument(help: "The dataset.") var name: String
  @Argument(help: "Its folder or file as downloaded.") var path: String
  @Option(help: ArgumentHelp("Labels, one of the reader's.", valueName: "name"))
  var labels: String?
  @Flag(help: "Count only, decode nothing.") var countOnly = false
  @OptionGroup var listing: ListingOptions
  @OptionGroup var data: DataOptions

  func run() throws {
    let reader = try datasetReader(name, data)
    let dataset = try reader.read(
      path, options: ReadingOptions(task: labels, missingFiles: .leaveOut))
    let known = try loadData(data.origin).knowledge.dataset(reader.card.id)
    let printed = known.map { Self.printed($0, classes: dataset.classes) } ?? []
    let result = dataset.verify(
      against: reader.published(task: labels) + printed, decoding: !countOnly)
    listing.show(.verification(result, decoded: !countOnly), noun: ("count", "counts"))
    for note in result.notes { printError("note: \(note)") }
    for group in result.duplicates {
      printError("the same pixels: " + group.joined(separator: ", "))
    }
    for error in result.unreadable { printError("\(error)") }
    if !result.passes { throw ExitCode(ExitStatus.failedCheck) }
  }

  /// Every exact number that the catalogue prints of the dataset's images and patients.
  private static func printed(
    _ dataset: Evidence.Dataset, classes: [String]
  ) -> [ExpectedCount] {
    let folded = Dictionary(
      classes.map { (foldedName($0), $0) }, uniquingKeysWith: { first, _ in first })
    return dataset.counts.compactMap { count in
      guard count.subset == nil, count.bound == nil else { return nil }
      let thing: ExpectedCount.Thing
      switch count.of {
      case "images", "samples", "patches": thing = .images
      case "patients": thing = .patients
      default: return nil
      }
      var label: String?
      if let printed = count.label {
        guard let found = className(printed, of: dataset, among: folded) else { return nil }
        label = found
      }
      let part: Partition? =
        switch count.split {
        case .training: .train
        case .validation: .validation
        case .test: .test
        case nil: nil
        }
      return ExpectedCount(
        count.n, of: thing, label: label,
        magnification: count.magnification.flatMap { Int($0.prefix { $0.isNumber }) },
        partition: part)
    }
  }

  /// The reader's class that a label of the catalogue is, by name or id.
  private static func className(
    _ label: String, of dataset: Evidence.Dataset, among folded: [String: String]
  ) -> String? {
    let name = dataset.labels.first { $0.id == label }?.name ?? label
    return folded[foldedName(name)] ?? folded[foldedName(label)]
  }
}
