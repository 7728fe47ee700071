// `tlkb run list|show|diff|rm`: the records that runs left.

import ArgumentParser
import Files
import Foundation
import Render
import Reproduce

struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "List, show, compare and remove runs.",
    discussion: """
      EXAMPLES
        tlkb run list
        tlkb run show last
      """,
    subcommands: [ListRuns.self, ShowRun.self, DiffRuns.self, RemoveRun.self])
}

/// Where runs are kept.
struct RunsFolderOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Where runs are kept.", valueName: "folder")) var runs: String?

  var folder: String { runs ?? Home(environment: ProcessInfo.processInfo.environment).runs }
}

private struct ListRuns: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List all runs, by start.",
    discussion: """
      EXAMPLE
        tlkb run list --format csv
      """)

  @OptionGroup var listing: ListingOptions
  @OptionGroup var runs: RunsFolderOptions

  func run() throws {
    let (records, unreadable) = RunFolder.list(in: runs.folder)
    for message in unreadable { printError("tlkb: \(message)") }
    listing.show(.runs(records), noun: ("run", "runs"))
  }
}

private struct ShowRun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a run: facts, comparison, metrics, ledger.",
    discussion: """
      A run is named by its id, the beginning of it, `last`, or the path of its folder or record.

      EXAMPLE
        tlkb run show last
      """)

  @Argument(help: "The run.") var name: String
  @OptionGroup var listing: ListingOptions
  @OptionGroup var runs: RunsFolderOptions

  func run() throws {
    let folder = try RunFolder.find(name, in: runs.folder)
    let record = try RunFolder.read(name.hasSuffix(".json") ? name : folder.path)
    if listing.format == nil || listing.format == .table, isatty(STDOUT_FILENO) == 1 {
      listing.show(.run(record), noun: ("fact", "facts"))
      print("")
    }
    RunReport.show(record, listing: listing)
  }
}

private struct DiffRuns: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Show where two runs differ.",
    discussion: """
      EXAMPLE
        tlkb run diff younis-2019-20261123100000 last
      """)

  @Argument(help: "The first run.") var first: String
  @Argument(help: "The second run.") var second: String
  @OptionGroup var listing: ListingOptions
  @OptionGroup var runs: RunsFolderOptions

  func run() throws {
    let records = try [first, second].map {
      try RunFolder.read(RunFolder.find($0, in: runs.folder).path)
    }
    listing.show(.difference(records[0], records[1]), noun: ("difference", "differences"))
  }
}

private struct RemoveRun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm", abstract: "Remove runs with all their files.",
    discussion: """
      EXAMPLE
        tlkb run rm younis-2019-20261123100000
      """)

  @Argument(help: "The runs.") var names: [String]
  @OptionGroup var runs: RunsFolderOptions

  func run() throws {
    let folders = try names.map { try RunFolder.find($0, in: runs.folder) }
    for folder in folders {
      _ = try RunFolder.read(folder.path)
      try folder.remove()
      print("removed \(folder.path)")
    }
  }
}
