// NumPy archives (`.npz`): a ZIP of `.npy` members, stored or deflated, with ZIP64.
import CZlib
import Files

/// A `.npz` whose members are inflated and checked (CRC-32) one at a time, when asked for.
package struct NumPyArchive: Sendable {
  private struct Member: Sendable {
    let method: Int
    let checksum: UInt32
    let packed: Int
    let unpacked: Int
    let headerAt: Int
  }

  private let path: String
  private let bytes: [UInt8]
  private let members: [String: Member]

  /// Names of the arrays, without `.npy`, sorted.
  package var names: [String] { members.keys.sorted() }

  package init(path: String) throws(ImagingError) {
    try self.init(try FileBytes.read(path, limit: 64 << 30), name: path)
  }

  package init(_ bytes: [UInt8], name: String) throws(ImagingError) {
    self.path = name
    self.bytes = bytes
    let reader = ZipReader(bytes: bytes, name: name)
    let directory = try reader.directory()
    var members: [String: Member] = [:]
    var at = directory.at
    for _ in 0..<directory.entries {
      guard try reader.u32(at) == 0x0201_4B50 else { throw reader.bad("a damaged directory") }
      let nameLength = Int(try reader.u16(at + 28))
      let extraLength = Int(try reader.u16(at + 30))
      let commentLength = Int(try reader.u16(at + 32))
      let nameAt = at + 46
      guard nameAt + nameLength + extraLength <= bytes.count else {
        throw reader.bad("a damaged directory")
      }
      var wide = ZipReader.Wide(
        unpacked: Int(try reader.u32(at + 24)), packed: Int(try reader.u32(at + 20)),
        headerAt: Int(try reader.u32(at + 42)))
      try reader.widen(&wide, extraAt: nameAt + nameLength, length: extraLength)
      guard try reader.u16(at + 8) & 1 == 0 else { throw reader.bad("it is encrypted") }
      var key = String(decoding: bytes[nameAt..<nameAt + nameLength], as: UTF8.self)
      if key.hasSuffix(".npy") { key.removeLast(4) }
      members[key] = Member(
        method: Int(try reader.u16(at + 10)), checksum: UInt32(try reader.u32(at + 16)),
        packed: wide.packed, unpacked: wide.unpacked, headerAt: wide.headerAt)
      at = nameAt + nameLength + extraLength + commentLength
    }
    self.members = members
  }

  /// The array called `name`; the error lists those there are.
  package func array(_ name: String) throws(ImagingError) -> NumPyArray {
    guard let member = members[name] else {
      throw .badArray(
        file: path, reason: "it has no array '\(name)', only \(names.joined(separator: ", "))")
    }
    let label = "\(path)[\(name)]"
    return try NumPyArray(try unpack(member, label), name: label)
  }

  private func unpack(_ member: Member, _ label: String) throws(ImagingError) -> [UInt8] {
    let reader = ZipReader(bytes: bytes, name: label)
    guard try reader.u32(member.headerAt) == 0x0403_4B50 else {
      throw reader.bad("its entry is not where the directory says")
    }
    let start =
      member.headerAt + 30 + Int(try reader.u16(member.headerAt + 26))
      + Int(try reader.u16(member.headerAt + 28))
    guard start <= bytes.count, bytes.count - start >= member.packed else {
      throw reader.bad("the archive is cut short")
    }
    // Deflate cannot reach more than 1032 : 1, so a larger claim is a lie.
    guard member.unpacked <= member.packed * 1032 + 1024 else {
      throw reader.bad("an entry that claims to unpack to \(member.unpacked) bytes")
    }
    let result: [UInt8]
    switch member.method {
    case 0 where member.packed == member.unpacked:
      result = Array(bytes[start..<start + member.packed])
    case 8: result = try inflate(start, member, reader)
    default: throw reader.bad("compression method \(member.method)")
    }
    guard Self.checksum(result) == member.checksum else {
      throw reader.bad("the checksum does not match")
    }
    return result
  }

  private func inflate(
    _ start: Int, _ member: Member, _ reader: ZipReader
  ) throws(ImagingError) -> [UInt8] {
    var isWhole = false
    let result = bytes.withUnsafeBufferPointer { from in
      [UInt8](unsafeUninitializedCapacity: member.unpacked) { out, count in
        count = Self.inflateRaw(
          from.baseAddress! + start, member.packed, into: out, isWhole: &isWhole)
      }
    }
    guard isWhole, result.count == member.unpacked else {
      throw reader.bad("a damaged deflate stream")
    }
    return result
  }

  /// Inflates in pieces, for zlib counts in 32 bits; gives the bytes written.
  private static func inflateRaw(
    _ from: UnsafePointer<UInt8>, _ packed: Int, into out: UnsafeMutableBufferPointer<UInt8>,
    isWhole: inout Bool
  ) -> Int {
    var stream = z_stream()
    guard
      inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { return 0 }
    defer { inflateEnd(&stream) }
    let piece = 1 << 30
    var taken = 0
    var written = 0
    while true {
      let offered = min(piece, packed - taken)
      let room = min(piece, out.count - written)
      stream.next_in = UnsafeMutablePointer(mutating: from + taken)
      stream.avail_in = UInt32(offered)
      stream.next_out = out.baseAddress.map { $0 + written }
      stream.avail_out = UInt32(room)
      let status = CZlib.inflate(&stream, Z_NO_FLUSH)
      let consumed = offered - Int(stream.avail_in)
      let produced = room - Int(stream.avail_out)
      taken += consumed
      written += produced
      if status == Z_STREAM_END {
        isWhole = true
        return written
      }
      if status != Z_OK || (consumed == 0 && produced == 0) { return written }
    }
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBufferPointer { UInt32(crc32_z(0, $0.baseAddress, $0.count)) }
  }
}

