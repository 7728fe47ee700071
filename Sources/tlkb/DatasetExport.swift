// `tlkb dataset export`: the catalogue's datasets as MLCommons Croissant descriptions.

import ArgumentParser
import Catalog
import Evidence
import Files
import Imaging
import Render

enum DatasetExportFormat: String, CaseIterable, ExpressibleByArgument {
  case croissant
}

struct ExportDataset: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a dataset of the catalogue as MLCommons Croissant (JSON-LD).",
    discussion: """
      Croissant is what dataset search engines and machine-learning libraries read: name, licence, \
      citation, files with checksums, and the records in them. Without a name all datasets of the \
      catalogue are written, a file each.

      EXAMPLES
        tlkb dataset export breastmnist --output breastmnist.json
        tlkb dataset export --output croissant
      """)

  @Argument(help: "The dataset (default: the whole catalogue).") var name: String?
  @Option(help: "croissant.") var format = DatasetExportFormat.croissant
  @Option(
    help: ArgumentHelp(
      "The file, or without a name the folder (default: standard output).", valueName: "path"))
  var output: String?
  @OptionGroup var data: DataOptions

  func run() throws {
    let knowledge = try loadData(data.origin).knowledge
    guard let name else {
      guard let output else {
        throw UsageError(description: "the whole catalogue needs a folder: --output FOLDER")
      }
      for dataset in knowledge.datasets {
        try writeAtomically(
          croissant(dataset, knowledge), to: "\(output)/\(dataset.id).json")
      }
      print("wrote \(knowledge.datasets.count) descriptions to \(output)")
      return
    }
    let folded = foldedName(name)
    let found = knowledge.datasets.first { dataset in
      ([dataset.id, dataset.name] + dataset.aliases).contains { foldedName($0) == folded }
    }
    guard let dataset = found else {
      let names = knowledge.datasets.map(\.id)
      let nearest = nearestName(to: name, in: names)
      throw UsageError(
        description: "no dataset is called '\(name)'"
          + (nearest.map { "; did you mean '\($0)'?" } ?? "; `tlkb list dataset` shows them"))
    }
    let text = croissant(dataset, knowledge)
    guard let output else {
      print(text, terminator: "")
      return
    }
    try writeAtomically(text, to: output)
    printError("wrote \(output)")
  }

  private func croissant(_ dataset: Evidence.Dataset, _ knowledge: KnowledgeBase) -> String {
    let card = try? DatasetReaders.reader(for: dataset.id).card
    return Croissant(dataset, card: card, knowledge: knowledge).json
  }
}
