// The hidden folder in which an archive is unpacked before it takes its name.

import CArchive
import Files
import Foundation

/// `.NAME.unpacking` beside the target.
struct UnpackingPlace {
  let target: String
  private let name: String
  private let temporary: String

  init(target: String) {
    self.target = target
    name = String(target.split(separator: "/").last ?? "archive")
    temporary = "\(parentFolder(of: target))/.\(name).unpacking"
  }

  var lock: String { temporary + ".lock" }

  /// Bytes that a user may still write on its disk.
  var freeBytes: Int {
    var status = statvfs()
    guard statvfs(parentFolder(of: target), &status) == 0 else { return .max }
    let (bytes, isTooLarge) = Int(clamping: status.f_bavail)
      .multipliedReportingOverflow(by: Int(clamping: status.f_frsize))
    return isTooLarge ? .max : bytes
  }

  /// Makes a folder, or the folders above a file and the file; gives the file's descriptor, open for
  /// writing and empty, or -1 for a folder.
  @discardableResult
  func make(_ parts: [String], isFolder: Bool) throws(DownloadError) -> Int32 {
    let path = ([temporary] + parts).joined(separator: "/")
    do { try makeFolder(isFolder ? path : parentFolder(of: path)) } catch {
      if case .cannotWrite(let path, let reason) = error {
        throw .cannotWrite(path: path, reason: reason)
      }
      throw .cannotWrite(path: path, reason: "\(error)")
    }
    guard !isFolder else { return -1 }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .cannotWrite(path: path, reason: systemReason()) }
    return descriptor
  }

  func write(
    _ bytes: ArraySlice<UInt8>, to descriptor: Int32, _ parts: [String]
  ) throws(DownloadError) {
    var failure: String?
    bytes.withUnsafeBytes { buffer in
      var offset = 0
      while offset < buffer.count {
        let written = Foundation.write(
          descriptor, buffer.baseAddress! + offset, buffer.count - offset)
        if written < 0, errno == EINTR { continue }
        guard written > 0 else {
          failure = systemReason()
          return
        }
        offset += written
      }
    }
    if let failure {
      throw .cannotWrite(path: ([target] + parts).joined(separator: "/"), reason: failure)
    }
  }

  /// Gives the content the target's name, marked with where it is from, after it has reached the disk.
  func finish(mark: String, text: String) throws(DownloadError) {
    var content = temporary
    let names = (try? FileManager.default.contentsOfDirectory(atPath: temporary)) ?? []
    var status = stat()
    if names == [name], lstat("\(temporary)/\(name)", &status) == 0,
      status.st_mode & S_IFMT == S_IFDIR
    {
      content = "\(temporary)/\(name)"
    }
    do { try writeAtomically(text, to: "\(content)/\(mark)") } catch {
      throw .cannotWrite(path: target, reason: "\(error)")
    }
    let descriptor = open(content, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    let isFlushed = descriptor >= 0 && tlkb_flush_disk(descriptor) == 0
    let reason = systemReason()
    if descriptor >= 0 { close(descriptor) }
    guard isFlushed else { throw .cannotWrite(path: target, reason: reason) }
    guard rename(content, target) == 0 else {
      throw .cannotWrite(path: target, reason: systemReason())
    }
  }

  /// Removes what an unfinished attempt left.
  func clear() { try? FileManager.default.removeItem(atPath: temporary) }
}
