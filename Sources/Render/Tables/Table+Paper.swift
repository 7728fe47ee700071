// The listing for papers: Markdown and LaTeX with booktabs.

import Foundation

extension Table {
  /// A GitHub-flavoured Markdown table.
  func markdown() -> String {
    let line = { (cells: [String]) in "| " + cells.joined(separator: " | ") + " |\n" }
    return line(columns.map { markdownEscaped($0.title) })
      + line(columns.map { $0.alignment == .right ? "---:" : "---" })
      + rows.map { row in line(row.map { markdownEscaped($0.shown) }) }.joined()
  }

  /// A booktabs table. Long ones run over pages; wide ones wrap their texts, are set small and turned.
  ///
  /// The first line is a comment with the packages it needs. Studies and sources are cited by
  /// their ids, the keys of the BibTeX export.
  /// - Parameter onLandscapePage: the page is turned already, with margins of about 18 mm.
  public func latex(onLandscapePage: Bool = false) -> String {
    let isLong = rows.count > (columns.count > 7 ? 14 : 28)
    let widths = columns.indices.map { column in
      max(
        columns[column].title.count,
        rows.map { min(46, displayWidth($0[column].shown)) }.max() ?? 0)
    }
    let isWide = widths.reduce(0, +) > 90
    let isTurned = isWide && !isLong && !onLandscapePage
    let layout =
      isWide
      ? wrappedLayout(widths, line: isTurned ? 130 : 185) : columns.map(\.latexLetter).joined()
    let line = { (cells: [String]) in "    " + cells.joined(separator: " & ") + " \\\\\n" }
    let header = line(columns.map { latexEscaped($0.title) })
    let body = rows.map { row in line(row.map(\.latex)) }.joined()
    let label =
      "tab:"
      + title.lowercased().split { !$0.isLetter && !$0.isNumber }.prefix(6)
      .joined(separator: "-").filter(\.isASCII)
    let caption = "\\caption{\(latexEscaped(title))}\\label{\(label)}"
    let packages =
      ["booktabs"] + (isWide ? ["array"] : []) + (isLong ? ["longtable"] : [])
      + (isTurned ? ["rotating"] : [])
    let page = isWide && isLong && !onLandscapePage ? "; a wide table, for a landscape page" : ""
    let comment = "% \\usepackage{\(packages.joined(separator: ","))}\(page)\n"
    let small = isWide ? "  \\footnotesize\\setlength{\\tabcolsep}{3pt}\n" : ""
    if isLong {
      return comment + "{\n" + small + "  \\begin{longtable}{\(layout)}\n    \(caption) \\\\\n"
        + "    \\toprule\n" + header + "    \\midrule\n    \\endfirsthead\n    \\toprule\n" + header
        + "    \\midrule\n    \\endhead\n" + body + "    \\bottomrule\n  \\end{longtable}\n}\n"
    }
    let environment = isTurned ? "sidewaystable" : "table"
    return comment + "\\begin{\(environment)}\(isTurned ? "" : "[htbp]")\n  \\centering\n"
      + small + "  \(caption)\n"
      + "  \\begin{tabular}{\(layout)}\n    \\toprule\n" + header + "    \\midrule\n" + body
      + "    \\bottomrule\n  \\end{tabular}\n\\end{\(environment)}\n"
  }

  /// Shares the line among the columns: those that wrap take what the others leave, and never
  /// less than their longest word.
  /// - Parameter line: characters of footnote size on a line of the page.
  private func wrappedLayout(_ widths: [Int], line: Double) -> String {
    let gaps = 1.7 * Double(columns.count)
    let line = line - gaps
    let wrapping = columns.indices.filter { columns[$0].wraps || widths[$0] > 24 }
    let fixed = columns.indices.filter { !wrapping.contains($0) }.map { widths[$0] }.reduce(0, +)
    let words = wrapping.map { column in
      ([columns[column].title] + rows.map { $0[column].shown })
        .flatMap { $0.split { " -".contains($0) } }.map { displayWidth(String($0)) }.max() ?? 0
    }
    let wanted = zip(wrapping, words).map { max(widths[$0] + 5, $1 + 2) }
    let left = max(line - Double(fixed), 8 * Double(wrapping.count))
    let scale = min(1, left / Double(max(1, wanted.reduce(0, +))))
    return columns.indices.map { column in
      guard let place = wrapping.firstIndex(of: column) else { return columns[column].latexLetter }
      let characters = max(Double(wanted[place]) * scale, Double(words[place]) + 2.5)
      let share = min(999, Int((1000 * characters / line).rounded()))
      let digits = String(repeating: "0", count: max(0, 3 - "\(share)".count)) + "\(share)"
      return ">{\\raggedright\\arraybackslash}p{0.\(digits)\\linewidth}"
    }.joined()
  }
}

