// The listing for a person at a terminal: aligned, wrapped to the width, coloured only on request.

extension Table {
  /// Aligned columns. Columns that say nothing are left out. Where the rest is too wide, columns
  /// with one value throughout move to a line above, then texts are wrapped, and when even that
  /// does not fit, each row is written as a block of lines. Without a width, texts are wrapped at
  /// 60 columns.
  func terminal(width: Int?, colour: Bool) -> String {
    let style = TerminalStyle(colour: colour)
    var shown = speakingColumns
    guard !shown.isEmpty else { return "" }
    let cells = rows.map { $0.map { oneLine($0.shown) } }
    var heading = ""
    if let width, totalWidth(widths(of: shown, cells)) > width, rows.count > 1 {
      let constant = shown.filter { column in
        rows.allSatisfy { $0[column] == rows[0][column] }
      }
      if constant.count < shown.count {
        shown.removeAll(where: constant.contains)
        let line = constant.map { "\(columns[$0].title): \(cells[0][$0])" }
        if !line.isEmpty {
          heading = wrap(line.joined(separator: " · "), to: width).joined(separator: "\n") + "\n\n"
        }
      }
    }
    var widths = widths(of: shown, cells)
    if width == nil {
      for index in widths.indices where columns[shown[index]].wraps {
        widths[index] = min(widths[index], 60)
      }
    }
    if let width {
      shrink(&widths, of: shown, to: width)
      let tallest = cells.flatMap { texts in
        shown.enumerated().map { wrap(texts[$1], to: widths[$0]).count }
      }.max()
      if totalWidth(widths) > width || (tallest ?? 0) > Self.mostLines {
        return heading + blocks(of: shown, cells, width: width, style: style)
      }
    }
    return heading + grid(of: shown, cells, widths: widths, style: style)
  }

  /// A cell of more lines than this is no longer read across: the rows become blocks.
  private static let mostLines = 7

  private func widths(of shown: [Int], _ cells: [[String]]) -> [Int] {
    shown.map { column in
      ([columns[column].title] + cells.map { $0[column] }).map(displayWidth).max() ?? 0
    }
  }

  private func totalWidth(_ widths: [Int]) -> Int {
    widths.reduce(0, +) + 2 * max(0, widths.count - 1)
  }

  /// Narrows the wrapping columns, the widest first, until the line fits or 10 columns are left.
  private func shrink(_ widths: inout [Int], of shown: [Int], to width: Int) {
    while totalWidth(widths) > width {
      let candidates = shown.indices.filter { columns[shown[$0]].wraps && widths[$0] > 10 }
      guard let widest = candidates.max(by: { (widths[$0], $1) < (widths[$1], $0) }) else { return }
      widths[widest] -= 1
    }
  }

  private func grid(
    of shown: [Int], _ cells: [[String]], widths: [Int], style: TerminalStyle
  ) -> String {
    let line = { (parts: [String], styled: (String, Int) -> String) in
      var text = ""
      for (index, part) in parts.enumerated() {
        let padding = String(repeating: " ", count: max(0, widths[index] - displayWidth(part)))
        if index > 0 { text += "  " }
        switch columns[shown[index]].alignment {
        case .left: text += styled(part, index) + (index == parts.count - 1 ? "" : padding)
        case .right: text += padding + styled(part, index)
        }
      }
      while text.last == " " { text.removeLast() }
      return text + "\n"
    }
    var output = line(shown.map { columns[$0].title }) { text, _ in style.strong(text) }
    output += line(widths.map { String(repeating: "─", count: $0) }) { text, _ in text }
    for (row, texts) in zip(rows, cells) {
      let wrapped = shown.enumerated().map { wrap(texts[$1], to: widths[$0]) }
      for index in 0..<(wrapped.map(\.count).max() ?? 1) {
        output += line(wrapped.map { index < $0.count ? $0[index] : "" }) { text, column in
          row[shown[column]].isAbsent ? style.faint(text) : text
        }
      }
    }
    return output
  }

  /// One block per row, a line per column: for terminals too narrow for the columns.
  private func blocks(
    of shown: [Int], _ cells: [[String]], width: Int, style: TerminalStyle
  ) -> String {
    let label = shown.map { displayWidth(columns[$0].title) }.max() ?? 0
    return zip(rows, cells).map { row, texts in
      shown.filter { row[$0] != .blank }.map { column in
        let title = columns[column].title
        let padding = String(repeating: " ", count: label - displayWidth(title) + 2)
        let lines = wrap(texts[column], to: max(10, width - label - 2))
        let hanging = "\n" + String(repeating: " ", count: label + 2)
        let styled = lines.map { row[column].isAbsent ? style.faint($0) : $0 }
        return style.strong(title) + padding + styled.joined(separator: hanging) + "\n"
      }.joined()
    }.joined(separator: "\n")
  }
}

extension Table.Cell {
  /// Whether the cell is one of the two absences.
  var isAbsent: Bool { self == .notReported || self == .notApplicable }
}

/// Bold and faint text, or plain text where colour is not wanted.
struct TerminalStyle {
  let colour: Bool

  func strong(_ text: String) -> String { colour ? "\u{1b}[1m\(text)\u{1b}[0m" : text }
  func faint(_ text: String) -> String { colour ? "\u{1b}[2m\(text)\u{1b}[0m" : text }
}

/// How many terminal columns a text takes: combining marks none, wide East Asian letters two.
func displayWidth(_ text: String) -> Int {
  text.unicodeScalars.reduce(0) { $0 + displayWidth($1) }
}

private func displayWidth(_ scalar: Unicode.Scalar) -> Int {
  if scalar.isASCII { return 1 }
  let properties = scalar.properties
  if properties.canonicalCombiningClass != .notReordered
    || [.format, .nonspacingMark, .enclosingMark].contains(properties.generalCategory)
  {
    return 0
  }
  let value = scalar.value
  return (0x1100...0x115f).contains(value) || (0x2e80...0xa4cf).contains(value)
    || (0xac00...0xd7a3).contains(value) || (0xf900...0xfaff).contains(value)
    || (0xff00...0xff60).contains(value) || (0x1f300...0x1faff).contains(value)
    || (0x20000...0x3fffd).contains(value) ? 2 : 1
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
    line = ""
    for character in word {
      let longer = line + String(character)
      if displayWidth(longer) > width, !line.isEmpty {
        lines.append(line)
        line = String(character)
      } else {
        line = longer
      }
    }
  }
  if !line.isEmpty { lines.append(line) }
  return lines
}
