// SHA-256 and MD5, by libcrypto.

import CCrypto
import Foundation

/// A running digest of bytes given piece by piece.
public struct Digest {
  public enum Kind: Sendable {
    case sha256
    /// Finds damage, not forgery: only for files whose publisher gives nothing better.
    case md5
  }

  private final class Context {
    let pointer = EVP_MD_CTX_new()
    deinit { EVP_MD_CTX_free(pointer) }
  }

  private let context = Context()

  public init(_ kind: Kind) {
    let method = kind == .sha256 ? EVP_sha256() : EVP_md5()
    precondition(EVP_DigestInit_ex(context.pointer, method, nil) == 1)
  }

  public func update(_ bytes: UnsafeRawBufferPointer) {
    EVP_DigestUpdate(context.pointer, bytes.baseAddress, bytes.count)
  }

  /// The digest as hexadecimal digits. The value may not be used afterwards.
  public func finish() -> String {
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var length: UInt32 = 0
    EVP_DigestFinal_ex(context.pointer, &digest, &length)
    return digest.prefix(Int(length)).map { byte in
      let hex = String(byte, radix: 16)
      return hex.count == 1 ? "0" + hex : hex
    }.joined()
  }

  /// The digest of the file at `path`, read piece by piece.
  public static func hex(_ kind: Kind, ofFile path: String) throws(FileError) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .cannotRead(path: path, reason: systemReason()) }
    defer { close(descriptor) }
    let digest = Digest(kind)
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .cannotRead(path: path, reason: systemReason()) }
      if count == 0 { return digest.finish() }
      chunk.withUnsafeBytes { digest.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }
  }
}

/// A running SHA-256 of bytes given piece by piece.
public struct SHA256 {
  private let digest = Digest(.sha256)

  public init() {}

  public func update(_ bytes: some Collection<UInt8>) {
    let done: Void? = bytes.withContiguousStorageIfAvailable { update(UnsafeRawBufferPointer($0)) }
    if done == nil { Array(bytes).withUnsafeBytes { update($0) } }
  }

  public func update(_ bytes: UnsafeRawBufferPointer) { digest.update(bytes) }

  /// The digest as 64 hexadecimal digits. The value may not be used afterwards.
  public func finish() -> String { digest.finish() }

  /// The digest of some bytes.
  public static func hex(_ bytes: some Collection<UInt8>) -> String {
    let sum = SHA256()
    sum.update(bytes)
    return sum.finish()
  }

  /// The digest of a text's UTF-8.
  public static func hex(_ text: String) -> String { hex(Array(text.utf8)) }
}
