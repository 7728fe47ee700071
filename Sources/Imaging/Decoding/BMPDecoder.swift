// Windows bitmaps: 1, 4, 8, 16, 24 and 32 bits, run-length coded 4 and 8 (PH2 is 24-bit BMP).
import Files

/// Decodes a BMP; a palette of greys alone gives a grey picture.
enum BMPDecoder {
  static func decode(
    _ bytes: [UInt8], name: String, limits: DecodingLimits
  ) throws(ImagingError) -> Image {
    let header = try BMPHeader(bytes, name: name, limits: limits)
    switch header.compression {
    case 1, 2: return try header.runLengthImage(bytes)
    default:
      return header.depth <= 8 ? try header.paletteImage(bytes) : try header.directImage(bytes)
    }
  }
}

private struct BMPHeader {
  let name: String
  let width: Int
  let height: Int
  let isTopDown: Bool
  let depth: Int
  let compression: Int
  let pixelsAt: Int
  let masks: [UInt32]
  let palette: [[UInt8]]

  init(_ bytes: [UInt8], name: String, limits: DecodingLimits) throws(ImagingError) {
    func corrupt(_ reason: String) -> ImagingError {
      .corrupt(file: name, format: "BMP", reason: reason)
    }
    // Only called where the bytes are known to be there.
    func u16(_ at: Int) -> Int { Int(bytes.wholeNumber(at: at, size: 2) ?? 0) }
    func u32(_ at: Int) -> Int { Int(bytes.wholeNumber(at: at, size: 4) ?? 0) }
    func i32(_ at: Int) -> Int { Int(Int32(truncatingIfNeeded: u32(at))) }
    guard bytes.count >= 26 else { throw corrupt("the header is cut short") }
    let headerSize = u32(14)
    guard headerSize == 12 || (headerSize >= 40 && headerSize <= 1024),
      bytes.count >= 14 + headerSize
    else { throw corrupt("an information header of \(headerSize) bytes") }
    let isOld = headerSize == 12
    let rawHeight = isOld ? u16(20) : i32(22)
    self.name = name
    width = isOld ? u16(18) : i32(18)
    height = abs(rawHeight)
    isTopDown = rawHeight < 0
    depth = isOld ? u16(24) : u16(28)
    compression = isOld ? 0 : u32(30)
    pixelsAt = u32(10)
    guard width > 0, height > 0 else { throw corrupt("sides of \(width)×\(rawHeight)") }
    guard width * height <= limits.maximumPixels else {
      throw .tooLarge(file: name, width: width, height: height, limit: limits.maximumPixels)
    }
    guard [1, 4, 8, 16, 24, 32].contains(depth) else { throw corrupt("\(depth) bits a pixel") }
    let fits =
      switch compression {
      case 0: true
      case 1: depth == 8
      case 2: depth == 4
      case 3, 6: depth == 16 || depth == 32
      default: false
      }
    guard fits else {
      throw .unsupported(
        file: name, format: "BMP", reason: "compression \(compression) with \(depth) bits")
    }
    let afterHeader = 14 + headerSize
    if compression == 3 || compression == 6 {
      let at = headerSize >= 52 ? 54 : afterHeader
      guard bytes.count >= at + 12 else { throw corrupt("the colour masks are cut short") }
      masks = [UInt32(u32(at)), UInt32(u32(at + 4)), UInt32(u32(at + 8))]
    } else {
      masks = depth == 16 ? [0x7C00, 0x3E0, 0x1F] : [0xFF0000, 0xFF00, 0xFF]
    }
    var colours: [[UInt8]] = []
    if depth <= 8 {
      let declared = isOld ? 0 : u32(46)
      let entry = isOld ? 3 : 4
      let count = declared == 0 ? 1 << depth : min(declared, 1 << depth)
      guard bytes.count >= afterHeader + count * entry else {
        throw corrupt("the palette is cut short")
      }
      for i in 0..<count {
        let at = afterHeader + i * entry
        colours.append([bytes[at + 2], bytes[at + 1], bytes[at]])
      }
    }
    palette = colours
  }

  private func corrupt(_ reason: String) -> ImagingError {
    .corrupt(file: name, format: "BMP", reason: reason)
  }

  private var stride: Int { (width * depth + 31) / 32 * 4 }

  private func checkBody(_ bytes: [UInt8]) throws(ImagingError) {
    let needed = stride * height
    guard pixelsAt >= 14, pixelsAt <= bytes.count, bytes.count - pixelsAt >= needed else {
      throw corrupt("\(max(0, bytes.count - pixelsAt)) of \(needed) bytes of pixels")
    }
  }

