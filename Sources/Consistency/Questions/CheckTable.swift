// Reads many requests from a CSV or JSON table.
import FoundationEssentials

/// A table of checks, one request per row.
public struct CheckTable: Sendable {
  /// A row's request, or what is wrong with the row.
  public struct Row: Sendable {
    /// The line (CSV) or the position from 1 (JSON).
    public let number: Int
    public let request: Result<CheckRequest, ConsistencyError>
  }

  public let rows: [Row]

  /// Reads CSV (RFC 4180: commas, quotes doubled inside quotes) whose first row names the fields.
  ///
  /// - Throws: ``ConsistencyError/malformedRow(line:_:)`` when the table itself cannot be read.
  public init(csv text: String, defaults: [(name: String, value: String)] = [])
    throws(ConsistencyError)
  {
    let records = try Self.records(text)
    guard let header = records.first else { throw .malformedRow(line: 1, "the table is empty") }
    rows = records.dropFirst().map { record in
      guard record.cells.count == header.cells.count else {
        let error = ConsistencyError.malformedRow(
          line: record.line,
          "has \(record.cells.count) cells where the header has \(header.cells.count)")
        return Row(number: record.line, request: .failure(error))
      }
      return Self.row(record.line, Array(zip(header.cells, record.cells)), defaults)
    }
  }

  /// Reads a JSON array of objects (or one object). Numbers given as strings keep their decimals;
  /// as JSON numbers, trailing zeros are lost and the interval is wider than printed.
  public init(json text: String, defaults: [(name: String, value: String)] = [])
    throws(ConsistencyError)
  {
    let data = Data(text.utf8)
    let objects: [[String: Scalar]]
    if let many = try? JSONDecoder().decode([[String: Scalar]].self, from: data) {
      objects = many
    } else if let one = try? JSONDecoder().decode([String: Scalar].self, from: data) {
      objects = [one]
    } else {
      throw .malformedRow(
        line: 1, "is not a JSON array of objects whose values are text or numbers")
    }
    rows = objects.enumerated().map { index, object in
      Self.row(index + 1, object.keys.sorted().map { ($0, object[$0]?.text ?? "") }, defaults)
    }
  }

  private static func row(
    _ number: Int, _ fields: [(String, String)], _ defaults: [(name: String, value: String)]
  ) -> Row {
    let named = Set(
      fields.filter { !CheckRequest.trimmed($0.1).isEmpty }.map { CheckRequest.normalised($0.0) })
    let rest = defaults.filter { !named.contains(CheckRequest.normalised($0.name)) }
    do throws(ConsistencyError) {
      return Row(
        number: number,
        request: .success(try CheckRequest(fields.map { (name: $0.0, value: $0.1) } + rest)))
    } catch {
      return Row(number: number, request: .failure(error))
    }
  }

  /// A JSON value as the text of a field.
  private enum Scalar: Decodable {
    case text(String)

    var text: String {
      switch self {
      case .text(let text): text
      }
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .text("")
      } else if let flag = try? container.decode(Bool.self) {
        self = .text(flag ? "yes" : "no")
      } else if let number = try? container.decode(Int.self) {
        self = .text("\(number)")
      } else if let number = try? container.decode(Double.self) {
        self = .text("\(number)")
      } else if let numbers = try? container.decode([Int].self) {
        self = .text(numbers.map(String.init).joined(separator: ","))
      } else {
        self = .text(try container.decode(String.self))
      }
    }
  }

  private struct Record {
    var line: Int
    var cells: [String]
  }

  private static func records(_ text: String) throws(ConsistencyError) -> [Record] {
    var records: [Record] = []
    var record = Record(line: 1, cells: [])
    var cell = ""
    var isQuoted = false
    var wasQuoted = false
    var line = 1
    var characters = text.makeIterator()
    var pending = characters.next()
    func isBreak(_ character: Character) -> Bool { character == "\n" || character == "\r\n" }
    while let character = pending {
      pending = characters.next()
      if isBreak(character) { line += 1 }
      if isQuoted {
        if character != "\"" {
          cell.append(character)
        } else if pending == "\"" {
          cell.append("\"")
          pending = characters.next()
        } else {
          isQuoted = false
        }
      } else if character == "\"" && cell.isEmpty && !wasQuoted {
        isQuoted = true
        wasQuoted = true
      } else if character == "," || isBreak(character) {
        record.cells.append(cell)
        cell = ""
        wasQuoted = false
        if isBreak(character) {
          if record.cells != [""] { records.append(record) }
          record = Record(line: line, cells: [])
        }
      } else if character != "\u{feff}" {
        cell.append(character)
      }
    }
    if isQuoted { throw .malformedRow(line: record.line, "a quote is not closed") }
    record.cells.append(cell)
    if record.cells != [""] { records.append(record) }
    return records
  }
}
