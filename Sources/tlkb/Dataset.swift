// `tlkb dataset`: the datasets that can be read, and `verify`: whether a folder holds one whole.

import ArgumentParser
import Catalog
import Evidence
import Imaging
import Render

struct DatasetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dataset",
    abstract: "Obtain, check and divide the datasets of the literature.",
    discussion: """
      EXAMPLES
        tlkb dataset list
        tlkb dataset get breastmnist --output medmnist
        tlkb dataset verify ham10000 HAM10000/
        tlkb dataset split breakhis BreaKHis_v1 --unit patient --output split.json
        tlkb dataset leakage breakhis BreaKHis_v1 --split split.json
        tlkb dataset export breastmnist
      """,
    subcommands: [
      ListDatasets.self, ShowDataset.self, GetDataset.self, VerifyDataset.self, SplitDataset.self,
      DatasetLeakage.self, ExportDataset.self,
    ])
}

private struct ListDatasets: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the datasets that can be read, with their layouts.",
    discussion: """
      EXAMPLE
        tlkb dataset list
      """)

  @OptionGroup var listing: ListingOptions

  func run() throws {
    listing.show(.datasetCards(DatasetReaders.all.map(\.card)), noun: ("dataset", "datasets"))
  }
}

private struct ShowDataset: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show how to obtain a dataset and how it must lie.",
    discussion: """
      EXAMPLE
        tlkb dataset show breakhis
      """)

  @Argument(help: "The dataset.") var name: String
  @OptionGroup var listing: ListingOptions

  func run() throws {
    listing.show(
      .datasetCard(try DatasetReaders.reader(for: name).card), noun: ("fact", "facts"))
  }
}

private struct VerifyDataset: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Count a folder's images against the printed counts, find damage and duplicates.",
    discussion: """
      Expected counts are those that the sources print, of the whole, of classes, magnifications \
      and parts. Exits with 1 when a count disagrees or an image cannot be read.

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
    let dataset = try DatasetReaders.read(
      name, at: path, options: ReadingOptions(task: labels, missingFiles: .leaveOut))
    let known = try loadData(data.origin).knowledge.dataset(dataset.id)
    let expected = known.map { Self.expected($0, classes: dataset.classes) } ?? ExpectedCounts()
    let result = dataset.verify(against: expected, decoding: !countOnly)
    listing.show(.verification(result, decoded: !countOnly), noun: ("count", "counts"))
    for note in result.notes { printError("note: \(note)") }
    for group in result.duplicates {
      printError("the same pixels: " + group.joined(separator: ", "))
    }
    for error in result.unreadable { printError("\(error)") }
    if !result.passes { throw ExitCode(ExitStatus.failedCheck) }
  }

  /// Printed counts of images of the whole, a class, a magnification or a part, and of patients; the
  /// first printed one of each.
  private static func expected(_ dataset: Evidence.Dataset, classes: [String]) -> ExpectedCounts {
    var expected = ExpectedCounts()
    let folded = Dictionary(
      classes.map { (foldedName($0), $0) }, uniquingKeysWith: { first, _ in first })
    for count in dataset.counts where count.subset == nil && count.bound == nil {
      if count.of == "patients", count.label == nil, count.split == nil {
        expected.patients = expected.patients ?? count.n
      }
      guard count.of == "images" else { continue }
      if let magnification = count.magnification.flatMap({ Int($0.prefix { $0.isNumber }) }) {
        guard count.split == nil else { continue }
        if let label = count.label {
          guard let found = className(label, of: dataset, among: folded) else { continue }
          if expected.classMagnifications[found]?[magnification] == nil {
            expected.classMagnifications[found, default: [:]][magnification] = count.n
          }
        } else if expected.magnifications[magnification] == nil {
          expected.magnifications[magnification] = count.n
        }
        continue
      }
      guard count.magnification == nil else { continue }
      switch (count.label, count.split) {
      case (nil, nil): if expected.total == nil { expected.total = count.n }
      case (let label?, nil):
        guard let found = className(label, of: dataset, among: folded) else { continue }
        if expected.classes[found] == nil { expected.classes[found] = count.n }
      case (nil, let split?):
        let part: Partition =
          switch split {
          case .training: .train
          case .validation: .validation
          case .test: .test
          }
        if expected.partitions[part] == nil { expected.partitions[part] = count.n }
      default: continue
      }
    }
    return expected
  }

  /// The reader's class that a label of the catalogue is, by name or id.
  private static func className(
    _ label: String, of dataset: Evidence.Dataset, among folded: [String: String]
  ) -> String? {
    let name = dataset.labels.first { $0.id == label }?.name ?? label
    return folded[foldedName(name)] ?? folded[foldedName(label)]
  }
}
