// The tables of metadata that datasets come with.
import Files

/// A CSV whose problems are imaging errors that name the file and the line.
struct MetadataTable: Sendable {
  private let table: CSVTable

  var file: String { table.file }
  var columns: [String] { table.columns }
  var rows: [[String]] { table.rows }
  /// The line of the file on which each row begins.
  var lines: [Int] { table.lines }

  init(path: String, separator: Character = ",") throws(ImagingError) {
    try self.init(try FileBytes.read(path), file: path, separator: separator)
  }

  /// `header` names the columns of a file that has no header line of its own.
  init(
    _ bytes: [UInt8], file: String, separator: Character = ",", header: [String]? = nil
  ) throws(ImagingError) {
    do throws(FileError) {
      table = try CSVTable(bytes, file: file, separator: separator, header: header)
    } catch {
      throw ImagingError(error)
    }
  }

  /// The position of the first of `names` that is a column, whatever its case.
  func column(_ names: String...) throws(ImagingError) -> Int {
    if let found = table.optionalColumn(names) { return found }
    do throws(FileError) { return try table.column(names) } catch { throw ImagingError(error) }
  }

  func optionalColumn(_ names: [String]) -> Int? { table.optionalColumn(names) }

  /// A whole number in a cell ("1", "1.0").
  func integer(row: Int, column: Int) throws(ImagingError) -> Int {
    do throws(FileError) {
      return try table.integer(row: row, column: column)
    } catch {
      throw ImagingError(error)
    }
  }
}

extension ImagingError {
  /// The same problem in this module's words.
  package init(_ error: FileError) {
    self =
      switch error {
      case .malformed(let path, let line, let reason):
        .badTable(file: path, line: line, reason: reason)
      case .cannotRead(let path, let reason): .fileUnreadable(file: path, reason: reason)
      case .cannotWrite(let path, let reason): .fileUnwritable(file: path, reason: reason)
      case .busy(let path): .fileUnreadable(file: path, reason: "it is in use by another tlkb")
      }
  }
}
