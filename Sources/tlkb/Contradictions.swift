// `tlkb contradictions`: what the sources say against themselves, each other and arithmetic.

import ArgumentParser
import Catalog
import Evidence
import Foundation
import Inquiry
import Neural
import Render

extension Finding.Kind: ExpressibleByArgument {}
extension Finding.Severity: ExpressibleByArgument {}

struct Contradictions: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Find where reported facts contradict themselves, each other or arithmetic.",
    discussion: """
      Every finding names its rule, severity and confidence, the computation in one line, the \
      places it rests on with what is printed there, and what would resolve it. The rules are \
      files of the data folder's rules/; --rules lists them.

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
    let findings = try query.findings(in: store) { EngineFacts.of($0) }
    listing.show(.findings(findings), noun: ("contradiction", "contradictions"))
  }
}

/// What the engine's own definitions say of the networks that sources describe.
enum EngineFacts {
  /// The facts of a network as published, where the engine knows it: the edition of its year
  /// (`googlenet_2014`) before the one in common use.
  static func of(_ backbone: Backbone) -> ArchitectureFacts? {
    let name = backbone.id.map { $0 == "-" ? "_" : $0 }.reduce(into: "") { $0.append($1) }
    let names = [backbone.year.map { "\(name)_\($0)" }, name, "\(name)_v1"].compactMap { $0 }
    guard let known = names.first(where: Architectures.names.contains),
      let summary = try? Architectures.named(known, classes: backbone.family == "lenet" ? 10 : 1000)
        .summary()
    else { return nil }
    func groups(_ prefix: String) -> Int? {
      var found: Set<String> = []
      for row in summary.rows {
        for part in row.name.utf8.split(separator: UInt8(ascii: "."))
        where part.starts(with: prefix.utf8)
          && part.dropFirst(prefix.utf8.count).allSatisfy({ 0x30...0x39 ~= $0 })
        {
          found.insert(String(Substring(part)))
        }
      }
      return found.isEmpty ? nil : found.count
    }
    let poolings = summary.rows.filter {
      $0.kind.contains("pooling") && !$0.kind.contains("global") && !$0.kind.contains("adaptive")
    }
    return ArchitectureFacts(
      parameters: summary.parameterCount, multiplyAdds: summary.multiplyAdds,
      convolutions: summary.convolutionCount,
      fullyConnected: summary.rows.filter { $0.kind == "linear" }.count, depth: summary.depth,
      poolings: poolings.count,
      denseBlocks: groups("denseblock"), transitionBlocks: groups("transition"),
      input: summary.inputShape.map(String.init).joined(separator: "×"))
  }
}
