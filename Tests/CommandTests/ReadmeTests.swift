// The README's examples are run: what it shows is what a user sees.

import Foundation
import TestSupport
import Testing

/// A command of the README and the output that is printed below it.
struct Example: CustomTestStringConvertible, Sendable {
  let command: String
  let expected: [String]
  let expectedStatus: Int32
  var testDescription: String { command }

  /// The checkout.
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  /// The commands of the README's `console` blocks, in order.
  static let all: [Example] = {
    let readme = (try? String(contentsOfFile: root + "/README.md", encoding: .utf8)) ?? ""
    var examples: [Example] = []
    var command: String?
    var lines: [String] = []
    var isInside = false
    func close() {
      if let command, command.hasPrefix("tlkb ") {
        // `$ tlkb … ; # exits 3` says which status is expected.
        let parts = command.components(separatedBy: "  # exits ")
        examples.append(
          Example(
            command: parts[0], expected: lines,
            expectedStatus: parts.count == 2 ? Int32(parts[1]) ?? -1 : 0))
      }
      command = nil
      lines = []
    }
    for line in readme.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if line.hasPrefix("```") {
        close()
        isInside = line == "```console"
      } else if isInside, line.hasPrefix("$ ") {
        close()
        command = String(line.dropFirst(2))
      } else if isInside {
        lines.append(line)
      }
    }
    return examples
  }()
}

@Suite(.serialized) struct ReadmeTests {
  @Test("The README shows commands with their output")
  func hasExamples() { #expect(Example.all.count >= 5) }

  @Test("A command of the README prints what the README shows", arguments: Example.all)
  func prints(_ example: Example) throws {
    let sandbox = try Sandbox()
    let folder = URL(fileURLWithPath: Child.builtCommand).deletingLastPathComponent().path
    // What the README names of the checkout.
    try FileManager.default.createSymbolicLink(
      atPath: sandbox.folder + "/Reports", withDestinationPath: Example.root + "/Reports")
    let outcome = try sandbox.shell(
      "PATH=\(folder):$PATH COLUMNS=100; export PATH COLUMNS; \(example.command)")
    #expect(outcome.status == example.expectedStatus, "\(outcome.errors)")
    var rest = (outcome.output + outcome.errors).replacingOccurrences(
      of: "\r\n", with: "\n"
    ).split(
      separator: "\n", omittingEmptySubsequences: false
    ).map { String($0).trimmingTrailingSpace }[...]
    for line in example.expected where !["…", ""].contains(line) {
      let found = rest.firstIndex { matches($0, line.trimmingTrailingSpace) }
      #expect(found != nil, "not printed: \(line)\nprinted:\n\(outcome.output)\(outcome.errors)")
      guard let found else { return }
      rest = rest[(found + 1)...]
    }
  }

  /// Whether a line is the expected one, where `…` stands for any text.
  private func matches(_ line: String, _ expected: String) -> Bool {
    let parts = expected.components(separatedBy: "…")
    guard parts.count > 1 else { return line == expected }
    var rest = line[...]
    for (index, part) in parts.enumerated() {
      if index == 0 {
        guard rest.hasPrefix(part) else { return false }
        rest = rest.dropFirst(part.count)
      } else if index == parts.count - 1 {
        return rest.hasSuffix(part)
      } else {
        guard let range = rest.range(of: part) else { return false }
        rest = rest[range.upperBound...]
      }
    }
    return true
  }
}

extension String {
  fileprivate var trimmingTrailingSpace: String {
    var text = self
    while text.last == " " || text.last == "\r" { text.removeLast() }
    return text
  }
}
