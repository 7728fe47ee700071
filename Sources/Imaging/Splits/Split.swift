// A split as made: the ids of every part, in a file whose hash proves it unchanged.
import Files
import FoundationEssentials

/// One division into training, validation and test: sample ids in dataset order.
package struct Fold: Codable, Hashable, Sendable {
  package let train: [String]
  package let validation: [String]
  package let test: [String]

  package subscript(_ partition: Partition) -> [String] {
    switch partition {
    case .train: train
    case .validation: validation
    case .test: test
    }
  }
}

/// The folds of one dataset, with the plan that made them.
package struct Split: Codable, Hashable, Sendable {
  package let dataset: String
  package let task: String
  package let plan: SplitPlan
  /// Samples that had no patient or lesion and were split as if each were its own.
  package let imagesWithoutUnit: Int
  package let folds: [Fold]

  package init(
    dataset: String, task: String, plan: SplitPlan, imagesWithoutUnit: Int, folds: [Fold]
  ) {
    self.dataset = dataset
    self.task = task
    self.plan = plan
    self.imagesWithoutUnit = imagesWithoutUnit
    self.folds = folds
  }

  /// SHA-256 of dataset, task and the ids of every part: what was split, not how.
  package var hash: String {
    var text = "\(dataset)\n\(task)\n"
    for (number, fold) in folds.enumerated() {
      for partition in Partition.allCases {
        for id in fold[partition] { text += "\(number)\t\(partition.rawValue)\t\(id)\n" }
      }
    }
    return SHA256.hex(text)
  }

  /// The samples of one part of one fold, in dataset order.
  package func samples(
    of dataset: ImageDataset, fold: Int = 0, _ partition: Partition
  ) throws(ImagingError) -> [Sample] {
    guard folds.indices.contains(fold) else {
      throw .badSetting(
        name: "fold", value: String(fold), expected: "0 to \(folds.count - 1)")
    }
    guard dataset.id == self.dataset else {
      throw .splitImpossible(dataset: dataset.id, reason: "the split is of \(self.dataset)")
    }
    let wanted = Set(folds[fold][partition])
    let found = dataset.samples.filter { wanted.contains($0.id) }
    guard found.count == wanted.count else {
      let present = Set(found.map(\.id))
      let lost = folds[fold][partition].first { !present.contains($0) } ?? ""
      throw .splitImpossible(
        dataset: dataset.id,
        reason: "\(wanted.count - found.count) ids of the split are not in it (first: \(lost))")
    }
    return found
  }

  private struct File: Codable {
    let format: String
    let hash: String
    let split: Split
  }

  /// Writes readable JSON with the hash; the whole file or none.
  package func write(to path: String) throws(ImagingError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let data: Data
    do {
      data = try encoder.encode(File(format: "tlkb-split-1", hash: hash, split: self))
    } catch {
      throw .fileUnwritable(file: path, reason: "\(error)")
    }
    try FileBytes.write(Array(data) + [10], to: path)
  }

  /// Reads a split file and checks its hash.
  package static func read(_ path: String) throws(ImagingError) -> Split {
    let bytes = try FileBytes.read(path)
    let file: File
    do {
      file = try JSONDecoder().decode(File.self, from: Data(bytes))
    } catch {
      throw .badSplit(file: path, reason: "it is not a split in JSON")
    }
    guard file.format == "tlkb-split-1" else {
      throw .badSplit(file: path, reason: "format '\(file.format)' is not known")
    }
    guard file.hash == file.split.hash else {
      throw .badSplit(file: path, reason: "its ids were changed after it was written")
    }
    return file.split
  }
}
