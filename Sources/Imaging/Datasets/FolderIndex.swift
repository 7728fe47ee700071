// What lies under a dataset's folder, listed once and always in the same order.
import Glibc

/// All files under a folder, as sorted relative paths.
package struct FolderIndex: Sendable {
  package let root: String
  package let files: [String]

  package static let pictureExtensions: Set<String> = [
    "png", "jpg", "jpeg", "tif", "tiff", "bmp", "pgm", "ppm", "dcm",
  ]

  /// Lists `path`, at most twelve folders deep, hidden files left out. Links to folders are not
  /// followed.
  package init(_ path: String) throws(ImagingError) {
    var trimmed = path
    while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
    root = trimmed
    var found: [String] = []
    try Self.list(trimmed, prefix: "", depth: 0, into: &found)
    files = found.sorted()
  }

  package func absolute(_ relative: String) -> String { root + "/" + relative }

  package var pictures: [String] {
    files.filter { Self.pictureExtensions.contains(Self.fileExtension($0)) }
  }

  /// Pictures by file name without extension; the first in order where several share one.
  package func picturesByStem(where isKept: (String) -> Bool = { _ in true }) -> [String: String] {
    var result: [String: String] = [:]
    for file in pictures where isKept(file) {
      let stem = Self.stem(file)
      if result[stem] == nil { result[stem] = file }
    }
    return result
  }

  /// The first file with one of these names, whatever its case and folder.
  package func file(named names: String...) -> String? {
    for name in names {
      let wanted = name.lowercased()
      if let found = files.first(where: { Self.name($0).lowercased() == wanted }) { return found }
    }
    return nil
  }

  package static func name(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  package static func stem(_ path: String) -> String {
    let name = name(path)
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return name }
    return String(name[..<dot])
  }

  package static func fileExtension(_ path: String) -> String {
    let name = name(path)
    guard let dot = name.lastIndex(of: ".") else { return "" }
    return name[name.index(after: dot)...].lowercased()
  }

  package static func folders(_ path: String) -> [String] {
    path.split(separator: "/").dropLast().map(String.init)
  }

  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  private static func list(
    _ folder: String, prefix: String, depth: Int, into found: inout [String]
  ) throws(ImagingError) {
    guard let handle = opendir(folder) else {
      throw .fileUnreadable(file: folder, reason: String(cString: strerror(errno)))
    }
    var subfolders: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasPrefix(".") || name == "__MACOSX" { continue }
      switch Int32(entry.pointee.d_type) {
      case Int32(DT_DIR): subfolders.append(name)
      case Int32(DT_REG): found.append(prefix + name)
      default:
        var status = stat()
        guard stat(folder + "/" + name, &status) == 0 else { continue }
        if status.st_mode & S_IFMT == S_IFREG { found.append(prefix + name) }
        // A file system that does not tell kinds: a real folder is followed, a link is not.
        if status.st_mode & S_IFMT == S_IFDIR, Int32(entry.pointee.d_type) == Int32(DT_UNKNOWN) {
          subfolders.append(name)
        }
      }
    }
    closedir(handle)
    guard depth < 12 else { return }
    for name in subfolders.sorted() {
      try list(folder + "/" + name, prefix: prefix + name + "/", depth: depth + 1, into: &found)
    }
  }
}
