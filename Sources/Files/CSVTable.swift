// Tables: RFC 4180 CSV (and TSV), every row as long as its header.

/// A table with named columns; a row that is too short or too long is an error with its line.
package struct CSVTable: Sendable {
  package let file: String
  package let columns: [String]
  package let rows: [[String]]
  /// The line of the file on which each row begins.
  package let lines: [Int]

  package init(path: String, separator: Character = ",") throws(FileError) {
    try self.init(try readFile(path), file: path, separator: separator)
  }

  /// `header` names the columns of a file that has no header line of its own.
  package init(
    _ bytes: [UInt8], file: String, separator: Character = ",", header given: [String]? = nil
  ) throws(FileError) {
    var parser = CSVParser(bytes: bytes, file: file, separator: separator.asciiValue ?? 44)
    var first = given
    if first == nil { first = try parser.record()?.0 }
    guard let header = first else {
      throw .malformed(path: file, line: 1, reason: "the table is empty")
    }
    var rows: [[String]] = []
    var lines: [Int] = []
    while let (row, line) = try parser.record() {
      guard row.count == header.count else {
        throw .malformed(
          path: file, line: line, reason: "\(row.count) fields where the header has \(header.count)"
        )
      }
      rows.append(row)
      lines.append(line)
    }
    self.file = file
    columns = header
    self.rows = rows
    self.lines = lines
  }

  /// The position of the first of `names` that is a column, whatever its case.
  package func column(_ names: String...) throws(FileError) -> Int { try column(names) }

  package func column(_ names: [String]) throws(FileError) -> Int {
    if let found = optionalColumn(names) { return found }
    throw .malformed(
      path: file, line: 1,
      reason: "no column \(names.joined(separator: " or ")); there are "
        + columns.prefix(12).joined(separator: ", "))
  }

  package func optionalColumn(_ names: [String]) -> Int? {
    for name in names {
      if let at = columns.firstIndex(where: { $0.lowercased() == name.lowercased() }) { return at }
    }
    return nil
  }

  /// A whole number in a cell ("1", "1.0").
  package func integer(row: Int, column: Int) throws(FileError) -> Int {
    let text = rows[row][column]
    if let value = Int(text) { return value }
    if let value = Double(text), value == value.rounded(), abs(value) < 1e15 { return Int(value) }
    throw .malformed(
      path: file, line: lines[row],
      reason: "'\(text)' in column \(columns[column]) is not a whole number")
  }
}

private struct CSVParser {
  let bytes: [UInt8]
  let file: String
  let separator: UInt8
  var at: Int
  var line = 1

  init(bytes: [UInt8], file: String, separator: UInt8) {
    self.bytes = bytes
    self.file = file
    self.separator = separator
    at = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  /// The next record that is not an empty line, with the line on which it begins.
  mutating func record() throws(FileError) -> ([String], Int)? {
    while at < bytes.count, bytes[at] == 10 || bytes[at] == 13 {
      if bytes[at] == 10 { line += 1 }
      at += 1
    }
    guard at < bytes.count else { return nil }
    let start = line
    var fields: [String] = []
    while true {
      fields.append(try field())
      guard at < bytes.count else { return (fields, start) }
      if bytes[at] == separator {
        at += 1
        continue
      }
      if bytes[at] == 13 { at += 1 }
      if at < bytes.count, bytes[at] == 10 {
        at += 1
        line += 1
      }
      return (fields, start)
    }
  }

  private mutating func field() throws(FileError) -> String {
    guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else {
      let start = at
      while at < bytes.count, bytes[at] != separator, bytes[at] != 10, bytes[at] != 13 { at += 1 }
      return String(decoding: bytes[start..<at], as: UTF8.self)
    }
    let opened = line
    at += 1
    var text: [UInt8] = []
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      if byte == UInt8(ascii: "\"") {
        guard at < bytes.count, bytes[at] == byte else {
          guard at >= bytes.count || bytes[at] == separator || bytes[at] == 10 || bytes[at] == 13
          else {
            throw .malformed(path: file, line: line, reason: "text after a closing quote")
          }
          return String(decoding: text, as: UTF8.self)
        }
        at += 1
      } else if byte == 10 {
        line += 1
      }
      text.append(byte)
    }
    throw .malformed(path: file, line: opened, reason: "a quote that is never closed")
  }
}
