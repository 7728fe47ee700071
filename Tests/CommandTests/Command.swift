// Runs the built command as a user's shell does.

import Foundation
import TestSupport

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

  /// Runs `tlkb` with arguments, here, and waits for it.
  func tlkb(
    _ arguments: String..., input: String = "", environment: [String: String] = [:]
  ) throws -> Outcome {
    try run(Child.builtCommand, arguments, input: input, environment: environment)
  }

  /// Runs a shell line in which `$TLKB` is the command.
  func shell(_ line: String) throws -> Outcome {
    try run("/bin/sh", ["-c", line], input: "", environment: ["TLKB": Child.builtCommand])
  }

  private func run(
    _ program: String, _ arguments: [String], input: String, environment: [String: String]
  ) throws -> Outcome {
    let variables = ["PATH": "/usr/bin:/bin", "HOME": folder, "TLKB_HOME": folder + "/home"]
      .merging(environment) { $1 }
    // Files, not pipes: a pipe that nobody reads stops the command.
    let streams = ["input", "output", "errors"].map { "\(folder)/.\(UUID().uuidString).\($0)" }
    defer { for stream in streams { try? FileManager.default.removeItem(atPath: stream) } }
    try input.write(toFile: streams[0], atomically: false, encoding: .utf8)

    let child = try Child(
      program, arguments, environment: variables, folder: folder, input: streams[0],
      output: streams[1], errors: streams[2])
    return Outcome(
      status: child.wait(), output: try String(contentsOfFile: streams[1], encoding: .utf8),
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
