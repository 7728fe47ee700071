// The listing for a person at a terminal: aligned, wrapped to the width, coloured only on request.

extension Table {
  func terminal(width: Int?, colour: Bool) -> String {
    guard !columns.isEmpty else { return "" }
    let cells = rows.map { $0.map(\.shown) }
    var widths = columns.indices.map { column in
      ([columns[column].title] + cells.map { $0[column] }).map(displayWidth).max() ?? 0
    }
    if let width { shrink(&widths, to: width) }
    var output = line(
      columns.map(\.title), widths, style: { colour ? "\u{1b}[1m\($0)\u{1b}[0m" : $0 })
    output += line(widths.map { String(repeating: "─", count: $0) }, widths, style: { $0 })
    for (row, texts) in zip(rows, cells) {
      let wrapped = texts.indices.map { wrap(texts[$0], to: widths[$0]) }
      for index in 0..<(wrapped.map(\.count).max() ?? 1) {
        let parts = wrapped.map { index < $0.count ? $0[index] : "" }
        output += line(parts, widths) { text, column in
          let isAbsent = row[column] == .notReported || row[column] == .notApplicable
          return colour && isAbsent ? "\u{1b}[2m\(text)\u{1b}[0m" : text
        }
      }
    }
    return output
  }

  private func line(_ parts: [String], _ widths: [Int], style: (String) -> String) -> String {
    line(parts, widths) { text, _ in style(text) }
  }

  private func line(_ parts: [String], _ widths: [Int], style: (String, Int) -> String) -> String {
    var text = ""
    for (index, part) in parts.enumerated() {
      let padding = String(repeating: " ", count: max(0, widths[index] - displayWidth(part)))
      let isLast = index == parts.count - 1
      if index > 0 { text += "  " }
      switch columns[index].alignment {
      case .left: text += style(part, index) + (isLast ? "" : padding)
      case .right: text += padding + style(part, index)
      }
    }
    while text.last == " " { text.removeLast() }
    return text + "\n"
  }

  /// Narrows the wrapping columns, the widest first, until the line fits or 12 columns are left.
  private func shrink(_ widths: inout [Int], to width: Int) {
    func total() -> Int { widths.reduce(0, +) + 2 * (widths.count - 1) }
    while total() > width {
      let candidates = columns.indices.filter { columns[$0].wraps && widths[$0] > 12 }
      guard let widest = candidates.max(by: { (widths[$0], $1) < (widths[$1], $0) }) else { return }
      widths[widest] -= 1
    }
  }
}

/// How many terminal columns a text takes: combining marks none, wide East Asian letters two.
func displayWidth(_ text: String) -> Int {
  text.unicodeScalars.reduce(0) { sum, scalar in
    if scalar.properties.canonicalCombiningClass != .notReordered { return sum }
    return sum
      + ((0x1100...0x115f).contains(scalar.value) || (0x2e80...0xa4cf).contains(scalar.value)
        || (0xac00...0xd7a3).contains(scalar.value) || (0xff00...0xff60).contains(scalar.value)
        ? 2 : 1)
  }
}

/// A text in lines of at most `width` columns, broken at spaces where there are any.
func wrap(_ text: String, to width: Int) -> [String] {
  guard displayWidth(text) > width, width > 0 else { return [text] }
  var lines: [String] = []
  var line = ""
  for word in text.split(separator: " ", omittingEmptySubsequences: false).map(String.init) {
    let joined = line.isEmpty ? word : line + " " + word
    if displayWidth(joined) <= width {
      line = joined
      continue
    }
    if !line.isEmpty { lines.append(line) }
    line = word
    while displayWidth(line) > width {
      lines.append(String(line.prefix(width)))
      line = String(line.dropFirst(width))
    }
  }
  if !line.isEmpty { lines.append(line) }
  return lines
}
