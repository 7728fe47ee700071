// Opening any picture file: the format is told by its first bytes, never by its name.
import CImageCodecs

/// How large a picture file may be before it is refused.
package struct DecodingLimits: Codable, Hashable, Sendable {
  package var maximumPixels: Int
  package var maximumBytes: Int

  package init(maximumPixels: Int = 100_000_000, maximumBytes: Int = 1 << 30) {
    self.maximumPixels = maximumPixels
    self.maximumBytes = maximumBytes
  }
}

/// Reads PNG, JPEG, TIFF, BMP, PGM, PPM and DICOM of one frame; writes PNG and JPEG.
///
/// Sixteen-bit samples are cut to their high byte, alpha is dropped, an EXIF or TIFF orientation
/// is applied. DICOM is shown as its header asks: the first window (the whole range where it names
/// none), MONOCHROME1 turned to bright on dark.
package enum ImageFile {
  /// Decodes a file. With `atLeast`, a JPEG may come back reduced by 2, 4 or 8, both sides still
  /// at least that large: several times faster where the target is small.
  package static func read(
    _ path: String, atLeast: PixelSize? = nil, limits: DecodingLimits = DecodingLimits()
  ) throws(ImagingError) -> Image {
    let bytes = try FileBytes.read(path, limit: limits.maximumBytes)
    return try decode(bytes, name: path, atLeast: atLeast, limits: limits)
  }

  /// Decodes bytes; `name` is what errors call them.
  package static func decode(
    _ bytes: [UInt8], name: String, atLeast: PixelSize? = nil,
    limits: DecodingLimits = DecodingLimits()
  ) throws(ImagingError) -> Image {
    let limit = UInt64(max(0, limits.maximumPixels))
    switch Format(bytes) {
    case .png:
      return try picture(name, "PNG", limits) { imc_decode_png(bytes, bytes.count, limit, $0) }
    case .jpeg:
      let width = UInt32(clamping: atLeast?.width ?? 0)
      let height = UInt32(clamping: atLeast?.height ?? 0)
      return try picture(name, "JPEG", limits) {
        imc_decode_jpeg(bytes, bytes.count, limit, width, height, $0)
      }
    case .tiff:
      return try picture(name, "TIFF", limits) { imc_decode_tiff(bytes, bytes.count, limit, $0) }
    case .bmp: return try BMPDecoder.decode(bytes, name: name, limits: limits)
    case .dicom:
      return try picture(name, "DICOM", limits) { imc_decode_dicom(bytes, bytes.count, limit, $0) }
    case .netpbm: return try NetpbmDecoder.decode(bytes, name: name, limits: limits)
    case nil: throw .notAnImage(file: name, found: opening(of: bytes))
    }
  }

  /// A JPEG decoded and resized in one go, to the very bytes that `decode` and then `resized` give: no
  /// row is kept longer than it is needed, which spares the memory of two whole pictures.
  /// - Parameter target: the size that a picture of some size is brought to.
  /// - Returns: nil where that way is not open: another format, a turned picture, an interpolation
  ///   that takes rows first, a picture that has its size already.
  package static func decodeResized(
    _ bytes: [UInt8], name: String, atLeast: PixelSize?, limits: DecodingLimits,
    _ how: Interpolation, to target: (PixelSize) -> PixelSize
  ) throws(ImagingError) -> Image? {
    guard Format(bytes) == .jpeg, how != .nearest, !how.takesRowsFirst else { return nil }
    let limit = UInt64(max(0, limits.maximumPixels))
    let least = (UInt32(clamping: atLeast?.width ?? 0), UInt32(clamping: atLeast?.height ?? 0))
    var header = imc_picture()
    guard imc_jpeg_header(bytes, bytes.count, limit, least.0, least.1, &header) == IMC_OK,
      header.orientation == 1
    else { return nil }
    let source = PixelSize(width: Int(header.width), height: Int(header.height))
    let size = target(source)
    guard size != source else { return nil }
    let across = Taps(from: source.width, to: size.width, how)
    let down = Taps(from: source.height, to: size.height, how)
    var out = imc_picture()
    var status = IMC_OK
    let count = size.width * size.height * Int(header.channels)
    let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      status = across.withC { across in
        down.withC { down in
          imc_decode_jpeg_resized(
            bytes, bytes.count, limit, least.0, least.1, across, down, buffer.baseAddress, &out)
        }
      }
      filled = status == IMC_OK ? count : 0
    }
    guard status == IMC_OK else {
      throw error(status, of: name, "JPEG", message(&out.message), out, limits)
    }
    return Image(
      width: size.width, height: size.height, channels: Int(header.channels), pixels: pixels)
  }

  package static func encodePNG(_ image: Image, level: Int = 6) throws(ImagingError) -> [UInt8] {
    try encoded("PNG") {
      imc_encode_png(
        image.pixels, UInt32(image.width), UInt32(image.height), UInt32(image.channels),
        Int32(level), $0)
    }
  }

  /// `quality` is libjpeg's 1...100.
  package static func encodeJPEG(_ image: Image, quality: Int) throws(ImagingError) -> [UInt8] {
    try encoded("JPEG") {
      imc_encode_jpeg(
        image.pixels, UInt32(image.width), UInt32(image.height), UInt32(image.channels),
        Int32(quality), $0)
    }
  }

  /// Writes a PNG: the whole file or none.
  package static func writePNG(_ image: Image, to path: String) throws(ImagingError) {
    try FileBytes.write(try encodePNG(image), to: path)
  }

  private static func picture(
    _ name: String, _ format: String, _ limits: DecodingLimits,
    _ decode: (UnsafeMutablePointer<imc_picture>) -> imc_status
  ) throws(ImagingError) -> Image {
    var out = imc_picture()
    let status = decode(&out)
    defer { imc_free(out.pixels) }
    guard status == IMC_OK, let pixels = out.pixels else {
      throw error(status, of: name, format, message(&out.message), out, limits)
    }
    let count = Int(out.width) * Int(out.height) * Int(out.channels)
    let image = Image(
      width: Int(out.width), height: Int(out.height), channels: Int(out.channels),
      pixels: Array(UnsafeBufferPointer(start: pixels, count: count)))
    return image.upright(from: Int(out.orientation))
  }

  private static func error(
    _ status: imc_status, of name: String, _ format: String, _ message: String,
    _ out: imc_picture, _ limits: DecodingLimits
  ) -> ImagingError {
    switch status {
    case IMC_TOO_LARGE:
      .tooLarge(
        file: name, width: Int(out.width), height: Int(out.height), limit: limits.maximumPixels)
    case IMC_NO_DECODER: .noDecoder(file: name, format: format, reason: message)
    case IMC_UNSUPPORTED: .unsupported(file: name, format: format, reason: message)
    default: .corrupt(file: name, format: format, reason: message)
    }
  }

  private static func encoded(
    _ format: String, _ encode: (UnsafeMutablePointer<imc_encoded>) -> imc_status
  ) throws(ImagingError) -> [UInt8] {
    var out = imc_encoded()
    let status = encode(&out)
    defer { imc_free(out.bytes) }
    guard status == IMC_OK, let bytes = out.bytes else {
      throw .fileUnwritable(file: "the \(format) to be written", reason: message(&out.message))
    }
    return Array(UnsafeBufferPointer(start: bytes, count: out.count))
  }

  /// The C message as text, with a fallback so that no sentence has an empty reason.
  private static func message<Characters>(_ characters: inout Characters) -> String {
    let text = withUnsafeBytes(of: &characters) { raw in
      String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
    }
    return text.isEmpty ? "the decoder gave no reason" : text
  }

  /// The first bytes as a person would want to see them in an error.
  private static func opening(of bytes: [UInt8]) -> String {
    if bytes.isEmpty { return "nothing: the file is empty" }
    let shown = bytes.prefix(8).map { byte in
      byte >= 0x20 && byte < 0x7F
        ? String(UnicodeScalar(byte)) : "\\x" + String(byte, radix: 16, uppercase: false)
    }
    return "'\(shown.joined())'"
  }
}