/// Checked little-endian access to a ZIP file.
private struct ZipReader {
  struct Wide {
    var unpacked: Int
    var packed: Int
    var headerAt: Int
  }

  let bytes: [UInt8]
  let name: String

  func bad(_ reason: String) -> ImagingError { .badArray(file: name, reason: reason) }

  private func number(_ at: Int, _ size: Int) throws(ImagingError) -> UInt64 {
    guard let value = bytes.wholeNumber(at: at, size: size) else {
      throw bad("the archive is cut short")
    }
    return value
  }

  func u16(_ at: Int) throws(ImagingError) -> UInt64 { try number(at, 2) }
  func u32(_ at: Int) throws(ImagingError) -> UInt64 { try number(at, 4) }

  private func offset(_ at: Int) throws(ImagingError) -> Int {
    let value = try number(at, 8)
    guard value < 1 << 48 else { throw bad("an offset beyond the file") }
    return Int(value)
  }

  /// Where the central directory begins, and how many entries it has.
  func directory() throws(ImagingError) -> (at: Int, entries: Int) {
    guard bytes.count >= 22 else { throw bad("it is not a ZIP archive") }
    var end = bytes.count - 22
    let lowest = max(0, end - 65535)
    while end >= lowest {
      if bytes[end] == 0x50, try u32(end) == 0x0605_4B50 { break }
      end -= 1
    }
    guard end >= lowest else { throw bad("it is not a ZIP archive, or is cut short") }
    var entries = Int(try u16(end + 10))
    var at = Int(try u32(end + 16))
    if end >= 20, try u32(end - 20) == 0x0706_4B50 {
      let wide = try offset(end - 20 + 8)
      guard try u32(wide) == 0x0606_4B50 else { throw bad("a damaged directory") }
      entries = try offset(wide + 32)
      at = try offset(wide + 48)
    }
    guard at <= bytes.count, entries <= (bytes.count - at) / 46 else {
      throw bad("a damaged directory")
    }
    return (at, entries)
  }

  /// Takes sizes and offset from the ZIP64 extra field where the plain ones are full.
  func widen(_ wide: inout Wide, extraAt: Int, length: Int) throws(ImagingError) {
    var at = extraAt
    while at + 4 <= extraAt + length {
      let tag = try u16(at)
      let size = Int(try u16(at + 2))
      if tag == 1 {
        var field = at + 4
        if wide.unpacked == 0xFFFF_FFFF {
          wide.unpacked = try offset(field)
          field += 8
        }
        if wide.packed == 0xFFFF_FFFF {
          wide.packed = try offset(field)
          field += 8
        }
        if wide.headerAt == 0xFFFF_FFFF { wide.headerAt = try offset(field) }
      }
      at += 4 + size
    }
  }
}
