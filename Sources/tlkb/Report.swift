// `tlkb report`: the knowledge base as pages to read.

import ArgumentParser
import Catalog
import Evidence
import Files
import Foundation
import Inquiry
import Render

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write an HTML page for each study and dataset, and an index.",
    discussion: """
      Each page is one file without network or other files. A folder that holds a report already \
      is brought up to date: with --study only the pages of these studies and the index are \
      written.

      EXAMPLES
        tlkb report --output report
        tlkb report --study hosny --study boumaraf-2021
      """)

  @Option(help: ArgumentHelp("Only this study; may be repeated.", valueName: "name"))
  var study: [String] = []
  @Option(help: ArgumentHelp("The folder to write.", valueName: "folder"))
  var output = "report"
  @Option(
    help: ArgumentHelp("The folder of the runs (default: that of `tlkb run`).", valueName: "folder")
  )
  var runs: String?
  @OptionGroup var data: DataOptions

  func run() throws {
    let store = try data.openStore()
    let knowledge = try store.knowledge()
    let chosen =
      try study.isEmpty
      ? knowledge.studies
      : study.flatMap { name in
        try studies(called: name, in: store, knowledge)
      }
    let pages = knowledge.studies.map(\.id).filter { id in
      chosen.contains { $0.id == id }
        || FileManager.default.fileExists(atPath: "\(output)/\(Report.path(ofStudy: id))")
    }
    let folder = runs ?? Home(environment: ProcessInfo.processInfo.environment).runs
    if let runs, !FileManager.default.fileExists(atPath: runs) {
      throw FileError.cannotRead(path: runs, reason: "no such folder")
    }
    let (evidence, unreadable) = RunEvidence.all(in: folder)
    for sentence in unreadable { printError("tlkb: left out: \(sentence)") }
    let report = try Report(
      of: knowledge, studies: pages,
      findings: ContradictionQuery().findings(in: store) { EngineFacts.of($0) },
      runs: evidence, version: Tlkb.configuration.version,
      origin: data.origin == .bundled ? "the bundled data" : "a data folder")
    var files = try chosen.map { try report.page(of: $0) }
    if study.isEmpty { files += try knowledge.datasets.map { try report.page(of: $0) } }
    // The index last: a reader never finds a link to a page that is not there yet.
    files.append(try report.findingsPage())
    files.append(try report.index())
    for file in files { try writeAtomically(file.text, to: "\(output)/\(file.path)") }
    print("wrote \(output)/index.html and \(files.count - 1) pages")
  }

  private func studies(
    called name: String, in store: Store, _ knowledge: KnowledgeBase
  ) throws -> [Study] {
    let folded = foldedName(name)
    let matches = knowledge.studies.filter { study in
      [study.id, study.title, study.authors].contains { foldedName($0) == folded }
        || folded.count >= 3 && foldedName(study.id).hasPrefix(folded)
    }
    guard matches.isEmpty else { return matches }
    return [try store.resolve(name, .study)].compactMap { knowledge.study($0.id) }
  }
}
