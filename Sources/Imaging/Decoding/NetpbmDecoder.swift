// PBM, PGM and PPM, plain and raw (mini-MIAS is raw PGM).
import Files

/// Decodes Netpbm P1 to P6; samples are scaled from the file's maximum to 255.
enum NetpbmDecoder {
  static func decode(
    _ bytes: [UInt8], name: String, limits: DecodingLimits
  ) throws(ImagingError) -> Image {
    var scanner = Scanner(bytes: bytes, name: name)
    let kind = Int(bytes[1]) - 0x30
    let width = try scanner.number("width")
    let height = try scanner.number("height")
    let isBitmap = kind == 1 || kind == 4
    let maximum = isBitmap ? 1 : try scanner.number("maximum")
    guard width > 0, height > 0 else { throw scanner.corrupt("a side of zero") }
    guard maximum > 0, maximum < 65536 else { throw scanner.corrupt("a maximum of \(maximum)") }
    let (pixelCount, overflow) = width.multipliedReportingOverflow(by: height)
    guard !overflow, pixelCount <= limits.maximumPixels else {
      throw .tooLarge(file: name, width: width, height: height, limit: limits.maximumPixels)
    }
    let channels = kind == 3 || kind == 6 ? 3 : 1
    let pixels =
      switch kind {
      case 1: try scanner.plainBits(pixelCount)
      case 4: try scanner.rawBits(width: width, height: height)
      case 2, 3: try scanner.plainSamples(pixelCount * channels, maximum: maximum)
      default: try scanner.rawSamples(pixelCount * channels, maximum: maximum)
      }
    return Image(width: width, height: height, channels: channels, pixels: pixels)
  }
}

/// A position in a Netpbm file: numbers with white space and comments between them.
private struct Scanner {
  let bytes: [UInt8]
  let name: String
  var at = 2

  func corrupt(_ reason: String) -> ImagingError {
    .corrupt(file: name, format: "PGM/PPM", reason: reason)
  }

  mutating func skipSpace() {
    while at < bytes.count {
      if bytes[at] == UInt8(ascii: "#") {
        while at < bytes.count, bytes[at] != 10 { at += 1 }
      } else if bytes[at] == 32 || (9...13).contains(bytes[at]) {
        at += 1
      } else {
        return
      }
    }
  }

  mutating func number(_ what: String) throws(ImagingError) -> Int {
    skipSpace()
    let start = at
    var value = 0
    while at < bytes.count, (0x30...0x39).contains(bytes[at]) {
      value = value * 10 + Int(bytes[at] - 0x30)
      guard value < 1 << 31 else { throw corrupt("\(what) is too large a number") }
      at += 1
    }
    guard at > start else { throw corrupt("no \(what)") }
    return value
  }

  mutating func plainSamples(_ count: Int, maximum: Int) throws(ImagingError) -> [UInt8] {
    guard count <= bytes.count else { throw corrupt("the file ends before its last sample") }
    var result: [UInt8] = []
    result.reserveCapacity(count)
    for _ in 0..<count { result.append(try scaled(try number("sample"), maximum)) }
    return result
  }

  mutating func plainBits(_ count: Int) throws(ImagingError) -> [UInt8] {
    guard count <= bytes.count else { throw corrupt("the file ends before its last sample") }
    var result: [UInt8] = []
    result.reserveCapacity(count)
    for _ in 0..<count {
      skipSpace()
      guard at < bytes.count, bytes[at] == 0x30 || bytes[at] == 0x31 else {
        throw corrupt("a bit that is neither 0 nor 1")
      }
      result.append(bytes[at] == 0x31 ? 0 : 255)
      at += 1
    }
    return result
  }

  /// One byte of white space ends the header of a raw file.
  mutating func body(_ length: Int) throws(ImagingError) -> ArraySlice<UInt8> {
    let start = at + 1
    guard start <= bytes.count, bytes.count - start >= length else {
      throw corrupt("\(max(0, bytes.count - start)) of \(length) bytes of pixels")
    }
    return bytes[start..<start + length]
  }

  mutating func rawSamples(_ count: Int, maximum: Int) throws(ImagingError) -> [UInt8] {
    if maximum == 255 { return Array(try body(count)) }
    if maximum < 256 {
      var result = Array(try body(count))
      for i in result.indices { result[i] = try scaled(Int(result[i]), maximum) }
      return result
    }
    let wide = try body(count * 2)
    var result = [UInt8](repeating: 0, count: count)
    for i in 0..<count {
      let from = wide.startIndex + 2 * i
      let sample = wide[from..<from + 2].wholeNumber(isBigEndian: true)
      result[i] = try scaled(Int(sample), maximum)
    }
    return result
  }

  mutating func rawBits(width: Int, height: Int) throws(ImagingError) -> [UInt8] {
    let stride = (width + 7) / 8
    let packed = try body(stride * height)
    var result = [UInt8](repeating: 255, count: width * height)
    for y in 0..<height {
      for x in 0..<width
      where packed[packed.startIndex + y * stride + x / 8] >> UInt8(7 - x % 8) & 1 == 1 {
        result[y * width + x] = 0
      }
    }
    return result
  }

  private func scaled(_ value: Int, _ maximum: Int) throws(ImagingError) -> UInt8 {
    guard value <= maximum else { throw corrupt("a sample of \(value) above \(maximum)") }
    return maximum == 255 ? UInt8(value) : UInt8((value * 255 + maximum / 2) / maximum)
  }
}
