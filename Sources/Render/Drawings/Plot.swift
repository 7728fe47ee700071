// One value for every plot: intervals in rows, or curves; written as inline SVG.

/// A small plot, drawn in the page's own colours and readable at a phone's width.
struct Plot {
  /// Whose number a mark is: what a source reports, or what a run here gave.
  enum Series: Int { case reported, reproduced }

  /// A value, with its interval where it has one.
  struct Mark {
    let series: Series
    let value: Double
    var low: Double?
    var high: Double?
    /// What a pointer over it tells.
    let note: String
  }

  /// A labelled row of marks.
  struct Row {
    let label: String
    let marks: [Mark]
  }

  /// A line through points.
  struct Line {
    let label: String
    let series: Series
    let points: [(x: Double, y: Double)]
    var isDashed = false
    /// What a pointer over each point tells; such lines have dots.
    var notes: [String] = []
    /// Its place among lines told apart by colour, with a legend below; nil: the series' colour.
    var place: Int?

    /// The colours repeat after eight, dashed.
    fileprivate var style: String { place.map { "k\($0 % 8)" } ?? "s\(series.rawValue)" }
    fileprivate var isBroken: Bool { isDashed || (place ?? 0) / 8 % 2 == 1 }
  }

  /// Counts of true by predicted class.
  struct Matrix {
    let names: [String]
    /// Row: true class; column: predicted class.
    let rows: [[Int]]
  }

  enum Content {
    case intervals([Row])
    case curves([Line], x: String, y: String, diagonal: Bool)
    /// Lines in the unit square, without the diagonal.
    case unit([Line], x: String, y: String)
    case matrix(Matrix)
    /// Pictures as one PNG, scaled to the page's width.
    case picture(png: [UInt8], width: Int, height: Int)
  }

  let title: String
  let caption: String
  let content: Content

  static let width = 360.0

  /// The plot as an SVG element, 360 units wide, with a title and a description for screen readers.
  func svg() -> String {
    switch content {
    case .intervals(let rows): intervals(rows)
    case .curves(let lines, let x, let y, let diagonal):
      curves(lines, x: x, y: y, diagonal: diagonal)
    case .unit(let lines, let x, let y):
      curves(lines, x: x, y: y, diagonal: false, isUnit: true)
    case .matrix(let matrix): self.matrix(matrix)
    case .picture(let png, let width, let height): picture(png, width, height)
    }
  }

  func element(height: Double, _ body: String, describing description: String) -> String {
    "<svg viewBox=\"0 0 \(text(Self.width)) \(text(height))\" role=\"img\" "
      + "aria-label=\"\(htmlEscaped(title + ". " + description))\">\n"
      + body + "</svg>"
  }

  private func intervals(_ rows: [Row]) -> String {
    let ends = rows.flatMap(\.marks).flatMap { [$0.value, $0.low, $0.high].compactMap { $0 } }
    let scale = Scale(ends, from: 18, to: Self.width - 18)
    let rowHeight = 32.0
    let bottom = Double(rows.count) * rowHeight + 6
    var body = ""
    for tick in scale.ticks {
      let x = text(scale(tick))
      body += "<path class=\"grid\" d=\"M\(x) 4V\(text(bottom))\"/>"
      body +=
        "<text class=\"soft\" x=\"\(x)\" y=\"\(text(bottom + 14))\" "
        + "text-anchor=\"middle\">\(scale.label(tick))</text>\n"
    }
    for (index, row) in rows.enumerated() {
      let y = Double(index) * rowHeight + 24
      body += "<text x=\"0\" y=\"\(text(y - 10))\">\(htmlEscaped(row.label))</text>"
      body += "<path class=\"axis\" d=\"M0 \(text(y))H\(text(Self.width))\"/>"
      for mark in row.marks {
        body += "<g class=\"s\(mark.series.rawValue)\"><title>\(htmlEscaped(mark.note))</title>"
        if let low = mark.low, let high = mark.high {
          body += "<path class=\"bar\" d=\"M\(text(scale(low))) \(text(y))H\(text(scale(high)))\"/>"
        }
        let x = scale(mark.value)
        body +=
          mark.series == .reported
          ? "<circle class=\"dot\" cx=\"\(text(x))\" cy=\"\(text(y))\" r=\"4.5\"/>"
          : "<path class=\"dot\" d=\"M\(text(x)) \(text(y - 6))l6 6l-6 6l-6 -6z\"/>"
        body += "</g>\n"
      }
    }
    let description = rows.map { row in
      row.label + ": " + row.marks.map(\.note).joined(separator: "; ")
    }.joined(separator: ". ")
    return element(height: bottom + 20, body, describing: description)
  }

