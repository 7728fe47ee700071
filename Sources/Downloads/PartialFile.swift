// The unfinished file of a download, and what is known about where its bytes come from.

import Files
import Foundation

/// `PATH.part`, with `PATH.part.from` beside it: the address and what the server calls this version.
struct PartialFile {
  let target: String
  var path: String { target + ".part" }
  private var note: String { target + ".part.from" }

  /// The bytes that are here.
  var byteCount: Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  /// The validator (entity tag or date) of the bytes that are here, when they come from `url`: empty
  /// where the server gave none, nil where they come from elsewhere.
  func validator(from url: String) -> String? {
    guard let bytes = try? readFile(note) else { return nil }
    let lines = String(decoding: bytes, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    guard lines.count >= 2, lines[0] == url else { return nil }
    return String(lines[1])
  }

  func remember(_ url: String, validator: String) throws(DownloadError) {
    do { try writeAtomically("\(url)\n\(validator)\n", to: note) } catch {
      throw .cannotWrite(path: note, reason: "\(error)")
    }
  }

  /// Opens for writing at the end, or empties it first.
  func open(emptied: Bool) throws(DownloadError) -> Int32 {
    let mode = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (emptied ? O_TRUNC : 0)
    let descriptor = Foundation.open(path, mode, 0o644)
    guard descriptor >= 0 else { throw .cannotWrite(path: path, reason: systemReason()) }
    return descriptor
  }

  /// Forgets the bytes that are here.
  func empty() throws(DownloadError) {
    unlink(note)
    close(try open(emptied: true))
  }

  func remove() {
    unlink(path)
    unlink(note)
  }

  /// Makes it the target: flushed, then renamed.
  func finish() throws(DownloadError) {
    let descriptor = try open(emptied: false)
    let isFlushed = fsync(descriptor) == 0
    let flushReason = systemReason()
    close(descriptor)
    guard isFlushed else { throw .cannotWrite(path: path, reason: flushReason) }
    guard rename(path, target) == 0 else {
      throw .cannotWrite(path: target, reason: systemReason())
    }
    unlink(note)
  }
}

/// "bytes 100-199/1000" of a server's answer.
struct ContentRange: Equatable {
  let first: Int
  /// The whole file's size; nil for "*".
  let total: Int?

  init?(_ header: String) {
    let words = header.split(separator: " ")
    guard words.count == 2, words[0].lowercased() == "bytes" else { return nil }
    let parts = words[1].split(separator: "/")
    guard parts.count == 2 else { return nil }
    let bounds = parts[0].split(separator: "-")
    guard bounds.count == 2, let first = Int(bounds[0]), let last = Int(bounds[1]), first >= 0,
      first <= last
    else { return nil }
    let total = Int(parts[1])
    guard total != nil || parts[1] == "*", total.map({ last < $0 }) ?? true else { return nil }
    self.first = first
    self.total = total
  }
}
