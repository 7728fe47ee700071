// Reading and writing whole files, with the system's reason when it does not work.
import Glibc

/// Whole-file access with errors that name the file.
package enum FileBytes {
  /// All bytes of a regular file of at most `limit` bytes.
  package static func read(_ path: String, limit: Int = 1 << 31) throws(ImagingError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .fileUnreadable(file: path, reason: reason()) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .fileUnreadable(file: path, reason: reason())
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .fileUnreadable(file: path, reason: "it is not a file")
    }
    let size = Int(status.st_size)
    guard size <= limit else {
      throw .fileUnreadable(file: path, reason: "\(size) bytes is more than the limit of \(limit)")
    }
    var failure: String?
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let got = Glibc.read(descriptor, buffer.baseAddress! + count, size - count)
        if got < 0 {
          if errno == EINTR { continue }
          failure = reason()
          break
        }
        if got == 0 { break }
        count += got
      }
    }
    if let failure { throw .fileUnreadable(file: path, reason: failure) }
    return bytes
  }

  /// The lines of a text file that are not empty, with their numbers from 1.
  static func lines(_ path: String) throws(ImagingError) -> [(number: Int, text: Substring)] {
    String(decoding: try read(path), as: UTF8.self)
      .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
      .compactMap { $1.isEmpty ? nil : ($0 + 1, $1) }
  }

  /// Writes beside the target and renames, so that a reader sees the old file or the whole new one.
  package static func write(_ bytes: [UInt8], to path: String) throws(ImagingError) {
    let temporary = "\(path).\(getpid()).part"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .fileUnwritable(file: path, reason: reason()) }
    var written = 0
    var failure: String?
    bytes.withUnsafeBytes { buffer in
      while written < buffer.count {
        let got = Glibc.write(descriptor, buffer.baseAddress! + written, buffer.count - written)
        if got < 0 {
          if errno == EINTR { continue }
          failure = reason()
          return
        }
        written += got
      }
    }
    if close(descriptor) != 0, failure == nil { failure = reason() }
    if failure == nil, rename(temporary, path) != 0 { failure = reason() }
    if let failure {
      unlink(temporary)
      throw .fileUnwritable(file: path, reason: failure)
    }
  }

  private static func reason() -> String { String(cString: strerror(errno)) }
}
