// A drawing that stands alone as an SVG file, with the colours of the reader's screen.

/// A figure of lines, shapes and words, in units of CSS pixels from the upper left corner.
///
/// Unlike a page's inline plots, a figure carries its own style and opens by itself.
public struct Figure: Sendable {
  /// What a mark is, from which it takes its colour.
  enum Role: String, Sendable { case axis, grid, study, pooled, region, guide, curve }

  /// Where a text stands relative to its point.
  enum Anchor: String, Sendable { case start, middle, end }

  enum Shape: Sendable {
    case path([(x: Double, y: Double)], isClosed: Bool)
    case circle(x: Double, y: Double, radius: Double)
    case text(String, x: Double, y: Double, anchor: Anchor, isStrong: Bool)
  }

  struct Mark: Sendable {
    let role: Role
    let shape: Shape
    /// What a pointer over it tells.
    var note: String?
  }

  public let title: String
  /// What a reader who cannot see the figure is told.
  public let description: String
  let width: Double
  let height: Double
  let marks: [Mark]

  /// Several figures as one, each below the last; figures of half the width stand side by side.
  public static func stacked(_ figures: [Figure], title: String) -> Figure {
    let width = figures.map(\.width).max() ?? 0
    var marks: [Mark] = []
    var (x, y, lowest) = (0.0, 0.0, 0.0)
    for figure in figures {
      if x + figure.width > width + 0.5 { (x, y) = (0, lowest) }
      marks += figure.marks.map { $0.moved(x, y) }
      lowest = max(lowest, y + figure.height)
      x += figure.width
    }
    return Figure(
      title: title, description: figures.map(\.description).joined(separator: " "),
      width: width, height: lowest, marks: marks)
  }

  /// The figure as an SVG document.
  public func svg() -> String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(number(width)) \(number(height))" \
    width="\(number(width))" height="\(number(height))" role="img" aria-labelledby="title desc">
    <title id="title">\(escaped(title))</title>
    <desc id="desc">\(escaped(description))</desc>
    <style>
    :root { color-scheme: light dark; --ink: #1a1a1a; --soft: #5c5c5c; --line: #dcdcdc; \
    --paper: #ffffff; --study: #1f5f99; --pooled: #a8480a }
    @media (prefers-color-scheme: dark) { :root { --ink: #ececec; --soft: #a6a6a6; \
    --line: #404040; --paper: #161616; --study: #7db8ec; --pooled: #f0a060 } }
    text { font: 12px system-ui, sans-serif; fill: var(--ink) }
    .strong { font-weight: 600 }
    .paper { fill: var(--paper) }
    .axis, .grid, .guide, .study, .pooled, .region, .curve { fill: none; stroke-width: 1.2 }
    .axis { stroke: var(--soft) } .grid { stroke: var(--line) }
    .guide { stroke: var(--soft); stroke-dasharray: 4 3 }
    .study { stroke: var(--study) } .study.full { fill: var(--study) }
    .pooled { stroke: var(--pooled); stroke-width: 1.6 } .pooled.full { fill: var(--pooled) }
    .region { stroke: var(--pooled); stroke-dasharray: 5 3 }
    .curve { stroke: var(--ink); stroke-width: 1.6 }
    text.axis, text.guide { fill: var(--soft); stroke: none }
    text.study, text.pooled, text.curve { fill: var(--ink); stroke: none }
    </style>
    <rect class="paper" width="100%" height="100%"/>
    \(marks.map(\.svg).joined(separator: "\n"))
    </svg>

    """
  }
}

extension Figure.Mark {
  static func line(
    _ role: Figure.Role, _ points: [(x: Double, y: Double)], note: String? = nil
  ) -> Self {
    Self(role: role, shape: .path(points, isClosed: false), note: note)
  }

  static func area(
    _ role: Figure.Role, _ points: [(x: Double, y: Double)], note: String? = nil
  ) -> Self {
    Self(role: role, shape: .path(points, isClosed: true), note: note)
  }

  static func words(
    _ text: String, x: Double, y: Double, _ anchor: Figure.Anchor = .start,
    role: Figure.Role = .study, strong: Bool = false
  ) -> Self {
    Self(role: role, shape: .text(text, x: x, y: y, anchor: anchor, isStrong: strong))
  }

  func moved(_ dx: Double, _ dy: Double) -> Self {
    let shape: Figure.Shape =
      switch shape {
      case .path(let points, let isClosed):
        .path(points.map { ($0.x + dx, $0.y + dy) }, isClosed: isClosed)
      case .circle(let x, let y, let radius): .circle(x: x + dx, y: y + dy, radius: radius)
      case .text(let text, let x, let y, let anchor, let isStrong):
        .text(text, x: x + dx, y: y + dy, anchor: anchor, isStrong: isStrong)
      }
    return Self(role: role, shape: shape, note: note)
  }

  var svg: String {
    let body = note.map { "<title>\(escaped($0))</title>" } ?? ""
    switch shape {
    case .path(let points, let isClosed):
      let data = points.enumerated().map { index, point in
        "\(index == 0 ? "M" : "L")\(number(point.x)) \(number(point.y))"
      }.joined()
      let isFull = isClosed && role != .region
      return "<path class=\"\(role.rawValue)\(isFull ? " full" : "")\" d=\"\(data)"
        + "\(isClosed ? "Z" : "")\">\(body)</path>"
    case .circle(let x, let y, let radius):
      return "<circle class=\"\(role.rawValue)\" cx=\"\(number(x))\" cy=\"\(number(y))\" "
        + "r=\"\(number(radius))\">\(body)</circle>"
    case .text(let text, let x, let y, let anchor, let isStrong):
      return "<text class=\"\(role.rawValue)\(isStrong ? " strong" : "")\" x=\"\(number(x))\" "
        + "y=\"\(number(y))\" text-anchor=\"\(anchor.rawValue)\">\(escaped(text))</text>"
    }
  }
}

/// A coordinate with at most two decimals; 0 for what is not finite.
private func number(_ value: Double) -> String {
  guard value.isFinite, abs(value) < 1e7 else { return "0" }
  let hundredths = Int((abs(value) * 100).rounded())
  var text = "\(hundredths / 100)"
  let rest = hundredths % 100
  if rest > 0 { text += rest % 10 == 0 ? ".\(rest / 10)" : rest < 10 ? ".0\(rest)" : ".\(rest)" }
  return value < 0 && hundredths > 0 ? "-" + text : text
}

/// A text inside an XML document; characters that XML 1.0 forbids become U+FFFD.
private func escaped(_ text: String) -> String {
  var output = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": output += "&amp;"
    case "<": output += "&lt;"
    case ">": output += "&gt;"
    case "\"": output += "&quot;"
    case _ where scalar.value < 0x20 && scalar != "\t" && scalar != "\n":
      output += "\u{fffd}"
    case "\u{fffe}", "\u{ffff}": output += "\u{fffd}"
    default: output.unicodeScalars.append(scalar)
    }
  }
  return output
}
