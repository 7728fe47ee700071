// The listing for machines: CSV (RFC 4180), TSV, JSON; stable and complete.

import Foundation

extension Table {
  /// Comma-separated, with a header of the columns' keys and lines that end in CR LF.
  func separated(by separator: Unicode.Scalar) -> String {
    let line = { (cells: [String]) in
      cells.map { quoted($0, separator) }.joined(separator: String(separator)) + "\r\n"
    }
    return line(columns.map(\.key)) + rows.map { line($0.map(\.plain)) }.joined()
  }

  /// Scalars are compared, not characters: a quote with a combining mark is still a quote.
  private func quoted(_ text: String, _ separator: Unicode.Scalar) -> String {
    guard
      text.unicodeScalars.contains(where: { "\"\r\n".unicodeScalars.contains($0) })
        || text.unicodeScalars.contains(separator)
    else { return text }
    var output = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" { output += "\"" }
      output.unicodeScalars.append(scalar)
    }
    return output + "\""
  }

  /// Tab-separated: tabs and line breaks inside a value become spaces.
  func tabSeparated() -> String {
    ([columns.map(\.key)] + rows.map { $0.map { oneLine($0.plain) } })
      .map { $0.joined(separator: "\t") + "\n" }.joined()
  }

  /// An array of objects whose keys keep the columns' order. A number is a number; an absent
  /// answer is the text `not reported` or `not applicable`; a blank is null; several names are an
  /// array.
  public func json(indentation: String = "") -> String {
    let objects = rows.map { row in
      indentation + "  {"
        + zip(columns, row).map { "\(jsonString($0.key)): \($1.json)" }.joined(separator: ", ")
        + "}"
    }
    return objects.isEmpty
      ? "[]" : "[\n" + objects.joined(separator: ",\n") + "\n" + indentation + "]"
  }
}

extension Table.Cell {
  /// The value without thousands separators or units.
  var plain: String {
    if case .number(let value, let shown) = self { return machineNumber(value, shown) }
    return shown
  }

  /// The value as JSON. A number that is not finite has no JSON form and is written as null.
  var json: String {
    switch self {
    case .number(let value, let shown): value.isFinite ? machineNumber(value, shown) : "null"
    case .blank: "null"
    case .entities(let list, _): jsonList(list.map(\.name))
    case .texts(let texts, _): jsonList(texts)
    default: jsonString(shown)
    }
  }
}

private func jsonList(_ texts: [String]) -> String {
  "[" + texts.map(jsonString).joined(separator: ", ") + "]"
}

/// The shown digits where they are a plain JSON number, else the value itself.
private func machineNumber(_ value: Double, _ shown: String) -> String {
  if isJSONNumber(shown), Double(shown) == value { return shown }
  guard value.isFinite else { return shown }
  let number = value == value.rounded() ? value : withoutSumError(value)
  return number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
}

/// The nearest number of 14 significant digits: a mean of 0.51 that was summed up to
/// 0.5099999999999999 is 0.51 again, and nothing that anybody measured is lost (5e-15 at most).
private func withoutSumError(_ value: Double) -> Double {
  Double(String(format: "%.14g", value)) ?? value
}

/// Whether a text is `-?(0|[1-9][0-9]*)(\.[0-9]+)?`: a JSON number without an exponent.
private func isJSONNumber(_ text: String) -> Bool {
  let body = text.hasPrefix("-") ? text.dropFirst() : text[...]
  let halves = body.split(separator: ".", omittingEmptySubsequences: false)
  guard (1...2).contains(halves.count), halves.allSatisfy({ !$0.isEmpty }),
    halves.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } })
  else { return false }
  return halves[0].count == 1 || halves[0].first != "0"
}

/// A text as a JSON string (RFC 8259).
public func jsonString(_ text: String) -> String {
  var output = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": output += "\\\""
    case "\\": output += "\\\\"
    case "\n": output += "\\n"
    case "\r": output += "\\r"
    case "\t": output += "\\t"
    case _ where scalar.value < 0x20:
      let hex = String(scalar.value, radix: 16)
      output += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
    default: output.unicodeScalars.append(scalar)
    }
  }
  return output + "\""
}

/// A text on one line, without control characters: line breaks and tabs become spaces.
func oneLine(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
    return text
  }
  var output = String.UnicodeScalarView()
  var last: Unicode.Scalar?
  for scalar in text.unicodeScalars {
    defer { last = scalar }
    if scalar == "\n", last == "\r" { continue }
    let isControl = scalar.properties.generalCategory == .control
    output.append(!isControl ? scalar : "\n\r\t".unicodeScalars.contains(scalar) ? " " : "\u{fffd}")
  }
  return String(output)
}
