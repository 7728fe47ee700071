// Facts about the store: it holds the data, follows it, and survives damage and rivals.

import Catalog
import Evidence
import Files
import Foundation
import Testing

/// A data folder and a store in a temporary folder of their own.
private final class Workspace {
  let folder: String
  var store: String { folder + "/store.sqlite" }
  var origin: DataOrigin { .folder(folder + "/Data") }

  init() throws {
    folder = NSTemporaryDirectory() + "tlkb-store-\(UUID().uuidString)"
    for (path, text) in SmallData.files { try write(path, text) }
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func write(_ path: String, _ text: String) throws {
    try writeAtomically(text, to: "\(folder)/Data/\(path)")
  }
}

@Suite struct StoreTests {
  @Test("The store gives back exactly what the files say")
  func roundTrip() throws {
    let workspace = try Workspace()
    let loaded = try loadData(workspace.origin).knowledge
    let stored = try Store.open(workspace.origin, at: workspace.store).knowledge()
    #expect(stored.studies == loaded.studies)
    #expect(stored.datasets == loaded.datasets)
    #expect(stored.sources == loaded.sources)
    #expect(stored.references == loaded.references)
    #expect(stored.backbones == loaded.backbones)
  }

  @Test("A changed file is in the next answer without a command")
  func follows() throws {
    let workspace = try Workspace()
    _ = try Store.open(workspace.origin, at: workspace.store)
    try workspace.write("backbones/lenet5.yaml", "{id: lenet5, name: LeNet-5, family: lenet}")
    let store = try Store.open(workspace.origin, at: workspace.store)
    #expect(try store.knowledge().backbones.map(\.id) == ["lenet5", "vgg16"])
  }

  @Test("An unchanged folder is not read again")
  func current() throws {
    let workspace = try Workspace()
    #expect(try Store.build(workspace.origin, at: workspace.store, force: false).isNew)
    #expect(try !Store.build(workspace.origin, at: workspace.store, force: false).isNew)
    #expect(try Store.build(workspace.origin, at: workspace.store, force: true).isNew)
  }

  @Test("Wrong data leaves the old store as it was")
  func invalidDataKeepsStore() throws {
    let workspace = try Workspace()
    _ = try Store.open(workspace.origin, at: workspace.store)
    let before = try readFile(workspace.store)
    try workspace.write("backbones/lenet5.yaml", "{id: lenet5}")
    #expect(throws: InvalidData.self) { try Store.open(workspace.origin, at: workspace.store) }
    #expect(try readFile(workspace.store) == before)
  }

  @Test("A damaged store is kept aside and built anew, with a notice")
  func damaged() throws {
    let workspace = try Workspace()
    _ = try Store.open(workspace.origin, at: workspace.store)
    try writeAtomically("this is not a database, whatever its name says", to: workspace.store)
    let store = try Store.open(workspace.origin, at: workspace.store)
    #expect(try #require(store.notice).contains("damaged"))
    #expect(try store.knowledge().studies.count == 1)
    #expect(FileManager.default.fileExists(atPath: workspace.store + ".damaged"))
  }

  @Test("Where the store cannot be kept, the answer still comes")
  func unwritable() throws {
    let workspace = try Workspace()
    try writeAtomically("a file", to: workspace.folder + "/file")
    let store = try Store.open(workspace.origin, at: workspace.folder + "/file/store.sqlite")
    #expect(store.path == ":memory:" && store.notice != nil)
    #expect(try store.knowledge().studies.count == 1)
  }

  @Test("Eight builders at once leave one whole store")
  func rivals() async throws {
    let workspace = try Workspace()
    let (origin, path) = (workspace.origin, workspace.store)
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask { try Store.build(origin, at: path, force: true).claimCount }
      }
      for try await count in group { #expect(count == 1) }
    }
    #expect(try Store.open(origin, at: path).knowledge().allClaims.count == 1)
  }

  @Test("A name is resolved by id, name and alias, whatever the spelling")
  func resolves() throws {
    let workspace = try Workspace()
    let store = try Store.open(workspace.origin, at: workspace.store)
    for name in ["vgg16", "VGG-16", "vgg 16", "Vgg_16"] {
      #expect(try store.resolve(name, .backbone).id == "vgg16")
    }
    let unknown = CatalogError.unknownName(kind: "backbone", name: "vg16", suggestion: "vgg16")
    #expect(throws: unknown) { try store.resolve("vg16", .backbone) }
  }

  @Test("The bundled data is the Data folder of the checkout")
  func bundled() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().path
    let folder = try DataOrigin.folder(root + "/Data").files()
    let bundled = try DataOrigin.bundled.files()
    let difference = Set(bundled.map(\.path)).symmetricDifference(folder.map(\.path))
    #expect(difference.sorted() == [])
    for (inside, outside) in zip(bundled, folder) {
      #expect(inside.text == outside.text, "\(outside.path)")
    }
  }

  @Test("The project's own data has no mistakes")
  func ownData() throws {
    #expect(try loadData(.bundled).knowledge.studies.count > 50)
  }
}
