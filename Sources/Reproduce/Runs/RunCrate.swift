// A run as an RO-Crate: its files with a machine-readable description of how they came about.

import Files
import Foundation

/// Exports a run as RO-Crate 1.1 (doi 10.3233/DS-210053) with the Process Run Crate profile: the run
/// is an action of this program on the dataset, the recipe and the weights, with the record, splits
/// and predictions as its results.
package struct RunCrate {
  private let record: RunRecord
  private let folder: RunFolder
  private let license: String?

  /// - Parameter license: an URL or SPDX identifier of the licence that the exporter gives the files;
  ///   nil where none is declared.
  package init(_ record: RunRecord, in folder: RunFolder, license: String? = nil) {
    self.record = record
    self.folder = folder
    self.license = license
  }

  /// One file of the crate.
  private struct Part {
    let name: String
    let bytes: [UInt8]
    let type: String
    let title: String
  }

  /// Writes the crate into a folder that does not exist yet or is empty.
  /// - Throws: ``ReproduceError`` when the folder holds something, or a file of the run is missing or
  ///   was changed.
  package func write(to path: String) throws {
    let present = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    guard present.isEmpty else { throw ReproduceError.folderNotEmpty(path: path) }
    guard record.status == .complete else { throw ReproduceError.unfinishedRun(record.id) }
    let parts = try self.parts()
    try makeFolder(path)
    for part in parts { try writeAtomically(part.bytes, to: "\(path)/\(part.name)") }
    let metadata: [String: Any] = [
      "@context": [
        "https://w3id.org/ro/crate/1.1/context",
        ["sha256": "https://w3id.org/ro/terms/workflow-run#sha256"],
      ] as [Any],
      "@graph": graph(parts),
    ]
    let json = try JSONSerialization.data(
      withJSONObject: metadata, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
    try writeAtomically(Array(json) + [10], to: "\(path)/ro-crate-metadata.json")
  }

  /// The run's files; predictions are checked against the hashes in the record.
  private func parts() throws -> [Part] {
    var parts = [
      Part(
        name: "record.json", bytes: try readFile(folder.record), type: "application/json",
        title: "Record of the run: recipe, data, ledger, metrics, verdicts"),
      Part(
        name: "recipe.yaml", bytes: Array(record.recipe.text.utf8), type: "application/yaml",
        title: "Recipe \(record.recipe.id) as it was"),
    ]
    for result in record.results {
      let bytes = try readFile("\(folder.path)/\(result.predictionsFile)")
      guard SHA256.hex(bytes) == result.predictionsSHA256 else {
        throw ReproduceError.badRecord(
          path: "\(folder.path)/\(result.predictionsFile)",
          reason: "the predictions are not those that the record describes")
      }
      parts.append(
        Part(
          name: result.predictionsFile, bytes: bytes, type: "text/csv",
          title: "Predictions of seed \(result.seed), one row per test image"))
    }
    for split in record.splits {
      guard let bytes = try? readFile(folder.split(seed: split.seed)) else { continue }
      parts.append(
        Part(
          name: "split-\(split.seed).json", bytes: bytes, type: "application/json",
          title: "Split of seed \(split.seed)"))
    }
    return parts
  }

  // MARK: Metadata

  private func reference(_ id: String) -> [String: Any] { ["@id": id] }

  private func graph(_ parts: [Part]) -> [[String: Any]] {
    let inputs = ["#dataset"] + (record.model.weights.sha256 == nil ? [] : ["#weights"])
    let files = parts.map(\.name)
    var root: [String: Any] = [
      "@id": "./", "@type": "Dataset", "name": "Run \(record.id)",
      "description": description, "datePublished": record.finished ?? record.started,
      "hasPart": files.map(reference), "mentions": reference("#run"),
      "conformsTo": reference("https://w3id.org/ro/wfrun/process/0.5"),
      "identifier": record.outcome ?? record.fingerprint,
    ]
    var graph: [[String: Any]] = [
      [
        "@id": "ro-crate-metadata.json", "@type": "CreativeWork",
        "about": reference("./"), "conformsTo": reference("https://w3id.org/ro/crate/1.1"),
      ],
      [
        "@id": "https://w3id.org/ro/wfrun/process/0.5", "@type": "CreativeWork",
        "name": "Process Run Crate", "version": "0.5",
      ],
    ]
    if let license {
      let isLink = license.contains("://")
      let id = isLink ? license : "https://spdx.org/licenses/\(license)"
      root["license"] = reference(id)
      graph.append([
        "@id": id, "@type": "CreativeWork", "name": license,
        "description": "The licence under which the files of this run are given.",
      ])
    } else {
      root["license"] = "No licence is declared: ask whoever gave you this crate."
    }
    graph.append(root)
    for part in parts {
      graph.append([
        "@id": part.name, "@type": "File", "name": part.title, "encodingFormat": part.type,
        "contentSize": "\(part.bytes.count)", "sha256": SHA256.hex(part.bytes),
      ])
    }
    graph.append(action(inputs: inputs, files: files))
    graph.append([
      "@id": "#tlkb", "@type": "SoftwareApplication", "name": "tlkb",
      "softwareVersion": record.toolVersion,
    ])
    graph.append(dataset)
    if record.model.weights.sha256 != nil { graph.append(weights) }
    return graph + properties
  }

  private var description: String {
    let study = record.recipe.study
    let subject =
      study == "none"
      ? "A run of the recipe \(record.recipe.id)"
      : "A run of the recipe \(record.recipe.id), which answers \(study)"
    return "\(subject), on \(record.data.name) with \(record.seeds.count) seeds."
      + (record.banner.map { " " + $0 } ?? "")
  }

  private func action(inputs: [String], files: [String]) -> [String: Any] {
    [
      "@id": "#run", "@type": "CreateAction", "name": "tlkb reproduce \(record.recipe.id)",
      "description": description, "instrument": reference("#tlkb"),
      "object": (inputs + ["recipe.yaml"]).map(reference),
      "result": files.filter { $0 != "recipe.yaml" }.map(reference),
      "startTime": record.started, "endTime": record.finished ?? record.started,
      "actionStatus": reference("http://schema.org/CompletedActionStatus"),
      "additionalProperty": facts.map { reference("#\($0.name)") },
    ]
  }

  private var dataset: [String: Any] {
    [
      "@id": "#dataset", "@type": "Dataset",
      "name": record.data.name,
      "description":
        "\(record.data.images) images, labels '\(record.data.labels)'; not part of this "
        + "crate. The manifest is the SHA-256 over each image's id, label and pixels.",
      "identifier": "sha256:\(record.data.manifest)",
    ]
  }

  private var weights: [String: Any] {
    let used = record.model.weights
    var entity: [String: Any] = [
      "@id": "#weights", "@type": "CreativeWork",
      "name": "Pre-trained weights \(used.name)",
      "description": "The weights that training started from; not part of this crate.",
      "identifier": "sha256:\(used.sha256 ?? "")",
    ]
    if let source = used.source { entity["isBasedOn"] = source }
    return entity
  }

  /// What the outcome depends on and what it cost, each a property of the action.
  private var facts: [(name: String, value: String)] {
    [
      ("recipe-sha256", record.recipe.sha256), ("data-manifest-sha256", record.data.manifest),
      ("fingerprint", record.fingerprint),
      ("seeds", record.seeds.map(String.init).joined(separator: ", ")),
      ("network", record.model.network),
      ("processor", record.machine.processor), ("threads", "\(record.machine.threads)"),
      ("system", record.machine.system),
      ("wall-seconds", "\(record.cost.wallSeconds)"), ("cpu-seconds", "\(record.cost.cpuSeconds)"),
      ("peak-memory-bytes", "\(record.cost.peakMemoryBytes)"),
      ("data-kind", record.kind.rawValue),
    ]
      + record.recipe.overrides.map { ("changed-" + $0.name, $0.value) }
  }

  private var properties: [[String: Any]] {
    facts.map {
      ["@id": "#\($0.name)", "@type": "PropertyValue", "name": $0.name, "value": $0.value]
    }
  }
}
