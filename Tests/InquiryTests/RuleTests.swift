// Every rule finds its contradiction in a small review and is silent where the review agrees.

import Testing

@testable import Inquiry

@Suite("Rules")
struct RuleTests {
  /// Round numbers of two networks, the larger with more of everything.
  static let architectures: [String: ArchitectureFacts] = [
    "vgg16": ArchitectureFacts(
      parameters: 138_357_544, multiplyAdds: 15_470_264_320, convolutions: 13, fullyConnected: 3,
      depth: 16, input: "3×224×224"),
    "vgg19": ArchitectureFacts(
      parameters: 143_667_240, multiplyAdds: 19_632_062_464, convolutions: 16, fullyConnected: 3,
      depth: 19, input: "3×224×224"),
  ]

  @Test("a rule finds what contradicts", arguments: RuleCase.all)
  func finds(_ rule: RuleCase) throws {
    let knowledge = try SmallReview.knowledge(rule.files, replacing: rule.broken)
    let found = try findings(rule.rule, in: knowledge, architectures: Self.architectures)
    #expect(!found.isEmpty)
    for finding in found {
      #expect(finding.id.hasPrefix(rule.rule + "/"))
      #expect(!finding.summary.isEmpty && !finding.computation.isEmpty)
      #expect(!finding.resolution.isEmpty && !finding.evidence.isEmpty)
    }
  }

  @Test("a rule is silent where nothing contradicts", arguments: RuleCase.all)
  func isSilent(_ rule: RuleCase) throws {
    let edits = rule.mended.isEmpty ? [] : rule.broken + rule.mended
    let knowledge = try SmallReview.knowledge(rule.files, replacing: edits)
    let found = try findings(rule.rule, in: knowledge, architectures: Self.architectures)
    #expect(found.map(\.summary) == [])
  }

  @Test("the small review has no contradiction at all")
  func baseIsSilent() throws {
    let corpus = Corpus(try SmallReview.knowledge([:]), architectures: Self.architectures)
    let found = ContradictionQuery.findings(of: try Checkout.rules(), in: corpus)
    #expect(found.map(\.summary) == [])
  }

  @Test("every rule file has a case, and every check a rule")
  func everyRuleIsTested() throws {
    let rules = try Checkout.rules()
    #expect(Set(rules.map(\.id)) == Set(RuleCase.all.map(\.rule)))
    #expect(Set(rules.map(\.check)) == Set(RuleCheck.all.map(\.name)))
  }
}
