// `tlkb run list|show|diff|export|rm`: the records that runs left.

import ArgumentParser
import Files
import Foundation
import Render
import Reproduce

struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "List, show, compare, export and remove runs.",
    discussion: """
      EXAMPLES
        tlkb run list
        tlkb run show last
      """,
    subcommands: [
      ListRuns.self, ShowRun.self, DiffRuns.self, ExportRun.self, RemoveRun.self,
    ])
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
    if let named = runs.runs, !FileManager.default.fileExists(atPath: named) {
      throw FileError.cannotRead(path: named, reason: "no such file or directory")
    }
    let (records, unreadable) = RunFolder.list(in: runs.folder)
    for message in unreadable { printError("tlkb: \(message)") }
    listing.show(.runs(records), noun: ("run", "runs"))
  }
}

private struct ShowRun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a run: facts, comparison, metrics, ledger.",
    discussion: """
      A run is named by its id, the beginning of it, `last`, or the path of its folder or record; \
      a sensitivity run (--vary) by the name of its folder or its path.

      EXAMPLE
        tlkb run show last
      """)

  @Argument(help: "The run.") var name: String
  @OptionGroup var listing: ListingOptions
  @OptionGroup var runs: RunsFolderOptions

  func run() throws {
    let sensitivity =
      try SensitivityRecord.read(name.contains("/") ? name : "\(runs.folder)/\(name)")
    if let sensitivity {
      RunReport.show(sensitivity, listing: listing)
      return
    }
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

private struct ExportRun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Export a run as RO-Crate 1.1.",
    discussion: """
      The folder holds the record, the recipe, the splits, the predictions of every test image and \
      ro-crate-metadata.json, which says how they came about (Process Run Crate). Images and \
      weights are named by their hashes and not copied.

      EXAMPLE
        tlkb run export last --output crate --license CC-BY-4.0
      """)

  @Argument(help: "The run.") var name: String
  @Option(help: ArgumentHelp("A new or empty folder.", valueName: "folder")) var output: String
  @Option(help: ArgumentHelp("The licence you give the files.", valueName: "SPDX id or URL"))
  var license: String?
  @OptionGroup var runs: RunsFolderOptions

  func run() throws {
    let folder = try RunFolder.find(name, in: runs.folder)
    try RunCrate(RunFolder.read(folder.path), in: folder, license: license).write(to: output)
    print("wrote \(output)/ro-crate-metadata.json")
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
