// Choosing the part of a picture to look at: crops, shorter-side resizing, letterboxing.

extension Image {
  /// Scaled, aspect kept, so that the shorter side is `side` (the longer is truncated, as
  /// torchvision's `Resize(side)` does).
  package func resizedShorterSide(to side: Int, _ how: Interpolation = .bilinear) -> Image {
    resized(to: size.withShorterSide(side), how)
  }

  /// The middle `size`; where the picture is smaller it is padded with black, as torchvision does.
  package func centreCropped(to size: PixelSize) -> Image {
    let x = halfEven(width - size.width)
    let y = halfEven(height - size.height)
    return cropped(x: x, y: y, width: size.width, height: size.height, outside: 0)
  }

  /// The rectangle from (x, y); what lies outside repeats the edge, or is `outside` where given.
  package func cropped(
    x: Int, y: Int, width newWidth: Int, height newHeight: Int, outside: UInt8? = nil
  ) -> Image {
    var result = Image(
      width: newWidth, height: newHeight, channels: channels, filledWith: outside ?? 0)
    for row in 0..<newHeight {
      let sy = y + row
      if outside != nil, sy < 0 || sy >= height { continue }
      let from = min(max(sy, 0), height - 1) * width
      for column in 0..<newWidth {
        let sx = x + column
        if outside != nil, sx < 0 || sx >= width { continue }
        let source = (from + min(max(sx, 0), width - 1)) * channels
        let target = (row * newWidth + column) * channels
        for k in 0..<channels { result.pixels[target + k] = pixels[source + k] }
      }
    }
    return result
  }

  /// Scaled, aspect kept, to lie wholly in `size`, centred on a ground of `fill`.
  package func letterboxed(
    to size: PixelSize, fill: UInt8 = 0, _ how: Interpolation = .bilinear
  ) -> Image {
    resized(to: self.size.inside(size), how).padded(to: size, fill: fill)
  }

  /// In the middle of a ground of `fill`.
  func padded(to size: PixelSize, fill: UInt8) -> Image {
    cropped(
      x: -((size.width - width) / 2), y: -((size.height - height) / 2),
      width: size.width, height: size.height, outside: fill)
  }

  /// Half of `value`, halves to the even side, as Python rounds.
  private func halfEven(_ value: Int) -> Int {
    Int((Double(value) / 2).rounded(.toNearestOrEven))
  }
}

extension PixelSize {
  /// This size scaled, aspect kept, to lie wholly in `outer`.
  func inside(_ outer: PixelSize) -> PixelSize {
    let scale = min(
      Double(outer.width) / Double(width), Double(outer.height) / Double(height))
    return PixelSize(
      width: min(outer.width, max(1, Int((Double(width) * scale).rounded()))),
      height: min(outer.height, max(1, Int((Double(height) * scale).rounded()))))
  }

  /// This size scaled so that its shorter side is `side`.
  package func withShorterSide(_ side: Int) -> PixelSize {
    width <= height
      ? PixelSize(width: side, height: max(1, side * height / width))
      : PixelSize(width: max(1, side * width / height), height: side)
  }
}
