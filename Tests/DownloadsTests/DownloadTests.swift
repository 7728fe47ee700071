// Downloads end with the whole, checked file or with a sentence, whatever the server does.

import Foundation
import Testing

@testable import Downloads

// Skipped by name where python3 is not here to serve the files.
@Suite(.enabled(if: TestServer.shared != nil))
struct DownloadTests {
  private let server = TestServer.shared!
  private let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "/tlkb-downloads-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  private var target: String { folder + "/file.bin" }
  private var part: String { target + ".part" }

  /// The path for a way of serving, this test's own.
  private func path(_ kind: String) -> String { "/\(kind)?\(folder.suffix(36))" }

  private func download(
    _ kind: String, checksum: Checksum? = Self.good, byteCount: Int? = nil
  ) -> Download {
    Download(server.address + path(kind), to: target, checksum: checksum, byteCount: byteCount)
  }

  /// Of the served file, by Python's hashlib.
  private static let good = Checksum.sha256(
    "fb1d8fabac622cd16fe7b9fb8bc6100515dc417bd56d036e496a49d4c20f63b8")

  private func content() -> [UInt8]? {
    FileManager.default.contents(atPath: target).map { [UInt8]($0) }
  }

  private func isHere(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  @Test func `A file arrives whole, and nothing else stays`() throws {
    #expect(try download("file").run(.quick) == .fetched(bytes: 200_000))
    #expect(content() == TestServer.content)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["file.bin"])
  }

  @Test func `A file that is here and fits is not fetched again`() throws {
    try download("file").run(.quick)
    #expect(try download("file").run(.quick) == .alreadyHere)
    #expect(try server.requests(path("file")).count == 1)
  }

  @Test func `A connection that is cut again and again goes on where it stopped`() throws {
    #expect(try download("cut").run(.quick) == .fetched(bytes: 200_000))
    #expect(content() == TestServer.content)
    #expect(
      try server.requests(path("cut")) == [
        "- -", "bytes=60000- \"one\"", "bytes=120000- \"one\"", "bytes=180000- \"one\"",
      ])
  }

