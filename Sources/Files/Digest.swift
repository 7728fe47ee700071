// SHA-256, by libcrypto.

import CCrypto

/// A running SHA-256 of bytes given piece by piece.
public struct SHA256 {
  private final class Context {
    let pointer = EVP_MD_CTX_new()
    deinit { EVP_MD_CTX_free(pointer) }
  }

  private let context = Context()

  public init() {
    precondition(EVP_DigestInit_ex(context.pointer, EVP_sha256(), nil) == 1)
  }

  public func update(_ bytes: some Collection<UInt8>) {
    let done: Void? = bytes.withContiguousStorageIfAvailable { update(UnsafeRawBufferPointer($0)) }
    if done == nil { Array(bytes).withUnsafeBytes { update($0) } }
  }

  public func update(_ bytes: UnsafeRawBufferPointer) {
    EVP_DigestUpdate(context.pointer, bytes.baseAddress, bytes.count)
  }

  /// The digest as 64 hexadecimal digits. The value may not be used afterwards.
  public func finish() -> String {
    var digest = [UInt8](repeating: 0, count: 32)
    EVP_DigestFinal_ex(context.pointer, &digest, nil)
    return digest.map { byte in
      let hex = String(byte, radix: 16)
      return hex.count == 1 ? "0" + hex : hex
    }.joined()
  }

  /// The digest of some bytes.
  public static func hex(_ bytes: some Collection<UInt8>) -> String {
    let sum = SHA256()
    sum.update(bytes)
    return sum.finish()
  }

  /// The digest of a text's UTF-8.
  public static func hex(_ text: String) -> String { hex(Array(text.utf8)) }
}
