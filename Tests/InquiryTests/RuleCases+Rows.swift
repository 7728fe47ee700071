// Small reviews for the rules on rows, entries and descriptions that exclude each other.

extension RuleCase {
  /// A study whose row of results is empty, below one with values of its own and of nobody's.
  private static let emptyRow = """
    id: kim-2020
    authors: Kim
    year: 2020
    tasks: [skin-cancer]
    appearances:
      - {key: t1, at: {source: review, place: table-1, row: 3}, authors: Kim, citation: 3, names: [{printed: Beta, is: datasets/beta}]}
    experiments:
      - {id: vgg16, dataset: beta, task: skin-cancer, backbones: [vgg16]}
    """

  static let rows: [RuleCase] = [
    RuleCase(
      "networks-named",
      files: statement(
        "kind: count\nof: backbones\nn: 2\nprinted: two\nscope: low-2021\nmembers: [vgg19, resnet50]"
      ), mended: [.init(one, "members: [vgg19, resnet50]", "members: [vgg19]")]),
    RuleCase(
      "unassigned-result",
      broken: [
        .init(low, "backbones: [vgg19]", "backbones: [vgg19, resnet50]\n    combination: one-of")
      ], mended: [.init(low, "combination: one-of", "combination: ensemble")]),
    RuleCase(
      "class-accuracy",
      broken: [.init(low, "column: Results}", "column: Results, class: benign}")],
      mended: [.init(low, ", class: benign", "")]),
    RuleCase(
      "neighbouring-result", files: ["studies/kim-2020.yaml": emptyRow],
      broken: [
        .init(
          low, "- {metric: accuracy, printed: \"71.3\", unit: percent, at: t1, column: Results}",
          """
          - {metric: accuracy, printed: "71.3", unit: percent, at: t1, column: Results}
                - {metric: accuracy, printed: "71.3", unit: percent, at: s1}
                - {metric: auc, printed: "0.93", unit: fraction, at: t1, column: Results}
          """),
        .init(
          low, "experiments:",
          "  - {key: s1, at: {source: review, place: section-1, row: 4}, authors: Low, citation: 2}\nexperiments:"
        ),
      ],
      mended: [.init(low, "\"0.93\", unit: fraction, at: t1", "\"0.93\", unit: fraction, at: s1")]),
  ]

  static let entries: [RuleCase] = [
    RuleCase(
      "reference-identifiers",
      broken: [
        .init("references/review/002.yaml", "kind:", "doi: 10.1000/j.abc.1/tables/2, kind:")
      ], mended: [.init("references/review/002.yaml", "/tables/2", "")]),
    RuleCase(
      "author-spelling",
      broken: [
        .init("references/review/001.yaml", "Roe RS", "Ray RR, Fouad MM"),
        .init("references/review/002.yaml", "[Low B]", "[Poe E, Ray RR, Foad MM, Low B]"),
        .init(roe, "authors: Roe and Poe, citation", "authors: Fouad and Poe, citation"),
      ], mended: [.init("references/review/002.yaml", "Foad", "Fouad")]),
  ]

