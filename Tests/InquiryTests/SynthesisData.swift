// A small data folder with studies that can and cannot be pooled, written for one test.
import Catalog
import Foundation
import Inquiry

/// A store of a few studies on two datasets; each test says which experiments they have.
final class SynthesisData {
  let folder: URL
  let store: Store

  /// - Parameter studies: the lines of `experiments:` by study id, `red-2020`, `blue-2021`, …
  init(_ studies: [String: String]) throws {
    folder = FileManager.default.temporaryDirectory
      .appending(path: "synthesis-\(UUID().uuidString)")
    var files = Self.common
    for (id, experiments) in studies {
      let name = id.split(separator: "-")[0].capitalized
      files["studies/\(id).yaml"] = """
        id: \(id)
        authors: \(name)
        year: \(id.suffix(4))
        tasks: [skin-cancer]
        appearances:
          - {key: t1, at: {source: review, place: table-1, row: 1}, authors: \(name), citation: 1}
          - {key: t2, at: {source: review, place: table-2, row: 1}, authors: \(name), citation: 1}
          - {key: s1, at: {source: review, place: section-1, row: 1}, authors: \(name), citation: 1}
        experiments:
        \(experiments)
        """
    }
    for (path, text) in files {
      let file = folder.appending(path: "Data/\(path)")
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: false, encoding: .utf8)
    }
    store = try Store.open(
      .folder(folder.appending(path: "Data").path), at: folder.appending(path: "store").path)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// One set-up on a dataset with the given claims, each `metric printed place` and more keys.
  static func experiment(
    _ id: String = "vgg16", on dataset: String = "moles", _ keys: String = "",
    claims: [String]
  ) -> String {
    (["- id: \(id)", "  dataset: \(dataset)", "  backbones: [vgg16]"]
      + (keys.isEmpty ? [] : ["  \(keys)"]) + ["  claims:"] + claims.map { "    - {\($0)}" })
      .joined(separator: "\n") + "\n"
  }

  /// The keys of one claim in percent.
  static func claim(
    _ metric: String, _ printed: String, at: String = "t1", _ more: String = ""
  ) -> String {
    "metric: \(metric), printed: \"\(printed)\", unit: percent, at: \(at)"
      + (more.isEmpty ? "" : ", \(more)")
  }

  private static let common = [
    "sources/review.yaml": """
    id: review
    kind: review
    title: A review
    authors: [Doe J]
    year: 2022
    places:
      - {id: table-1, kind: table, title: Results, rows: 9, columns: [Ref.]}
      - {id: table-2, kind: table, title: More results, rows: 9, columns: [Ref.]}
      - {id: section-1, kind: section, title: Introduction, paragraphs: 9}
    """,
    "references/review/001.yaml":
      "{number: 1, authors: [Roe R], title: A study, year: 2020, kind: article}",
    "tasks/skin-cancer.yaml": "{id: skin-cancer, name: skin cancer}",
    "modalities/dermoscopy.yaml": "{id: dermoscopy, name: dermoscopy}",
    "backbones/vgg16.yaml": "{id: vgg16, name: VGG-16, family: vgg}",
    "datasets/moles.yaml": """
    id: moles
    name: Moles
    modality: dermoscopy
    tasks: [skin-cancer]
    classes:
      - {id: mel, name: melanoma}
      - {id: nv, name: nevus}
    """,
    "datasets/spots.yaml": """
    id: spots
    name: Spots
    modality: dermoscopy
    tasks: [skin-cancer]
    classes:
      - {id: mel, name: melanoma}
      - {id: nv, name: nevus}
    counts:
      - {of: images, n: 500, printed: "500", at: {source: review, place: section-1, row: 2}}
      - {of: images, n: 200, printed: "200", split: test, at: {source: review, place: section-1, row: 3}}
      - {of: images, n: 50, printed: "50", class: mel, split: test, at: {source: review, place: section-1, row: 3}}
    """,
  ]
}
