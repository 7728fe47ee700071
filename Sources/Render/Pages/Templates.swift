// The report's templates, compiled in, with an escaping that looks at scalars.

import Bundled
import Mustache

/// What can go wrong with a report.
public enum RenderError: Error, CustomStringConvertible {
  /// An asset of the binary is missing or is no template.
  case asset(name: String, reason: String)

  public var description: String {
    switch self {
    case .asset(let name, let reason):
      "the built-in template \(name) cannot be used (\(reason)); this build of tlkb is damaged"
    }
  }
}

/// The templates and the style of the report's pages.
struct Templates {
  private let library: MustacheLibrary
  let css: String
  let js: String

  init() throws(RenderError) {
    MustacheContentTypes.register(ScalarHTML(), named: "SCALAR-HTML")
    var library = MustacheLibrary()
    var texts: [String: String] = [:]
    for file in Bundled.files(of: Bundled.assets) {
      texts[file.path] = String(file.text)
      guard file.path.hasSuffix(".mustache") else { continue }
      let name = String(file.path.dropLast(".mustache".count))
      // A cell stands inside a line: the newline that ends its file is no part of it.
      let body = name == "cell" ? file.text.drop(last: "\n") : String(file.text)
      do {
        // Every template starts with the escaping it uses, since partials fall back to another.
        try library.register("{{% CONTENT_TYPE:SCALAR-HTML}}" + body, named: name)
      } catch {
        throw .asset(name: file.path, reason: "\(error)")
      }
    }
    guard let css = texts["report.css"] else {
      throw .asset(name: "report.css", reason: "missing")
    }
    guard let js = texts["report.js"] else { throw .asset(name: "report.js", reason: "missing") }
    self.css = css
    self.js = js
    self.library = library
  }

  /// A template filled in.
  func render(_ name: String, _ values: [String: Any]) throws(RenderError) -> String {
    guard let text = library.render(values, withTemplate: name) else {
      throw .asset(name: name, reason: "missing")
    }
    return text
  }
}

extension Substring {
  fileprivate func drop(last suffix: String) -> String {
    hasSuffix(suffix) ? String(dropLast(suffix.count)) : String(self)
  }
}

/// HTML's escaping by scalars: a quote with a combining mark is one character, but still a quote.
private struct ScalarHTML: MustacheContentType {
  func escapeText(_ text: String) -> String { htmlEscaped(text) }
}

/// A text for HTML, in an element or a quoted attribute. Control characters become U+FFFD.
func htmlEscaped(_ text: String) -> String {
  var output = ""
  output.unicodeScalars.reserveCapacity(text.unicodeScalars.count)
  for scalar in text.unicodeScalars {
    switch scalar {
    case "<": output += "&lt;"
    case ">": output += "&gt;"
    case "&": output += "&amp;"
    case "\"": output += "&quot;"
    case "'": output += "&#39;"
    case "\n", "\t": output.unicodeScalars.append(scalar)
    case _ where scalar.properties.generalCategory == .control: output += "\u{fffd}"
    default: output.unicodeScalars.append(scalar)
    }
  }
  return output
}
