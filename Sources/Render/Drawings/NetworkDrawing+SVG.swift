// Drawings of networks as SVG: boxes from top to bottom, connections that skip boxes at the side.

extension NetworkDrawing {
  /// Measures in pixels.
  private enum Size {
    static let box = 300, gap = 22, line = 16, padding = 9, lane = 16, margin = 24, title = 52
    static let note = 150
  }

  /// A self-contained picture; box height follows its lines, a connection that skips boxes runs in the
  /// first free lane at the right.
  package var svg: String {
    var tops: [Int] = []
    var y = Size.margin + Size.title
    for box in boxes {
      tops.append(y)
      y += height(box) + Size.gap
    }
    let lanes = lanes()
    let laneCount = (lanes.map(\.lane).max() ?? -1) + 1
    let left = Size.margin + Size.note
    let width = left + Size.box + Size.margin + (laneCount + 1) * Size.lane
    let bottom = y - Size.gap + Size.margin
    var parts = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width) \(bottom)\" "
        + "width=\"\(width)\" height=\"\(bottom)\" role=\"img\" "
        + "aria-label=\"\(escaped(title))\">",
      "<title>\(escaped(title))</title>", Self.style,
      "<rect width=\"100%\" height=\"100%\" class=\"page\"/>",
      "<text x=\"\(Size.margin)\" y=\"\(Size.margin + 14)\" class=\"title\">"
        + "\(escaped(network))</text>",
      "<text x=\"\(Size.margin)\" y=\"\(Size.margin + 34)\" class=\"note\">"
        + "\(escaped(String(title.dropFirst(network.count + 2))))</text>",
    ]
    let middle = left + Size.box / 2
    for (index, box) in boxes.enumerated() where box.inputs.contains(index - 1) {
      parts.append(
        arrow(
          "M\(middle) \(tops[index - 1] + height(boxes[index - 1]))V\(tops[index] - 5)",
          tip: (middle, tops[index]), isDown: true))
    }
    for skip in lanes {
      let right = left + Size.box
      let x = right + (skip.lane + 1) * Size.lane
      let from = tops[skip.from] + height(boxes[skip.from]) - 10
      let to = tops[skip.to] + 10
      parts.append(
        arrow(
          "M\(right) \(from)H\(x - 5)Q\(x) \(from) \(x) \(from + 5)V\(to - 5)"
            + "Q\(x) \(to) \(x - 5) \(to)H\(right + 5)", tip: (right, to), isDown: false))
    }
    for (index, box) in boxes.enumerated() { parts += drawn(box, left: left, top: tops[index]) }
    return (parts + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  private func height(_ box: Box) -> Int {
    2 * Size.padding + Size.line * (1 + box.lines.count)
  }

  private func drawn(_ box: Box, left: Int, top: Int) -> [String] {
    var parts = [
      "<rect x=\"\(left)\" y=\"\(top)\" width=\"\(Size.box)\" height=\"\(height(box))\" rx=\"6\" "
        + "class=\"\(box.kind.rawValue)\"/>"
    ]
    var y = top + Size.padding + 12
    parts.append("<text x=\"\(left + 10)\" y=\"\(y)\" class=\"name\">\(escaped(box.name))</text>")
    for line in box.lines {
      y += Size.line
      parts.append("<text x=\"\(left + 10)\" y=\"\(y)\" class=\"line\">\(escaped(line))</text>")
    }
    let note = left - 12
    let first = top + Size.padding + 12
    parts.append(
      "<text x=\"\(note)\" y=\"\(first)\" class=\"shape\">\(Self.text(box.shape))</text>")
    if box.parameters > 0 {
      parts.append(
        "<text x=\"\(note)\" y=\"\(first + Size.line)\" class=\"count\">"
          + "\(Self.amount(box.parameters)) parameters</text>")
    }
    return parts
  }

  private func arrow(_ path: String, tip: (x: Int, y: Int), isDown: Bool) -> String {
    let head =
      isDown
      ? "M\(tip.x) \(tip.y)l-4 -7h8z" : "M\(tip.x) \(tip.y)l7 -4v8z"
    return "<path d=\"\(path)\" class=\"edge\"/><path d=\"\(head)\" class=\"tip\"/>"
  }

  /// The connections that skip boxes, each in the innermost lane that is free on its way.
  private func lanes() -> [(from: Int, to: Int, lane: Int)] {
    var skips: [(from: Int, to: Int)] = []
    for (index, box) in boxes.enumerated() {
      for input in box.inputs where input != index - 1 { skips.append((input, index)) }
    }
    skips.sort { ($0.to - $0.from, $0.from) < ($1.to - $1.from, $1.from) }
    var taken: [[(from: Int, to: Int)]] = []
    var result: [(from: Int, to: Int, lane: Int)] = []
    for skip in skips {
      let free = taken.firstIndex { lane in
        lane.allSatisfy { $0.to < skip.from || $0.from > skip.to }
      }
      let lane = free ?? taken.count
      if free == nil { taken.append([]) }
      taken[lane].append(skip)
      result.append((skip.from, skip.to, lane))
    }
    return result
  }

  private func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
      .replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
  }

  private static let style = """
    <style>
    text { font-family: Helvetica, Arial, sans-serif; font-size: 12px; fill: #1c2733; }
    .page { fill: #ffffff; }
    .title { font-size: 18px; font-weight: 600; }
    .name { font-weight: 600; }
    .note, .line { fill: #33414f; }
    .shape, .count { text-anchor: end; }
    .count { fill: #5a6875; }
    rect { stroke-width: 1.2; }
    .input, .other { fill: #f2f4f6; stroke: #8a97a4; }
    .convolution { fill: #e3eefb; stroke: #3f78b5; }
    .block { fill: #edf3fb; stroke: #3f78b5; }
    .pooling { fill: #e6f4ea; stroke: #3d8b58; }
    .joining { fill: #fdf1dc; stroke: #b07d1e; }
    .linear { fill: #f5e8f6; stroke: #8c4f92; }
    .edge { fill: none; stroke: #66727e; stroke-width: 1.4; }
    .tip { fill: #66727e; }
    </style>
    """
}
