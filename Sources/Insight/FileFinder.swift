// Files below a folder, in an order that does not depend on the disk.

import Foundation

enum FileFinder {
  static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }

  /// Paths of all files below `path`, hidden ones left out, sorted.
  static func files(below path: String) -> [String] {
    guard isFolder(path) else { return [] }
    let inside = FileManager.default.enumerator(atPath: path)
    let names = (inside?.allObjects as? [String] ?? []).filter { name in
      !name.split(separator: "/").contains { $0.hasPrefix(".") }
    }
    return names.sorted().map { "\(path)/\($0)" }.filter { !isFolder($0) }
  }
}
