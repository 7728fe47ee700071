// The entries of an archive file, and which of their paths are safe.

import CArchive
import Foundation

/// One thing in an archive.
struct ArchiveEntry {
  enum Kind { case file, folder, other }

  let kind: Kind
  let name: String

  /// The parts of its path, which lead nowhere but inwards; none for the archive's root.
  func safePath(in archive: String) throws(DownloadError) -> [String] {
    guard kind != .other else {
      throw .unsafeArchive(path: archive, reason: "'\(name)' is a link or a device")
    }
    let parts = name.split(separator: "/").filter { $0 != "." }.map(String.init)
    let isInside =
      !name.hasPrefix("/") && !parts.contains("..") && parts.count <= 32
      && parts.allSatisfy { part in
        (1...255).contains(part.utf8.count)
          && part.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
      }
    guard isInside, kind == .folder || !parts.isEmpty else {
      throw .unsafeArchive(path: archive, reason: "'\(name)' leads out of it")
    }
    return parts
  }
}

/// An open archive, read from front to end.
final class ArchiveReader {
  let byteCount: Int
  private let archive: String
  private let source: OpaquePointer
  private var message = [CChar](repeating: 0, count: 256)

  init(_ path: String) throws(DownloadError) {
    guard tlkb_archive_is_there() != 0 else {
      throw .noArchiveLibrary(
        archive: path, reason: String(cString: tlkb_archive_reason()))
    }
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw .damagedArchive(path: path, reason: systemReason())
    }
    guard let opened = tlkb_archive_open(path, &message) else {
      throw .damagedArchive(path: path, reason: Self.text(message))
    }
    byteCount = Int(status.st_size)
    archive = path
    source = opened
  }

  deinit { tlkb_archive_close(source) }

  /// Bytes of the archive file read so far.
  var position: Int { min(byteCount, Int(tlkb_archive_position(source))) }

  /// The next entry; nil at the end.
  func next() throws(DownloadError) -> ArchiveEntry? {
    let kind: ArchiveEntry.Kind
    switch Int(tlkb_archive_next(source, &message)) {
    case Int(TLKB_ENTRY_END): return nil
    case Int(TLKB_ENTRY_FILE): kind = .file
    case Int(TLKB_ENTRY_FOLDER): kind = .folder
    case Int(TLKB_ENTRY_OTHER): kind = .other
    default: throw .damagedArchive(path: archive, reason: Self.text(message))
    }
    guard let name = tlkb_archive_name(source) else {
      throw .damagedArchive(path: archive, reason: "a file in it has no readable name")
    }
    return ArchiveEntry(kind: kind, name: String(cString: name))
  }

  /// Bytes of the current file; 0 at its end.
  func read(into block: inout [UInt8]) throws(DownloadError) -> Int {
    let count = tlkb_archive_read(source, &block, block.count, &message)
    guard count >= 0 else { throw .damagedArchive(path: archive, reason: Self.text(message)) }
    return Int(count)
  }

  private static func text(_ message: [CChar]) -> String {
    String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
