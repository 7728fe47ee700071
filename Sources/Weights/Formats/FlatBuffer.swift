// FlatBuffers read in place, every offset checked.

import Files

/// A table of a FlatBuffer: fields found through its vtable.
struct FlatTable {
  private let bytes: [UInt8]
  private let file: String
  private let start: Int
  private let vtable: Int
  private let fieldBytes: Int

  static func damaged(_ file: String, _ offset: Int) -> WeightsError {
    .malformed(file: file, reason: "a reference at offset \(offset) points outside of it")
  }

  /// The root table, which the first four bytes point to.
  init(rootOf bytes: [UInt8], file: String) throws(WeightsError) {
    let offset = try Self.unsigned(bytes, 0, 4, file)
    try self.init(bytes, at: offset, file: file)
  }

  private init(_ bytes: [UInt8], at start: Int, file: String) throws(WeightsError) {
    self.bytes = bytes
    self.file = file
    self.start = start
    let back = Int(Int32(truncatingIfNeeded: try Self.unsigned(bytes, start, 4, file)))
    vtable = start - back
    guard vtable >= 0 else { throw Self.damaged(file, start) }
    fieldBytes = try Self.unsigned(bytes, vtable, 2, file)
    guard fieldBytes >= 4, vtable + fieldBytes <= bytes.count else {
      throw Self.damaged(file, vtable)
    }
  }

  private static func unsigned(
    _ bytes: [UInt8], _ offset: Int, _ width: Int, _ file: String
  ) throws(WeightsError) -> Int {
    guard offset >= 0, offset <= bytes.count - width else { throw damaged(file, offset) }
    return Int(truncatingIfNeeded: bytes[offset..<offset + width].wholeNumber())
  }

  /// Where field number `index` lies; nil where the table has it not.
  private func place(_ index: Int) throws(WeightsError) -> Int? {
    let entry = 4 + 2 * index
    guard entry + 2 <= fieldBytes else { return nil }
    let offset = try Self.unsigned(bytes, vtable + entry, 2, file)
    return offset == 0 ? nil : start + offset
  }

  /// An unsigned number of `width` bytes; `standard` where the table has it not.
  func number(_ index: Int, width: Int, standard: Int = 0) throws(WeightsError) -> Int {
    guard let place = try place(index) else { return standard }
    return try Self.unsigned(bytes, place, width, file)
  }

  private func target(_ place: Int) throws(WeightsError) -> Int {
    place + (try Self.unsigned(bytes, place, 4, file))
  }

  /// The table that a field refers to.
  func table(_ index: Int) throws(WeightsError) -> FlatTable? {
    guard let place = try place(index) else { return nil }
    return try FlatTable(bytes, at: try target(place), file: file)
  }

  /// The bytes of a vector of elements of `width` bytes; empty where the table has it not.
  func vector(_ index: Int, width: Int) throws(WeightsError) -> ArraySlice<UInt8> {
    guard let place = try place(index) else { return [] }
    let start = try target(place)
    let count = try Self.unsigned(bytes, start, 4, file)
    guard count <= (bytes.count - start - 4) / width else { throw Self.damaged(file, start) }
    return bytes[start + 4..<start + 4 + count * width]
  }

  /// The tables of a vector.
  func tables(_ index: Int) throws(WeightsError) -> [FlatTable] {
    let offsets = try vector(index, width: 4)
    var tables: [FlatTable] = []
    for place in stride(from: offsets.startIndex, to: offsets.endIndex, by: 4) {
      tables.append(try FlatTable(bytes, at: try target(place), file: file))
    }
    return tables
  }

  func text(_ index: Int) throws(WeightsError) -> String {
    String(decoding: try vector(index, width: 1), as: UTF8.self)
  }
}
