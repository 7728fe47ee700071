// `tlkb gaps`: what nobody tried or reported, the most valuable first.

import ArgumentParser
import Catalog
import Evidence
import Inquiry
import Render

extension Gap.Kind: ExpressibleByArgument {}

struct Gaps: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Find what nobody tried or reported, the most valuable first.",
    discussion: """
      A gap's value is the number of studies that filling it would connect, times its ease. An
      experiment's ease is 1 / (1 + hours), reckoned as twenty passes of all images through the
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
  @OptionGroup var listing: ListingOptions
  @OptionGroup var data: DataOptions

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit is at least 1.") }
    if matrix, checklist != nil {
      throw ValidationError("--matrix and --checklist are listings of their own; choose one.")
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
    query.limit = limit
    listing.show(.gaps(try query.gaps(in: store) { EngineFacts.of($0) }), noun: ("gap", "gaps"))
  }
}
