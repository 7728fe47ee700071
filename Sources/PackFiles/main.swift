// Packs the text files of a folder into one Swift source: `PackFiles NAME OUTPUT ROOT [FILE …]`.

import Foundation

let arguments = CommandLine.arguments
guard arguments.count >= 4 else {
  FileHandle.standardError.write(Data("usage: PackFiles NAME OUTPUT ROOT [FILE …]\n".utf8))
  exit(64)
}
let name = arguments[1]
let root = arguments[3]
var archive = ""
for path in arguments.dropFirst(4).sorted() {
  guard let text = try? String(contentsOfFile: root + "/" + path, encoding: .utf8) else {
    FileHandle.standardError.write(Data("PackFiles: \(path) is not readable as UTF-8\n".utf8))
    exit(65)
  }
  archive += "§§§ \(path)\n" + text + (text.hasSuffix("\n") ? "" : "\n")
}
// Indented as a raw multi-line literal of `Bundled`: nothing in the files is interpreted.
var source = "// Made by the PackBundle plugin. Do not edit.\nextension Bundled {\n"
source += "  package static let \(name) = ###\"\"\"\n"
for line in archive.split(separator: "\n", omittingEmptySubsequences: false) {
  source += line.isEmpty ? "\n" : "    \(line)\n"
}
source += "    \"\"\"###\n}\n"
do {
  try source.write(toFile: arguments[2], atomically: true, encoding: .utf8)
} catch {
  FileHandle.standardError.write(Data("PackFiles: \(error)\n".utf8))
  exit(74)
}
