// Pictures written as rows of numbers (Kaggle's `hmnist_28_28_RGB.csv`).

/// A CSV of `pixel0000 … pixelNNNN, label`: n × n grey or n × n × 3 interleaved, a row a picture.
///
/// Read byte by byte: as text, the 24 million cells of the colour table would take a gigabyte.
package struct PixelTable: Sendable {
  package let pictures: PixelStore
  package let labels: [Int]

  package init(path: String) throws(ImagingError) {
    try self.init(try FileBytes.read(path), file: path)
  }

  package init(_ bytes: [UInt8], file: String) throws(ImagingError) {
    let end = bytes.firstIndex(of: 10) ?? bytes.count
    guard !bytes[..<end].contains(0) else {
      throw .badTable(
        file: file, line: 1,
        reason: "this is no text: expected is a table of pixels, such as hmnist_28_28_RGB.csv")
    }
    let columns = try MetadataTable(Array(bytes[..<end]), file: file).columns
    guard columns.last == "label", let shape = Self.squareShape(columns.count - 1) else {
      throw .badTable(
        file: file, line: 1,
        reason: "\(columns.count - 1) pixel columns and a label are not a square of grey or RGB")
    }
    let count = columns.count - 1
    var pixels: [UInt8] = []
    pixels.reserveCapacity(bytes.count / 3)
    var labels: [Int] = []
    var at = end + 1
    var line = 2
    while at < bytes.count {
      if bytes[at] == 10 || bytes[at] == 13 {
        if bytes[at] == 10 { line += 1 }
        at += 1
        continue
      }
      for column in 0...count {
        let start = at
        var value = 0
        while at < bytes.count, (0x30...0x39).contains(bytes[at]), at - start < 9 {
          value = value * 10 + Int(bytes[at] - 0x30)
          at += 1
        }
        let isLast = column == count
        let closes = at == bytes.count || bytes[at] == 10 || bytes[at] == 13
        let isWhole = at > start && (isLast ? closes : at < bytes.count && bytes[at] == 44)
        guard isWhole, isLast || value < 256 else {
          let cell = bytes[start...].prefix { $0 != 44 && $0 != 10 && $0 != 13 }.prefix(20)
          throw .badTable(
            file: file, line: line,
            reason: closes && !isLast && at > start && value < 256
              ? "\(column + 1) fields where the header has \(count + 1)"
              : "'\(String(decoding: cell, as: UTF8.self))' in \(columns[column]) is not "
                + (isLast ? "a label" : "0 to 255"))
        }
        if isLast {
          labels.append(value)
        } else {
          pixels.append(UInt8(value))
          at += 1
        }
      }
    }
    pictures = PixelStore(
      width: shape.side, height: shape.side, channels: shape.channels, bytes: pixels)
    self.labels = labels
  }

  private static func squareShape(_ count: Int) -> (side: Int, channels: Int)? {
    for channels in [1, 3] where count > 0 && count % channels == 0 {
      let side = Int(Double(count / channels).squareRoot().rounded())
      if side * side * channels == count { return (side, channels) }
    }
    return nil
  }
}
