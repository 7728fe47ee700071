// What is wrong with the data files, each with file, line and field.

/// One mistake in a data file.
public struct Diagnostic: Error, Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The path as the user knows it: `Data/studies/boumaraf-2021.yaml`.
  public let file: String
  /// 1-based; 0 when the whole file is meant.
  public let line: Int
  /// The path of keys to the value: `experiments[0].claims[2].metric`.
  public let field: String
  public let message: String

  public init(file: String, line: Int, field: String, message: String) {
    self.file = file
    self.line = line
    self.field = field
    self.message = message
  }

  public var description: String {
    let place = line > 0 ? "\(file):\(line)" : file
    return field.isEmpty ? "\(place): \(message)" : "\(place): \(field): \(message)"
  }

  public static func < (left: Self, right: Self) -> Bool {
    (left.file, left.line, left.field, left.message)
      < (right.file, right.line, right.field, right.message)
  }
}

/// The mistakes that keep a data folder from being used.
public struct InvalidData: Error, CustomStringConvertible {
  public let diagnostics: [Diagnostic]

  public init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics.sorted() }

  public var description: String {
    let count = diagnostics.count == 1 ? "1 mistake" : "\(diagnostics.count) mistakes"
    return diagnostics.map(\.description).joined(separator: "\n") + "\n\(count) in the data"
  }
}
