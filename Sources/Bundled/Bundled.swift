// What the binary carries with it: the data and the report's assets, so that it works when moved.

/// The text files that are compiled into the binary by the PackBundle plugin.
package enum Bundled {
  /// A file of an archive.
  package struct File: Sendable {
    package let path: String
    package let text: Substring
  }

  /// The files of an archive, sorted by path.
  package static func files(of archive: String) -> [File] {
    var files: [File] = []
    var path = ""
    var start = archive.startIndex
    var line = archive.startIndex
    func close(_ end: String.Index) {
      if !path.isEmpty { files.append(File(path: path, text: archive[start..<end])) }
    }
    while line < archive.endIndex {
      let next =
        archive.utf8[line...].firstIndex(of: UInt8(ascii: "\n")).map {
          archive.utf8.index(after: $0)
        }
        ?? archive.endIndex
      if archive[line..<next].utf8.starts(with: "§§§ ".utf8) {
        close(line)
        path = String(archive[line..<next].dropFirst(4).dropLast())
        start = next
      }
      line = next
    }
    close(archive.endIndex)
    return files
  }
}
