// A dataset of the catalogue as an MLCommons Croissant description (JSON-LD).
// The format: https://docs.mlcommons.org/croissant/docs/croissant-spec.html, version 1.0.

import Evidence
import Imaging

/// What the catalogue knows of one dataset, for programs that read Croissant.
///
/// Images are not described record by record, for the archives hold them in forms that Croissant
/// readers do not open; what the sources print of the dataset is: its classes and every count with
/// the place where it is printed.
package struct Croissant {
  private let dataset: Dataset
  private let card: DatasetCard?
  private let knowledge: KnowledgeBase

  /// - Parameter card: the reader's, where the dataset can be read; it knows licence and files.
  package init(_ dataset: Dataset, card: DatasetCard?, knowledge: KnowledgeBase) {
    self.dataset = dataset
    self.card = card
    self.knowledge = knowledge
  }

  /// The description as indented JSON, keys in a fixed order.
  package var json: String { description.written() + "\n" }

  private var description: JSONValue {
    var fields: [(String, JSONValue)] = [
      ("@context", Self.context), ("@type", .text("sc:Dataset")),
      ("conformsTo", .text("http://mlcommons.org/croissant/1.0")),
      ("@id", .text(dataset.id)), ("name", .text(dataset.name)),
      ("description", .text(summary)),
    ]
    if !dataset.aliases.isEmpty {
      fields.append(("alternateName", .list(dataset.aliases.map(JSONValue.text))))
    }
    if let licence = licence { fields.append(("license", .text(licence))) }
    if let address = address { fields.append(("url", .text(address))) }
    if let citation { fields.append(("citeAs", .text(citation))) }
    fields.append(("keywords", .list(keywords.map(JSONValue.text))))
    let files = card?.downloads.filter { $0.sha256 != nil || $0.md5 != nil } ?? []
    if !files.isEmpty { fields.append(("distribution", .list(files.map(Self.file)))) }
    let records = [classes, counts].compactMap { $0 }
    if !records.isEmpty { fields.append(("recordSet", .list(records))) }
    return .object(fields)
  }

  private var summary: String {
    let tasks = dataset.tasks.compactMap { id in knowledge.tasks.first { $0.id == id }?.name }
    var text = "Medical images: \(dataset.name)"
    if case .value(let modality) = dataset.modality { text += ", \(modality)" }
    if !tasks.isEmpty { text += "; \(tasks.joined(separator: ", "))" }
    let total = dataset.counts.first {
      $0.of == "images" && $0.label == nil && $0.split == nil && $0.subset == nil
        && $0.magnification == nil
    }
    if let total { text += "; \(total.printed) images (\(total.at))" }
    if let card { text += ". As downloaded: \(card.layout). Access: \(card.access)." }
    return text
  }

  private var licence: String? {
    if let card, !card.licence.isEmpty { return card.licence }
    return dataset.facts.first { $0.about == "licence" && $0.subset == nil }?.printed
  }

  private var address: String? {
    if let card, !card.homepage.isEmpty { return card.homepage }
    return dataset.facts.first { $0.about == "url" }?.printed
  }

  private var citation: String? {
    if let card, !card.citation.isEmpty { return card.citation }
    return nil
  }

  private var keywords: [String] {
    var words = ["medical imaging"]
    if case .value(let modality) = dataset.modality { words.append(modality) }
    return words + dataset.tasks
  }

  private static func file(_ file: DatasetDownload) -> JSONValue {
    let kind: String =
      if file.file.hasSuffix(".zip") || file.file.hasSuffix(".npz") {
        "application/zip"
      } else if file.file.hasSuffix(".csv") {
        "text/csv"
      } else {
        "application/gzip"
      }
    var fields: [(String, JSONValue)] = [
      ("@type", .text("cr:FileObject")), ("@id", .text(file.file)), ("name", .text(file.file)),
      ("contentUrl", .text(file.url)), ("encodingFormat", .text(kind)),
    ]
    if let digest = file.sha256 { fields.append(("sha256", .text(digest))) }
    if let digest = file.md5 { fields.append(("md5", .text(digest))) }
    return .object(fields)
  }

  /// The labels, as an enumeration.
  private var classes: JSONValue? {
    guard !dataset.labels.isEmpty else { return nil }
    return Self.records(
      "classes", key: "id", type: "sc:Enumeration",
      fields: [("id", "sc:Text"), ("name", "sc:Text"), ("parent", "sc:Text")],
      rows: dataset.labels.map { label in
        [.text(label.id), .text(label.name), .text(label.parent ?? "")]
      })
  }

  /// Every printed count with its place.
  private var counts: JSONValue? {
    guard !dataset.counts.isEmpty else { return nil }
    return Self.records(
      "counts", key: nil, type: nil,
      fields: [
        ("of", "sc:Text"), ("n", "sc:Integer"), ("printed", "sc:Text"), ("class", "sc:Text"),
        ("magnification", "sc:Text"), ("split", "sc:Text"), ("subset", "sc:Text"),
        ("place", "sc:Text"),
      ],
      rows: dataset.counts.map { count in
        [
          .text(count.of), .whole(count.n), .text(count.printed), .text(count.label ?? ""),
          .text(count.magnification ?? ""), .text(count.split?.rawValue ?? ""),
          .text(count.subset ?? ""), .text("\(count.at)"),
        ]
      })
  }

  private static func records(
    _ id: String, key: String?, type: String?, fields: [(name: String, type: String)],
    rows: [[JSONValue]]
  ) -> JSONValue {
    var object: [(String, JSONValue)] = [
      ("@type", .text("cr:RecordSet")), ("@id", .text(id)), ("name", .text(id)),
    ]
    if let type { object.append(("dataType", .text(type))) }
    if let key { object.append(("key", .object([("@id", .text("\(id)/\(key)"))]))) }
    object.append(
      (
        "field",
        .list(
          fields.map { field in
            .object([
              ("@type", .text("cr:Field")), ("@id", .text("\(id)/\(field.name)")),
              ("name", .text("\(id)/\(field.name)")), ("dataType", .text(field.type)),
            ])
          })
      ))
    object.append(
      (
        "data",
        .list(rows.map { row in .object(zip(fields, row).map { ("\(id)/\($0.name)", $1) }) })
      ))
    return .object(object)
  }

  /// The specification's recommended context.
  private static var context: JSONValue {
    let untyped = { (name: String) in
      JSONValue.object([("@id", .text(name)), ("@type", .text("@json"))])
    }
    return .object(
      [
        ("@language", .text("en")), ("@vocab", .text("https://schema.org/")),
        ("citeAs", .text("cr:citeAs")), ("column", .text("cr:column")),
        ("conformsTo", .text("dct:conformsTo")), ("cr", .text("http://mlcommons.org/croissant/")),
        ("data", untyped("cr:data")),
        (
          "dataType",
          .object([("@id", .text("cr:dataType")), ("@type", .text("@vocab"))])
        ),
        ("dct", .text("http://purl.org/dc/terms/")), ("examples", untyped("cr:examples")),
        ("extract", .text("cr:extract")), ("field", .text("cr:field")),
        ("fileObject", .text("cr:fileObject")), ("fileProperty", .text("cr:fileProperty")),
        ("fileSet", .text("cr:fileSet")), ("format", .text("cr:format")),
        ("includes", .text("cr:includes")), ("isLiveDataset", .text("cr:isLiveDataset")),
        ("jsonPath", .text("cr:jsonPath")), ("key", .text("cr:key")), ("md5", .text("cr:md5")),
        ("parentField", .text("cr:parentField")), ("path", .text("cr:path")),
        ("rai", .text("http://mlcommons.org/croissant/RAI/")),
        ("recordSet", .text("cr:recordSet")), ("references", .text("cr:references")),
        ("regex", .text("cr:regex")), ("repeated", .text("cr:repeated")),
        ("replace", .text("cr:replace")), ("sc", .text("https://schema.org/")),
        ("separator", .text("cr:separator")), ("source", .text("cr:source")),
        ("subField", .text("cr:subField")), ("transform", .text("cr:transform")),
      ])
  }
}

/// JSON whose objects keep their order.
private indirect enum JSONValue {
  case text(String)
  case whole(Int)
  case list([JSONValue])
  case object([(String, JSONValue)])

  func written(_ indentation: String = "") -> String {
    let inner = indentation + "  "
    switch self {
    case .text(let text): return jsonString(text)
    case .whole(let value): return "\(value)"
    case .list(let items):
      if items.isEmpty { return "[]" }
      return "[\n" + items.map { inner + $0.written(inner) }.joined(separator: ",\n")
        + "\n\(indentation)]"
    case .object(let fields):
      if fields.isEmpty { return "{}" }
      return "{\n"
        + fields.map { "\(inner)\(jsonString($0.0)): \($0.1.written(inner))" }
        .joined(separator: ",\n") + "\n\(indentation)}"
    }
  }
}
