// Facts about exported runs: an RO-Crate that names every file it holds with its hash.

import Files
import Foundation
import Reproduce
import Testing

@Suite struct RunCrateTests {
  private static func graph(_ folder: String) throws -> [[String: Any]] {
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/ro-crate-metadata.json"))
    let root = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    return try #require(root?["@graph"] as? [[String: Any]])
  }

  @Test("An exported run describes each of its files, its recipe, data, program and cost")
  func export() throws {
    let sandbox = try Sandbox()
    var options = sandbox.options(images: 48)
    options.overrides = [.init(name: "evaluation.seeds", value: "2")]
    let (record, folder) = try sandbox.run(Knowledge.small(["epochs": "1"]), options: options)
    let crate = sandbox.folder + "/crate"
    try RunCrate(record, in: folder, license: "CC-BY-4.0").write(to: crate)
    let graph = try Self.graph(crate)
    let files = try FileManager.default.contentsOfDirectory(atPath: crate).sorted()
    #expect(
      files == [
        "predictions-1.csv", "predictions-2.csv", "recipe.yaml", "record.json",
        "ro-crate-metadata.json", "split-1.json", "split-2.json",
      ])
    for name in files where name != "ro-crate-metadata.json" {
      let entity = try #require(graph.first { $0["@id"] as? String == name })
      let hash = SHA256.hex(try readFile("\(crate)/\(name)"))
      #expect(entity["sha256"] as? String == hash, "\(name)")
    }
    let root = try #require(graph.first { $0["@id"] as? String == "./" })
    #expect((root["hasPart"] as? [Any])?.count == 6)
    #expect((root["description"] as? String)?.contains("PHANTOM DATA") == true)
    let action = try #require(graph.first { $0["@type"] as? String == "CreateAction" })
    let ids = Set(graph.compactMap { $0["@id"] as? String })
    for key in ["object", "result", "additionalProperty"] {
      let named = try #require(action[key] as? [[String: String]]).compactMap { $0["@id"] }
      #expect(!named.isEmpty && named.allSatisfy(ids.contains), "\(key)")
    }
    #expect(ids.contains("#peak-memory-bytes") && ids.contains("#data-manifest-sha256"))
  }

  @Test("A folder with files, a changed prediction and an unfinished run are refused")
  func refusals() throws {
    let sandbox = try Sandbox()
    var options = sandbox.options(images: 48)
    options.overrides = [.init(name: "evaluation.seeds", value: "1")]
    let (record, folder) = try sandbox.run(Knowledge.small(["epochs": "1"]), options: options)
    #expect(throws: ReproduceError.folderNotEmpty(path: folder.path)) {
      try RunCrate(record, in: folder).write(to: folder.path)
    }
    let file = folder.predictions(seed: 1)
    let text = try String(contentsOfFile: file, encoding: .utf8)
    try (text + "x").write(toFile: file, atomically: true, encoding: .utf8)
    #expect(throws: ReproduceError.self) {
      try RunCrate(record, in: folder).write(to: sandbox.folder + "/crate")
    }
    #expect(!FileManager.default.fileExists(atPath: sandbox.folder + "/crate"))
  }
}
