// `tlkb gaps`: what nobody tried or reported, the most valuable first.

import ArgumentParser
import Catalog
import Evidence
import Files
import Foundation
import Inquiry
import Render
import Reproduce

extension Gap.Kind: ExpressibleByArgument {}

struct Gaps: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Find what nobody tried or reported, the most valuable first.",
    discussion: """
      A gap's value is the number of studies that filling it would connect, times its ease. An \
      experiment's ease is 1 / (1 + hours), reckoned as twenty passes of all images through the \
      network at 2e10 multiply-adds per second; what only the authors can answer has ease 0.25.

      EXAMPLES
        tlkb gaps --limit 10
        tlkb gaps --matrix
        tlkb gaps --checklist claim --study boumaraf
        tlkb gaps --kind untried-pair --dataset BreakHis --as-recipe
      """)

  @Option(help: "Gaps of this kind.") var kind: Gap.Kind?
  @Option(help: ArgumentHelp("Gaps about this study.", valueName: "name")) var study: String?
  @Option(help: ArgumentHelp("Gaps about this dataset.", valueName: "name")) var dataset: String?
  @Option(help: ArgumentHelp("Gaps about this network.", valueName: "name")) var backbone: String?
  @Option(help: ArgumentHelp("At most so many gaps.", valueName: "n")) var limit: Int?
  @Flag(help: "Show which networks were tried on which datasets, and how.") var matrix = false
  @Option(
    help: ArgumentHelp("Answer a reporting checklist: claim, tripod-ai, stard-ai.", valueName: "id")
  )
  var checklist: String?
  @Flag(help: "Write a recipe of the most valuable pair that can be run, for tlkb reproduce.")
  var asRecipe = false
  @Option(help: ArgumentHelp("The recipe's file (default: standard output).", valueName: "file"))
  var output: String?
  @OptionGroup var listing: ListingOptions
  @OptionGroup var data: DataOptions

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit is at least 1.") }
    if [matrix, checklist != nil, asRecipe].filter({ $0 }).count > 1 {
      throw ValidationError("--matrix, --checklist and --as-recipe exclude each other; choose one.")
    }
    if output != nil, !asRecipe { throw ValidationError("--output is for --as-recipe.") }
    if asRecipe, let kind, kind != .untriedPair {
      throw ValidationError("--as-recipe writes recipes of untried-pair gaps only.")
    }
  }

  func run() throws {
    let store = try data.openStore()
    if let checklist {
      let list = try Checklist.named(checklist, in: store)
      let rows = try list.answers(in: store, study: study)
      listing.show(
        study == nil ? .checklist(list, rows) : .answers(list, rows), noun: ("item", "items"))
      return
    }
    if matrix {
      let matrix = try GapQuery.matrix(of: store)
      listing.show(
        .matrix(matrix.cells) { matrix.knowledge.name(of: $0) }, noun: ("network", "networks"))
      return
    }
    var query = GapQuery()
    query.kind = kind
    query.study = study
    query.dataset = dataset
    query.backbone = backbone
    if asRecipe {
      try writeRecipe(of: query, from: store)
      return
    }
    query.limit = limit
    listing.show(.gaps(try query.gaps(in: store) { EngineFacts.of($0) }), noun: ("gap", "gaps"))
  }

  /// Writes the recipe of the first pair that the engine has a network for.
  private func writeRecipe(of query: GapQuery, from store: Store) throws {
    var query = query
    query.kind = .untriedPair
    let gaps = try query.gaps(in: store) { EngineFacts.of($0) }
    let runnable = gaps.first { gap in
      gap.subjects.contains { $0.kind == .backbone && Backbones.engineName(of: $0.id) != nil }
    }
    guard let gap = runnable,
      let dataset = gap.subjects.first(where: { $0.kind == .dataset })?.id,
      let backbone = gap.subjects.first(where: { $0.kind == .backbone })?.id
    else {
      throw UsageError(
        description: "no untried pair fits that the engine has a network for; "
          + "'tlkb gaps --kind untried-pair' lists them all")
    }
    let recipe = try Recipe.untried(
      id: "\(backbone)-\(dataset)", dataset: dataset, backbone: backbone,
      because: "\(gap.summary) (\(gap.because))",
      declared: String(Date.now.ISO8601Format().prefix(10)), knowledge: try store.knowledge())
    guard let output else {
      print(recipe.yaml, terminator: "")
      return
    }
    try writeAtomically(recipe.yaml, to: output)
    print("\(output): \(gap.summary); run it with: tlkb reproduce \(output)")
  }
}
