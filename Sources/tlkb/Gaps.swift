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
        tlkb gaps --kind no-augmentation-comparison --study saber --as-recipe
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
  @Flag(help: "Write a recipe that fills the most valuable gap, for tlkb reproduce.")
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
    if asRecipe, let kind, !kind.hasRecipe {
      let kinds = Gap.Kind.allCases.filter(\.hasRecipe).map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--as-recipe writes recipes for these kinds of gap: \(kinds).")
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

  /// Writes the recipe of the most valuable gap that one can fill.
  private func writeRecipe(of query: GapQuery, from store: Store) throws {
    let gaps = try query.gaps(in: store) { EngineFacts.of($0) }
    let (matrix, knowledge) = try GapQuery.matrix(of: store)
    let recipes = GapRecipes(
      knowledge: knowledge, matrix: matrix,
      declared: String(Date.now.ISO8601Format().prefix(10)))
    guard let filled = gaps.lazy.compactMap(recipes.recipe(for:)).first else {
      throw UsageError(
        description: "none of these \(gaps.count) gaps has a recipe: the engine lacks the network "
          + "or the setting; 'tlkb gaps --kind untried-pair' lists pairs that have one")
    }
    guard let output else {
      print(filled.text(file: "FILE"), terminator: "")
      return
    }
    try writeAtomically(filled.text(file: output), to: output)
    print("\(output): \(filled.gap.summary); run it with: \(filled.command(file: output))")
  }
}
