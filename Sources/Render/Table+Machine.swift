// The listing for machines: CSV (RFC 4180), TSV, JSON; stable and complete.

extension Table {
  func separated(by separator: String) -> String {
    let header = columns.map { quoted($0.key, separator) }.joined(separator: separator)
    return
      ([header]
      + rows.map { row in
        row.map { quoted($0.plain, separator) }.joined(separator: separator)
      }).map { $0 + "\r\n" }.joined()
  }

  private func quoted(_ text: String, _ separator: String) -> String {
    guard text.contains(where: { "\"\r\n".contains($0) || String($0) == separator || $0 == "\r\n" })
    else { return text }
    return "\""
      + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }

  /// Tab-separated: tabs and line breaks inside a value become spaces.
  func tabSeparated() -> String {
    let clean = { (text: String) in
      String(text.map { $0 == "\t" || $0.isNewline ? " " : $0 })
    }
    return ([columns.map(\.key)] + rows.map { $0.map { clean($0.plain) } })
      .map { $0.joined(separator: "\t") + "\n" }.joined()
  }

  /// An array of objects whose keys keep the columns' order. A number is a number; an absent
  /// answer is the text `not reported` or `not applicable`; a blank is null.
  func json() -> String {
    let objects = rows.map { row in
      "  {"
        + zip(columns, row).map { "\(jsonString($0.key)): \($1.json)" }.joined(separator: ", ")
        + "}"
    }
    return objects.isEmpty ? "[]\n" : "[\n" + objects.joined(separator: ",\n") + "\n]\n"
  }
}

extension Table.Cell {
  /// The value without thousands separators or units.
  var plain: String {
    if case .number(let value, let shown) = self { return machineNumber(value, shown) }
    return shown
  }

  fileprivate var json: String {
    switch self {
    case .number(let value, let shown): machineNumber(value, shown)
    case .blank: "null"
    default: jsonString(shown)
    }
  }
}

/// The shown digits where they are a plain number, else the value itself.
private func machineNumber(_ value: Double, _ shown: String) -> String {
  if Double(shown) == value, shown.first != "." { return shown }
  return value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
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
