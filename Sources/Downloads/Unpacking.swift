// Unpacking a downloaded archive into a folder: all of it or nothing, and nothing outside.

import CArchive
import Files
import Foundation

/// What an archive may hold before it is refused.
public struct UnpackingLimits: Sendable {
  public var maximumFiles = 3_000_000
  /// How many times as large as the archive its content may be, once it is larger than `allowance`.
  public var maximumRatio = 100
  public var allowance = 1 << 30
  /// Bytes that must stay free on the disk.
  public var reserve = 256 << 20

  public init() {}
}

/// A `.zip`, `.tar` or `.tar.gz` that becomes a folder.
///
/// The files go to a hidden folder beside the target, which takes the target's name in one step when
/// the whole archive has been read: an interrupted or refused archive leaves nothing. A single folder
/// in the archive that is named as the target is not nested in it. Only files and folders are made,
/// at paths inside; a link, a device or a path that leads out refuses the archive.
public struct Unpacking: Sendable {
  public enum Outcome: Sendable, Equatable {
    /// This archive was unpacked here before.
    case alreadyHere
    case unpacked(files: Int, bytes: Int)
  }

  public let archive: String
  public let folder: String
  /// What tells this archive from others: its checksum.
  public let identity: String

  public init(_ archive: String, to folder: String, identity: String) {
    self.archive = archive
    self.folder = folder
    self.identity = identity
  }

  /// The folder that an archive's file becomes beside it; nil for a file that is no archive by name.
  public static func folder(for file: String) -> String? {
    for ending in [".tar.gz", ".tgz", ".tar", ".zip"] where file.lowercased().hasSuffix(ending) {
      let stem = file.dropLast(ending.count)
      return stem.isEmpty || stem.hasSuffix("/") ? nil : String(stem)
    }
    return nil
  }

  /// Whether `folder` holds what an archive of this identity held.
  public var isDone: Bool {
    guard let bytes = try? readFile("\(folder)/\(Self.mark)") else { return false }
    return String(decoding: bytes, as: UTF8.self) == identity + "\n"
  }

  private static let mark = ".unpacked-from"

  /// Unpacks, blocking until all files are there.
  /// - Parameter progress: called as the archive is read, on the calling thread.
  /// - Throws: ``DownloadError``; nothing of the archive stays then.
  @discardableResult
  public func run(
    _ limits: UnpackingLimits = UnpackingLimits(),
    progress: @escaping (TransferProgress) -> Void = { _ in }
  ) throws(DownloadError) -> Outcome {
    if isDone { return .alreadyHere }
    var status = stat()
    guard lstat(folder, &status) != 0 else { throw .inTheWay(folder: folder, archive: archive) }
    let place = UnpackingPlace(target: folder)
    let lock: FileLock
    do { lock = try FileLock(place.lock, wait: false) } catch {
      if case .busy = error { throw .busy(path: folder) }
      throw .cannotWrite(path: place.lock, reason: "\(error)")
    }
    defer {
      place.clear()
      unlink(place.lock)
      withExtendedLifetime(lock) {}
    }
    place.clear()
    try place.make([], isFolder: true)
    let content = try copy(to: place, limits, progress)
    guard content.files > 0 else {
      throw .damagedArchive(path: archive, reason: "it holds no files")
    }
    try place.finish(mark: Self.mark, text: identity + "\n")
    return .unpacked(files: content.files, bytes: content.bytes)
  }

  private func copy(
    to place: UnpackingPlace, _ limits: UnpackingLimits,
    _ progress: (TransferProgress) -> Void
  ) throws(DownloadError) -> (files: Int, bytes: Int) {
    let reader = try ArchiveReader(archive)
    let start = Date()
    let roof = max(limits.allowance, reader.byteCount.multipliedClamped(by: limits.maximumRatio))
    let room = place.freeBytes - limits.reserve
    var (files, bytes) = (0, 0)
    var block = [UInt8](repeating: 0, count: 1 << 18)
    while let entry = try reader.next() {
      let path = try entry.safePath(in: archive)
      files += 1
      guard files <= limits.maximumFiles else {
        throw .unsafeArchive(
          path: archive, reason: "it holds more than \(limits.maximumFiles) files and folders")
      }
      guard case .file = entry.kind else {
        try place.make(path, isFolder: true)
        continue
      }
      let descriptor = try place.make(path, isFolder: false)
      defer { close(descriptor) }
      while case let count = try reader.read(into: &block), count > 0 {
        bytes += count
        guard bytes <= roof else {
          throw .unsafeArchive(
            path: archive,
            reason: "its content is more than \(limits.maximumRatio) times as large as itself")
        }
        guard bytes <= room else {
          throw .cannotWrite(path: folder, reason: "no space left on device")
        }
        try place.write(block[..<count], to: descriptor, path)
        progress(
          TransferProgress(
            received: reader.position, total: reader.byteCount, fresh: reader.position,
            seconds: Date().timeIntervalSince(start)))
      }
    }
    return (files, bytes)
  }
}

extension Int {
  fileprivate func multipliedClamped(by factor: Int) -> Int {
    let (product, isTooLarge) = multipliedReportingOverflow(by: factor)
    return isTooLarge ? .max : product
  }
}
