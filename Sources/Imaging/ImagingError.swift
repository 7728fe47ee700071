// What can go wrong with a user's images, tables and folders, each with its sentence.

/// A problem with a file or a setting that a user can mend; its description says what and how.
package enum ImagingError: Error, Equatable, Sendable {
  case fileUnreadable(file: String, reason: String)
  case fileUnwritable(file: String, reason: String)
  case notAnImage(file: String, found: String)
  case corrupt(file: String, format: String, reason: String)
  case unsupported(file: String, format: String, reason: String)
  case noDecoder(file: String, format: String, reason: String)
  case tooLarge(file: String, width: Int, height: Int, limit: Int)
  case badArray(file: String, reason: String)
  case badTable(file: String, line: Int, reason: String)
  case layout(dataset: String, path: String, problem: String, expected: String)
  case unknownDataset(name: String, nearest: String?)
  case unknownTask(dataset: String, task: String, known: [String])
  case splitImpossible(dataset: String, reason: String)
  case badSplit(file: String, reason: String)
  case badSetting(name: String, value: String, expected: String)
}

extension ImagingError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .fileUnreadable(let file, let reason):
      "\(file): cannot be read (\(reason)); check the path and its permissions"
    case .fileUnwritable(let file, let reason):
      "\(file): cannot be written (\(reason)); check the folder and its permissions"
    case .notAnImage(let file, let found):
      "\(file): not a PNG, JPEG, TIFF, BMP, PGM, PPM or DICOM picture (it begins with \(found))"
    case .corrupt(let file, let format, let reason):
      "\(file): damaged \(format) (\(reason)); obtain the file again or leave it out"
    case .unsupported(let file, let format, let reason):
      "\(file): a kind of \(format) that is not read here (\(reason)); convert it to PNG"
    case .noDecoder(let file, let format, let reason):
      "\(file): the \(format) decoder cannot be loaded (\(reason)); build libTlkbDicom.so with "
        + "`swift build -c release --product TlkbDicom` (Debian package libdcmtk-dev) and keep it "
        + "beside tlkb, or convert the file to PNG"
    case .tooLarge(let file, let width, let height, let limit):
      "\(file): \(width)×\(height) pixels is more than the limit of \(limit); "
        + "raise the limit or reduce the picture"
    case .badArray(let file, let reason):
      "\(file): not a usable NumPy file (\(reason)); obtain the file again"
    case .badTable(let file, let line, let reason):
      "\(file):\(line): \(reason)"
    case .layout(let dataset, let path, let problem, let expected):
      "\(path): not \(dataset) as downloaded (\(problem)); expected \(expected)"
    case .unknownDataset(let name, let nearest):
      "no dataset is called '\(name)'"
        + (nearest.map { "; did you mean '\($0)'?" } ?? "; `tlkb dataset list` shows them")
    case .unknownTask(let dataset, let task, let known):
      "\(dataset) has no task '\(task)'; it has \(known.joined(separator: ", "))"
    case .splitImpossible(let dataset, let reason):
      "\(dataset): cannot be split so (\(reason))"
    case .badSplit(let file, let reason):
      "\(file): not a usable split file (\(reason)); write it again from its plan"
    case .badSetting(let name, let value, let expected):
      "\(name) is \(value); expected \(expected)"
    }
  }
}
