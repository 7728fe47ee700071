// `tlkb query`: claims by dataset, metric, network and the rest.

import ArgumentParser
import Evidence
import Inquiry
import Render

extension ClaimQuery.Order: ExpressibleByArgument {}

struct Query: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Find reported results, each with the place where it is printed.",
    discussion: """
      Names match any known alias, whatever the case, spaces and hyphens. A collection finds its \
      parts, a family of networks its members. Bounds are percentages when above 1, else \
      fractions.

      EXAMPLES
        tlkb query --dataset BreakHis --metric f1
        tlkb query --backbone vgg --task "breast cancer" --min 95 --sort value \\
          --format markdown
      """)

  @Option(help: ArgumentHelp("Results on this dataset.", valueName: "name")) var dataset: String?
  @Option(help: ArgumentHelp("Results of this metric.", valueName: "name")) var metric: String?
  @Option(help: ArgumentHelp("Results of this network.", valueName: "name")) var backbone: String?
  @Option(help: ArgumentHelp("Results of this study.", valueName: "name")) var study: String?
  @Option(help: ArgumentHelp("Results on this task.", valueName: "name")) var task: String?
  @Option(help: ArgumentHelp("Results on this modality.", valueName: "name")) var modality: String?
  @Option(help: ArgumentHelp("Results with this technique.", valueName: "name"))
  var technique: String?
  @Option(help: ArgumentHelp("Studies of this year or range of years.", valueName: "2019-2021"))
  var year: String?
  @Option(help: ArgumentHelp("The least value.", valueName: "value")) var min: Double?
  @Option(help: ArgumentHelp("The greatest value.", valueName: "value")) var max: Double?
  @Option(help: "study, dataset, metric, value or year.") var sort = ClaimQuery.Order.study
  @Option(help: ArgumentHelp("At most so many rows.", valueName: "n")) var limit: Int?
  @OptionGroup var listing: ListingOptions
  @OptionGroup var data: DataOptions

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit is at least 1.") }
    if year != nil, years == nil {
      throw ValidationError("--year takes a year or a range such as 2019-2021.")
    }
  }

  func run() throws {
    var query = ClaimQuery()
    query.dataset = dataset
    query.metric = metric
    query.backbone = backbone
    query.study = study
    query.task = task
    query.modality = modality
    query.technique = technique
    query.year = years
    query.minimum = min.map(Self.fraction)
    query.maximum = max.map(Self.fraction)
    query.order = sort
    query.limit = limit
    let rows = try query.answer(from: data.openStore())
    listing.show(.claims(rows), noun: ("result", "results"))
  }

  private var years: ClosedRange<Int>? {
    guard let year else { return nil }
    let ends = year.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(ends.count), let first = ends[0], let last = ends.last ?? nil,
      first <= last
    else { return nil }
    return first...last
  }

  private static func fraction(_ bound: Double) -> Double { abs(bound) > 1 ? bound / 100 : bound }
}
