// A small valid data folder in memory, for tests that change one thing in it.

import Catalog

/// Files of a tiny knowledge base: one source, one study, one dataset, one network.
enum SmallData {
  static let files: [String: String] = [
    "sources/review.yaml": """
    id: review
    kind: review
    title: A review
    authors: [Doe J]
    year: 2022
    doi: 10.1515/jisys-2022-0198
    places:
      - {id: table-1, kind: table, title: Results, rows: 3, columns: [Ref., Accuracy (%)]}
      - {id: section-1, kind: section, title: Introduction, paragraphs: 4}
    """,
    "references/review/001.yaml": """
    number: 1
    authors: [Roe R]
    title: A study
    year: 2020
    doi: 10.1000/xyz
    kind: article
    """,
    "tasks/skin-cancer.yaml": "{id: skin-cancer, name: skin cancer}",
    "modalities/dermoscopy.yaml": "{id: dermoscopy, name: dermoscopy}",
    "techniques/rotation.yaml": "{id: rotation, name: rotation, kind: augmentation}",
    "backbones/vgg16.yaml": "{id: vgg16, name: VGG-16, family: vgg, aliases: [VGG 16]}",
    "datasets/ham10000.yaml": """
    id: ham10000
    name: HAM10000
    modality: dermoscopy
    tasks: [skin-cancer]
    classes:
      - {id: mel, name: melanoma}
    counts:
      - {of: images, n: 1113, printed: "1,113", class: mel, at: {source: review, place: section-1, row: 2}}
    """,
    "studies/roe-2020.yaml": """
    id: roe-2020
    authors: Roe
    year: 2020
    reference: review/1
    tasks: [skin-cancer]
    appearances:
      - {key: t1, at: {source: review, place: table-1, row: 2}, authors: Roe, citation: 1}
    experiments:
      - id: vgg16
        dataset: ham10000
        backbones: [vgg16]
        head: not-applicable
        claims:
          - {metric: accuracy, printed: "97.50", unit: percent, at: t1, column: Accuracy (%)}
    """,
    "recipes/roe-2020.yaml": "id: roe-2020",
  ]

  /// The files with some replaced or added, and one text replaced in one of them.
  static func changed(
    _ path: String? = nil, _ old: String = "", _ new: String = "", adding: [String: String] = [:]
  ) -> [DataOrigin.File] {
    var files = files.merging(adding) { $1 }
    if let path, let text = files[path], let range = text.firstRange(of: old) {
      files[path] = text.replacingCharacters(in: range, with: new)
    }
    return files.sorted { $0.key < $1.key }.map { DataOrigin.File(path: $0.key, text: $0.value) }
  }
}

extension String {
  fileprivate func replacingCharacters(in range: Range<String.Index>, with text: String) -> String {
    self[..<range.lowerBound] + text + self[range.upperBound...]
  }
}
