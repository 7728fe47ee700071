// `tlkb dataset`: the datasets that can be read.

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
  @OptionGroup var data: DataOptions

  func run() throws {
    listing.show(
      .datasetCard(try datasetReader(name, data).card), noun: ("fact", "facts"))
  }
}
