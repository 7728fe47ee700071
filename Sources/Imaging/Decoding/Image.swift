// The one picture value: 8 bits, interleaved, grey or RGB.

/// Width and height in pixels.
package struct PixelSize: Codable, Hashable, Sendable {
  package let width: Int
  package let height: Int

  package init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// A square.
  package init(_ side: Int) { self.init(width: side, height: side) }
}

/// A picture: rows from the top, pixels from the left, `channels` bytes (1 grey, 3 RGB) each.
package struct Image: Sendable, Equatable {
  package let width: Int
  package let height: Int
  package let channels: Int
  package var pixels: [UInt8]

  package init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
    precondition(width > 0 && height > 0, "an image of \(width)×\(height)")
    precondition(channels == 1 || channels == 3, "an image of \(channels) channels")
    precondition(
      pixels.count == width * height * channels,
      "\(pixels.count) bytes for \(width)×\(height)×\(channels)")
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
  }

  package init(width: Int, height: Int, channels: Int, filledWith value: UInt8 = 0) {
    self.init(
      width: width, height: height, channels: channels,
      pixels: [UInt8](repeating: value, count: width * height * channels))
  }

  package var size: PixelSize { PixelSize(width: width, height: height) }

  /// Three equal channels from one; an RGB picture unchanged.
  package func rgb() -> Image {
    guard channels == 1 else { return self }
    let result = [UInt8](unsafeUninitializedCapacity: pixels.count * 3) { out, count in
      for (i, value) in pixels.enumerated() {
        out[3 * i] = value
        out[3 * i + 1] = value
        out[3 * i + 2] = value
      }
      count = pixels.count * 3
    }
    return Image(width: width, height: height, channels: 3, pixels: result)
  }

  /// ITU-R 601 luma in the fixed-point form of Pillow's `convert("L")`; a grey picture unchanged.
  package func grey() -> Image {
    guard channels == 3 else { return self }
    let count = width * height
    let result = [UInt8](unsafeUninitializedCapacity: count) { out, filled in
      pixels.withUnsafeBufferPointer { from in
        for i in 0..<count {
          let red = Int32(from[3 * i]) * 19595
          let green = Int32(from[3 * i + 1]) * 38470
          let blue = Int32(from[3 * i + 2]) * 7471
          out[i] = UInt8(truncatingIfNeeded: (red + green + blue + 0x8000) >> 16)
        }
      }
      filled = count
    }
    return Image(width: width, height: height, channels: 1, pixels: result)
  }

  /// The picture with `channels` channels: grey spread to three, or RGB reduced to luma.
  package func converted(toChannels channels: Int) -> Image { channels == 1 ? grey() : rgb() }
}
