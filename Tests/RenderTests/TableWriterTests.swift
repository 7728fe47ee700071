// Facts about the listing's writers: each format keeps its own rules whatever the text.

import Evidence
import Foundation
import Testing

@testable import Render

private func table(_ texts: [String], wraps: Bool = true) -> Table {
  Table(
    title: "A title",
    columns: texts.indices.map { Table.Column("c\($0)", "C\($0)", wraps: wraps) },
    rows: [texts.map { .text($0) }])
}

@Suite struct TableWriterTests {
  @Test(
    "CSV quotes separators, quotes and every kind of line break",
    arguments: [
      ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"no\"", "\"say \"\"no\"\"\""),
      ("two\nlines", "\"two\nlines\""), ("two\r\nlines", "\"two\r\nlines\""),
      ("old\rmac", "\"old\rmac\""), ("\"\u{301}", "\"\"\"\u{301}\""), ("", ""),
    ])
  func csvQuotes(text: String, field: String) {
    #expect(table([text]).written(as: .csv) == "c0\r\n\(field)\r\n")
  }

  @Test("TSV never holds a tab or line break inside a value")
  func tsvIsFlat() {
    #expect(table(["a\tb\r\nc"]).written(as: .tsv) == "c0\na b c\n")
  }

  @Test("JSON is read back by another reader as it was, numbers as numbers")
  func jsonIsValid() throws {
    let nasty = "quote \" slash \\ tab \t newline \n nul \u{0} bell \u{7} ümlaut 𝛼 </script>"
    let listing = Table(
      title: "t",
      columns: ["text", "share", "thousands", "absent", "none"].map { Table.Column($0, $0) },
      rows: [
        [
          .text(nasty), .number(0.9888, shown: "0.9888"), .number(7909, shown: "7,909"),
          .notReported, .blank,
        ]
      ])
    let read = try JSONSerialization.jsonObject(with: Data(listing.written(as: .json).utf8))
    let row = try #require((read as? [[String: Any]])?.first)
    #expect(row["text"] as? String == nasty)
    #expect(row["share"] as? Double == 0.9888)
    #expect(row["thousands"] as? Int == 7909)
    #expect(row["absent"] as? String == "not reported")
    #expect(row["none"] is NSNull)
  }

  @Test(
    "a number that JSON cannot hold as shown is still written as valid JSON",
    arguments: [
      (Double.nan, "nan"), (.infinity, "inf"), (0x10, "0x10"), (5, "05"), (5, "5."), (0.5, ".5"),
      (1e300, "1e300"), (-0.5, "−0.5"), (1e-9, "0.000000001"),
    ])
  func jsonNumbers(value: Double, shown: String) throws {
    let listing = Table(
      title: "t", columns: [Table.Column("n", "n")], rows: [[.number(value, shown: shown)]])
    let read = try JSONSerialization.jsonObject(with: Data(listing.written(as: .json).utf8))
    let cell = try #require((read as? [[String: Any]])?.first?["n"])
    if value.isFinite { #expect(cell as? Double == value) } else { #expect(cell is NSNull) }
  }

  /// Computed numbers, and how they are written.
  private static let computed: [(Double, String)] = {
    let mean: Double = (0.5175 + 0.5125 + 0.5) / 3
    let sum: Double = 0.1 + 0.2
    let third: Double = 2 / 3
    return [
      (mean, "0.51"), (sum, "0.3"), (123_456_789_012_345, "123456789012345"),
      (third, "0.66666666666667"), (1e-20, "1e-20"),
    ]
  }()

  @Test("a computed number is written without the error of its sum", arguments: computed)
  func sums(value: Double, written: String) {
    let listing = Table(
      title: "t", columns: [Table.Column("n", "n")], rows: [[.number(value, shown: "about")]])
    #expect(listing.written(as: .csv) == "n\r\n\(written)\r\n")
  }

  @Test("an empty listing is an empty JSON array and a CSV with its header")
  func emptyListing() {
    let empty = Table(title: "t", columns: [Table.Column("a", "A")], rows: [])
    #expect(empty.written(as: .json) == "[]\n")
    #expect(empty.written(as: .csv) == "a\r\n")
  }

  @Test(
    "Markdown keeps pipes, tags and line breaks from breaking the row",
    arguments: [
      ("a|b", "a\\|b"), ("a\\|b", "a\\\\\\|b"), ("<script>", "\\<script>"), ("a\nb", "a b"),
      ("*x*", "\\*x\\*"), ("[a](javascript:b)", "[a]\\(javascript:b)"),
    ])
  func markdownEscapes(text: String, cell: String) {
    #expect(table([text]).written(as: .markdown) == "| C0 |\n| --- |\n| \(cell) |\n")
  }

  @Test(
    "LaTeX's special characters are escaped and signs set in mathematics",
    arguments: [
      ("50% & more", "50\\% \\& more"),
      ("a_b^c~d#e$f{g}", "a\\_b\\textasciicircum{}c\\textasciitilde{}d\\#e\\$f\\{g\\}"),
      ("\\input{x}", "\\textbackslash{}input\\{x\\}"), ("40×", "40$\\times$"), ("1–2", "1--2"),
      ("a--b", "a-{}-b"), ("ö", "ö"), ("o\u{308}", "ö"), ("漢", "\\texttt{U+6F22}"),
      ("a<b>c", "a\\textless{}b\\textgreater{}c"),
    ])
  func latexEscapes(text: String, escaped: String) {
    #expect(latexEscaped(text) == escaped)
  }

  @Test("a LaTeX row that begins with a bracket is not an argument of the row above")
  func latexBrackets() {
    let listing = Table(
      title: "t", columns: [Table.Column("a", "A")], rows: [[.text("x")], [.text("[0.7, 0.9]")]])
    #expect(listing.written(as: .latex).contains("x \\\\\n    {}[0.7, 0.9] \\\\\n"))
  }

  @Test("LaTeX cites a study by its id and writes the absences apart")
  func latexCells() {
    let listing = Table(
      title: "t", columns: ["a", "b", "c"].map { Table.Column($0, $0) },
      rows: [[.entity("Hosny et al.", .init(.study, "hosny-2020")), .notReported, .notApplicable]])
    #expect(
      listing.written(as: .latex).contains("    Hosny et al.~\\cite{hosny-2020} & -- & n/a \\\\"))
  }

  @Test("no line of a listing is wider than the terminal", arguments: [20, 40, 60, 80, 120, 200])
  func terminalWidth(width: Int) {
    let long = Table(
      title: "t",
      columns: (0..<8).map { Table.Column("c\($0)", "Column \($0)", wraps: $0 > 2) },
      rows: (0..<3).map { row in
        (0..<8).map { .text("value \(row).\($0) with a number of words, 漢字 among them") }
      })
    let lines = long.written(as: .table, width: width).split(separator: "\n")
    #expect(lines.allSatisfy { displayWidth(String($0)) <= width })
  }

  @Test("text is wrapped at spaces, and inside a word only when it is wider than the line")
  func wrapping() {
    #expect(wrap("one two three", to: 7) == ["one two", "three"])
    #expect(wrap("abcdefghij kl", to: 4) == ["abcd", "efgh", "ij", "kl"])
    #expect(wrap("漢字漢字", to: 5) == ["漢字", "漢字"])
    #expect(wrap("", to: 5) == [""])
  }

  @Test("a listing on a terminal is aligned under its titles")
  func terminalSnapshot() {
    let listing = Table(
      title: "t",
      columns: [
        Table.Column("study", "Study"), Table.Column("empty", "Empty"),
        Table.Column("value", "Value", .right),
      ],
      rows: [
        [.text("boumaraf-2021"), .blank, .number(98.88, shown: "98.88")],
        [.text("shallu-2018"), .blank, .notReported],
      ])
    #expect(
      listing.written(as: .table, width: 80) == """
        Study                 Value
        ─────────────  ────────────
        boumaraf-2021         98.88
        shallu-2018    not reported

        """)
  }

  @Test("escape sequences in the data never reach the terminal")
  func terminalIsSafe() {
    let text = table(["red \u{1b}[31m and \u{9b}31m"]).written(as: .table, width: 80)
    #expect(!text.unicodeScalars.contains("\u{1b}") && !text.unicodeScalars.contains("\u{9b}"))
  }

  @Test(
    "a fraction is shown with four to six digits",
    arguments: [
      (0.9888, "0.9888"), (0.93, "0.9300"), (0.123456, "0.123456"), (-0.5, "-0.5000"),
      (1, "1.0000"), (1e20, "1e+20"), (0.1234567, "0.123457"),
    ])
  func fractions(value: Double, shown: String) { #expect(fixed(value) == shown) }
}
