// Runs the built command as a user's shell does.

import Foundation

/// One finished run of `tlkb`.
struct Outcome {
  let status: Int32
  let output: String
  let errors: String
}

/// A folder of its own for a test: the working folder, the home, and a place for files.
final class Sandbox {
  let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "tlkb-command-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// The command beside the running test bundle.
  static let binary: String = {
    let bundle =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(fileURLWithPath: bundle).deletingLastPathComponent().path + "/tlkb"
  }()

  /// Runs `tlkb` with arguments, here, and waits for it.
  func tlkb(
    _ arguments: String..., input: String = "", environment: [String: String] = [:]
  ) throws -> Outcome {
    try run(Self.binary, arguments, input: input, environment: environment)
  }

  /// Runs a shell line in which `$TLKB` is the command.
  func shell(_ line: String) throws -> Outcome {
    try run("/bin/sh", ["-c", line], input: "", environment: ["TLKB": Self.binary])
  }

  private func run(
    _ program: String, _ arguments: [String], input: String, environment: [String: String]
  ) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = ["PATH": "/usr/bin:/bin", "HOME": folder, "TLKB_HOME": folder + "/home"]
      .merging(environment) { $1 }
    // Files, not pipes: a pipe that nobody reads stops the command.
    let streams = ["input", "output", "errors"].map { "\(folder)/.\(UUID().uuidString).\($0)" }
    defer { for stream in streams { try? FileManager.default.removeItem(atPath: stream) } }
    try input.write(toFile: streams[0], atomically: false, encoding: .utf8)
    for stream in streams[1...] {
      _ = FileManager.default.createFile(atPath: stream, contents: nil)
    }
    process.standardInput = FileHandle(forReadingAtPath: streams[0])
    process.standardOutput = FileHandle(forWritingAtPath: streams[1])
    process.standardError = FileHandle(forWritingAtPath: streams[2])
    try process.run()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationReason == .exit
        ? process.terminationStatus : 128 + process.terminationStatus,
      output: try String(contentsOfFile: streams[1], encoding: .utf8),
      errors: try String(contentsOfFile: streams[2], encoding: .utf8))
  }

  /// Writes a file below the sandbox.
  func write(_ path: String, _ text: String) throws {
    let url = URL(fileURLWithPath: "\(folder)/\(path)")
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: url, atomically: true, encoding: .utf8)
  }
}