  private func rowStart(_ y: Int) -> Int { pixelsAt + stride * (isTopDown ? y : height - 1 - y) }

  func directImage(_ bytes: [UInt8]) throws(ImagingError) -> Image {
    try checkBody(bytes)
    var image = Image(width: width, height: height, channels: 3)
    let fields = masks.map(Field.init)
    var out = 0
    for y in 0..<height {
      var at = rowStart(y)
      for _ in 0..<width {
        if depth == 24 {
          image.pixels[out] = bytes[at + 2]
          image.pixels[out + 1] = bytes[at + 1]
          image.pixels[out + 2] = bytes[at]
          at += 3
        } else {
          let value = UInt32(bytes[at..<at + depth / 8].wholeNumber())
          for k in 0..<3 { image.pixels[out + k] = fields[k].value(of: value) }
          at += depth / 8
        }
        out += 3
      }
    }
    return image
  }

  func paletteImage(_ bytes: [UInt8]) throws(ImagingError) -> Image {
    try checkBody(bytes)
    var indices = [UInt8](repeating: 0, count: width * height)
    let perByte = 8 / depth
    let mask = UInt8((1 << depth) - 1)
    for y in 0..<height {
      let row = rowStart(y)
      for x in 0..<width {
        let shift = UInt8((perByte - 1 - x % perByte) * depth)
        indices[y * width + x] = bytes[row + x / perByte] >> shift & mask
      }
    }
    return try coloured(indices)
  }

  /// Runs and literals; an escape may end the row, end the picture or move on.
  func runLengthImage(_ bytes: [UInt8]) throws(ImagingError) -> Image {
    guard pixelsAt >= 14, pixelsAt <= bytes.count else { throw corrupt("no pixels") }
    var indices = [UInt8](repeating: 0, count: width * height)
    var at = pixelsAt
    var x = 0
    var y = 0
    func put(_ value: UInt8) {
      if x < width, y < height {
        indices[(isTopDown ? y : height - 1 - y) * width + x] = value
      }
      x += 1
    }
    func nibble(_ byte: UInt8, _ i: Int) -> UInt8 {
      depth == 8 ? byte : (i % 2 == 0 ? byte >> 4 : byte & 15)
    }
    while at + 1 < bytes.count {
      let count = Int(bytes[at])
      let value = bytes[at + 1]
      at += 2
      if count > 0 {
        for i in 0..<count { put(nibble(value, i)) }
      } else if value == 0 {
        x = 0
        y += 1
      } else if value == 1 {
        return try coloured(indices)
      } else if value == 2 {
        guard at + 1 < bytes.count else { break }
        x += Int(bytes[at])
        y += Int(bytes[at + 1])
        at += 2
      } else {
        let length = depth == 8 ? Int(value) : (Int(value) + 1) / 2
        guard at + length <= bytes.count else { break }
        for i in 0..<Int(value) { put(nibble(bytes[at + (depth == 8 ? i : i / 2)], i)) }
        at += (length + 1) / 2 * 2
      }
    }
    throw corrupt("the runs end before the picture does")
  }

  private func coloured(_ indices: [UInt8]) throws(ImagingError) -> Image {
    let highest = Int(indices.max() ?? 0)
    guard highest < palette.count else {
      throw corrupt("colour \(highest) of a palette of \(palette.count)")
    }
    let isGrey = palette.allSatisfy { $0[0] == $0[1] && $0[1] == $0[2] }
    var pixels: [UInt8] = []
    pixels.reserveCapacity(indices.count * (isGrey ? 1 : 3))
    for index in indices {
      if isGrey {
        pixels.append(palette[Int(index)][0])
      } else {
        pixels += palette[Int(index)]
      }
    }
    return Image(width: width, height: height, channels: isGrey ? 1 : 3, pixels: pixels)
  }
}

/// One colour's bits in a 16- or 32-bit pixel, spread to 0...255.
private struct Field {
  let mask: UInt32
  let shift: UInt32
  let maximum: UInt32

  init(_ mask: UInt32) {
    self.mask = mask
    shift = mask == 0 ? 0 : UInt32(mask.trailingZeroBitCount)
    maximum = mask == 0 ? 1 : mask >> shift
  }

  func value(of pixel: UInt32) -> UInt8 {
    UInt8(truncatingIfNeeded: UInt64((pixel & mask) >> shift) * 255 / UInt64(maximum))
  }
}
