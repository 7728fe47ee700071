// Tables of pixels become pictures, and a bad row is told with its line.
import Testing

@testable import Imaging

@Suite struct PixelTableTests {
  private func table(_ text: String) throws -> PixelTable {
    try PixelTable(Array(text.utf8), file: "p.csv")
  }

  @Test("Rows become square pictures, grey or colour, whatever the line ends")
  func rows() throws {
    let grey = try table("a,b,c,d,label\r\n1,2,3,4,0\r\n5,6,7,255,6\r\n")
    #expect(grey.pictures.count == 2 && grey.labels == [0, 6])
    #expect(grey.pictures.image(1).pixels == [5, 6, 7, 255])
    let colour = try table("r,g,b,label\n9,8,7,1")
    #expect(colour.pictures.image(0).channels == 3)
  }

  @Test(
    "A bad row is told with its line",
    arguments: [
      ("a,label\n1,0\n256,0\n", 3, "'256' in a is not 0 to 255"),
      ("a,label\n1\n", 2, "1 fields where the header has 2"),
      ("a,label\n1,x\n", 2, "'x' in label is not a label"),
      ("a,label\n1,0,5\n", 2, "'0' in label is not a label"),
      (
        "PK\u{3}\u{4}\0\0", 1,
        "this is no text: expected is a table of pixels, such as hmnist_28_28_RGB.csv"
      ),
      ("a,b,label\n", 1, "2 pixel columns and a label are not a square of grey or RGB"),
    ])
  func badRow(text: String, line: Int, reason: String) {
    #expect(throws: ImagingError.badTable(file: "p.csv", line: line, reason: reason)) {
      try table(text)
    }
  }
}
