// The report: an index, the findings, a page for each study and dataset, as files to be written.

import Evidence
import Inquiry

/// A report of the knowledge base as self-contained HTML pages.
package struct Report {
  /// A file of the report: its path inside the report's folder, and its text.
  package struct File: Sendable {
    package let path: String
    package let text: String
  }

  let knowledge: KnowledgeBase
  let findings: [Finding]
  let runs: [RunEvidence]
  private let writer: PageWriter

  /// - Parameters:
  ///   - studies: the studies that have a page, those written before included.
  ///   - findings: what the rules found, the gravest first.
  ///   - runs: the runs of the studies' recipes.
  ///   - origin: what the data is called in the foot of each page.
  /// - Throws: ``RenderError`` when the binary's templates are damaged.
  package init(
    of knowledge: KnowledgeBase, studies: [String], findings: [Finding] = [],
    runs: [RunEvidence] = [], version: String, origin: String
  ) throws(RenderError) {
    self.knowledge = knowledge
    self.findings = findings
    self.runs = runs
    let pages =
      studies.map { EntityReference(.study, $0) }
      + knowledge.datasets.map { EntityReference(.dataset, $0.id) }
    writer = PageWriter(
      templates: try Templates(), version: version, origin: origin, pages: Set(pages),
      label: { knowledge.label(of: $0) })
  }

  /// Where the page of a study lies in the report's folder.
  package static func path(ofStudy id: String) -> String { PageWriter.path(of: .init(.study, id)) }

  /// The index of every study and dataset.
  package func index() throws(RenderError) -> File {
    File(path: "index.html", text: try writer.html(indexPage))
  }

  /// Every finding, filterable.
  package func findingsPage() throws(RenderError) -> File {
    var page = Page(title: "Contradictions – tlkb report", root: "", heading: "Contradictions")
    page.lead =
      "What disagrees in the sources, with the computation, the places and what would settle it. "
      + "Both sides are kept."
    page.isBelowIndex = true
    page.sections = [
      Page.Section(
        id: "findings", title: "Findings",
        blocks: [
          .findings(findings, isFilterable: findings.count > 19)
        ])
    ]
    return File(path: "findings.html", text: try writer.html(page))
  }

  /// The page of a study.
  package func page(of study: Study) throws(RenderError) -> File {
    var page = self.page(of: Dossier(study, in: knowledge), kind: "Study")
    if let plot = Plot.reported(by: study),
      let index = page.sections.firstIndex(where: { $0.id == "claims" })
    {
      page.sections[index].blocks.insert(.plot(plot), at: 0)
    }
    insert(about: .init(.study, study.id), in: &page, runSections(of: study))
    return File(path: Self.path(ofStudy: study.id), text: try writer.html(page))
  }

  /// The page of a dataset.
  package func page(of dataset: Dataset) throws(RenderError) -> File {
    var page = self.page(of: Dossier(dataset, in: knowledge), kind: "Dataset")
    insert(about: .init(.dataset, dataset.id), in: &page, [])
    return File(
      path: PageWriter.path(of: .init(.dataset, dataset.id)), text: try writer.html(page))
  }

  /// Puts what was found about an entity, and what runs gave, below what is reported of it.
  private func insert(
    about entity: EntityReference, in page: inout Page, _ runSections: [Page.Section]
  ) {
    let about = findings.filter { $0.subjects.contains(entity) }
    var sections = runSections
    if !about.isEmpty {
      sections.insert(
        Page.Section(id: "findings", title: "Contradictions", blocks: [.findings(about)]), at: 0)
    }
    let after = ["claims", "counts"].compactMap { id in
      page.sections.firstIndex { $0.id == id }.map { $0 + 1 }
    }.min()
    page.sections.insert(contentsOf: sections, at: after ?? 0)
  }

  private func page(of dossier: Dossier, kind: String) -> Page {
    var page = Page(title: "\(dossier.name) – tlkb report", root: "../", heading: dossier.name)
    page.kind = kind
    page.isBelowIndex = true
    page.summary = dossier.summary.filter { $0.key != "title" }
    page.lead = dossier.summary.first { $0.key == "title" }?.cell.shown
    page.sections = dossier.sections.map { section in
      let isListing = section.table.rows.count > 19 && section.key != "set_ups"
      return Page.Section(
        id: section.key, title: section.table.title, notes: section.note.map { [$0] } ?? [],
        blocks: [.table(section.table, isSortable: isListing)])
    }
    return page
  }
}

extension Table {
  /// The table without the columns of some keys.
  func without(_ keys: String...) -> Table {
    let kept = columns.indices.filter { !keys.contains(columns[$0].key) }
    return Table(
      title: title, columns: kept.map { columns[$0] },
      rows: rows.map { row in kept.map { row[$0] } })
  }

  func titled(_ title: String) -> Table { Table(title: title, columns: columns, rows: rows) }
}