  @Test func `A download that gave up goes on in the next run`() throws {
    #expect {
      try download("always-cut").run(.quick)
    } throws: { error in
      guard case DownloadError.interrupted(_, let received, let total, _) = error else {
        return false
      }
      return received == 1000 && total == 200_000
    }
    #expect(isHere(part))
    #expect(!isHere(target))
    // The same address, now served whole, is asked only for the rest.
    let note = part + ".from"
    let text = try String(contentsOfFile: note, encoding: .utf8)
    try text.replacing("always-cut", with: "file").write(
      toFile: note, atomically: true, encoding: .utf8)
    #expect(try download("file").run(.quick) == .fetched(bytes: 199_000))
    #expect(content() == TestServer.content)
  }

  @Test func `Without a version from the server a checksum lets a download go on`() throws {
    #expect(try download("cut-untagged").run(.quick) == .fetched(bytes: 200_000))
    #expect(try server.requests(path("cut-untagged")) == ["- -", "bytes=60000- -"])
  }

  @Test func `Without a version and a checksum it starts again`() throws {
    let download = download("cut-untagged", checksum: nil)
    #expect(try download.run(.quick) == .fetched(bytes: 260_000))
    #expect(content() == TestServer.content)
    #expect(try server.requests(path("cut-untagged")) == ["- -", "- -"])
  }

  @Test func `A file that changed meanwhile is fetched from its start`() throws {
    let download = download("cut-then-changed", checksum: nil)
    #expect(try download.run(.quick) == .fetched(bytes: 260_000))
    #expect(content() == TestServer.content)
  }

  @Test(arguments: ["cut-then-no-range", "wrong-range"])
  func `A server that does not honour ranges costs time, not correctness`(kind: String) throws {
    try download(kind, checksum: nil).run(.quick)
    #expect(content() == TestServer.content)
  }

  @Test func `Wrong bytes left from before are replaced`() throws {
    let wrong = [UInt8](repeating: 7, count: 1000)
    try Data(wrong).write(to: URL(fileURLWithPath: part))
    try "\(server.address)\(path("file"))\n\n".write(
      toFile: part + ".from", atomically: true, encoding: .utf8)
    try download("file").run(.quick)
    #expect(content() == TestServer.content)
    #expect(try server.requests(path("file")) == ["bytes=1000- -", "- -"])
  }

  @Test func `A whole file that was not renamed yet is not fetched again`() throws {
    try Data(TestServer.content).write(to: URL(fileURLWithPath: part))
    try "\(server.address)\(path("file"))\n\"one\"\n".write(
      toFile: part + ".from", atomically: true, encoding: .utf8)
    #expect(try download("file").run(.quick) == .fetched(bytes: 0))
    #expect(content() == TestServer.content)
  }

  @Test func `Bytes from another address are not used`() throws {
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: part))
    try "http://elsewhere/file\n\"one\"\n".write(
      toFile: part + ".from", atomically: true, encoding: .utf8)
    try download("file", checksum: nil).run(.quick)
    #expect(content() == TestServer.content)
  }

  @Test func `A file of unknown length arrives`() throws {
    try download("no-length", checksum: nil).run(.quick)
    #expect(content() == TestServer.content)
  }

  @Test func `A wrong checksum leaves no file`() throws {
    let wrong = Checksum.sha256(String(repeating: "0", count: 64))
    let error = try #require(throws: DownloadError.self) {
      try download("file", checksum: wrong).run(.quick)
    }
    #expect(
      error
        == .checksum(
          url: server.address + path("file"), expected: wrong.description,
          found: Self.good.description))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
  }

  @Test func `An MD5 is checked as well`() throws {
    let wrong = Checksum.md5(String(repeating: "0", count: 32))
    #expect(throws: DownloadError.self) { try download("file", checksum: wrong).run(.quick) }
    try download("file").run(.quick)
    #expect(try Checksum.md5("").ofFile(target) == .md5("89b60e4e5788948a2cc4dd5278a752ad"))
  }

  @Test func `A file of another size is refused before it is fetched`() throws {
    let error = try #require(throws: DownloadError.self) {
      try download("file", byteCount: 5).run(.quick)
    }
    #expect(
      error == .wrongSize(url: server.address + path("file"), expected: 5, offered: 200_000))
    #expect(!isHere(part))
  }

  @Test func `A missing file is said so at once`() throws {
    let error = try #require(throws: DownloadError.self) { try download("missing").run(.quick) }
    #expect(error == .refused(url: server.address + path("missing"), status: 404))
    #expect("\(error)".hasSuffix("the file is not there any more; obtain it elsewhere"))
    #expect(try server.requests(path("missing")).count == 1)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
  }

  @Test func `A busy server is asked again`() throws {
    try download("busy").run(.quick)
    #expect(try server.requests(path("busy")).count == 3)
  }

  @Test func `A stalled connection is given up`() throws {
    let start = Date()
    var settings = TransferSettings.quick
    settings.attempts = 1
    let error = #expect(throws: DownloadError.self) { try download("stall").run(settings) }
    #expect("\(error!)".contains("(nothing came for 1 s): run the same command again"))
    // Two attempts: the first brought something.
    #expect(Date().timeIntervalSince(start) < 10)
  }

  @Test func `A redirection is followed, but to no other protocol`() throws {
    try download("redirect").run(.quick)
    #expect(content() == TestServer.content)
    let error = #expect(throws: DownloadError.self) {
      try Download(
        server.address + path("redirect-elsewhere"), to: target + "2", checksum: nil
      ).run(.quick)
    }
    #expect(error == .badAddress(server.address + path("redirect-elsewhere")))
  }

  @Test func `A host that does not answer is named`() throws {
    // Port 1 of loopback: nothing listens there.
    let error = try #require(throws: DownloadError.self) {
      try Download("http://127.0.0.1:1/x", to: target, checksum: nil).run(.quick)
    }
    #expect("\(error)".hasPrefix("127.0.0.1:1 cannot be reached ("))
  }

  @Test func `The proxy of the environment is used, except for named hosts`() throws {
    var settings = TransferSettings.quick
    settings.environment = ["http_proxy": server.address, "no_proxy": "127.0.0.1"]
    let file = Download("http://weights.invalid/\(folder.suffix(36))", to: target, checksum: nil)
    try file.run(settings)
    #expect(content() == TestServer.content)
    settings.environment["http_proxy"] = "http://name:secret@127.0.0.1:1"
    try Download(server.address + path("file"), to: target + "2", checksum: nil).run(settings)
  }

  @Test func `Two downloads of one file do not mix`() throws {
    let lock = open(part, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    defer { close(lock) }
    #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
    #expect(throws: DownloadError.busy(path: target)) { try download("file").run(.quick) }
  }

  @Test func `A place that cannot be written is said so`() throws {
    let error = #expect(throws: DownloadError.self) {
      try Download(server.address + path("file"), to: "/proc/none/file", checksum: nil).run(.quick)
    }
    guard case .cannotWrite? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(arguments: ["ftp://host/file", "file", "http://", "http://ho st/", "http://h/\n"])
  func `What is no web address is refused`(address: String) {
    #expect(throws: DownloadError.badAddress(address)) {
      try Download(address, to: target, checksum: nil).run(.quick)
    }
  }

  @Test func `Progress counts what is here and ends at the whole`() throws {
    var seen: [TransferProgress] = []
    try download("cut").run(.quick) { seen.append($0) }
    #expect(seen.map(\.received) == seen.map(\.received).sorted())
    #expect(seen.last?.received == 200_000)
    #expect(seen.last?.total == 200_000)
  }
}

