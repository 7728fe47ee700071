// A small review in memory: one source with two tables, four references, two studies.

import Catalog
import Evidence
import Foundation

@testable import Inquiry

/// Files of a small knowledge base in which no rule finds anything.
enum SmallReview {
  static let files: [String: String] = [
    "sources/review.yaml": """
    id: review
    kind: review
    title: A review
    authors: [Doe J]
    year: 2022
    places:
      - {id: section-1, kind: section, title: Text, paragraphs: 8}
      - {id: section-2, kind: section, title: Data augmentation, paragraphs: 8}
      - {id: table-1, kind: table, title: Results, rows: 9, columns: [Ref., Dataset, Results]}
      - {id: table-2, kind: table, title: Datasets, rows: 9, columns: [Dataset, No. of samples, 40×, 100×, Used by, Challenge, Reference]}
      - {id: figure-1, kind: figure, title: A figure}
      - {id: references, kind: section, title: References, entries: 9}
    """,
    "references/review/001.yaml": """
    {number: 1, authors: [Roe RS, Poe E], title: Skin lesions with networks, year: 2020, kind: article}
    """,
    "references/review/002.yaml": """
    {number: 2, authors: [Low B], title: Moles and networks, year: 2021, kind: article}
    """,
    "references/review/003.yaml": """
    {number: 3, authors: [Ace C], title: The Alpha dataset, year: 2018, kind: article}
    """,
    "references/review/004.yaml": """
    {number: 4, authors: [Ace C], title: The Beta dataset, year: 2018, kind: article}
    """,
    "tasks/skin-cancer.yaml": "{id: skin-cancer, name: skin cancer, aliases: [melanoma]}",
    "tasks/dry-eye.yaml": "{id: dry-eye, name: dry eye, aliases: [DRY]}",
    "modalities/dermoscopy.yaml": "{id: dermoscopy, name: dermoscopy}",
    "modalities/photography.yaml": "{id: photography, name: photography, aliases: [photographs]}",
    "techniques/rotation.yaml": "{id: rotation, name: rotation, kind: augmentation}",
    "techniques/flip.yaml": "{id: flip, name: flip, kind: augmentation}",
    "techniques/gan.yaml": "{id: gan, name: adversarial network, kind: generative}",
    "backbones/vgg.yaml": "{id: vgg, name: VGGNet, family: vgg}",
    "backbones/vgg16.yaml": "{id: vgg16, name: VGG-16, family: vgg, aliases: [VGG16]}",
    "backbones/vgg19.yaml": "{id: vgg19, name: VGG-19, family: vgg, aliases: [VGG19]}",
    "backbones/resnet50.yaml": "{id: resnet50, name: ResNet-50, family: resnet}",
    "datasets/alpha.yaml": """
    id: alpha
    name: Alpha
    modality: dermoscopy
    tasks: [skin-cancer]
    references: [review/3]
    classes:
      - {id: benign, name: benign}
      - {id: malignant, name: malignant}
    counts:
      - {of: images, n: 500, printed: "500", at: {source: review, place: table-2, row: 1, column: No. of samples}}
      - {of: images, n: 300, printed: "300", class: benign, at: {source: review, place: section-1, row: 1}}
      - {of: images, n: 200, printed: "200", class: malignant, at: {source: review, place: section-1, row: 1}}
      - {of: classes, n: 2, printed: two, at: {source: review, place: section-1, row: 1}}
    """,
    "datasets/beta.yaml": """
    id: beta
    name: Beta
    modality: dermoscopy
    tasks: [skin-cancer]
    references: [review/4]
    counts:
      - {of: images, n: 700, printed: "700", at: {source: review, place: table-2, row: 2, column: No. of samples}}
    """,
    "studies/roe-2020.yaml": """
    id: roe-2020
    authors: Roe and Poe
    year: 2020
    reference: review/1
    tasks: [skin-cancer]
    modalities: [dermoscopy]
    appearances:
      - {key: t1, at: {source: review, place: table-1, row: 1}, authors: Roe and Poe, citation: 1, names: [{printed: Alpha, is: datasets/alpha}, {printed: VGG16, is: backbones/vgg16}]}
      - {key: s1, at: {source: review, place: section-1, row: 3}, authors: Roe and Poe, citation: 1}
    experiments:
      - id: vgg16
        dataset: alpha
        task: skin-cancer
        classes: 2
        backbones: [vgg16]
        pretraining: alpha
        strategy: {kind: fine-tuning}
        claims:
          - {metric: accuracy, printed: "90.00", unit: percent, at: t1, column: Results}
          - {metric: precision, printed: "80.00", unit: percent, at: t1, column: Results}
          - {metric: recall, printed: "80.00", unit: percent, at: t1, column: Results}
          - {metric: f1, printed: "80.00", unit: percent, at: t1, column: Results}
          - {metric: accuracy, printed: "90.0", unit: percent, at: s1}
    """,
    "studies/low-2021.yaml": """
    id: low-2021
    authors: Low
    year: 2021
    reference: review/2
    tasks: [skin-cancer]
    modalities: [dermoscopy]
    appearances:
      - {key: t1, at: {source: review, place: table-1, row: 2}, authors: Low, citation: 2, names: [{printed: Beta, is: datasets/beta}, {printed: VGG19, is: backbones/vgg19}]}
    experiments:
      - id: vgg19
        dataset: beta
        task: skin-cancer
        backbones: [vgg19]
        pretraining: alpha
        strategy: {kind: fine-tuning}
        claims:
          - {metric: accuracy, printed: "71.3", unit: percent, at: t1, column: Results}
    """,
  ]

  /// The small review with files added or replaced, and then texts replaced in them.
  static func knowledge(
    _ changes: [String: String], replacing edits: [Edit] = []
  ) throws -> KnowledgeBase {
    var files = files.merging(changes) { $1 }
    for edit in edits {
      let text = files[edit.path] ?? ""
      precondition(text.contains(edit.old), "\(edit.path) does not hold \(edit.old)")
      files[edit.path] = text.replacing(edit.old, with: edit.new)
    }
    return try loadData(
      files: files.sorted { $0.key < $1.key }.map { DataOrigin.File(path: $0.key, text: $0.value) },
      root: "small"
    ).knowledge
  }

  /// One text of a file replaced by another.
  struct Edit: Sendable {
    let path: String
    let old: String
    let new: String

    init(_ path: String, _ old: String, _ new: String) {
      self.path = path
      self.old = old
      self.new = new
    }
  }
}

/// The checkout's own data and rules.
enum Checkout {
  static let data: DataOrigin = .folder(
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Data").path)

  static let loaded = Result { try loadData(data) }

  private static let allRules = Result {
    try Rule.read(loaded.get().documents.filter { $0.path.hasPrefix("rules/") })
  }

  static func rules() throws -> [Rule] { try allRules.get() }

  static func rule(_ id: String) throws -> Rule {
    guard let rule = try rules().first(where: { $0.id == id }) else {
      throw CatalogError.unknownName(kind: "rule", name: id, suggestion: nil)
    }
    return rule
  }
}

/// What one rule finds in a knowledge base.
func findings(
  _ rule: String, in knowledge: KnowledgeBase, architectures: [String: ArchitectureFacts] = [:]
) throws -> [Finding] {
  ContradictionQuery.findings(
    of: [try Checkout.rule(rule)], in: Corpus(knowledge, architectures: architectures))
}
