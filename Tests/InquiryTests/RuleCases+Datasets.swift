// Small reviews for the rules on datasets and augmentations.

extension RuleCase {
  static let datasets: [RuleCase] = [
    RuleCase(
      "parts-and-totals",
      broken: [.init(alpha, "n: 300, printed: \"300\"", "n: 310, printed: \"310\"")]),
    RuleCase(
      "different-sizes",
      broken: [
        .init(
          beta, "counts:",
          "counts:\n  - {of: images, n: 720, printed: \"720\", at: {source: review, place: section-1, row: 1}}"
        )
      ], mended: [.init(beta, "n: 720, printed: \"720\"", "n: 700, printed: \"700\"")]),
    RuleCase(
      "mixed-splits",
      broken: [
        .init(
          alpha, "- {of: classes",
          "- {of: images, n: 400, printed: \"400\", split: training, at: {source: review, place: section-1, row: 1}}\n  - {of: images, n: 100, printed: \"100\", split: test, at: {source: review, place: section-1, row: 1}}\n  - {of: classes"
        ),
        .init(
          beta, "counts:",
          "counts:\n  - {of: images, n: 700, printed: \"700\", split: training, at: {source: review, place: section-1, row: 1}}"
        ),
      ], mended: [.init(beta, ", split: training", "")]),
    RuleCase(
      "contained-twice", broken: [.init(beta, "modality:", "includes: [alpha]\nmodality:")],
      mended: [.init(beta, "includes: [alpha]\n", "")]),
    RuleCase(
      "union-as-part",
      files: [
        "datasets/pool.yaml": """
        id: pool
        name: Pool
        includes: [alpha, beta]
        counts:
          - {of: images, n: 500, printed: "500", at: {source: review, place: section-1, row: 4}}
        """
      ],
      mended: [
        .init("datasets/pool.yaml", "n: 500, printed: \"500\"", "n: 1200, printed: \"1,200\"")
      ]),
    RuleCase(
      "uncatalogued-size",
      broken: [.init(low, "experiments:", augmentation(before: 333, after: 999))],
      mended: [.init(low, "333", "700")]),
    RuleCase(
      "printed-elsewhere",
      broken: [
        .init(
          alpha, "counts:",
          "facts:\n  - {about: classes, printed: \"—\", value: not-reported, at: {source: review, place: table-2, row: 1, column: Dataset}}\ncounts:"
        )
      ], mended: [.init(alpha, "value: not-reported", "value: many")]),
    RuleCase(
      "known-fact",
      files: [
        "datasets/ham10000.yaml": """
        id: ham10000
        name: HAM10000
        counts:
          - {of: images, n: 12000, printed: "12,000", at: {source: review, place: section-1, row: 5}}
        """
      ], mended: [.init("datasets/ham10000.yaml", "n: 12000", "n: 10015")]),
    RuleCase(
      "dataset-modality",
      broken: [
        .init(
          alpha, "counts:",
          "facts:\n  - {about: modality, printed: photographs, value: photography, at: {source: review, place: section-1, row: 1}}\ncounts:"
        )
      ], mended: [.init(alpha, "value: photography", "value: dermoscopy")]),
    RuleCase(
      "modality-list",
      files: statement(
        "kind: modality-used-by\nmodality: photography\ntask: skin-cancer\ncitations: [1]"),
      mended: [
        .init(one, "modality: photography", "modality: dermoscopy"), .init(one, "[1]", "[1, 2]"),
      ]),
    RuleCase(
      "printed-names",
      broken: [
        .init(
          low, "printed: Beta, is: datasets/beta",
          "printed: Betta, is: datasets/beta, why: a misspelling")
      ]),
    RuleCase(
      "dataset-kind",
      broken: [
        .init(
          low, "printed: Beta, is: datasets/beta",
          "printed: Kaggle dataset, is: datasets/beta, why: the host")
      ]),
    RuleCase(
      "ambiguous-abbreviation",
      broken: [
        .init(
          low, "printed: Beta, is: datasets/beta",
          "printed: DRY images, is: datasets/beta, why: dry skin")
      ]),
  ]

  static func augmentation(
    before: Int, after: Int, operations: String = "{is: flip, axis: x}", other: String? = nil
  ) -> String {
    """
    augmentations:
      - id: t1
        at: t1
        dataset: beta
        before: {printed: "\(before)", n: \(before), unit: images}
        after: {printed: "\(after)", n: \(after), unit: images}
        operations: [\(operations)]
    """ + (other.map { "\n    alternative-operations: [\($0)]" } ?? "") + "\nexperiments:"
  }

  static let augmentations: [RuleCase] = [
    RuleCase(
      "augmentation-factor",
      broken: [.init(low, "experiments:", augmentation(before: 700, after: 2800))],
      mended: [.init(low, "2800", "1400")]),
    RuleCase(
      "rotation-step",
      broken: [
        .init(
          low, "experiments:",
          augmentation(before: 700, after: 50400, operations: "{is: rotation, step: 50}"))
      ], mended: [.init(low, "step: 50", "step: 5")]),
    RuleCase(
      "identity-rotation",
      broken: [
        .init(
          low, "experiments:",
          augmentation(
            before: 700, after: 2800, operations: "{is: rotation, angles: [90, 180, 270, 360]}"))
      ], mended: [.init(low, ", 360", "")]),
    RuleCase(
      "neighbouring-cell",
      broken: [
        .init(
          low, "experiments:",
          augmentation(before: 700, after: 2800, other: "{is: rotation, angles: [90, 180, 270]}"))
      ], mended: [.init(low, "2800", "1400")]),
  ]
}
