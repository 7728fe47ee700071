// `tlkb check`: whether any confusion matrix can give a set of reported scores.

import ArgumentParser
import Catalog
import Consistency
import Files
import Foundation
import Render

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Decide whether any confusion matrix can give the reported scores.",
    discussion: """
      Values are given as printed: their decimals say how they were rounded, a % sign that they \
      are percentages. What a paper does not say (averaging, kind of accuracy, how folds were \
      combined) is tried in every way the field uses. Works with no knowledge base. A file or \
      standard input (-) holds many checks, one row each: CSV with a header of option names, or a \
      JSON array of objects; options given beside it hold for rows that leave them out.

      EXAMPLES
        tlkb check --n-positive 177 --n-negative 223 --accuracy 0.9833 \\
          --precision 0.984 --recall 0.983
        tlkb check --accuracy 98.33% --precision 98.44% --recall 98.33% --f1 98.33%
        tlkb check scores.csv --format json

      EXIT CODES
        0 no contradiction · 3 a set of scores is inconsistent · 64 wrong option · 65 wrong row
      """)

  @Argument(
    help: ArgumentHelp("A CSV or JSON file with a check in each row; - for standard input."))
  var file: String?
  @OptionGroup(title: "Scores") var scores: ScoreOptions
  @OptionGroup(title: "Set-up") var design: DesignOptions
  @OptionGroup var listing: ListingOptions

  func run() throws {
    let fields = scores.fields + design.fields
    let reports: [CheckReport]
    var mistakes: [Diagnostic] = []
    if let file {
      (reports, mistakes) = try checks(in: file, defaults: fields)
      listing.show(.checks(reports), noun: ("check", "checks"))
    } else {
      do {
        reports = [try CheckReport(CheckRequest(fields))]
      } catch {
        throw UsageError(description: "\(error)")
      }
      if listing.format == nil {
        for sentence in reports[0].sentences { print(sentence) }
      } else {
        listing.show(.checks(reports), noun: ("check", "checks"))
      }
    }
    let isInconsistent = reports.contains { $0.verdict == .inconsistent }
    if !mistakes.isEmpty {
      let error = InvalidData(mistakes)
      guard isInconsistent else { throw error }
      printError("tlkb: \(error)")
    }
    if isInconsistent { throw ExitCode(ExitStatus.inconsistent) }
  }

  /// Checks every row of a file; rows that cannot be read are returned as mistakes.
  private func checks(
    in file: String, defaults: [(name: String, value: String)]
  ) throws -> ([CheckReport], [Diagnostic]) {
    let bytes =
      file == "-" ? [UInt8](FileHandle.standardInput.readDataToEndOfFile()) : try readFile(file)
    let name = file == "-" ? "standard input" : file
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw InvalidData([Diagnostic(file: name, line: 0, field: "", message: "not valid UTF-8")])
    }
    let first = text.first { !$0.isWhitespace && $0 != "\u{feff}" }
    let table: CheckTable
    do {
      table =
        try first == "[" || first == "{"
        ? CheckTable(json: text, defaults: defaults) : CheckTable(csv: text, defaults: defaults)
    } catch {
      throw InvalidData([Diagnostic(file: name, line: 0, field: "", message: "\(error)")])
    }
    var reports: [CheckReport] = []
    var mistakes: [Diagnostic] = []
    for row in table.rows {
      do {
        reports.append(try CheckReport(row.request.get()))
      } catch {
        mistakes.append(
          Diagnostic(file: name, line: row.number, field: "", message: "\(error)"))
      }
    }
    return (reports, mistakes)
  }
}
