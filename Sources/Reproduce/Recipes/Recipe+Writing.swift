// A recipe as the text of its file.

import Evidence

extension Recipe {
  /// The file's text, every field written out; reading it gives the same recipe.
  package var yaml: String { Self.yaml(self, rows: rows) }

  /// The recipe's text with the values of some fields replaced, origins kept.
  func yaml(replacing values: [RunRecord.Override]) -> String {
    let changed = rows.map { row in
      guard let new = values.last(where: { $0.name == row.name }) else { return row }
      let items =
        row.isList
        ? new.value.split(separator: ",").map { Self.trimmed(String($0)) }.filter { $0 != "none" }
        : [new.value]
      return SettingRow(row, value: items)
    }
    return Self.yaml(self, rows: changed)
  }

  private static func yaml(_ recipe: Recipe, rows: [SettingRow]) -> String {
    var text = "# Recipe: \(recipe.model.backbone.value) on \(recipe.data.dataset.value)"
    text += recipe.study == "none" ? "\n" : " (\(recipe.study))\n"
    text += "id: \(recipe.id)\nstudy: \(recipe.study)\nexperiment: \(recipe.experiment)\n"
    text += "declared: \(recipe.declared)\n"
    if let note = recipe.note { text += "note: \(quoted(note))\n" }
    var section = ""
    for row in rows {
      let parts = row.name.split(separator: ".", maxSplits: 1).map(String.init)
      if parts[0] != section {
        section = parts[0]
        text += "\(section):\n"
      }
      text += lines([row])
    }
    return text
  }

  /// One line of a section for each row.
  static func lines(_ rows: [SettingRow]) -> String {
    rows.map { row in
      let key = row.name.drop { $0 != "." }.dropFirst()
      return "  \(key): {is: \(value(row)), \(origin(row))}\n"
    }.joined()
  }

  private static func value(_ row: SettingRow) -> String {
    row.isList
      ? "[" + row.value.map(quoted).joined(separator: ", ") + "]" : quoted(row.value[0])
  }

  private static func origin(_ row: SettingRow) -> String {
    if let at = row.at {
      var place = "source: \(at.source), place: \(at.place)"
      if let number = at.row { place += ", row: \(number)" }
      if let column = at.column { place += ", column: \(quoted(column))" }
      return "origin: stated, place: {\(place)}"
    }
    if let because = row.because { return "origin: inferred, because: \(quoted(because))" }
    return "origin: default"
  }

  /// A scalar as YAML, quoted unless it is plainly safe inside a flow mapping.
  private static func quoted(_ text: String) -> String {
    let isPlain =
      !text.isEmpty
      && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-._ ".contains($0)) }
      && text.first?.isWhitespace == false && text.last?.isWhitespace == false
      && !text.hasPrefix("-")
    if isPlain { return text }
    let escaped = text.map { character in
      character == "\"" || character == "\\" ? "\\\(character)" : "\(character)"
    }
    return "\"\(escaped.joined())\""
  }

  private static func trimmed(_ text: String) -> String {
    var body = text[...]
    while body.first?.isWhitespace == true { body.removeFirst() }
    while body.last?.isWhitespace == true { body.removeLast() }
    return String(body)
  }
}
