// Zip archives, as PyTorch and NumPy write them.

import CZlib

/// The entries of a zip file: stored or deflated, with 64-bit sizes where needed.
struct ZipArchive {
  struct Entry {
    let name: String
    let method: Int
    let compressed: Int
    let size: Int
    let offset: Int
    let crc: UInt32
  }

  let entries: [Entry]
  private let bytes: [UInt8]
  private let file: String

  init(_ bytes: [UInt8], file: String) throws(WeightsError) {
    self.bytes = bytes
    self.file = file
    var cursor = ByteCursor(bytes, file: file)
    guard let end = Self.endRecord(bytes) else {
      throw cursor.damaged("the zip archive has no directory")
    }
    cursor.position = end + 10
    var count = Int(try cursor.unsigned(2))
    _ = try cursor.take(4)
    var start = Int(try cursor.unsigned(4))
    if count == 0xFFFF || start == 0xFFFF_FFFF, end >= 20 {
      cursor.position = end - 20
      if try cursor.unsigned(4) == 0x0706_4B50 {
        _ = try cursor.take(4)
        cursor.position = try cursor.length(8)
        guard try cursor.unsigned(4) == 0x0606_4B50 else {
          throw cursor.damaged("the zip archive's 64-bit directory is not where it should be")
        }
        _ = try cursor.take(28)
        count = try cursor.length(8)
        _ = try cursor.take(8)
        start = try cursor.length(8)
      }
    }
    cursor.position = start
    var entries: [Entry] = []
    for _ in 0..<count { entries.append(try Self.entry(&cursor)) }
    self.entries = entries
  }

  private static func endRecord(_ bytes: [UInt8]) -> Int? {
    guard bytes.count >= 22 else { return nil }
    let lowest = max(0, bytes.count - 22 - 65_535)
    return stride(from: bytes.count - 22, through: lowest, by: -1).first {
      bytes[$0] == 0x50 && bytes[$0 + 1] == 0x4B && bytes[$0 + 2] == 5 && bytes[$0 + 3] == 6
    }
  }

  private static func entry(_ cursor: inout ByteCursor) throws(WeightsError) -> Entry {
    guard try cursor.unsigned(4) == 0x0201_4B50 else {
      throw cursor.damaged("the zip archive's directory is broken")
    }
    _ = try cursor.take(6)
    let method = Int(try cursor.unsigned(2))
    _ = try cursor.take(4)
    let crc = UInt32(try cursor.unsigned(4))
    var compressed = Int(try cursor.unsigned(4))
    var size = Int(try cursor.unsigned(4))
    let (name, extra, comment) = (
      Int(try cursor.unsigned(2)), Int(try cursor.unsigned(2)), Int(try cursor.unsigned(2))
    )
    _ = try cursor.take(8)
    var offset = Int(try cursor.unsigned(4))
    let text = try cursor.text(name)
    let end = cursor.position + extra
    while cursor.position + 4 <= end {
      let (tag, length) = (try cursor.unsigned(2), Int(try cursor.unsigned(2)))
      let next = cursor.position + length
      if tag == 1 {
        if size == 0xFFFF_FFFF { size = try cursor.length(8) }
        if compressed == 0xFFFF_FFFF { compressed = try cursor.length(8) }
        if offset == 0xFFFF_FFFF { offset = try cursor.length(8) }
      }
      cursor.position = next
    }
    cursor.position = end
    _ = try cursor.take(comment)
    return Entry(
      name: text, method: method, compressed: compressed, size: size, offset: offset, crc: crc)
  }

  /// An entry's content, checked against its checksum.
  func content(_ entry: Entry) throws(WeightsError) -> [UInt8] {
    var cursor = ByteCursor(bytes, file: file, at: entry.offset)
    guard try cursor.unsigned(4) == 0x0403_4B50 else {
      throw cursor.damaged("'\(entry.name)' is not where the directory says")
    }
    _ = try cursor.take(22)
    let (name, extra) = (Int(try cursor.unsigned(2)), Int(try cursor.unsigned(2)))
    _ = try cursor.take(name + extra)
    let raw = try cursor.take(entry.compressed)
    let content: [UInt8]
    switch entry.method {
    case 0: content = Array(raw)
    case 8: content = try Self.inflated(raw, size: entry.size, cursor, entry.name)
    default:
      throw cursor.damaged("'\(entry.name)' is compressed by method \(entry.method)")
    }
    guard content.count == entry.size else {
      throw cursor.damaged("'\(entry.name)' has another size than the directory says")
    }
    let crc = content.withUnsafeBufferPointer { buffer in
      crc32_z(0, buffer.baseAddress, buffer.count)
    }
    guard UInt32(truncatingIfNeeded: crc) == entry.crc else {
      throw cursor.damaged("'\(entry.name)' does not match its checksum")
    }
    return content
  }

  private static func inflated(
    _ raw: ArraySlice<UInt8>, size: Int, _ cursor: ByteCursor, _ name: String
  ) throws(WeightsError) -> [UInt8] {
    // Deflate cannot shrink more than about 1032 times: a larger promise is a lie.
    guard size <= 1100 * (raw.count + 64) else {
      throw cursor.damaged("'\(name)' promises \(size) bytes from \(raw.count)")
    }
    var output = [UInt8](repeating: 0, count: size)
    var stream = z_stream()
    guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { throw cursor.damaged("'\(name)' cannot be decompressed") }
    defer { inflateEnd(&stream) }
    var input = Array(raw)
    let status = input.withUnsafeMutableBufferPointer { source in
      output.withUnsafeMutableBufferPointer { target in
        stream.next_in = source.baseAddress
        stream.avail_in = UInt32(truncatingIfNeeded: source.count)
        stream.next_out = target.baseAddress
        stream.avail_out = UInt32(truncatingIfNeeded: target.count)
        return inflate(&stream, Z_FINISH)
      }
    }
    guard status == Z_STREAM_END, Int(stream.total_out) == size else {
      throw cursor.damaged("'\(name)' cannot be decompressed")
    }
    return output
  }
}
