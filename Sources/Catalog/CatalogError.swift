// What can go wrong with a store or the folder it is built from.

/// A mistake in how the catalogue is addressed, or a store that cannot be used.
public enum CatalogError: Error, Equatable, CustomStringConvertible {
  case notADataFolder(String)
  case unknownName(kind: String, name: String, suggestion: String?)
  case newerStore(path: String)
  case store(path: String, reason: String)

  public var description: String {
    switch self {
    case .notADataFolder(let path):
      "\(path) is not a data folder: it has no sources/ and studies/"
    case .unknownName(let kind, let name, let suggestion):
      "no \(kind) is called '\(name)'; "
        + (suggestion.map { "did you mean '\($0)'?" } ?? Self.whereToLook(for: kind))
    case .newerStore(let path):
      "\(path) was made by a newer tlkb; update tlkb, or remove the file to build it anew"
    case .store(let path, let reason):
      "the store \(path) cannot be used: \(reason)"
    }
  }

  private static func whereToLook(for kind: String) -> String {
    kind.hasSuffix("entity")
      ? "`tlkb list KIND` names all of a kind, `tlkb help list` the kinds"
      : "`tlkb list \(kind)` names them all"
  }
}
