// The report: an index, and a page for each study and dataset, as files to be written.

import Evidence

/// A report of the knowledge base as self-contained HTML pages.
public struct Report {
  /// A file of the report: its path inside the report's folder, and its text.
  public struct File: Sendable {
    public let path: String
    public let text: String
  }

  private let knowledge: KnowledgeBase
  private let writer: PageWriter

  /// - Parameters:
  ///   - studies: the studies that have a page, those written before included.
  ///   - origin: what the data is called in the foot of each page.
  /// - Throws: ``RenderError`` when the binary's templates are damaged.
  public init(
    of knowledge: KnowledgeBase, studies: [String], version: String, origin: String
  ) throws(RenderError) {
    self.knowledge = knowledge
    let pages =
      studies.map { EntityReference(.study, $0) }
      + knowledge.datasets.map { EntityReference(.dataset, $0.id) }
    writer = PageWriter(
      templates: try Templates(), version: version, origin: origin, pages: Set(pages))
  }

  /// Where the page of a study lies in the report's folder.
  public static func path(ofStudy id: String) -> String { PageWriter.path(of: .init(.study, id)) }

  /// The index of every study and dataset.
  public func index() throws(RenderError) -> File {
    var page = Page(
      title: "tlkb report", root: "", heading: "Transfer learning in medical imaging, as reported")
    page.lead =
      "What the sources print, study by study, each number with its place, and what was found "
      + "when the numbers were checked and run again."
    let claims = knowledge.allClaims
    page.counts = [
      ("\(knowledge.studies.count)", "studies"),
      ("\(knowledge.studies.map(\.experiments.count).reduce(0, +))", "set-ups"),
      ("\(claims.count)", "claims"), ("\(knowledge.datasets.count)", "datasets"),
      ("\(knowledge.backbones.count)", "networks"), ("\(knowledge.references.count)", "references"),
    ]
    page.sections = [
      Page.Section(
        id: "studies", title: "Studies",
        blocks: [
          .table(
            .studies(knowledge.studies, in: knowledge).without("id", "citation"), isSortable: true)
        ]
      ),
      Page.Section(
        id: "datasets", title: "Datasets",
        notes: ["Numbers that disagree are all shown, as they are printed."],
        blocks: [
          .table(.datasets(knowledge.datasets, in: knowledge).without("id"), isSortable: true)
        ]),
      Page.Section(
        id: "sources", title: "Sources",
        blocks: [.table(.catalogue(.sources, of: knowledge), isSortable: false)]),
    ]
    return File(path: "index.html", text: try writer.html(page))
  }

  /// The page of a study.
  public func page(of study: Study) throws(RenderError) -> File {
    let dossier = Dossier(study, in: knowledge)
    var page = self.page(of: dossier, kind: "Study")
    if let plot = Plot.reported(by: study) {
      for index in page.sections.indices where page.sections[index].id == "claims" {
        page.sections[index].blocks.insert(.plot(plot), at: 0)
      }
    }
    return File(path: Self.path(ofStudy: study.id), text: try writer.html(page))
  }

  /// The page of a dataset.
  public func page(of dataset: Dataset) throws(RenderError) -> File {
    let page = self.page(of: Dossier(dataset, in: knowledge), kind: "Dataset")
    return File(
      path: PageWriter.path(of: .init(.dataset, dataset.id)), text: try writer.html(page))
  }

  private func page(of dossier: Dossier, kind: String) -> Page {
    var page = Page(title: "\(dossier.name) – tlkb report", root: "../", heading: dossier.name)
    page.kind = kind
    page.summary = dossier.summary.filter { $0.key != "title" }
    page.lead = dossier.summary.first { $0.key == "title" }?.cell.shown
    page.sections = dossier.sections.map { section in
      Page.Section(
        id: section.key, title: section.table.title, notes: section.note.map { [$0] } ?? [],
        blocks: [.table(section.table, isSortable: section.table.rows.count > 19)])
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
}

extension Plot {
  /// The values a study reports: a row for each metric of a set-up, a mark for each claim, so that
  /// claims that disagree stand apart. Nil with fewer than two claims or with too many to draw.
  static func reported(by study: Study) -> Plot? {
    var rows: [(label: String, marks: [Mark])] = []
    for experiment in study.experiments {
      for claim in experiment.claims where claim.metric != .loss {
        let label = [experiment.id, claim.metric.title, claim.scope].compactMap { $0 }
          .joined(separator: " · ")
        let scale = { (value: Double) in value / claim.unit.divisor }
        let mark = Mark(
          series: .reported, value: claim.value,
          low: claim.interval.map { scale($0.low) }
            ?? (claim.printed.isRange ? claim.value : nil),
          high: claim.interval.map { scale($0.high) }
            ?? (claim.printed.isRange ? scale(claim.printed.high) : nil),
          note: "\(claim.text), \(claim.at.description)")
        if let index = rows.firstIndex(where: { $0.label == label }) {
          rows[index].marks.append(mark)
        } else {
          rows.append((label, [mark]))
        }
      }
    }
    let count = rows.map(\.marks.count).reduce(0, +)
    guard count > 1, rows.count <= 40 else { return nil }
    return Plot(
      title: "Reported values of \(study.title)",
      caption:
        "Each dot is one printed value, as a fraction. Two dots on a line are two claims about "
        + "the same thing.",
      content: .intervals(rows.map { Row(label: $0.label, marks: $0.marks) }))
  }
}
