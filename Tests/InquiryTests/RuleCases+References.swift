// Small reviews for the rules on citations, entries and pointers.

extension RuleCase {
  static let citations: [RuleCase] = [
    RuleCase("citation-authors", broken: [.init(low, "citation: 2", "citation: 1")]),
    RuleCase(
      "citation-title",
      files: statement("kind: citation\ncitation: 4\nabout: [datasets/alpha]").merging([
        "datasets/ham900.yaml": "{id: ham900, name: HAM900}",
        "references/review/004.yaml":
          "{number: 4, authors: [Ace C], title: The HAM900 dataset, year: 2018, kind: article}",
      ]) { $1 }, mended: [.init(one, "datasets/alpha", "datasets/ham900")]),
    RuleCase(
      "title-class-count",
      broken: [
        .init(
          "references/review/001.yaml", "Skin lesions with networks",
          "Skin lesions in seven classes"),
        .init(
          roe, "printed: \"90.0\", unit: percent, at: s1}",
          """
          printed: "90.0", unit: percent, at: s1}
            - id: beta
              dataset: beta
              task: skin-cancer
              claims:
                - {metric: accuracy, printed: "60", unit: percent, at: t1, column: Results}
          """),
        .init(
          beta, "counts:",
          "counts:\n  - {of: classes, n: 3, printed: three, at: {source: review, place: section-1, row: 1}}"
        ),
      ], mended: [.init("references/review/001.yaml", "seven", "two")]),
    RuleCase(
      "listed-task", files: statement("kind: used-by\ndataset: alpha\ncitations: [2]"),
      broken: [.init(low, "tasks: [skin-cancer]", "tasks: [dry-eye]")],
      mended: [.init(low, "tasks: [dry-eye]", "tasks: [dry-eye, skin-cancer]")]),
    RuleCase(
      "duplicate-references",
      broken: [.init("references/review/004.yaml", "The Beta", "The Alpha")],
      mended: [.init("references/review/004.yaml", "The Alpha", "The Beta")]),
    RuleCase(
      "reference-details",
      broken: [.init("references/review/002.yaml", "year: 2021, ", "")],
      mended: [.init("references/review/002.yaml", "kind:", "year: 2021, kind:")]),
    RuleCase(
      "cross-references",
      files: statement(
        "kind: cross-reference\nto: section-1\nabout: [data-augmentation]\ntopic-at: section-2"),
      mended: [.init(one, "to: section-1", "to: section-2")]),
    RuleCase(
      "column-heading",
      files: [
        "recommendations/dropout.yaml":
          "{id: dropout, name: add dropout, at: [{source: review, place: table-2, row: 1, column: Challenge}]}"
      ], mended: [.init("recommendations/dropout.yaml", "column: Challenge", "column: Dataset")]),
    RuleCase(
      "doubtful-reading",
      broken: [
        .init(
          low, "citation: 2,",
          "citation: 2, uncertain: {because: two rows in one cell, alternative: roe-2020},")
      ]),
    RuleCase(
      "shared-cell",
      broken: [
        .init(low, "citation: 2,", "citation: 2, uncertain: {because: rows 1 and 2 share a cell},"),
        .init(
          roe, "row: 1}, authors: Roe and Poe,",
          "row: 1}, authors: Roe and Poe, uncertain: {because: rows 1 and 2 share a cell},"),
      ], mended: [.init(low, "row: 2}", "row: 5}")]),
  ]
}
