// `tlkb contradictions`: what the sources say against themselves, each other and arithmetic.

import ArgumentParser
import Catalog
import Evidence
import Foundation
import Inquiry
import Render

extension Finding.Kind: ExpressibleByArgument {}
extension Finding.Severity: ExpressibleByArgument {}

struct Contradictions: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Find where reported facts contradict themselves, each other or arithmetic.",
    discussion: """
      Every finding names its rule, severity and confidence, the computation in one line, the places
      it rests on with what is printed there, and what would resolve it. The rules are files of the
      data folder's rules/; --rules lists them.

      EXAMPLES
        tlkb contradictions --min-severity high
        tlkb contradictions --study saber --format json
        tlkb contradictions --rule harmonic-mean --without used-by
      """)

  @Flag(name: .customLong("rules"), help: "List the rules instead of running them.")
  var listsRules = false
  @Option(
    name: .customLong("rule"),
    help: ArgumentHelp("Only this rule, whether or not it is on (repeatable).", valueName: "id"))
  var only: [String] = []
  @Option(help: ArgumentHelp("Leave this rule out (repeatable).", valueName: "id"))
  var without: [String] = []
  @Option(help: ArgumentHelp("Findings about this study.", valueName: "name")) var study: String?
  @Option(help: ArgumentHelp("Findings about this dataset.", valueName: "name"))
  var dataset: String?
  @Option(help: "Findings of this kind.") var kind: Finding.Kind?
  @Option(help: "low, medium or high.") var minSeverity: Finding.Severity?
  @OptionGroup var listing: ListingOptions
  @OptionGroup var data: DataOptions

  func run() throws {
    let store = try data.openStore()
    if listsRules {
      listing.show(.rules(try Rule.all(of: store)), noun: ("rule", "rules"))
      return
    }
    var query = ContradictionQuery()
    query.rules = only
    query.without = without
    query.study = study
    query.dataset = dataset
    query.kind = kind
    query.minimumSeverity = minSeverity
    let findings = try query.findings(in: store)
    listing.show(.findings(findings), noun: ("contradiction", "contradictions"))
  }
}
