// Drawings of networks as text and as DOT.

extension NetworkDrawing {
  /// A line for each box; where it does not simply follow the one before, what it reads.
  package var text: String {
    var lines = [title, ""]
    let width = boxes.map(\.name.count).max() ?? 0
    let shapes = boxes.map { Self.text($0.shape) }
    let shapeWidth = shapes.map(\.count).max() ?? 0
    for (index, box) in boxes.enumerated() {
      let isNext = box.inputs == [index - 1] || box.inputs.isEmpty
      let from = isNext ? "" : "  ← " + box.inputs.map { boxes[$0].name }.joined(separator: ", ")
      let shape = String(repeating: " ", count: shapeWidth - shapes[index].count) + shapes[index]
      let name = box.name + String(repeating: " ", count: width - box.name.count)
      lines.append("\(name)  \(shape)  \(box.lines.joined(separator: ", "))\(from)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A graph for Graphviz.
  package var dot: String {
    func quoted(_ text: String) -> String {
      "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
    var lines = [
      "digraph \(quoted(network)) {", "  label=\(quoted(title));",
      "  node [shape=box, fontname=\"Helvetica\"];",
    ]
    for (index, box) in boxes.enumerated() {
      let label = ([box.name] + box.lines + [Self.text(box.shape)]).joined(separator: "\n")
      lines.append("  n\(index) [label=\(quoted(label).replacing("\n", with: "\\n"))];")
    }
    for (index, box) in boxes.enumerated() {
      for input in box.inputs { lines.append("  n\(input) -> n\(index);") }
    }
    return (lines + ["}"]).joined(separator: "\n") + "\n"
  }
}
