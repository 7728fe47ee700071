// `tlkb dataset verify`: whether a folder holds a dataset whole.

import ArgumentParser
import Catalog
import Evidence
import Imaging
import Render
import Reproduce

struct VerifyDataset: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Count a folder's images against the known counts, find damage and duplicates.",
    discussion: """
      Expected counts are those of the dataset's publisher, of the whole, of classes, magnifications \
      and parts, which the catalogue holds with their source; where the publisher gives none, any \
      number that the sources print for it. Other printed numbers stand beside, and who gives the \
      expected one: a publisher's number that nobody could compare with its document is marked. Exits with 1 when a count disagrees or an image cannot be read.

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
    let expected = known.map { DatasetExpectations($0, of: reader, labels: labels) }
    let result = dataset.verify(
      against: expected?.counts(for: dataset.classes) ?? [], decoding: !countOnly)
    listing.show(.verification(result, decoded: !countOnly), noun: ("count", "counts"))
    for note in result.notes { printError("note: \(note)") }
    for sentence in expected?.sources ?? [] { printError("note: \(sentence)") }
    for group in result.duplicates {
      printError("the same pixels: " + group.joined(separator: ", "))
    }
    for error in result.unreadable { printError("\(error)") }
    if !result.passes { throw ExitCode(ExitStatus.failedCheck) }
  }
}