  static let descriptions: [RuleCase] = [
    RuleCase(
      "conflicting-facts",
      broken: [
        .init(
          beta, "counts:",
          "facts:\n  - {about: year, printed: \"1998\", value: 1998, \(place)}\n  - {about: year, printed: \"1989\", value: 1989, \(place)}\ncounts:"
        )
      ], mended: [.init(beta, "\"1989\", value: 1989", "\"1998\", value: 1998")]),
    RuleCase(
      "repeated-member",
      broken: [
        .init(
          beta, "counts:",
          "facts:\n  - {about: location, printed: North and North (Clinic), \(place)}\ncounts:")
      ], mended: [.init(beta, "North and North", "North and South")]),
    RuleCase(
      "class-order",
      files: statement("kind: lists\nscope: classes\ndataset: alpha\nmembers: [malignant, benign]"),
      mended: [.init(one, "[malignant, benign]", "[benign, malignant]")]),
    RuleCase(
      "mixed-tasks",
      files: [
        "datasets/pool.yaml": """
        id: pool
        name: Pool
        includes: [alpha, beta]
        counts:
          - {of: images, n: 1200, printed: "1,200", at: {source: review, place: section-1, row: 4}}
          - {of: classes, n: 2, printed: two, at: {source: review, place: section-1, row: 4}}
        """
      ],
      broken: [
        .init(
          alpha, "counts:",
          "facts:\n  - {about: task-kind, printed: classified, value: classification, \(place)}\ncounts:"
        ),
        .init(
          beta, "counts:",
          "facts:\n  - {about: task-kind, printed: outlined, value: segmentation, \(place)}\ncounts:"
        ),
      ], mended: [.init(beta, "value: segmentation", "value: classification")]),
    RuleCase(
      "mixed-samples",
      broken: [
        .init(
          beta, "counts:",
          "counts:\n  - {of: patches, n: 700, printed: \"700\", \(place)}")
      ],
      mended: [
        .init(beta, "of: patches, n: 700, printed: \"700\"", "of: patches, n: 9, printed: \"9\"")
      ]),
    RuleCase(
      "collection-as-part",
      files: ["datasets/whole.yaml": "{id: whole, name: Whole}"],
      broken: [
        .init(
          beta, "counts:",
          "part-of: whole\ncounts:\n  - {of: images, n: 400, printed: \"400\", split: training, \(place)}"
        ),
        .init(
          low, "experiments:",
          augmentation(before: 400, after: 800).replacing("dataset: beta", with: "dataset: whole")),
      ],
      mended: [.init(low, "before: {printed: \"400\", n: 400", "before: {printed: \"700\", n: 700")]
    ),
    RuleCase(
      "foreign-field", files: statement("kind: citation\ncitation: 3\nabout: [techniques/flip]"),
      broken: [.init("references/review/003.yaml", "year: 2018,", "year: 2018, field: radar,")],
      mended: [.init("references/review/003.yaml", "field: radar,", "field: medical-imaging,")]),
    RuleCase(
      "user-without-result",
      files: statement("kind: used-by\ndataset: beta\ncitations: [2, 3]").merging([
        "studies/ace-2018.yaml":
          "{id: ace-2018, authors: Ace, year: 2018, reference: review/3, appearances: [{key: s1, at: {source: review, place: section-1, row: 5}, citation: 3}]}"
      ]) { $1 }, mended: [.init(one, "[2, 3]", "[2]")]),
    RuleCase(
      "shown-operations",
      files: statement(
        "kind: lists\nscope: techniques\nproperty: shown\nwhere: table-1\nmembers: [flip, rotation]"
      ),
      broken: [.init(low, "experiments:", augmentation(before: 700, after: 1400))],
      mended: [.init(one, "[flip, rotation]", "[flip]")]),
    RuleCase(
      "undefined-metric",
      files: statement(
        "kind: formula\nmetric: accuracy\nexpression: (TP + TN) / (TP + TN + FP + FN)"
      )
      .merging([
        "statements/review/two.yaml":
          "{id: two, at: {source: review, place: section-1, row: 3}, kind: lists, scope: metrics, members: [precision, recall], where: section-1}"
      ]) { $1 },
      mended: [
        .init("statements/review/two.yaml", "[precision, recall]", "[precision, recall, f1]")
      ]),
    RuleCase(
      "spelling-variants",
      broken: [
        .init(
          roe,
          "{key: s1, at: {source: review, place: section-1, row: 3}, authors: Roe and Poe, citation: 1}",
          "{key: s1, at: {source: review, place: section-1, row: 3}, authors: Roe and Poe, citation: 1, names: [{printed: Vgg 16, is: backbones/vgg16}]}"
        )
      ], mended: [.init(roe, "Vgg 16", "VGG16")]),
    RuleCase(
      "modalities-named",
      files: statement(
        "kind: lists\nscope: modalities\ntask: skin-cancer\nmembers: [photography]\nwhere: section-1"
      ),
      mended: [.init(one, "[photography]", "[dermoscopy]")]),
  ]
}
