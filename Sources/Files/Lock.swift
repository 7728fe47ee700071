// An advisory lock between processes, released by the kernel when its holder dies.

import Foundation

/// A lock on a path, held until it is released or its process ends, even by `kill -9`.
public final class FileLock {
  private let descriptor: Int32

  /// Takes the lock `path`, made when it is missing.
  /// - Parameter wait: whether to wait for another holder or to throw ``FileError/busy(path:)``.
  public init(_ path: String, wait: Bool) throws(FileError) {
    try makeFolder(parentFolder(of: path))
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .cannotWrite(path: path, reason: systemReason()) }
    while flock(descriptor, wait ? LOCK_EX : LOCK_EX | LOCK_NB) != 0 {
      if errno == EINTR { continue }
      let isHeld = errno == EWOULDBLOCK
      let reason = systemReason()
      close(descriptor)
      throw isHeld ? .busy(path: path) : .cannotWrite(path: path, reason: reason)
    }
  }

  deinit { close(descriptor) }
}
