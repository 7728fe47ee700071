// `tlkb list`: every entity of a kind.

import ArgumentParser
import Render

extension Listing: ExpressibleByArgument {
  /// Takes the word for one of them too: `tlkb list study`.
  public init?(argument: String) {
    let found = Listing.allCases.first { $0.rawValue == argument || $0.noun.one == argument }
    guard let found else { return nil }
    self = found
  }
}

struct List: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the studies, datasets, networks and everything else that is kept.",
    discussion: """
      EXAMPLES
        tlkb list studies
        tlkb list datasets --format markdown
      """)

  @Argument(
    help: ArgumentHelp(
      "\(Listing.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "kind"))
  var kind: Listing
  @OptionGroup var listing: ListingOptions
  @OptionGroup var data: DataOptions

  func run() throws {
    let knowledge = try data.openStore().knowledge()
    listing.show(.catalogue(kind, of: knowledge), noun: kind.noun)
  }
}
