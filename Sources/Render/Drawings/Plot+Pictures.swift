// Plots that are no lines: the confusion matrix as shades, and pictures.

import Foundation

extension Plot {
  /// Squares shaded by the share of their row; the number stands in each.
  func matrix(_ matrix: Matrix) -> String {
    let count = matrix.names.count
    let left = 120.0
    let side = min((Self.width - left - 8) / Double(max(count, 1)), 64)
    let top = 20.0
    var body =
      "<text class=\"soft\" x=\"\(coordinate(left))\" y=\"11\">predicted, in the order of the rows</text>\n"
    for (row, counts) in matrix.rows.enumerated() {
      let y = top + Double(row) * side
      let total = counts.reduce(0, +)
      let name = Self.shortened(matrix.names[row], to: 19)
      body +=
        "<text x=\"\(coordinate(left - 6))\" y=\"\(coordinate(y + side / 2 + 4))\" "
        + "text-anchor=\"end\">\(htmlEscaped(name))</text>\n"
      for (column, number) in counts.enumerated() {
        let share = total > 0 ? Double(number) / Double(total) : 0
        let x = left + Double(column) * side
        let note =
          "\(matrix.names[row]) taken for \(matrix.names[column]): \(number) of \(total)"
        body +=
          "<g class=\"s\(row == column ? 1 : 0)\"><title>\(htmlEscaped(note))</title>"
          + "<rect class=\"cell\" x=\"\(coordinate(x))\" y=\"\(coordinate(y))\" "
          + "width=\"\(coordinate(side - 1))\" height=\"\(coordinate(side - 1))\" "
          + "fill-opacity=\"\(decimalText(share * 0.75, 2))\"/>"
        if side >= 20 {
          body +=
            "<text x=\"\(coordinate(x + side / 2))\" y=\"\(coordinate(y + side / 2 + 4))\" "
            + "text-anchor=\"middle\">\(number)</text>"
        }
        body += "</g>\n"
      }
    }
    let words = zip(matrix.names, matrix.rows).map { name, counts in
      "\(name): " + counts.map(String.init).joined(separator: ", ")
    }.joined(separator: "; ")
    return element(height: top + Double(count) * side + 4, body, describing: words)
  }

  /// The picture, scaled to the plot's width.
  func picture(_ png: [UInt8], _ width: Int, _ height: Int) -> String {
    let tall = Self.width * Double(height) / Double(max(width, 1))
    return element(
      height: tall,
      "<image width=\"\(coordinate(Self.width))\" height=\"\(coordinate(tall))\" "
        + "href=\"data:image/png;base64,\(Data(png).base64EncodedString())\"/>\n",
      describing: caption)
  }

  private static func shortened(_ name: String, to limit: Int) -> String {
    name.count <= limit ? name : name.prefix(limit - 1) + "…"
  }
}
