// For every rule a small review in which it must find something, and an edit that must silence it.

import Testing

/// One rule with the files it needs, where they contradict, and the edit that makes them agree.
struct RuleCase: Sendable, CustomTestStringConvertible {
  let rule: String
  let files: [String: String]
  /// Makes the contradiction in the small review; empty where the files hold it.
  let broken: [SmallReview.Edit]
  /// Takes it away from the broken files.
  let mended: [SmallReview.Edit]

  init(
    _ rule: String, files: [String: String] = [:], broken: [SmallReview.Edit] = [],
    mended: [SmallReview.Edit] = []
  ) {
    self.rule = rule
    self.files = files
    self.broken = broken
    self.mended = mended
  }

  var testDescription: String { rule }

  private static let roe = "studies/roe-2020.yaml"
  private static let low = "studies/low-2021.yaml"
  private static let alpha = "datasets/alpha.yaml"
  private static let beta = "datasets/beta.yaml"

  private static func statement(_ text: String) -> [String: String] {
    [
      "statements/review/one.yaml":
        "id: one\nat: {source: review, place: section-1, row: 2}\n" + text
    ]
  }

  private static let one = "statements/review/one.yaml"

  /// Two set-ups whose accuracies stand in each other's place in the text.
  private static let swapped = """
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

  private static func augmentation(
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

  static let corpus: [RuleCase] = [
    RuleCase(
      "used-by", files: statement("kind: used-by\ndataset: alpha\ncitations: []"),
      mended: [.init(one, "[]", "[1]")]),
    RuleCase(
      "backbone-used-by", files: statement("kind: backbone-used-by\nbackbone: vgg\ncitations: [1]"),
      mended: [.init(one, "[1]", "[1, 2]")]),
    RuleCase(
      "most-used",
      files: statement(
        "kind: most-used\nscope: datasets\ntask: skin-cancer\nranking: [beta, alpha]"
      ).merging([
        "statements/review/users.yaml":
          "{id: users, at: {source: review, place: table-2, row: 1, column: Used by}, kind: used-by, dataset: alpha, citations: [1, 3]}",
        "studies/ace-2018.yaml":
          "{id: ace-2018, authors: Ace, year: 2018, reference: review/3, appearances: [{key: s1, at: {source: review, place: section-1, row: 5}, citation: 3}]}",
      ]) { $1 }, mended: [.init(one, "[beta, alpha]", "[alpha, beta]")]),
    RuleCase(
      "usage-level",
      files: statement("kind: usage\nscope: backbones\nlevel: common\nbackbones: [resnet50]"),
      mended: [.init(one, "[resnet50]", "[vgg]")]),
    RuleCase(
      "cited-absence",
      files: statement("kind: usage\nlevel: none\nproperty: skin-lesions\ncitations: [1]"),
      mended: [.init(one, "level: none", "level: few")]),
    RuleCase(
      "complete-list",
      files: statement(
        "kind: lists\nscope: results\ntask: skin-cancer\nmembers: [roe-2020]\nwhere: table-2\ncomplete: true"
      ),
      mended: [
        .init(one, "where: table-2", "where: table-1"),
        .init(one, "[roe-2020]", "[roe-2020, low-2021]"),
      ]),
    RuleCase(
      "universal-claim", files: statement("kind: all-studies\nproperty: pretraining\nvalue: alpha"),
      broken: [.init(low, "pretraining: alpha", "pretraining: random")],
      mended: [.init(low, "pretraining: random", "pretraining: alpha")]),
    RuleCase(
      "family-members",
      files: [
        "backbones/vgg.yaml":
          "{id: vgg, name: VGGNet, family: vgg, facts: [{about: members, printed: VGG-16, members: [vgg16], at: {source: review, place: section-1, row: 1}}]}"
      ], mended: [.init("backbones/vgg.yaml", "[vgg16]", "[vgg16, vgg19]")]),
    RuleCase(
      "conflicting-definitions",
      files: statement("kind: definition\nof: confusion-matrix\nproperty: rows\nvalue: actual")
        .merging([
          "statements/review/two.yaml":
            "{id: two, at: {source: review, place: figure-1}, kind: definition, of: confusion-matrix, property: rows, value: predicted}"
        ]) { $1 }, mended: [.init(one, "actual", "predicted")]),
    RuleCase(
      "formulas", files: statement("kind: formula\nmetric: recall\nexpression: TP / (TP + FP)"),
      mended: [.init(one, "FP", "FN")]),
  ]

  private static func network(_ facts: String) -> [String: String] {
    [
      "backbones/vgg19.yaml":
        "{id: vgg19, name: VGG-19, family: vgg, aliases: [VGG19], facts: [\(facts)]}"
    ]
  }

  private static let place = "at: {source: review, place: section-1, row: 6}"

  static let networks: [RuleCase] = [
    RuleCase(
      "architecture-facts",
      files: network("{about: parameters, printed: \"138 m\", value: 138000000, \(place)}"),
      mended: [.init("backbones/vgg19.yaml", "138", "144")]),
    RuleCase(
      "printed-architecture",
      files: network(
        "{about: parameters, printed: \"25 M\", value: 25000000, \(place)}, {about: macs, printed: \"3.9 M\", value: 3900000, \(place)}"
      ), mended: [.init("backbones/vgg19.yaml", "value: 3900000", "value: 3900000000")]),
    RuleCase(
      "compared-architectures",
      files: network(
        "{about: parameters, printed: fewer, than: backbones/vgg16, relation: fewer, \(place)}"),
      mended: [.init("backbones/vgg19.yaml", "relation: fewer", "relation: more")]),
  ]

  static let all = results + citations + datasets + augmentations + corpus + networks
}
