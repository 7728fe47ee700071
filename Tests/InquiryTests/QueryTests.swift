// Facts about choosing rules and findings, and about mistakes in rule files.

import Catalog
import Evidence
import Testing

@testable import Inquiry

@Suite("Choosing rules")
struct RuleChoiceTests {
  @Test("a rule asked for by name runs although it is off; one left out does not run")
  func chosen() throws {
    let rules = try Checkout.rules()
    var query = ContradictionQuery()
    #expect(try !query.chosen(from: rules).contains { $0.id == "doubtful-reading" })
    query.rules = ["doubtful-reading"]
    #expect(try query.chosen(from: rules).map(\.id) == ["doubtful-reading"])
    query.rules = []
    query.without = ["used-by"]
    #expect(try !query.chosen(from: rules).contains { $0.id == "used-by" })
  }

  @Test("an unknown rule is named with the nearest one")
  func unknownRule() throws {
    var query = ContradictionQuery()
    query.rules = ["harmonic-men"]
    #expect(
      throws: CatalogError.unknownName(
        kind: "rule", name: "harmonic-men", suggestion: "harmonic-mean")
    ) { try query.chosen(from: Checkout.rules()) }
  }

  /// A mistake in a rule file and what is said of it.
  struct Mistake: Sendable, CustomTestStringConvertible {
    let old: String
    let new: String
    let says: String
    var testDescription: String { says }

    static let all: [Mistake] = [
      Mistake(
        old: "check: harmonic-mean", new: "check: harmonic-men",
        says: "rules/x.yaml:7: check: unknown check 'harmonic-men'; did you mean 'harmonic-mean'?"),
      Mistake(
        old: "  clear-points: 0.5", new: "  clear-point: 0.5",
        says: "parameters: the check 'harmonic-mean' needs the parameter 'clear-points'"),
      Mistake(
        old: "severity: medium", new: "severity: grave",
        says: "severity: 'grave' is not one of low, medium, high"),
      Mistake(old: "title:", new: "titel:", says: "titel: unknown key; did you mean 'title'?"),
    ]
  }

  @Test("a mistake in a rule file is named with file, line and field", arguments: Mistake.all)
  func mistakes(_ mistake: Mistake) throws {
    let text = try #require(
      Checkout.loaded.get().documents.first { $0.path == "rules/harmonic-mean.yaml" }?.text)
    #expect(text.contains(mistake.old))
    let file = DataOrigin.File(
      path: "rules/x.yaml", text: text.replacing(mistake.old, with: mistake.new))
    let error = #expect(throws: InvalidData.self) { try Rule.read([file]) }
    #expect(error?.description.contains(mistake.says) == true, "\(error?.description ?? "")")
  }

  @Test("formulas are read with their precedence and refused when they are none")
  func formulas() throws {
    let counts: [String: Double] = ["TP": 3, "TN": 5, "FP": 1, "FN": 2]
    let f1 = try #require(Formula("2 × (precision × recall) / (precision + recall)"))
    #expect(abs((f1.value(counts) ?? 0) - 6 / 9) < 1e-12)
    #expect(Formula("TP + TN / FP")?.value(counts) == 8)
    #expect(Formula("TP + (TN") == nil)
    #expect(Formula("TP ^ 2") == nil)
    #expect(Formula("")?.value(counts) == nil)
  }
}
