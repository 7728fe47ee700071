// `tlkb export`: results and references for papers and other programs.

import ArgumentParser
import Catalog
import Evidence
import Files
import Inquiry
import Render

/// What `tlkb export` writes.
enum ExportFormat: String, CaseIterable, ExpressibleByArgument {
  case latex, csv, markdown, json, bibtex
  case cslJSON = "csl-json"
}

struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Export results and references: LaTeX, Markdown, CSV, JSON, BibTeX, CSL-JSON.",
    discussion: """
      LaTeX and Markdown give a table for each task: a row for each set-up and place, a column for \
      each metric, and the place. CSV and JSON give one row for each claim. BibTeX and CSL-JSON \
      give the references, under the keys that the LaTeX tables cite.

      EXAMPLES
        tlkb export --format latex --task "breast cancer" --standalone \\
          --output breast.tex
        tlkb export --format bibtex --output review.bib
      """)

  @Option(help: "latex, csv, markdown, json, bibtex or csl-json.") var format: ExportFormat
  @Option(help: ArgumentHelp("Results on this dataset.", valueName: "name")) var dataset: String?
  @Option(help: ArgumentHelp("Results of this metric.", valueName: "name")) var metric: String?
  @Option(help: ArgumentHelp("Results of this network.", valueName: "name")) var backbone: String?
  @Option(help: ArgumentHelp("Results of this study.", valueName: "name")) var study: String?
  @Option(help: ArgumentHelp("Results on this task.", valueName: "name")) var task: String?
  @Option(help: ArgumentHelp("Results on this modality.", valueName: "name")) var modality: String?
  @Option(help: ArgumentHelp("Results with this technique.", valueName: "name"))
  var technique: String?
  @Flag(help: "With latex: a document that compiles by itself.") var standalone = false
  @Option(help: ArgumentHelp("Write this file instead of standard output.", valueName: "file"))
  var output: String?
  @OptionGroup var data: DataOptions

  func validate() throws {
    if standalone, format != .latex {
      throw ValidationError("--standalone goes with --format latex.")
    }
  }

  func run() throws {
    let store = try data.openStore()
    let knowledge = try store.knowledge()
    let task = try task.map { try store.resolve($0, .task).id }
    // A study of several tasks is found by each of them; its set-ups are of one.
    let rows = try query.answer(from: store).filter { row in
      guard let task, let study = knowledge.study(row.study) else { return true }
      let stated = study.experiments.first { $0.id == row.experiment }?.task.stated
      return (stated ?? task) == task
    }
    let text =
      switch format {
      case .csv: Table.claims(rows).written(as: .csv)
      case .json: Table.claims(rows).written(as: .json)
      case .latex, .markdown: paper(of: rows, knowledge)
      case .bibtex: bibliography(of: rows, knowledge).bibtex()
      case .cslJSON: bibliography(of: rows, knowledge).cslJSON()
      }
    guard let output else {
      print(text, terminator: "")
      return
    }
    try writeAtomically(text, to: output)
    printError("wrote \(output)")
  }

  private var query: ClaimQuery {
    var query = ClaimQuery()
    query.dataset = dataset
    query.metric = metric
    query.backbone = backbone
    query.study = study
    query.task = task
    query.modality = modality
    query.technique = technique
    return query
  }

  /// Whether any filter is set: then only the works of the matching studies are listed.
  private var isFiltered: Bool {
    [dataset, metric, backbone, study, task, modality, technique].contains { $0 != nil }
  }

  private func paper(of rows: [ClaimRow], _ knowledge: KnowledgeBase) -> String {
    let paper = PaperExport(
      Table.overviews(of: Table.claims(rows, in: knowledge), in: knowledge),
      citing: bibliography(of: rows, knowledge, withSources: true))
    if format == .markdown { return paper.markdown() }
    return standalone ? paper.standaloneLatex(title: "Reported results") : paper.latex()
  }

  private func bibliography(
    of rows: [ClaimRow], _ knowledge: KnowledgeBase, withSources: Bool = false
  ) -> Bibliography {
    guard isFiltered || withSources else { return Bibliography(of: knowledge) }
    let studies = Set(rows.map(\.study))
    return Bibliography(
      of: knowledge, studies: knowledge.studies.filter { studies.contains($0.id) },
      sources: Set(rows.map(\.at.source)))
  }
}
