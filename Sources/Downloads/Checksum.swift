// Checksums of files, computed piece by piece.

import CCrypto
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
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .cannotWrite(path: path, reason: systemReason()) }
    defer { close(descriptor) }
    let context = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(context) }
    let isLong = if case .sha256 = self { true } else { false }
    EVP_DigestInit_ex(context, isLong ? EVP_sha256() : EVP_md5(), nil)
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .cannotWrite(path: path, reason: systemReason()) }
      if count == 0 { break }
      EVP_DigestUpdate(context, chunk, count)
    }
    var digest = [UInt8](repeating: 0, count: 32)
    var length: UInt32 = 0
    EVP_DigestFinal_ex(context, &digest, &length)
    let digits = digest.prefix(Int(length)).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
    return isLong ? .sha256(digits) : .md5(digits)
  }

  /// Whether the file at `path` is there and has this digest.
  public func fits(_ path: String) -> Bool {
    (try? ofFile(path))?.description == description
  }
}

/// The system's words for the last error.
func systemReason() -> String { String(cString: strerror(errno)).lowercased() }
