// The listing for papers: Markdown and LaTeX with booktabs.

extension Table {
  func markdown() -> String {
    let escape = { (text: String) in
      text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
        .split(whereSeparator: \.isNewline).joined(separator: " ")
    }
    let line = { (cells: [String]) in "| " + cells.joined(separator: " | ") + " |\n" }
    return line(columns.map { escape($0.title) })
      + line(columns.map { $0.alignment == .right ? "---:" : "---" })
      + rows.map { row in line(row.map { escape($0.shown) }) }.joined()
  }

  /// A `table` with booktabs rules; it needs `\usepackage{booktabs}` and UTF-8 input.
  func latex() -> String {
    let layout = columns.map { $0.alignment == .right ? "r" : "l" }.joined()
    let line = { (cells: [String]) in "    " + cells.joined(separator: " & ") + " \\\\\n" }
    return """
      \\begin{table}
        \\centering
        \\caption{\(latexEscaped(title))}
        \\begin{tabular}{\(layout)}
          \\toprule

      """
        + line(columns.map { latexEscaped($0.title) })
        + "    \\midrule\n"
        + rows.map { row in
          line(
            row.map { cell in
              switch cell {
              case .notReported, .blank: "--"
              case .notApplicable: "n/a"
              default: latexEscaped(cell.shown)
              }
            })
        }.joined()
        + "    \\bottomrule\n  \\end{tabular}\n\\end{table}\n"
  }
}

/// A text with LaTeX's special characters escaped and mathematical signs set as such.
public func latexEscaped(_ text: String) -> String {
  var output = ""
  for character in text {
    switch character {
    case "&", "%", "$", "#", "_", "{", "}": output += "\\\(character)"
    case "\\": output += "\\textbackslash{}"
    case "~": output += "\\textasciitilde{}"
    case "^": output += "\\textasciicircum{}"
    case "×": output += "$\\times$"
    case "≤": output += "$\\leq$"
    case "≥": output += "$\\geq$"
    case "±": output += "$\\pm$"
    case "−": output += "$-$"
    case "→": output += "$\\rightarrow$"
    case "°": output += "$^\\circ$"
    case "–": output += "--"
    case "—": output += "---"
    default: output.append(character)
    }
  }
  return output
}