struct DownloadPartsTests {
  @Test func `A content range must make sense`() {
    #expect(ContentRange("bytes 10-19/20").map { [$0.first, $0.total] } == [10, 20])
    #expect(ContentRange("bytes 10-19/*").map { $0.total } == .some(nil))
    for wrong in ["bytes 10-20/20", "bytes 10-9/20", "bytes */20", "items 1-2/3", "", "bytes 1-2"] {
      #expect(ContentRange(wrong) == nil)
    }
  }

  @Test func `The proxy is chosen by the address`() {
    let both = ["https_proxy": "a", "http_proxy": "b", "ALL_PROXY": "c"]
    #expect(ProxySettings(for: "https://x", environment: both).proxy == "a")
    #expect(ProxySettings(for: "http://x", environment: both).proxy == "b")
    #expect(ProxySettings(for: "http://x", environment: ["ALL_PROXY": "c"]).proxy == "c")
    #expect(ProxySettings(for: "http://x", environment: ["HTTP_PROXY": "c"]).proxy == nil)
    #expect(ProxySettings(for: "http://x", environment: ["http_proxy": ""]).proxy == nil)
    let secret = ["http_proxy": "http://name:secret@host:1"]
    #expect(ProxySettings(for: "http://x", environment: secret).shown == "http://host:1")
  }

  @Test func `A progress line says how much, how fast and how long still`() {
    let half = TransferProgress(
      received: 9_400_000, total: 18_800_000, fresh: 9_400_000, seconds: 4)
    #expect(half.line == "[==========>         ]  9.4 MB of 18.8 MB   2.4 MB/s   4 s left")
    let whole = TransferProgress(received: 100, total: 100, fresh: 0, seconds: 1)
    #expect(whole.line == "[====================]  100 B of 100 B")
    let open = TransferProgress(received: 1_200_000_000, total: nil, fresh: 600, seconds: 2)
    #expect(open.line == "1.20 GB   300 B/s")
  }
}