  private func curves(
    _ lines: [Line], x xTitle: String, y yTitle: String, diagonal: Bool, isUnit: Bool = false
  ) -> String {
    let points = lines.flatMap(\.points)
    let unit = diagonal || isUnit ? [0.0, 1.0] : []
    let height = 240.0
    let xs = Scale(points.map(\.x) + unit, from: 40, to: Self.width - 12)
    let ys = Scale(points.map(\.y) + unit, from: height - 34, to: 10)
    var body = ""
    for tick in ys.ticks {
      body += "<path class=\"grid\" d=\"M40 \(text(ys(tick)))H\(text(Self.width - 12))\"/>"
      body +=
        "<text class=\"soft\" x=\"36\" y=\"\(text(ys(tick) + 4))\" text-anchor=\"end\">"
        + "\(ys.label(tick))</text>\n"
    }
    for tick in xs.ticks {
      body +=
        "<text class=\"soft\" x=\"\(text(xs(tick)))\" y=\"\(text(height - 20))\" "
        + "text-anchor=\"middle\">\(xs.label(tick))</text>\n"
    }
    if diagonal {
      body +=
        "<path class=\"axis\" stroke-dasharray=\"4 4\" "
        + "d=\"M\(text(xs(0))) \(text(ys(0)))L\(text(xs(1))) \(text(ys(1)))\"/>\n"
    }
    for line in lines {
      let path = line.points.enumerated().map { index, point in
        "\(index == 0 ? "M" : "L")\(text(xs(point.x))) \(text(ys(point.y)))"
      }.joined()
      body +=
        "<g class=\"\(line.style)\"><title>\(htmlEscaped(line.label))</title>"
        + "<path class=\"line\(line.isBroken ? " dashed" : "")\" d=\"\(path)\"/></g>\n"
      for (point, note) in zip(line.points, line.notes) {
        body +=
          "<g class=\"\(line.style)\"><title>\(htmlEscaped(note))</title>"
          + "<circle class=\"dot\" cx=\"\(text(xs(point.x)))\" cy=\"\(text(ys(point.y)))\" "
          + "r=\"3.5\"/></g>\n"
      }
    }
    body +=
      "<text class=\"soft\" x=\"\(text(Self.width / 2))\" y=\"\(text(height - 5))\" "
      + "text-anchor=\"middle\">\(htmlEscaped(xTitle))</text>"
    body +=
      "<text class=\"soft\" x=\"11\" y=\"\(text(height / 2))\" text-anchor=\"middle\" "
      + "transform=\"rotate(-90 11 \(text(height / 2)))\">\(htmlEscaped(yTitle))</text>\n"
    let named = lines.filter { $0.place != nil }
    for (row, line) in named.enumerated() {
      let y = height + 10 + 15 * Double(row)
      body +=
        "<g class=\"\(line.style)\"><path class=\"line\(line.isBroken ? " dashed" : "")\" "
        + "d=\"M40 \(text(y - 4))h22\"/></g>"
        + "<text x=\"70\" y=\"\(text(y))\">\(htmlEscaped(line.label))</text>\n"
    }
    return element(
      height: height + (named.isEmpty ? 0 : 15 * Double(named.count) + 4), body,
      describing: lines.map(\.label).joined(separator: "; "))
  }
}

/// A linear scale with round ticks.
private struct Scale {
  private let low: Double
  private let high: Double
  private let start: Double
  private let end: Double
  let ticks: [Double]
  private let decimals: Int

  init(_ values: [Double], from start: Double, to end: Double) {
    let finite = values.filter(\.isFinite)
    var low = finite.min() ?? 0
    var high = finite.max() ?? 1
    if high - low < 1e-9 {
      low -= 0.01
      high += 0.01
    }
    var step = 1.0
    var decimals = 0
    let rough = (high - low) / 4
    while step > rough, decimals < 9 {
      step /= 10
      decimals += 1
    }
    while step * 10 <= rough { step *= 10 }
    if step * 5 <= rough { step *= 5 } else if step * 2 <= rough { step *= 2 }
    low = (low / step).rounded(.down) * step
    high = (high / step).rounded(.up) * step
    self.low = low
    self.high = high
    self.start = start
    self.end = end
    self.decimals = decimals
    let count = min(12, Int(((high - low) / step).rounded()))
    ticks = (0...max(1, count)).map { low + Double($0) * step }
  }

  func callAsFunction(_ value: Double) -> Double {
    start + (min(max(value, low), high) - low) / (high - low) * (end - start)
  }

  func label(_ tick: Double) -> String { decimalText(tick, decimals) }
}

/// A coordinate with one decimal.
func coordinate(_ value: Double) -> String { decimalText(value, 1) }

private func text(_ value: Double) -> String { coordinate(value) }

/// A number with at most so many decimals.
func decimalText(_ value: Double, _ decimals: Int) -> String {
  guard value.isFinite, abs(value) < 1e9 else { return "0" }
  var factor = 1
  for _ in 0..<min(9, max(0, decimals)) { factor *= 10 }
  let scaled = Int((abs(value) * Double(factor)).rounded())
  let sign = value < 0 && scaled > 0 ? "-" : ""
  guard factor > 1, scaled % factor != 0 else { return sign + "\(scaled / factor)" }
  var digits = "\(scaled % factor + factor)".dropFirst()
  while digits.last == "0" { digits.removeLast() }
  return sign + "\(scaled / factor)." + digits
}
