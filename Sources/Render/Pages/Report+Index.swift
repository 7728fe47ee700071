// The report's first page: counts, studies, datasets, what was found and what was run.

import Evidence
import Inquiry

extension Report {
  var indexPage: Page {
    var page = Page(
      title: "tlkb report", root: "", heading: "Transfer learning in medical imaging, as reported")
    page.lead =
      "What the sources print, study by study, each number with its place; what was found when "
      + "the numbers were checked; and what came out when the set-ups were run."
    let comparable = runs.count { $0.record.kind == .studyData }
    page.counts = [
      ("\(knowledge.studies.count)", "studies"),
      ("\(knowledge.studies.map(\.experiments.count).reduce(0, +))", "set-ups"),
      ("\(knowledge.allClaims.count)", "claims"), ("\(knowledge.datasets.count)", "datasets"),
      ("\(knowledge.backbones.count)", "networks"), ("\(knowledge.references.count)", "references"),
      ("\(findings.count)", "contradictions"), ("\(comparable)", "runs on a study's data"),
      ("\(runs.count - comparable)", "protocol runs"),
    ].filter { $0.0 != "0" }
    page.sections = [
      Page.Section(
        id: "studies", title: "Studies", blocks: [.table(studyTable, isSortable: true)]),
      Page.Section(
        id: "datasets", title: "Datasets",
        notes: ["Numbers that disagree are all shown, as they are printed."],
        blocks: [
          .table(.datasets(knowledge.datasets, in: knowledge).without("id"), isSortable: true)
        ]),
    ]
    if !findings.isEmpty { page.sections.append(findingsSection) }
    page.sections += runSections
    page.sections.append(
      Page.Section(
        id: "sources", title: "Sources",
        blocks: [.table(.catalogue(.sources, of: knowledge), isSortable: false)]))
    return page
  }

  /// The studies with how many contradictions are about each and how often it was run.
  private var studyTable: Table {
    let studies = Table.studies(knowledge.studies, in: knowledge).without("id", "citation")
    guard !findings.isEmpty || !runs.isEmpty else { return studies }
    return Table(
      title: studies.title,
      columns: studies.columns + [
        Table.Column("contradictions", "Contra\u{ad}dictions", .right)
      ] + (runs.isEmpty ? [] : [Table.Column("runs", "Runs", .right)]),
      rows: zip(knowledge.studies, studies.rows).map { study, row in
        let entity = EntityReference(.study, study.id)
        let ran = runs.count { $0.record.recipe.study == study.id }
        return row + [.count(findings.count { $0.subjects.contains(entity) })]
          + (runs.isEmpty ? [] : [.count(ran)])
      })
  }

  private var findingsSection: Page.Section {
    let kinds = Finding.Kind.allCases.filter { kind in findings.contains { $0.kind == kind } }
    let severities = Finding.Severity.allCases.reversed()
    let table = Table(
      title: "Contradictions by kind and severity",
      columns: [Table.Column("kind", "Kind")]
        + severities.map { Table.Column($0.rawValue, $0.rawValue.capitalized, .right) }
        + [Table.Column("all", "All", .right)],
      rows: kinds.map { kind in
        let those = findings.filter { $0.kind == kind }
        return [.text(kind.rawValue)]
          + severities.map { severity in .count(those.count { $0.severity == severity }) }
          + [.count(those.count)]
      })
    return Page.Section(
      id: "findings", title: "Contradictions",
      blocks: [
        .link("Every contradiction with its computation and places", to: "findings.html"),
        .table(table, isSortable: false),
      ])
  }

  /// Runs on the studies' data, and apart from them the protocol runs.
  private var runSections: [Page.Section] {
    let records = runs.map(\.record)
    let own = records.filter { $0.kind == .studyData }
    let other = records.filter { $0.kind != .studyData }
    var sections: [Page.Section] = []
    if !own.isEmpty {
      sections.append(
        Page.Section(
          id: "runs", title: "Runs on a study's data",
          blocks: [.table(.runs(own).titled("Runs on a study's data"), isSortable: false)]))
    }
    if !other.isEmpty {
      sections.append(
        Page.Section(
          id: "protocol-runs", title: "Protocol runs on other data",
          banner: "These runs used other data than the study's: they show that a procedure works, "
            + "and say nothing of the study's numbers.",
          isApart: true,
          blocks: [
            .table(.runs(other).titled("Protocol runs on other data").without("verdicts"))
          ]))
    }
    return sections
  }
}
