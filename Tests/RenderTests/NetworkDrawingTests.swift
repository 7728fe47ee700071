// Drawings of networks have every box and every connection.

import Foundation
import Neural
import Render
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

struct NetworkDrawingTests {
  @Test func `A residual network's text has its blocks in order`() throws {
    let network = try Architectures.named("resnet18")
    let lines = NetworkDrawing(network, detail: .blocks).text.split(separator: "\n")
    #expect(lines[0] == "resnet18: 3×224×224, 11.7 M parameters, 1.8 G multiply-adds")
    let names = lines.dropFirst().map { $0.split(separator: " ")[0] }
    #expect(
      names == [
        "input", "conv1", "bn1", "relu", "maxpool", "layer1.0", "layer1.1", "layer2.0", "layer2.1",
        "layer3.0", "layer3.1", "layer4.0", "layer4.1", "avgpool", "fc",
      ])
    #expect(lines.last?.split(separator: " ") == ["fc", "1000×1×1", "linear"])
  }

  @Test func `Layers show the connections that skip`() throws {
    let network = try Architectures.named("resnet18")
    let text = NetworkDrawing(network, detail: .layers).text
    let adds = text.split(separator: "\n").filter { $0.contains(" add, relu ") }
    #expect(adds.count == 8)
    #expect(adds.allSatisfy { $0.contains("←") })
  }

  @Test(arguments: Architectures.names)
  func `Every network's SVG is well-formed, with a box for each and lines that connect all`(
    name: String
  ) throws {
    let network = try Architectures.named(name)
    let drawing = NetworkDrawing(network, detail: .layers)
    let parser = XMLParser(data: Data(drawing.svg.utf8))
    #expect(parser.parse())
    // Each box but the input is reached by an arrow.
    let arrows = drawing.dot.matches(of: #/n(\d+) -> n(\d+);/#).map { Int($0.output.2)! }
    let boxes = drawing.dot.matches(of: #/n(\d+) \[label/#).count
    #expect(Set(arrows) == Set(1..<boxes))
    #expect(drawing.svg.matches(of: #/class="tip"/#).count == arrows.count)
  }

  @Test func `The same network gives the same drawing`() throws {
    let network = try Architectures.named("inception_v3")
    #expect(
      NetworkDrawing(network, detail: .blocks).svg == NetworkDrawing(network, detail: .blocks).svg)
  }
}
