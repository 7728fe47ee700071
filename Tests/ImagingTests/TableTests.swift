// CSV tables follow RFC 4180, and a ragged row is an error with its line.
import Testing

@testable import Imaging

@Suite struct TableTests {
  @Test("Quotes hold separators, line ends and doubled quotes")
  func quotes() throws {
    let table = try CSVTable(
      Array("a,b\r\n\"x,\ny\",\"say \"\"hi\"\"\"\r\n1,2".utf8), file: "t.csv")
    #expect(table.rows == [["x,\ny", "say \"hi\""], ["1", "2"]])
    #expect(table.lines == [2, 4])
  }

  @Test("A short row names its line and both lengths")
  func shortRow() {
    #expect(
      throws: ImagingError.badTable(
        file: "t.csv", line: 3, reason: "1 fields where the header has 2")
    ) { try CSVTable(Array("a,b\n1,2\n3\n".utf8), file: "t.csv") }
  }

  @Test("A byte-order mark is no part of the first column's name")
  func byteOrderMark() throws {
    let table = try CSVTable([0xEF, 0xBB, 0xBF] + Array("id,b\n1,2\n".utf8), file: "t.csv")
    #expect(try table.column("ID") == 0)
  }

  @Test("A quote that is never closed is told at its opening line")
  func openQuote() {
    #expect(
      throws: ImagingError.badTable(file: "t.csv", line: 2, reason: "a quote that is never closed")
    ) { try CSVTable(Array("a\n\"x\ny\n".utf8), file: "t.csv") }
  }
}

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
      ("a,b,label\n", 1, "2 pixel columns and a label are not a square of grey or RGB"),
    ])
  func badRow(text: String, line: Int, reason: String) {
    #expect(throws: ImagingError.badTable(file: "p.csv", line: line, reason: reason)) {
      try table(text)
    }
  }
}