extension Table.Column {
  fileprivate var latexLetter: String { alignment == .right ? "r" : "l" }
}

extension Table.Cell {
  fileprivate var latex: String {
    switch self {
    case .notReported: return "--"
    case .blank: return ""
    case .notApplicable: return "n/a"
    case .entity(let name, let entity) where [.study, .source].contains(entity.kind):
      return latexEscaped(name) + "~\\cite{\(entity.id)}"
    case .place(let place): return latexEscaped(place.label) + "~\\cite{\(place.source)}"
    default:
      let text = latexEscaped(shown)
      // A bracket after the \\ of the row above would be read as its optional argument.
      return text.hasPrefix("[") || text.hasPrefix("*") ? "{}" + text : text
    }
  }
}

/// A text for a Markdown table: pipes, tags and emphasis lose their meaning.
func markdownEscaped(_ text: String) -> String {
  var output = String.UnicodeScalarView()
  for scalar in oneLine(text).unicodeScalars {
    if "\\|<*`_".unicodeScalars.contains(scalar) { output.append("\\") }
    output.append(scalar)
  }
  return String(output).replacingOccurrences(of: "](", with: "]\\(")
}

/// A text with LaTeX's special characters escaped and mathematical signs set as such.
///
/// pdfLaTeX with T1 fonts sets Latin letters with accents; a character outside of those and of the
/// signs known here is written as its code point, so that every text compiles.
public func latexEscaped(_ text: String) -> String {
  var output = ""
  for scalar in oneLine(text).precomposedStringWithCanonicalMapping.unicodeScalars {
    if let sign = latexSigns[scalar] {
      output += sign
    } else if scalar.value < 0x7f || (0xa1...0x17f).contains(scalar.value) {
      if scalar == "-", output.last == "-" { output += "{}" }
      output.unicodeScalars.append(scalar)
    } else {
      output += "\\texttt{U+\(String(scalar.value, radix: 16, uppercase: true))}"
    }
  }
  return output
}

private let latexSigns: [Unicode.Scalar: String] = [
  "&": "\\&", "%": "\\%", "$": "\\$", "#": "\\#", "_": "\\_", "{": "\\{", "}": "\\}",
  "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}",
  "<": "\\textless{}", ">": "\\textgreater{}", "|": "\\textbar{}", "\"": "\\textquotedbl{}",
  "τ": "$\\tau$", "ρ": "$\\rho$", "×": "$\\times$", "≤": "$\\leq$", "≥": "$\\geq$", "±": "$\\pm$",
  "−": "$-$", "≠": "$\\neq$",
  "→": "$\\rightarrow$", "←": "$\\leftarrow$", "°": "$^\\circ$", "·": "$\\cdot$", "≈": "$\\approx$",
  "–": "--", "—": "---", "…": "\\ldots{}", "‘": "`", "’": "'", "“": "``", "”": "''",
  "•": "$\\bullet$",
  "α": "$\\alpha$", "β": "$\\beta$", "γ": "$\\gamma$", "δ": "$\\delta$", "κ": "$\\kappa$",
  "λ": "$\\lambda$", "µ": "$\\mu$", "μ": "$\\mu$", "σ": "$\\sigma$", "χ": "$\\chi$", "∈": "$\\in$",
  "∞": "$\\infty$", "√": "$\\surd$", "\u{a0}": "~", "\u{200b}": "", "\u{2009}": "\\,",
  "\u{ad}": "\\-",
  "¹": "$^1$", "²": "$^2$", "³": "$^3$",
]
