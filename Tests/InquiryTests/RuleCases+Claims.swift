// Small reviews for the rules on how things are ranked, recommended, cited and compared.

extension RuleCase {
  static let claims: [RuleCase] = [
    RuleCase(
      "tied-ranking",
      files: statement("kind: most-used\nscope: datasets\nranking: [alpha, beta]"),
      mended: [.init(one, "ranking: [alpha, beta]", "ranking: [alpha, beta]\nordered: false")]),
    RuleCase(
      "augmented-whole",
      broken: [.init(low, "experiments:", augmentation(before: 700, after: 1400))],
      mended: [.init(low, "n: 700", "n: 560")]),
    RuleCase(
      "recommended-practice",
      files: statement("kind: usage\nscope: techniques\ntechnique: flip\nlevel: common").merging([
        "recommendations/mirror.yaml":
          "{id: mirror, name: flip the images, at: [{source: review, place: section-1, row: 6}], techniques: [flip]}"
      ]) { $1 }, mended: [.init(one, "level: common", "level: few")]),
    RuleCase(
      "recommended-practice",
      broken: [
        .init(
          low, "experiments:",
          "problems:\n  - {at: t1, techniques: [flip], proposed: [flip, rotation]}\nexperiments:")
      ], mended: [.init(low, "proposed: [flip, rotation]", "proposed: [rotation]")]),
    RuleCase(
      "predecessors",
      files: statement(
        "kind: definition\nof: backbones/resnet50\nproperty: predecessors\nvalue: [vgg19]"
      ).merging([
        "backbones/resnet50.yaml": network("resnet50", "ResNet-50", "resnet", year: 2014),
        "backbones/vgg19.yaml": network("vgg19", "VGG-19", "vgg", year: 2014),
      ]) { $1 },
      mended: [.init("backbones/vgg19.yaml", "value: 2014", "value: 2013")]),
    RuleCase(
      "heavy-networks",
      files: statement("kind: citation\ncitation: 1\nabout: [backbones/vgg16]\nproperty: heavy")
        .merging([
          "statements/review/two.yaml":
            "{id: two, at: {source: review, place: section-1, row: 3}, kind: definition, of: light-networks, property: members, value: [vgg19]}"
        ]) { $1 }, mended: [.init("statements/review/two.yaml", "[vgg19]", "[resnet50]")]),
    RuleCase(
      "uncited-dataset",
      files: statement("kind: citation\ncitation: 3\nabout: [datasets/alpha]").merging([
        "statements/review/two.yaml": cited(in: "section-4"),
        "statements/review/three.yaml": cited(in: "section-5"),
        "statements/review/four.yaml": cited(in: "section-1"),
        "datasets/gamma.yaml": "{id: gamma, name: Gamma}",
        "datasets/delta.yaml":
          "{id: delta, name: Delta, counts: [{of: images, n: 9, printed: \"9\", at: {source: review, place: section-6, row: 1}}]}",
      ]) { $1 },
      broken: [
        .init(
          "sources/review.yaml", "- {id: figure-1,",
          """
          - {id: section-3, kind: section, title: Alpha dataset, paragraphs: 1}
            - {id: section-4, kind: section, title: Beta dataset, paragraphs: 1}
            - {id: section-5, kind: section, title: Gamma dataset, paragraphs: 1}
            - {id: section-6, kind: section, title: Delta dataset, paragraphs: 1}
            - {id: figure-1,
          """),
        .init(one, "place: section-1, row: 2", "place: section-3, row: 1"),
      ],
      mended: [.init("statements/review/four.yaml", "section-1", "section-6")]),
    RuleCase(
      "dataset-publication",
      files: [
        "datasets/breakhis.yaml": "{id: breakhis, name: BreakHis, references: [review/3]}"
      ],
      broken: [.init("references/review/003.yaml", "The Alpha dataset", "A page on BreakHis")],
      mended: [
        .init(
          "references/review/003.yaml", "A page on BreakHis",
          "A dataset for breast cancer histopathological image classification")
      ]),
    RuleCase(
      "own-abstract",
      files: [
        "studies/vesal-2018.yaml": """
        id: vesal-2018
        authors: Vesal
        year: 2018
        reference: review/3
        appearances: [{key: t1, at: {source: review, place: table-1, row: 4}, authors: Ace, citation: 3}]
        experiments:
          - id: resnet50
            backbones: [resnet50]
            claims: [{metric: accuracy, printed: "97.08", unit: percent, at: t1, column: Results}]
        """
      ], mended: [.init("studies/vesal-2018.yaml", "97.08", "97.5")]),
    RuleCase(
      "coefficient-in-percent", broken: [.init(roe, "{metric: f1,", "{metric: kappa,")],
      mended: [
        .init(
          roe, "{metric: kappa, printed: \"80.00\", unit: percent",
          "{metric: kappa, printed: \"0.8000\", unit: fraction")
      ]),
    RuleCase(
      "binary-metric",
      files: statement("kind: definition\nof: roc\nproperty: task-kind\nvalue: binary"),
      broken: [
        .init(roe, "{metric: f1,", "{metric: auc,"), .init(roe, "classes: 2", "classes: 3"),
      ],
      mended: [.init(roe, "classes: 3", "classes: 2")]),
    RuleCase(
      "known-reference",
      files: [
        "sources/mukhlif-2022.yaml":
          "{id: mukhlif-2022, kind: review, title: Another, authors: [Doe J], year: 2022, places: [{id: references, kind: section, title: References, entries: 30}]}",
        "references/mukhlif-2022/021.yaml":
          "{number: 21, authors: [He K, Sun J], title: Residual learning, year: 2016, kind: proceedings}",
      ],
      mended: [
        .init("references/mukhlif-2022/021.yaml", "He K, Sun J", "He K, Zhang X, Ren S, Sun J")
      ]),
    RuleCase(
      "known-fact",
      files: [
        "backbones/vgg.yaml":
          "{id: vgg, name: VGGNet, family: vgg, facts: [{about: members, printed: three, members: [vgg11, vgg16, vgg19], at: {source: review, place: section-1, row: 1}}]}",
        "backbones/vgg11.yaml": "{id: vgg11, name: VGG-11, family: vgg}",
        "backbones/vgg13.yaml": "{id: vgg13, name: VGG-13, family: vgg}",
      ],
      mended: [
        .init("backbones/vgg.yaml", "[vgg11, vgg16, vgg19]", "[vgg11, vgg13, vgg16, vgg19]")
      ]),
    RuleCase(
      "formulas",
      files: statement("kind: definition\nof: metrics/f1\nproperty: mean\nvalue: geometric"),
      mended: [.init(one, "geometric", "harmonic")]),
    RuleCase(
      "formulas",
      files: statement(
        "kind: formula\nmetric: recall\nexpression: TP / (TP + FN)\nwording: true\nuncertain: {because: two readings, alternative: TP / (TP + FP)}"
      ), mended: [.init(one, "alternative: TP / (TP + FP)", "alternative: TP / (FN + TP)")]),
    RuleCase(
      "unassigned-result",
      broken: [
        .init(
          roe, "  - id: vgg16\n",
          """
            - id: resnet50
              dataset: alpha
              backbones: [resnet50]
              claims:
                - {metric: accuracy, printed: "90.00", unit: percent, at: t1, column: Results}
                - {metric: precision, printed: "80.00", unit: percent, at: t1, column: Results}
                - {metric: recall, printed: "80.00", unit: percent, at: t1, column: Results}
                - {metric: f1, printed: "80.00", unit: percent, at: t1, column: Results}
            - id: vgg16

          """)
      ],
      mended: [
        .init(
          roe,
          "backbones: [resnet50]\n    claims:\n      - {metric: accuracy, printed: \"90.00\"",
          "backbones: [resnet50]\n    claims:\n      - {metric: accuracy, printed: \"90.10\"")
      ]),
  ]

  private static func network(_ id: String, _ name: String, _ family: String, year: Int) -> String {
    "{id: \(id), name: \(name), family: \(family), facts: [{about: year, printed: \"\(year)\", value: \(year), at: {source: review, place: section-1, row: 1}}]}"
  }

  private static func cited(in place: String) -> String {
    "{id: \(["section-4": "two", "section-5": "three", "section-1": "four"][place] ?? ""), at: {source: review, place: \(place), row: 1}, kind: citation, citation: 4, about: [datasets/beta]}"
  }
}
