// Facts about `tlkb contradictions` and `tlkb gaps` from outside: filters, rules, formats, recipes.

import Foundation
import Testing

@Suite struct FindingsCommandTests {
  private static func rows(_ outcome: Outcome) throws -> [[String: Any]] {
    try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]],
      "\(outcome.errors)")
  }

  private static func texts(_ rows: [[String: Any]], _ key: String) -> [String] {
    rows.compactMap { $0[key] as? String }
  }

  /// A copy of the project's data that a test may change.
  private static func copyData(to sandbox: Sandbox) throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().path
    try FileManager.default.copyItem(atPath: root + "/Data", toPath: sandbox.folder + "/Data")
  }

  @Test("Every finding says what contradicts what, where, and what would resolve it")
  func complete() throws {
    let outcome = try Sandbox().tlkb("contradictions", "--format", "json")
    let rows = try Self.rows(outcome)
    #expect(outcome.status == 0 && rows.count > 100)
    for row in rows {
      for key in ["severity", "confidence", "kind", "finding", "computation", "resolution", "id"] {
        #expect((row[key] as? String)?.isEmpty == false, "\(row) lacks \(key)")
      }
      #expect((row["evidence"] as? String)?.contains("(") == true)
    }
  }

  @Test("The gravest come first, and --min-severity keeps only those")
  func severity() throws {
    let sandbox = try Sandbox()
    let all = Self.texts(
      try Self.rows(try sandbox.tlkb("contradictions", "--format", "json")), "severity")
    let rank = ["high": 2, "medium": 1, "low": 0]
    let ranks = all.compactMap { rank[$0] }
    #expect(ranks == ranks.sorted(by: >))
    let high = Self.texts(
      try Self.rows(
        try sandbox.tlkb("contradictions", "--min-severity", "high", "--format", "json")),
      "severity")
    #expect(Set(high) == ["high"] && high.count == all.filter { $0 == "high" }.count)
  }

  @Test(
    "All formats hold the same finding",
    arguments: ["table", "csv", "tsv", "json", "markdown", "latex"])
  func formats(_ format: String) throws {
    let outcome = try Sandbox().tlkb(
      "contradictions", "--rule", "swapped-values", "--format", format)
    #expect(outcome.status == 0 && outcome.output.contains("96.86"))
  }

  @Test("The list of rules has each with what it explains, those that are off too")
  func listsRules() throws {
    let outcome = try Sandbox().tlkb("contradictions", "--rules", "--format", "tsv")
    #expect(outcome.status == 0)
    for rule in ["harmonic-mean", "used-by", "architecture-facts", "doubtful-reading"] {
      #expect(outcome.output.contains(rule))
    }
  }

  @Test("A rule can be left out, asked for alone, and switched off in its file")
  func switchesOff() throws {
    let sandbox = try Sandbox()
    func rules(_ arguments: String...) throws -> Set<String> {
      let line = "\"$TLKB\" contradictions --format json " + arguments.joined(separator: " ")
      return Set(Self.texts(try Self.rows(try sandbox.shell(line)), "rule"))
    }
    #expect(try rules().contains("used-by"))
    #expect(try !rules("--without", "used-by").contains("used-by"))
    #expect(try rules("--rule", "used-by") == ["used-by"])
    #expect(try !rules().contains("doubtful-reading"))
    #expect(try rules("--rule", "doubtful-reading") == ["doubtful-reading"])

    try Self.copyData(to: sandbox)
    let file = sandbox.folder + "/Data/rules/used-by.yaml"
    let text = try String(contentsOfFile: file, encoding: .utf8)
    try sandbox.write(
      "Data/rules/used-by.yaml", text.replacing("default: on", with: "default: off"))
    #expect(try !rules("--data", "Data").contains("used-by"))
    #expect(try rules("--data", "Data", "--rule", "used-by") == ["used-by"])
  }

  @Test("A study's findings are about that study, by any form of its name")
  func study() throws {
    let sandbox = try Sandbox()
    let rows = try Self.rows(
      try sandbox.tlkb("contradictions", "--study", "saber", "--format", "json"))
    #expect(!rows.isEmpty)
    #expect(Self.texts(rows, "subjects").allSatisfy { $0.contains("studies/saber-2021") })
    let byId = try sandbox.tlkb("contradictions", "--study", "saber-2021", "--format", "json")
    #expect(Self.texts(try Self.rows(byId), "id") == Self.texts(rows, "id"))
  }

  @Test("A mistyped rule or study is answered with the nearest name and the usage code")
  func mistyped() throws {
    let sandbox = try Sandbox()
    let rule = try sandbox.tlkb("contradictions", "--rule", "harmonic-meen")
    #expect(rule.status == 64 && rule.output.isEmpty)
    #expect(rule.errors.contains("harmonic-meen") && rule.errors.contains("harmonic-mean"))
    let study = try sandbox.tlkb("contradictions", "--study", "sabre-2021")
    #expect(study.status == 64 && study.errors.contains("saber-2021"))
    #expect(try sandbox.tlkb("contradictions", "--min-severity", "grave").status == 64)
  }

  @Test("A rule with an unknown check is named with file and line")
  func damagedRule() throws {
    let sandbox = try Sandbox()
    try Self.copyData(to: sandbox)
    let file = sandbox.folder + "/Data/rules/formulas.yaml"
    let text = try String(contentsOfFile: file, encoding: .utf8)
    try sandbox.write(
      "Data/rules/formulas.yaml", text.replacing("check: formulas", with: "check: formulae"))
    let outcome = try sandbox.tlkb("contradictions", "--data", "Data")
    #expect(outcome.status == 65)
    #expect(outcome.errors.contains("rules/formulas.yaml") && outcome.errors.contains("'formulas'"))
  }

  @Test("Gaps come with their value, the most valuable first, and --limit cuts them")
  func gaps() throws {
    let outcome = try Sandbox().tlkb("gaps", "--limit", "12", "--format", "json")
    let rows = try Self.rows(outcome)
    let values = rows.compactMap { $0["value"] as? Double }
    #expect(rows.count == 12 && values.count == 12 && values == values.sorted(by: >))
  }

  @Test("The matrix names networks and datasets; a checklist answers for every study")
  func matrixAndChecklists() throws {
    let sandbox = try Sandbox()
    let matrix = try sandbox.tlkb("gaps", "--matrix", "--format", "csv")
    #expect(matrix.status == 0 && matrix.output.contains("ResNet-50"))
    for list in ["claim", "tripod-ai", "stard-ai"] {
      let all = try sandbox.tlkb("gaps", "--checklist", list, "--format", "csv")
      #expect(all.status == 0 && all.output.split(whereSeparator: \.isNewline).count > 5)
      let one = try sandbox.tlkb("gaps", "--checklist", list, "--study", "boumaraf")
      #expect(one.status == 0 && one.output.contains("not reported"))
    }
    let wrong = try sandbox.tlkb("gaps", "--checklist", "claym")
    #expect(wrong.status == 64 && wrong.errors.contains("claim"))
  }

  @Test("A gap becomes a recipe that the recipe's own check accepts")
  func asRecipe() throws {
    let sandbox = try Sandbox()
    let written = try sandbox.tlkb(
      "gaps", "--dataset", "BreakHis", "--as-recipe", "--output", "gap.yaml")
    #expect(written.status == 0, "\(written.errors)")
    #expect(written.output.contains("tlkb reproduce gap.yaml"))
    let checked = try sandbox.tlkb("recipe", "validate", "gap.yaml")
    #expect(checked.status == 0, "\(checked.errors)")
  }

  @Test(
    "A missing comparison becomes a recipe with the axis to vary",
    arguments: [
      ("no-augmentation-comparison", "--vary augmentation"),
      ("no-patient-separation", "--vary split"), ("untried-strategy", "--vary strategy"),
      ("untried-technique", ""), ("untried-backbone", ""), ("unused-dataset", ""),
    ])
  func comparisonRecipe(_ kind: String, _ options: String) throws {
    let sandbox = try Sandbox()
    let written = try sandbox.tlkb("gaps", "--kind", kind, "--as-recipe", "--output", "gap.yaml")
    #expect(written.status == 0, "\(written.errors)")
    #expect(
      written.output.contains("tlkb reproduce gap.yaml" + (options.isEmpty ? "" : " \(options)")))
    let checked = try sandbox.tlkb("recipe", "validate", "gap.yaml")
    #expect(checked.status == 0, "\(checked.errors)")
  }

  @Test(
    "Options of gaps that exclude each other end with 64",
    arguments: [
      ["gaps", "--matrix", "--checklist", "claim"], ["gaps", "--output", "x.yaml"],
      ["gaps", "--as-recipe", "--kind", "no-uncertainty"], ["gaps", "--limit", "0"],
      ["gaps", "--kind", "nothing"],
    ])
  func usage(_ arguments: [String]) throws {
    let line = "\"$TLKB\" " + arguments.joined(separator: " ")
    #expect(try Sandbox().shell(line).status == 64)
  }
}
