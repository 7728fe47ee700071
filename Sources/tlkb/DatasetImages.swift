// What the subcommands that open images share: which dataset, where it lies, which labels.

import ArgumentParser
import Catalog
import Evidence
import Imaging

/// The reader of a dataset by any name that the catalogue knows it under.
func datasetReader(_ name: String, _ data: DataOptions? = nil) throws -> any DatasetReader {
  do { return try DatasetReaders.reader(for: name) } catch {
    let origin = try (data ?? DataOptions.parse([])).origin
    let folded = foldedName(name)
    let found = try? loadData(origin).knowledge.datasets.first { dataset in
      ([dataset.id, dataset.name] + dataset.aliases).contains { foldedName($0) == folded }
    }
    guard let found else { throw error }
    if let reader = try? DatasetReaders.reader(for: found.id) { return reader }
    throw UsageError(
      description: "no reader knows the files of \(found.name); the readers `folder` (a folder for "
        + "each class) and `csv` (a table of paths and labels) take any images")
  }
}

/// A dataset as downloaded, or a drawn phantom set in its stead.
struct ImagesOptions: ParsableArguments {
  @Argument(help: "The dataset, or phantom-dermoscopy, phantom-fundus … for drawn images.")
  var name: String
  @Argument(help: "Its folder or file as downloaded; none for a phantom.") var path: String?
  @Option(help: ArgumentHelp("Labels, one of the reader's.", valueName: "name"))
  var labels: String?
  @Option(help: ArgumentHelp("Keep one magnification.", valueName: "n"))
  var magnification: Int?
  @Option(
    help: ArgumentHelp("The parts of the authors' list of this fold (BreakHis).", valueName: "n"))
  var officialFold: Int?
  @Flag(help: "Leave out, and count, images that the dataset's table names and that are missing.")
  var leaveOutMissing = false
  @Option(help: ArgumentHelp("Images of a phantom set.", valueName: "n"))
  var phantomImages = 400

  /// Reads the dataset and tells its notes on standard error, unless `quietly`.
  func dataset(quietly: Bool = false) throws -> ImageDataset {
    let dataset = try read()
    if !quietly { for note in dataset.notes { printError("note: \(note)") } }
    return dataset
  }

  private func read() throws -> ImageDataset {
    let prefix = "phantom-"
    if name.hasPrefix(prefix) {
      let names = PhantomModality.allCases.map(\.rawValue)
      guard let modality = PhantomModality(rawValue: String(name.dropFirst(prefix.count))) else {
        throw UsageError(
          description: "no phantom is called '\(name)'; there are "
            + names.map { prefix + $0 }.joined(separator: ", "))
      }
      guard path == nil else {
        throw UsageError(description: "a phantom is drawn: it takes no path")
      }
      return try PhantomPlan(modality: modality, images: phantomImages, seed: 1).dataset()
    }
    let reader = try datasetReader(name)
    guard let path else {
      throw UsageError(
        description: "'\(reader.card.id)' needs its folder or file as downloaded "
          + "(\(reader.card.layout)); `tlkb dataset get \(reader.card.id)` says how to obtain it")
    }
    return try reader.read(
      path,
      options: ReadingOptions(
        task: labels, magnification: magnification, officialFold: officialFold,
        missingFiles: leaveOutMissing ? .leaveOut : .fail))
  }
}