/// A picture format by its magic number.
private enum Format {
  case png, jpeg, tiff, bmp, netpbm, dicom

  init?(_ bytes: [UInt8]) {
    func starts(_ magic: [UInt8]) -> Bool { bytes.starts(with: magic) }
    if starts([0x89, 0x50, 0x4E, 0x47]) {
      self = .png
    } else if starts([0xFF, 0xD8]) {
      self = .jpeg
    } else if starts([0x49, 0x49, 0x2A, 0]) || starts([0x4D, 0x4D, 0, 0x2A])
      || starts([0x49, 0x49, 0x2B, 0]) || starts([0x4D, 0x4D, 0, 0x2B])
    {
      self = .tiff
    } else if starts([0x42, 0x4D]) {
      self = .bmp
    } else if bytes.count > 2, bytes[0] == 0x50, (0x31...0x36).contains(bytes[1]) {
      self = .netpbm
    } else if bytes.count >= 132, bytes[128..<132].elementsEqual("DICM".utf8) {
      self = .dicom
    } else {
      return nil
    }
  }
}

extension Image {
  /// The picture turned from EXIF orientation `orientation` (1...8) to upright.
  package func upright(from orientation: Int) -> Image {
    switch orientation {
    case 2: mirrored()
    case 3: rotated(quarterTurns: 2)
    case 4: flipped()
    case 5: transposed()
    case 6: rotated(quarterTurns: 1)
    case 7: transposed().rotated(quarterTurns: 2)
    case 8: rotated(quarterTurns: 3)
    default: self
    }
  }
}
