// Writing files so that a reader never sees half of one.

import Foundation

/// Writes a whole file or nothing: to a temporary file beside it, flushed to disk, then renamed.
///
/// Missing folders are made. An interrupted or failed write leaves the old file as it was.
/// - Throws: ``FileError`` naming the path and the system's reason.
public func writeAtomically(_ bytes: [UInt8], to path: String) throws(FileError) {
  try makeFolder(parentFolder(of: path))
  let temporary = "\(path).tmp-\(getpid())-\(UInt32.random(in: 0 ... .max))"
  let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
  guard descriptor >= 0 else { throw .cannotWrite(path: path, reason: systemReason()) }
  var failure: String?
  bytes.withUnsafeBytes { buffer in
    var offset = 0
    while offset < buffer.count {
      let written = write(descriptor, buffer.baseAddress! + offset, buffer.count - offset)
      if written < 0, errno == EINTR { continue }
      guard written > 0 else {
        failure = systemReason()
        return
      }
      offset += written
    }
  }
  if failure == nil, fsync(descriptor) != 0 { failure = systemReason() }
  if close(descriptor) != 0, failure == nil { failure = systemReason() }
  if failure == nil, rename(temporary, path) != 0 { failure = systemReason() }
  if let failure {
    unlink(temporary)
    throw .cannotWrite(path: path, reason: failure)
  }
}

/// Writes a text as UTF-8, whole or not at all.
public func writeAtomically(_ text: String, to path: String) throws(FileError) {
  try writeAtomically(Array(text.utf8), to: path)
}

/// The whole content of a file.
public func readFile(_ path: String) throws(FileError) -> [UInt8] {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw .cannotRead(path: path, reason: systemReason()) }
  defer { close(descriptor) }
  var status = stat()
  guard fstat(descriptor, &status) == 0 else {
    throw .cannotRead(path: path, reason: systemReason())
  }
  guard status.st_mode & S_IFMT != S_IFDIR else {
    throw .cannotRead(path: path, reason: "it is a folder")
  }
  var bytes = [UInt8]()
  bytes.reserveCapacity(Int(status.st_size))
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = read(descriptor, &chunk, chunk.count)
    if count < 0, errno == EINTR { continue }
    guard count >= 0 else { throw .cannotRead(path: path, reason: systemReason()) }
    if count == 0 { return bytes }
    bytes += chunk[..<count]
  }
}

/// Makes a folder and those above it.
public func makeFolder(_ path: String) throws(FileError) {
  do {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  } catch {
    throw .cannotWrite(path: path, reason: systemReason(fallback: error.localizedDescription))
  }
}

/// The folder that holds a path: `.` for a bare name.
public func parentFolder(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// What can go wrong with a file.
public enum FileError: Error, Equatable, CustomStringConvertible {
  case cannotRead(path: String, reason: String)
  case cannotWrite(path: String, reason: String)
  case busy(path: String)
  /// A table that does not hold together; the reason is a phrase about its line.
  case malformed(path: String, line: Int, reason: String)

  public var description: String {
    switch self {
    case .cannotRead(let path, let reason): "cannot read \(path): \(reason)"
    case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)"
    case .busy(let path): "\(path) is in use by another tlkb; try again when it has finished"
    case .malformed(let path, let line, let reason): "\(path):\(line): \(reason)"
    }
  }
}

func systemReason(fallback: String? = nil) -> String {
  let code = errno
  if code == 0, let fallback { return fallback }
  return String(cString: strerror(code)).lowercased()
}
