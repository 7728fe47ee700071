// The folder of one run: record, predictions, splits, checkpoints; and the list of all runs.

import Evidence
import Files
import Foundation

/// One run's folder.
package struct RunFolder: Sendable {
  package let path: String

  package init(_ path: String) { self.path = path }

  package var record: String { "\(path)/record.json" }
  package var checkpoints: String { "\(path)/checkpoints" }
  package var lock: String { "\(path)/lock" }
  package func predictions(seed: Int) -> String { "\(path)/predictions-\(seed).csv" }
  /// The contact sheet of a seed's worst errors; pictures of the dataset, so no part of an export.
  package func errors(seed: Int) -> String { "\(path)/errors-\(seed).png" }
  /// The first layer's filters after a seed's training.
  package func filters(seed: Int) -> String { "\(path)/filters-\(seed).png" }
  /// Images beside their Grad-CAM maps.
  package func attention(seed: Int) -> String { "\(path)/attention-\(seed).png" }
  /// How many errors, and how many right answers, have their maps shown.
  package static let mapsShown = 6
  /// How many errors a sheet shows.
  package static let errorsShown = 24
  package func split(seed: Int) -> String { "\(path)/split-\(seed).json" }
  package func checkpoint(seed: Int, fold: Int) -> String {
    "\(checkpoints)/seed-\(seed)-fold-\(fold).checkpoint"
  }

  /// Makes the folder; false where there is one already, also one that another run makes just now.
  func make() throws -> Bool {
    try makeFolder(parentFolder(of: path))
    if mkdir(path, 0o777) == 0 { return true }
    guard errno == EEXIST else {
      throw FileError.cannotWrite(path: path, reason: String(cString: strerror(errno)))
    }
    return false
  }

  /// Removes what writing was killed in the middle of. Only for the holder of the lock.
  func removeHalfWritten() {
    for folder in [path, checkpoints] { Self.removeHalfWritten(in: folder) }
  }

  static func removeHalfWritten(in folder: String) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    where name.contains(".tmp-") {
      unlink("\(folder)/\(name)")
    }
  }

  /// The predictions of every seed of a record, in the order of its results.
  package func predictions(of record: RunRecord) throws -> [Predictions] {
    let classes = record.outputs ?? record.data.classes.map(\.name)
    return try record.results.map {
      try Predictions.read("\(path)/\($0.predictionsFile)", classes: classes)
    }
  }

  /// Writes the record, whole or not at all.
  package func write(_ record: RunRecord) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try writeAtomically(Array(try encoder.encode(record)) + [10], to: self.record)
  }

  /// The record of the folder, or of a `record.json` given itself.
  package static func read(_ path: String) throws -> RunRecord {
    let file = path.hasSuffix(".json") ? path : "\(path)/record.json"
    let bytes = try readFile(file)
    do {
      let record = try JSONDecoder().decode(RunRecord.self, from: Foundation.Data(bytes))
      guard record.schema <= RunRecord.currentSchema else {
        throw ReproduceError.badRecord(
          path: file, reason: "schema \(record.schema) is of a newer tlkb")
      }
      return record
    } catch let error as DecodingError {
      throw ReproduceError.badRecord(path: file, reason: describe(error))
    }
  }

  private static func describe(_ error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, _): "the key '\(key.stringValue)' is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "the value of '" + context.codingPath.map(\.stringValue).joined(separator: ".")
        + "' is of another kind"
    case .dataCorrupted: "not valid JSON"
    @unknown default: "not a record"
    }
  }

  /// The names of all runs in a folder, sorted; none when there is no folder.
  package static func names(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { FileManager.default.fileExists(atPath: "\(folder)/\($0)/record.json") }
      .sorted()
  }

  /// The records of all runs in a folder, by start; unreadable ones are listed apart.
  package static func list(
    in folder: String
  ) -> (records: [RunRecord], unreadable: [String]) {
    let (runs, unreadable) = runs(in: folder)
    return (runs.map { $0.record }, unreadable)
  }

  /// The runs in a folder with the folder of each, which may be called otherwise than the run.
  package static func runs(
    in folder: String
  ) -> (runs: [(folder: RunFolder, record: RunRecord)], unreadable: [String]) {
    var runs: [(folder: RunFolder, record: RunRecord)] = []
    var unreadable: [String] = []
    for name in names(in: folder) {
      let own = RunFolder("\(folder)/\(name)")
      do {
        runs.append((own, try read(own.path)))
      } catch {
        unreadable.append("\(error)")
      }
    }
    runs.sort { ($0.record.started, $0.record.id) < ($1.record.started, $1.record.id) }
    return (runs, unreadable)
  }

  /// The folder of the run that a name means: an id, a folder's name, the beginning of one, `last`,
  /// or a path.
  package static func find(_ name: String, in folder: String) throws -> RunFolder {
    if name.contains("/") || name.hasSuffix(".json") {
      let path = name.hasSuffix("/record.json") ? String(name.dropLast(12)) : name
      return RunFolder(path)
    }
    let names = names(in: folder)
    if names.contains(name) { return RunFolder("\(folder)/\(name)") }
    let runs = runs(in: folder).runs
    if name == "last", let last = runs.last { return last.folder }
    if let run = runs.first(where: { $0.record.id == name }) { return run.folder }
    let starting =
      Set(names.filter { $0.hasPrefix(name) }.map { "\(folder)/\($0)" })
      .union(runs.filter { $0.record.id.hasPrefix(name) }.map { $0.folder.path })
    if starting.count == 1, let path = starting.first { return RunFolder(path) }
    if starting.count > 1 {
      throw ReproduceError.severalRuns(
        name: name, runs: runs.map { $0.record.id }.filter { $0.hasPrefix(name) }, folder: folder)
    }
    throw ReproduceError.unknownRun(
      name: name, nearest: nearestName(to: name, in: names + runs.map { $0.record.id }),
      folder: folder)
  }

  /// Removes the whole run.
  package func remove() throws {
    _ = try FileLock(lock, wait: false)
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      throw FileError.cannotWrite(path: path, reason: "it cannot be removed")
    }
  }
}
