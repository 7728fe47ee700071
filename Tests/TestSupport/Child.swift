// A child process of a test, started and awaited by the system's own calls.

import Foundation

/// A program that a test has started.
///
/// The threads that run tests block signals, and a child inherits that: a shell's `wait` would then
/// never end. So a child starts with no signal blocked.
package final class Child {
  /// The `tlkb` beside the running test bundle.
  package static let builtCommand: String = {
    let bundle =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(fileURLWithPath: bundle).deletingLastPathComponent().path + "/tlkb"
  }()

  package let identifier: pid_t
  private var status: Int32?

  /// Starts a program with arguments; its streams are files.
  package init(
    _ program: String, _ arguments: [String], environment: [String: String], folder: String,
    input: String = "/dev/null", output: String, errors: String
  ) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
    let writing = O_WRONLY | O_CREAT | O_APPEND
    posix_spawn_file_actions_addopen(&actions, 1, output, writing, 0o644)
    posix_spawn_file_actions_addopen(&actions, 2, errors, writing, 0o644)
    // The shell goes to the folder and becomes the program, under the same process identifier.
    let shell = "/bin/sh"
    let words =
      ([shell, "-c", "cd \"$0\" && exec \"$@\"", folder, program] + arguments)
      .map { strdup($0) } + [nil]
    let settings = environment.sorted { $0.key < $1.key }.map { strdup("\($0)=\($1)") } + [nil]
    defer { for text in words + settings { free(text) } }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var identifier = pid_t()
    let failure = posix_spawn(&identifier, shell, &actions, &attributes, words, settings)
    guard failure == 0 else { throw POSIXError(POSIXErrorCode(rawValue: failure) ?? .ENOENT) }
    self.identifier = identifier
  }

  /// Whether it has not ended yet.
  package var isRunning: Bool {
    if status != nil { return false }
    var word: Int32 = 0
    guard waitpid(identifier, &word, WNOHANG) == identifier else { return true }
    status = word
    return false
  }

  package func send(_ signal: Int32) { if isRunning { kill(identifier, signal) } }

  /// Waits for the end; the exit code as a shell gives it: 128 and the signal where one ended it.
  @discardableResult
  package func wait() -> Int32 {
    var word: Int32 = 0
    if status == nil {
      while waitpid(identifier, &word, 0) < 0, errno == EINTR {}
      status = word
    }
    let end = status ?? 0
    let signal = end & 0x7f
    return signal == 0 ? (end >> 8) & 0xff : 128 + signal
  }
}
