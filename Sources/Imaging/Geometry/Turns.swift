// The eight exact symmetries of a picture: mirror, flip, transpose and quarter turns.

extension Image {
  /// Left and right exchanged.
  package func mirrored() -> Image { remapped(width, height) { x, y in (width - 1 - x, y) } }

  /// Top and bottom exchanged.
  package func flipped() -> Image { remapped(width, height) { x, y in (x, height - 1 - y) } }

  /// Rows and columns exchanged.
  package func transposed() -> Image { remapped(height, width) { x, y in (y, x) } }

  /// Turned clockwise by 90° × `quarterTurns`.
  package func rotated(quarterTurns: Int) -> Image {
    switch ((quarterTurns % 4) + 4) % 4 {
    case 1: remapped(height, width) { x, y in (y, height - 1 - x) }
    case 2: remapped(width, height) { x, y in (width - 1 - x, height - 1 - y) }
    case 3: remapped(height, width) { x, y in (width - 1 - y, x) }
    default: self
    }
  }

  /// A picture whose pixel (x, y) is this one's at `source(x, y)`.
  @inline(__always)
  private func remapped(
    _ newWidth: Int, _ newHeight: Int, _ source: (Int, Int) -> (Int, Int)
  ) -> Image {
    let result = [UInt8](unsafeUninitializedCapacity: pixels.count) { out, count in
      pixels.withUnsafeBufferPointer { from in
        var at = 0
        for y in 0..<newHeight {
          for x in 0..<newWidth {
            let (sx, sy) = source(x, y)
            let start = (sy * width + sx) * channels
            out[at] = from[start]
            if channels == 3 {
              out[at + 1] = from[start + 1]
              out[at + 2] = from[start + 2]
            }
            at += channels
          }
        }
      }
      count = pixels.count
    }
    return Image(width: newWidth, height: newHeight, channels: channels, pixels: result)
  }
}
