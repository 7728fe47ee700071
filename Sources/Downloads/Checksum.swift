// Checksums that publishers give for their files.

import Files
import Foundation

/// The digest that a file must have.
public enum Checksum: Sendable, Equatable, CustomStringConvertible {
  /// 64 hexadecimal digits.
  case sha256(String)
  /// 32 hexadecimal digits. Only for files whose publisher gives nothing better: it finds damage,
  /// not forgery.
  case md5(String)

  public var description: String {
    switch self {
    case .sha256(let digits): "SHA-256 \(digits.lowercased())"
    case .md5(let digits): "MD5 \(digits.lowercased())"
    }
  }

  /// The digest of the same kind of the file at `path`.
  public func ofFile(_ path: String) throws(DownloadError) -> Checksum {
    do throws(FileError) {
      switch self {
      case .sha256: return .sha256(try Digest.hex(.sha256, ofFile: path))
      case .md5: return .md5(try Digest.hex(.md5, ofFile: path))
      }
    } catch {
      guard case .cannotRead(_, let reason) = error else {
        throw .cannotWrite(path: path, reason: "\(error)")
      }
      throw .cannotWrite(path: path, reason: reason)
    }
  }

  /// Whether the file at `path` is there and has this digest.
  public func fits(_ path: String) -> Bool {
    (try? ofFile(path))?.description == description
  }
}

/// The system's words for the last error.
func systemReason() -> String { String(cString: strerror(errno)).lowercased() }
