// Facts about help: every command has it, with an example, and says what exit codes mean.

import Foundation
import Testing

@Suite struct HelpTests {
  /// The commands that the help of a command (the top level's, without one) lists.
  private static func commands(_ sandbox: Sandbox, of parent: String = "") throws -> [String] {
    let help = try sandbox.shell("$TLKB help \(parent)").output
    let lines = help.split(separator: "\n", omittingEmptySubsequences: false)
    let start = lines.firstIndex { $0.hasPrefix("SUBCOMMANDS") } ?? lines.endIndex
    return lines[start...].dropFirst().prefix { !$0.isEmpty }.compactMap { line in
      let words = line.split(separator: " ")
      guard line.hasPrefix("  "), !line.hasPrefix("   "), let word = words.first else { return nil }
      return String(word)
    }
  }

  @Test("Every command has help with an example of itself")
  func examples() throws {
    let sandbox = try Sandbox()
    let commands = try Self.commands(sandbox)
    #expect(commands.contains("query") && commands.contains("build"))
    for command in commands where command != "help" {
      let outcome = try sandbox.tlkb("help", command)
      #expect(outcome.status == 0, "\(command)")
      #expect(outcome.output.contains("EXAMPLE"), "\(command) has no example")
      #expect(outcome.output.contains("tlkb \(command)"), "\(command)'s example is of another")
    }
  }

  @Test("No example is broken by a terminal of 80 columns")
  func unbrokenExamples() throws {
    let sandbox = try Sandbox()
    var pages = try Self.commands(sandbox).filter { $0 != "help" }
    pages += try pages.flatMap { page in
      try Self.commands(sandbox, of: page).map { "\(page) \($0)" }
    }
    #expect(pages.contains("dataset get"))
    for page in pages {
      let help = try sandbox.shell("$TLKB help \(page)").output
      let lines = help.split(separator: "\n", omittingEmptySubsequences: false)
      let start = lines.firstIndex { $0.hasPrefix("EXAMPLE") } ?? lines.endIndex
      for line in lines[start...].dropFirst().prefix(while: { !$0.isEmpty }) {
        #expect(line.hasPrefix("  "), "tlkb help \(page): \(line)")
      }
    }
  }

  @Test("The exit codes are in the help")
  func exitCodes() throws {
    let help = try Sandbox().tlkb("--help").output
    for code in ["64", "65", "66", "70", "73", "74"] { #expect(help.contains(code)) }
  }

  @Test("Every command stands in the README")
  func readme() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().path
    let readme = try String(contentsOfFile: root + "/README.md", encoding: .utf8)
    for command in try Self.commands(Sandbox()) where command != "help" {
      #expect(readme.contains("tlkb \(command)"), "\(command) is not in the README")
    }
  }
}
