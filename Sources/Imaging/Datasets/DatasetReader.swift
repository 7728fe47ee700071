// What every dataset reader gives, and finding one by its name.

/// What a user needs to know before having a dataset.
package struct DatasetCard: Sendable {
  package let id: String
  package let name: String
  /// The questions that can be asked of it; the first is the default.
  package let tasks: [String]
  /// The folder as downloaded, in a line.
  package let layout: String
  package let licence: String
  package let homepage: String
  package let citation: String
  /// How to obtain it.
  package let access: String
}

/// What becomes of a picture that a table names and no folder has.
package enum MissingFiles: String, Codable, Sendable {
  /// An error that counts them and names the first.
  case fail
  /// They are left out, and counted in the dataset's notes.
  case leaveOut
}

package struct ReadingOptions: Sendable {
  package var task: String?
  /// Keeps one magnification, where samples have any.
  package var magnification: Int?
  /// Takes the partition of this numbered fold, where a dataset comes with such lists (BreakHis).
  package var officialFold: Int?
  package var missingFiles: MissingFiles

  package init(
    task: String? = nil, magnification: Int? = nil, officialFold: Int? = nil,
    missingFiles: MissingFiles = .fail
  ) {
    self.task = task
    self.magnification = magnification
    self.officialFold = officialFold
    self.missingFiles = missingFiles
  }
}

/// Reads one dataset in the form in which it is downloaded.
package protocol DatasetReader: Sendable {
  var card: DatasetCard { get }

  /// The classes that `task` tells apart; nil where the files alone say.
  func classes(_ task: String) -> [String]?

  /// The class of `task` that holds a class of finer labels; nil where none does.
  func merged(_ label: String, task: String) -> String?

  /// `task` is one of the card's.
  func read(_ path: String, task: String, options: ReadingOptions) throws(ImagingError)
    -> ImageDataset
}

extension DatasetReader {
  package func classes(_ task: String) -> [String]? { nil }
  package func merged(_ label: String, task: String) -> String? { nil }

  /// Reads the folder or file at `path`, checks the task and applies the magnification.
  package func read(
    _ path: String, options: ReadingOptions = ReadingOptions()
  ) throws(ImagingError) -> ImageDataset {
    let task = options.task ?? card.tasks[0]
    guard card.tasks.contains(task) else {
      throw .unknownTask(dataset: card.id, task: task, known: card.tasks)
    }
    let all = try read(path, task: task, options: options)
    guard let magnification = options.magnification else { return all }
    let kept = all.filtered { $0.magnification == magnification }
    guard !kept.samples.isEmpty else {
      let known = Set(all.samples.compactMap(\.magnification)).sorted().map(String.init)
      throw .badSetting(
        name: "magnification", value: String(magnification),
        expected: known.isEmpty
          ? "none: \(card.id) has no magnifications"
          : "one of "
            + known.joined(separator: ", "))
    }
    return kept
  }

  /// An error that shows the layout expected.
  func layoutError(_ path: String, _ problem: String) -> ImagingError {
    .layout(dataset: card.name, path: path, problem: problem, expected: card.layout)
  }

  /// The dataset, unless it is empty.
  func dataset(
    _ path: String, task: String, classes: [String], findings: [String] = [], samples: [Sample],
    notes: [String] = []
  ) throws(ImagingError) -> ImageDataset {
    guard !samples.isEmpty else { throw layoutError(path, "no pictures of it were found") }
    return ImageDataset(
      id: card.id, task: task, classes: classes, findings: findings, samples: samples,
      notes: notes)
  }

  /// What to say of pictures that a table names and that are not there; nil where there are none.
  func missingNote(
    _ missing: [String], of total: Int, _ path: String, _ options: ReadingOptions
  ) throws(ImagingError) -> [String] {
    guard let first = missing.first else { return [] }
    let sentence =
      "\(missing.count) of \(total) pictures that the table names are not there "
      + "(first: \(first))"
    guard options.missingFiles == .leaveOut, missing.count < total else {
      throw layoutError(path, sentence)
    }
    return [sentence + "; they were left out"]
  }
}

/// All readers, by the ids that the catalogue uses.
package enum DatasetReaders {
  package static let all: [any DatasetReader] =
    ([
      BreakHisReader(), HAM10000Reader(), MIASReader(), MedNodeReader(), PH2Reader(),
      APTOSReader(), FolderReader(), ManifestReader(), BACHReader(), IDCReader(),
      EyePACSReader(), BreCaHADReader(), CBISDDSMReader(), INbreastReader(),
    ] + WaterlooReader.Source.allCases.map(WaterlooReader.init) + ISICReader.all
    + MedMNISTReader.all).sorted { $0.card.id < $1.card.id }

  package static var ids: [String] { all.map(\.card.id) }

  /// Ids of the catalogue for a part that is read as its whole.
  private static let sameLayout = ["isic-2018-task3": "isic-2018"]

  /// The reader whose id or name has the letters and digits of `id`: `HAM 10000` is `ham10000`.
  package static func reader(for id: String) throws(ImagingError) -> any DatasetReader {
    let wanted = sameLayout[id.lowercased()] ?? id.lowercased()
    if let found = all.first(where: { $0.card.id == wanted }) { return found }
    let letters = ExpectedCount.plain(id)
    let found = all.first { reader in
      [reader.card.id, reader.card.name].contains { ExpectedCount.plain($0) == letters }
    }
    if let found { return found }
    throw .unknownDataset(name: id, nearest: NearestName.of(wanted, among: ids))
  }

  package static func read(
    _ id: String, at path: String, options: ReadingOptions = ReadingOptions()
  ) throws(ImagingError) -> ImageDataset {
    try reader(for: id).read(path, options: options)
  }
}

/// The nearest of some names to a mistyped one.
enum NearestName {
  /// Nil where none is within a third of the letters.
  static func of(_ name: String, among names: [String]) -> String? {
    let scored = names.map { (distance(Array(name), Array($0)), $0) }.min { $0.0 < $1.0 }
    guard let scored, scored.0 <= max(1, name.count / 3) else { return nil }
    return scored.1
  }

  /// Levenshtein's.
  private static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        let above = row[j + 1]
        row[j + 1] = min(above + 1, row[j] + 1, diagonal + (x == y ? 0 : 1))
        diagonal = above
      }
    }
    return row[b.count]
  }
}
