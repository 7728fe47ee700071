// Small reviews for the rules on scores and results.

extension RuleCase {
  /// Two set-ups whose accuracies stand in each other's place in the text.
  static let swapped = """
    id: roe-2020
    authors: Roe and Poe
    year: 2020
    reference: review/1
    tasks: [skin-cancer]
    appearances:
      - {key: t1, at: {source: review, place: table-1, row: 1}, authors: Roe and Poe, citation: 1}
      - {key: s1, at: {source: review, place: section-1, row: 3}, authors: Roe and Poe, citation: 1}
    experiments:
      - id: first
        dataset: alpha
        claims:
          - {metric: accuracy, printed: "90.0", unit: percent, at: t1, column: Results}
          - {metric: accuracy, printed: "85.0", unit: percent, at: s1}
      - id: second
        dataset: beta
        claims:
          - {metric: accuracy, printed: "85.0", unit: percent, at: t1, column: Results}
          - {metric: accuracy, printed: "90.0", unit: percent, at: s1}
    """

  static let results: [RuleCase] = [
    RuleCase("repeated-value", broken: [.init(roe, "\"90.0\"", "\"91.0\"")]),
    RuleCase(
      "swapped-values", files: [roe: swapped],
      mended: [.init(roe, "\"85.0\", unit: percent, at: s1", "\"90.0\", unit: percent, at: s1")]),
    RuleCase(
      "shared-values",
      broken: [
        .init(
          low, "- {metric: accuracy, printed: \"71.3\", unit: percent, at: t1, column: Results}",
          """
          - {metric: accuracy, printed: "90.00", unit: percent, at: t1, column: Results}
                - {metric: precision, printed: "80.00", unit: percent, at: t1, column: Results}
                - {metric: recall, printed: "80.00", unit: percent, at: t1, column: Results}
          """)
      ], mended: [.init(low, "90.00", "91.00")]),
    RuleCase(
      "comparator-value",
      broken: [
        .init(
          roe, "- {metric: accuracy, printed: \"90.0\"",
          """
          - {metric: accuracy, printed: "80", unit: percent, at: t1, of: clinicians}
                - {metric: accuracy, printed: "90.0"
          """),
        .init(roe, "80.00", "80"),
      ],
      mended: [.init(roe, "\"80\", unit: percent, at: t1, of", "\"79\", unit: percent, at: t1, of")]
    ),
    RuleCase(
      "class-count-order",
      broken: [
        .init(
          roe, "- {metric: accuracy, printed: \"90.0\", unit: percent, at: s1}",
          """
          - {metric: accuracy, printed: "90.0", unit: percent, at: s1}
            - id: vgg16-5
              dataset: alpha
              task: skin-cancer
              classes: 5
              backbones: [vgg16]
              claims:
                - {metric: accuracy, printed: "97.0", unit: percent, at: t1, column: Results}
          """)
      ], mended: [.init(roe, "97.0", "87.0")]),
    RuleCase(
      "harmonic-mean",
      broken: [.init(roe, "f1, printed: \"80.00\"", "f1, printed: \"75.00\"")],
      mended: [.init(roe, "f1, printed: \"75.00\"", "f1, printed: \"80.00\"")]),
    RuleCase(
      "between-rates",
      broken: [
        .init(
          roe, "metric: precision, printed: \"80.00\"", "metric: specificity, printed: \"85.00\"")
      ],
      mended: [.init(roe, "\"85.00\"", "\"95.00\"")]),
    RuleCase(
      "one-versus-rest",
      broken: [
        .init(roe, "classes: 2", "classes: 8"),
        .init(roe, "printed: \"90.00\"", "printed: \"95.00\""),
      ], mended: [.init(roe, "printed: \"95.00\"", "printed: \"82.00\"")]),
    RuleCase(
      "granularity",
      broken: [.init(low, "column: Results}", "column: Results, n: 10}")],
      mended: [.init(low, "71.3", "70.0")]),
    RuleCase(
      "test-counts",
      broken: [
        .init(roe, "f1, printed: \"80.00\"", "f1, printed: \"75.00\""),
        .init(
          roe, "unit: percent, at: t1, column: Results}",
          "unit: percent, at: t1, column: Results, averaging: binary, n: 20}"),
      ],
      mended: [.init(roe, "f1, printed: \"75.00\"", "f1, printed: \"80.00\"")]),
    RuleCase(
      "official-test",
      broken: [
        .init(
          beta, "- {of: images, n: 700",
          "- {of: images, n: 100, printed: \"100\", split: test, at: {source: review, place: section-1, row: 1}}\n  - {of: images, n: 700"
        )
      ], mended: [.init(low, "71.3", "71.0")]),
    RuleCase(
      "mixed-units",
      broken: [
        .init(
          roe, "recall, printed: \"80.00\", unit: percent",
          "recall, printed: \"0.80\", unit: fraction")
      ]),
  ]
}
