// Small reviews for the rules on claims about the corpus and on networks.

extension RuleCase {
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

  static func network(_ facts: String) -> [String: String] {
    [
      "backbones/vgg19.yaml":
        "{id: vgg19, name: VGG-19, family: vgg, aliases: [VGG19], facts: [\(facts)]}"
    ]
  }

  static let place = "at: {source: review, place: section-1, row: 6}"

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
}
