// Facts about `tlkb query` from outside: answers, formats, suggestions, exit codes.

import Foundation
import Testing

@Suite struct QueryCommandTests {
  @Test("BreakHis and F1 are answered by Boumaraf and Shallu, each with its place")
  func breakHis() throws {
    let outcome = try Sandbox().tlkb(
      "query", "--dataset", "BreakHis", "--metric", "f1", "--format", "csv")
    #expect(outcome.status == 0)
    let rows = outcome.output.split(separator: "\r\n").map(String.init)
    #expect(rows.count == 3)
    #expect(rows[1].hasPrefix("boumaraf-2021,2021,BreakHis,ResNet-18,f1,98.88%,0.9888,"))
    #expect(rows[1].contains("mukhlif-2022, Table 4, row 5, F1 (%) [55]"))
    #expect(rows[2].hasPrefix("shallu-2018,2018,BreakHis,VGG-16,f1,93%,0.9300,"))
  }

  @Test(
    "A name is matched by any known spelling",
    arguments: ["breakhis", "BreaKHis", "break-his", "BREAK HIS"])
  func aliases(_ name: String) throws {
    let outcome = try Sandbox().tlkb("query", "--dataset", name, "--metric", "F1-score")
    #expect(outcome.status == 0 && outcome.output.contains("boumaraf-2021"))
  }

  @Test("A typo is answered with the nearest name and the usage code")
  func typo() throws {
    let sandbox = try Sandbox()
    let outcome = try sandbox.tlkb("query", "--dataset", "BreakHiss")
    #expect(outcome.status == 64 && outcome.output.isEmpty)
    #expect(outcome.errors == "tlkb: no dataset is called 'BreakHiss'; did you mean 'breakhis'?\n")
    #expect(
      try sandbox.tlkb("query", "--metric", "xyzzy").errors
        == "tlkb: no metric is called 'xyzzy'; `tlkb list metric` names them all\n")
  }

  @Test("JSON output is JSON, with numbers as numbers")
  func json() throws {
    let outcome = try Sandbox().tlkb("query", "--study", "hosny-2020", "--format", "json")
    let rows = try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]])
    #expect(rows.count == 12)
    #expect(rows.allSatisfy { $0["value"] is Double && $0["location"] is String })
    #expect(rows.allSatisfy { ($0["value"] as? Double).map { (0...1).contains($0) } ?? false })
  }

  @Test("A pipe gets tab-separated values, one line a result, without colour")
  func pipe() throws {
    let outcome = try Sandbox().tlkb("query", "--dataset", "BreakHis", "--metric", "f1")
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == 3 && lines[0].hasPrefix("study\tyear\tdataset"))
    #expect(!outcome.output.contains("\u{1b}"))
  }

  @Test("A family of networks finds its members, a collection its parts")
  func families() throws {
    let sandbox = try Sandbox()
    let vgg = try sandbox.tlkb("query", "--backbone", "VGG", "--format", "tsv").output
    #expect(vgg.contains("VGG-16") && vgg.contains("VGG-19"))
    let isic = try sandbox.tlkb("query", "--dataset", "ISIC", "--format", "tsv").output
    #expect(isic.contains("kassem-2020"))
  }

  @Test("Bounds are inclusive and read as percentages above 1")
  func bounds() throws {
    let sandbox = try Sandbox()
    let percent = try sandbox.tlkb(
      "query", "--dataset", "BreakHis", "--metric", "f1", "--min", "98.88")
    let fraction = try sandbox.tlkb(
      "query", "--dataset", "BreakHis", "--metric", "f1", "--min", "0.9888")
    #expect(percent.output == fraction.output)
    #expect(percent.output.contains("boumaraf") && !percent.output.contains("shallu"))
  }

  @Test(
    "Wrong usage ends with 64 and a sentence",
    arguments: [
      ["query", "--limit", "0"], ["query", "--year", "late"], ["query", "--sort", "colour"],
      ["query", "--format", "xml"], ["query", "--colour"], ["query", "--min", "high"],
      ["querry"],
    ])
  func usage(_ arguments: [String]) throws {
    let sandbox = try Sandbox()
    let line = "\"$TLKB\" " + arguments.joined(separator: " ")
    let outcome = try sandbox.shell(line)
    #expect(outcome.status == 64, "\(outcome.errors)")
    #expect(outcome.output.isEmpty && !outcome.errors.isEmpty)
  }

  @Test("A mistyped command is answered with the nearest one")
  func mistypedCommand() throws {
    let outcome = try Sandbox().tlkb("querry", "--dataset", "BreakHis")
    #expect(outcome.errors.hasPrefix("tlkb: no command is called 'querry'; did you mean 'query'?"))
  }
}
