// CSV tables follow RFC 4180, and a ragged row is an error with its line.
import Testing

@testable import Files

@Suite struct CSVTableTests {
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
      throws: FileError.malformed(
        path: "t.csv", line: 3, reason: "1 fields where the header has 2")
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
      throws: FileError.malformed(path: "t.csv", line: 2, reason: "a quote that is never closed")
    ) { try CSVTable(Array("a\n\"x\ny\n".utf8), file: "t.csv") }
  }
}

@Suite struct DigestTests {
  @Test("SHA-256 of 'abc' is the standard's")
  func abc() {
    #expect(
      SHA256.hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }
}
