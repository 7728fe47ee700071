// What several subcommands share: where the data and the store are, how listings are written.

import ArgumentParser
import Catalog
import Files
import Foundation
import Render

/// Where the data and the store lie.
struct DataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The data folder (default: TLKB_DATA, the Data/ of this folder or one above, else the bundled data).",
      valueName: "folder"))
  var data: String?

  @Option(
    help: ArgumentHelp(
      "The store (default: TLKB_STORE, else a file of its own under TLKB_HOME or ~/.local/share/tlkb).",
      valueName: "file"))
  var store: String?

  var origin: DataOrigin {
    get throws {
      try DataOrigin.find(asked: data, environment: ProcessInfo.processInfo.environment)
    }
  }

  func storePath(for origin: DataOrigin) -> String {
    let environment = ProcessInfo.processInfo.environment
    if let store = store ?? environment["TLKB_STORE"].flatMap({ $0.isEmpty ? nil : $0 }) {
      return store
    }
    return Home(environment: environment).store(for: absolute(origin))
  }

  /// The store, current and open.
  func openStore() throws -> Store {
    let origin = try origin
    let store = try Store.open(origin, at: storePath(for: origin))
    if let notice = store.notice { printError("tlkb: \(notice)") }
    return store
  }

  private func absolute(_ origin: DataOrigin) -> String {
    guard case .folder(let path) = origin else { return "bundled" }
    return URL(fileURLWithPath: path).standardizedFileURL.path
  }
}

extension TableFormat: ExpressibleByArgument {}

/// How a listing is written.
struct ListingOptions: ParsableArguments {
  @Option(
    help: "table, csv, tsv, json, markdown or latex (default: table on a terminal, tsv on a pipe).")
  var format: TableFormat?

  /// Prints a listing; on a terminal also how many rows it has.
  func show(_ table: Table, noun: (one: String, many: String)) {
    let isTerminal = isatty(STDOUT_FILENO) == 1
    let format = format ?? (isTerminal ? .table : .tsv)
    guard format == .table else {
      print(table.written(as: format), terminator: "")
      return
    }
    let environment = ProcessInfo.processInfo.environment
    let colour =
      isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    let width = isTerminal ? terminalWidth() : environment["COLUMNS"].flatMap(Int.init)
    print(table.written(as: .table, width: width, colour: colour), terminator: "")
    let count = table.rows.count
    print("\n\(count) \(count == 1 ? noun.one : noun.many)")
  }
}

/// The columns of the terminal on standard output.
func terminalWidth() -> Int {
  var size = winsize()
  guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
  return Int(size.ws_col)
}
