// The command: its subcommands, and how every error becomes a sentence and an exit code.

import ArgumentParser
import Catalog
import Downloads
import Evidence
import Files
import Foundation
import Inquiry
import Render
import Reproduce

@main
struct Tlkb: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tlkb",
    abstract: "The literature of transfer learning in medical imaging, checkable and re-runnable.",
    discussion: """
      EXAMPLE
        tlkb query --dataset BreakHis --metric f1

      EXIT CODES
        0   done
        1   a check found a mistake       69  a server does not answer
        3   scores are inconsistent       70  internal error
        64  wrong usage                   73  output cannot be written
        65  bad data                      74  the store cannot be used
        66  no such input                 75  in use by another tlkb, try again
      """,
    version: "0.1.0",
    subcommands: [
      Query.self, List.self, Show.self, Contradictions.self, Gaps.self, Check.self,
      Synthesize.self, ReproduceCommand.self, RecipeCommand.self, RunsCommand.self,
      CampaignCommand.self,
      ReportCommand.self, Export.self, DatasetCommand.self, AugmentCommand.self,
      WeightsCommand.self, ModelCommand.self, BenchCommand.self, Validate.self, Build.self,
    ])

  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      Self.leave(with: error)
    }
  }

  /// Prints what went wrong on standard error and ends with the code that means it.
  private static func leave(with error: any Error) -> Never {
    if let code = ExitStatus.code(for: error) {
      printError("tlkb: \(error)")
      Foundation.exit(code)
    }
    let code = exitCode(for: error)
    let text = fullMessage(for: error)
    if code == .success {
      print(text)
    } else {
      if !text.isEmpty { printError(withNearestCommand(text)) }
    }
    Foundation.exit(code.rawValue)
  }

  /// Adds the nearest subcommand's name to the parser's message about an unknown one.
  private static func withNearestCommand(_ text: String) -> String {
    let words = CommandLine.arguments.dropFirst()
    guard let word = words.first, !word.hasPrefix("-"),
      case let names = configuration.subcommands.map({ $0._commandName }),
      !names.contains(word), let nearest = nearestName(to: word, in: names)
    else { return text }
    return "tlkb: no command is called '\(word)'; did you mean '\(nearest)'?\n" + text
  }
}

/// The exit codes, as sysexits has them.
enum ExitStatus {
  static let failedCheck: Int32 = 1
  static let inconsistent: Int32 = 3

  /// The code for an error of this project; nil for those of the argument parser.
  static func code(for error: any Error) -> Int32? {
    switch error {
    case is InvalidData: 65
    case CatalogError.unknownName: 64
    case CatalogError.notADataFolder: 66
    case is CatalogError: 74
    case FileError.cannotRead: 66
    case FileError.cannotWrite: 73
    case FileError.busy: 75
    case FileError.malformed: 65
    case let error as DownloadError: downloadCode(for: error)
    case is UsageError, is SynthesisError: 64
    case is RenderError: 70
    case let error as CampaignError: error.exitCode
    default: engineCode(for: error)
    }
  }
}

extension ExitStatus {
  private static func downloadCode(for error: DownloadError) -> Int32 {
    switch error {
    case .badAddress: 64
    case .checksum, .wrongSize, .damagedArchive, .unsafeArchive: 65
    case .unreachable, .noProxy, .insecure, .refused, .interrupted: 69
    case .noLibrary, .noArchiveLibrary: 70
    case .cannotWrite, .inTheWay: 73
    case .busy: 75
    }
  }
}

/// A combination of arguments that makes no sense.
struct UsageError: Error, CustomStringConvertible {
  let description: String
}

/// Prints a line on standard error.
func printError(_ text: String) {
  FileHandle.standardError.write(Data((text + "\n").utf8))
}
