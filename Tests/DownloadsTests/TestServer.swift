// The web server of the tests: a Python script on loopback.

import Downloads
import Foundation
import TestSupport

/// The one server that all tests of this process share.
final class TestServer: Sendable {
  /// Nil where python3 is not here: the tests are then skipped by name.
  static let shared = TestServer()

  let address: String

  /// What it serves as the file.
  static let content = (0..<200_000).map { UInt8($0 * 31 % 251) }

  private init?() {
    let paths = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let python = paths.map { "\($0)/python3" }.first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
    guard let python else { return nil }
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Fixtures/server.py").path
    let portFile = NSTemporaryDirectory() + "/tlkb-port-\(UUID().uuidString)"
    let child = try? Child(
      python, [script, portFile], environment: ProcessInfo.processInfo.environment, folder: "/",
      output: "/dev/null", errors: portFile + ".err")
    guard let child else { return nil }
    for _ in 0..<300 {
      if let port = try? String(contentsOfFile: portFile, encoding: .utf8) {
        address = "http://127.0.0.1:\(port)"
        return
      }
      guard child.isRunning else { return nil }
      Thread.sleep(forTimeInterval: 0.05)
    }
    return nil
  }

  /// What was asked for a path: a line "RANGE IF-RANGE" for each request.
  func requests(_ path: String) throws -> [String] {
    let file = NSTemporaryDirectory() + "/tlkb-log-\(UUID().uuidString)"
    try Download("\(address)/log?\(path)", to: file, checksum: nil).run(.quick)
    defer { unlink(file) }
    return try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map(String.init)
  }
}

extension TransferSettings {
  /// No pauses, no proxy.
  static var quick: TransferSettings {
    var settings = TransferSettings()
    settings.firstPause = 0.001
    settings.stallTimeout = 1
    settings.attempts = 3
    settings.environment = [:]
    return settings
  }
}
