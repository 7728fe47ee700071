// Where the data comes from: a folder of a checkout, or what the binary carries.

import Bundled
import Evidence
import Files
import Foundation

/// The origin of the data: a `Data/` folder, or the copy inside the binary.
public enum DataOrigin: Sendable, Equatable {
  /// A folder with `sources/`, `studies/` and the others of `Data/README.md`.
  case folder(String)
  /// The data as it was when the binary was built.
  case bundled

  /// One file of the data.
  public struct File: Sendable {
    /// The path below the data folder: `studies/boumaraf-2021.yaml`.
    public let path: String
    public let text: String

    public init(path: String, text: String) {
      self.path = path
      self.text = text
    }
  }

  /// The origin a command uses: the folder asked for, else `TLKB_DATA`, else the `Data/` of the
  /// working folder or one above it that has `sources/` and `studies/`, else the bundled data.
  public static func find(asked: String?, environment: [String: String]) throws -> DataOrigin {
    if let asked = asked ?? environment["TLKB_DATA"].flatMap({ $0.isEmpty ? nil : $0 }) {
      guard isDataFolder(asked) else { throw CatalogError.notADataFolder(asked) }
      return .folder(asked)
    }
    var folder = FileManager.default.currentDirectoryPath
    while true {
      let candidate = folder == "/" ? "/Data" : folder + "/Data"
      if isDataFolder(candidate) { return .folder(candidate) }
      if folder == "/" || folder == "." { return .bundled }
      folder = parentFolder(of: folder)
    }
  }

  private static func isDataFolder(_ path: String) -> Bool {
    ["sources", "studies"].allSatisfy { name in
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: "\(path)/\(name)", isDirectory: &isFolder)
        && isFolder.boolValue
    }
  }

  /// What the origin is called in messages and in the store.
  public var name: String {
    switch self {
    case .folder(let path): path
    case .bundled: "the bundled data"
    }
  }

  /// Every YAML file, sorted by path.
  public func files() throws -> [File] {
    switch self {
    case .bundled:
      return Bundled.files(of: Bundled.data).map { File(path: $0.path, text: String($0.text)) }
    case .folder(let root):
      return try Self.paths(below: root).map { path in
        let bytes = try readFile("\(root)/\(path)")
        guard let text = String(validating: bytes, as: UTF8.self) else {
          throw InvalidData([
            Diagnostic(file: "\(root)/\(path)", line: 0, field: "", message: "not valid UTF-8")
          ])
        }
        return File(path: path, text: text)
      }
    }
  }

  /// A stamp that changes when any file may have: names, sizes and times of change.
  func stamp() throws -> String {
    switch self {
    case .bundled: return "bundled " + SHA256.hex(Bundled.data)
    case .folder(let root):
      let sum = SHA256()
      for path in try Self.paths(below: root) {
        var status = stat()
        guard stat("\(root)/\(path)", &status) == 0 else { continue }
        let time = status.st_mtim
        sum.update(Array("\(path) \(status.st_size) \(time.tv_sec).\(time.tv_nsec)\n".utf8))
      }
      return "folder " + sum.finish()
    }
  }

  private static func paths(below root: String) throws -> [String] {
    var paths: [String] = []
    func walk(_ folder: String) throws {
      let here = folder.isEmpty ? root : "\(root)/\(folder)"
      guard let stream = opendir(here) else {
        throw FileError.cannotRead(
          path: here, reason: String(cString: strerror(errno)).lowercased())
      }
      defer { closedir(stream) }
      while let entry = readdir(stream) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name.hasPrefix(".") { continue }
        let path = folder.isEmpty ? name : "\(folder)/\(name)"
        if name.hasSuffix(".yaml") {
          paths.append(path)
        } else if entry.pointee.d_type == UInt8(DT_DIR) {
          try walk(path)
        }
      }
    }
    try walk("")
    return paths.sorted()
  }
}
