// `tlkb build` and `tlkb validate`: the store from the data, and the data's own mistakes.

import ArgumentParser
import Catalog
import Inquiry
import Reproduce

struct Build: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Build the store from the data.",
    discussion: """
      Every command builds the store by itself when the data changed; this one builds it now and \
      says what is in it. The old store stays whole until the new one is complete.

      EXAMPLE
        tlkb build --store review.sqlite
      """)

  @Flag(help: "Build even when nothing changed.") var force = false
  @OptionGroup var data: DataOptions

  func run() throws {
    let origin = try data.origin
    let build = try Store.build(origin, at: data.storePath(for: origin), force: force)
    print(build.isNew ? "built \(build.path)" : "\(build.path) is current")
    print("from  \(origin.name), \(build.fileCount) files")
    for (kind, count) in build.counts { print("  \(kind.rawValue.padded(to: 16))\(count)") }
    print("  \("claims".padded(to: 16))\(build.claimCount)")
  }
}

struct Validate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check the data files; every mistake is named with file, line and field.",
    discussion: """
      Entities, recipes, contradiction rules and checklists are all read.

      EXAMPLE
        tlkb validate --data Data
      """)

  @OptionGroup var data: DataOptions

  func run() throws {
    let origin = try data.origin
    let loaded = try loadData(origin)
    let store = try Store.open(origin, at: data.storePath(for: origin))
    _ = try RecipeBook(loaded, root: origin.name)
    _ = try Rule.all(of: store)
    _ = try Checklist.all(of: store)
    print("\(origin.name): \(loaded.fileCount) files, no mistakes")
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
