// Inputs that the fuzzer found to reach far into each parser are answered, never trapped on.
import Foundation
import FuzzParsers
import Testing

@testable import Imaging

@Suite struct CorpusTests {
  private static func inputs(_ parser: FuzzedParser) -> [String] {
    let folder = fixture("corpus/\(parser.rawValue)")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted().map { "\(folder)/\($0)" }
  }

  @Test("Every kept input is answered", arguments: FuzzedParser.allCases)
  func kept(parser: FuzzedParser) throws {
    let inputs = Self.inputs(parser)
    #expect(!inputs.isEmpty, "no kept inputs of \(parser.rawValue)")
    let folder = try TemporaryFolder()
    for input in inputs { parser.run(try FileBytes.read(input), in: folder.path) }
  }
}
