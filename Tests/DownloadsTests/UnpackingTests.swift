// An archive becomes a folder whole or not at all, and writes nothing outside it.

import Foundation
import Testing

@testable import Downloads

@Suite struct UnpackingTests {
  private static let archives = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures/archives").path

  private let folder: String
  private var inner: String { folder + "/inner" }

  init() throws {
    folder = NSTemporaryDirectory() + "/tlkb-unpacking-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: folder + "/inner", withIntermediateDirectories: true)
  }

  private func unpacking(_ name: String, to target: String = "t") -> Unpacking {
    Unpacking("\(Self.archives)/\(name)", to: "\(inner)/\(target)", identity: "MD5 1")
  }

  private func list(_ path: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: path).sorted()
  }

  private func text(_ path: String) throws -> String {
    try String(contentsOfFile: "\(inner)/\(path)", encoding: .utf8)
  }

  @Test func `A zip's folder of the target's name is not nested in it`() throws {
    let target = "complete_mednode_dataset"
    let outcome = try unpacking("\(target).zip", to: target).run()
    #expect(outcome == .unpacked(files: 3, bytes: 1896))
    #expect(
      try list("\(inner)/\(target)") == [
        ".unpacked-from", "melanoma", "melanoma/1.jpg", "naevus", "naevus/2.jpg", "naevus/3.jpg",
      ])
    #expect(try FileManager.default.contentsOfDirectory(atPath: inner) == [target])
  }

  @Test func `A tar.gz of bare files becomes a folder`() throws {
    try unpacking("flat.tar.gz").run()
    #expect(try list("\(inner)/t") == [".unpacked-from", "Info.txt", "mdb001.pgm"])
    #expect(try text("t/Info.txt") == "mdb001 G CIRC B 535 425 197\n")
  }

  @Test func `Several folders and names in any script are kept`() throws {
    try unpacking("two-roots.zip").run()
    #expect(try text("t/a/1.txt") + text("t/b/2.txt") == "onetwo")
    try unpacking("named.zip", to: "u").run()
    #expect(try text("u/Fälle/Größe 1.txt") == "ß")
  }

  @Test func `What is unpacked already is left alone, and what is something else stops it`() throws
  {
    try unpacking("two-roots.zip").run()
    #expect(try unpacking("two-roots.zip").run() == .alreadyHere)
    let other = Unpacking(
      "\(Self.archives)/two-roots.zip", to: "\(inner)/t", identity: "MD5 2")
    #expect(throws: DownloadError.self) { try other.run() }
    #expect(try text("t/a/1.txt") == "one")
  }

  @Test(
    "A damaged archive leaves nothing",
    arguments: ["cut.tar.gz", "changed.zip", "empty.zip", "absent.zip", "../server.py"])
  func damaged(name: String) throws {
    #expect {
      try unpacking(name).run()
    } throws: { error in
      guard case DownloadError.damagedArchive(_, let reason) = error else { return false }
      return !reason.isEmpty
    }
    #expect(try list(folder) == ["inner"])
  }

  @Test(
    "A hostile archive is refused and leaves nothing, inside or outside",
    arguments: [
      "outside.tar", "deep.tar", "absolute.tar", "symlink.tar", "hardlink.tar", "device.tar",
    ])
  func hostile(name: String) throws {
    #expect {
      try unpacking(name).run()
    } throws: { error in
      guard case DownloadError.unsafeArchive = error else { return false }
      return true
    }
    #expect(try list(folder) == ["inner"])
    #expect(!FileManager.default.fileExists(atPath: "/tmp/tlkb-outside.txt"))
  }

  @Test func `A file where a folder must be is a sentence, and leaves nothing`() throws {
    #expect(throws: DownloadError.self) { try unpacking("clash.tar").run() }
    #expect(try list(folder) == ["inner"])
  }

  @Test func `A small archive of endless zeros is refused`() throws {
    var limits = UnpackingLimits()
    limits.allowance = 1 << 20
    #expect {
      try unpacking("bomb.zip").run(limits)
    } throws: { "\($0)".contains("more than 100 times as large as itself") }
    #expect(try list(folder) == ["inner"])
    #expect(try unpacking("bomb.zip").run() == .unpacked(files: 1, bytes: 3_000_000))
  }

  @Test func `Too many files and too little room are refused`() throws {
    var few = UnpackingLimits()
    few.maximumFiles = 2
    #expect(throws: DownloadError.self) {
      try unpacking("complete_mednode_dataset.zip").run(few)
    }
    var full = UnpackingLimits()
    full.reserve = .max / 2
    #expect {
      try unpacking("two-roots.zip").run(full)
    } throws: { "\($0)".contains("no space left") }
    #expect(try list(folder) == ["inner"])
  }

  @Test func `What a killed attempt left is cleared away`() throws {
    let left = "\(inner)/.t.unpacking/old"
    try FileManager.default.createDirectory(atPath: left, withIntermediateDirectories: true)
    try unpacking("flat.tar.gz").run()
    #expect(try list(inner) == ["t", "t/.unpacked-from", "t/Info.txt", "t/mdb001.pgm"])
  }

  @Test func `Progress ends at the archive's size`() throws {
    var last: TransferProgress?
    try unpacking("flat.tar.gz").run { last = $0 }
    #expect(last?.total == last?.received)
  }

  @Test func `A file is an archive by its ending`() {
    #expect(Unpacking.folder(for: "d/BreaKHis_v1.tar.gz") == "d/BreaKHis_v1")
    #expect(Unpacking.folder(for: "d/a.ZIP") == "d/a")
    #expect(Unpacking.folder(for: "d/breastmnist.npz") == nil)
    #expect(Unpacking.folder(for: "d/.zip") == nil)
  }
}
