// Removing hairs from dermoscopy: thin dark strokes found and painted over.

extension Image {
  /// Paints over thin dark strokes: where a closing along any of four directions lifts the luma by
  /// `threshold`, the pixel becomes the mean of its nearest neighbours that are not hair.
  package func removingHair(width span: Int, threshold: Int) -> Image {
    let luma = grey()
    var isHair = [Bool](repeating: false, count: luma.pixels.count)
    let reach = span / 2
    for (dx, dy) in [(1, 0), (0, 1), (1, 1), (1, -1)] {
      let closed = luma.extreme(dx, dy, reach, max).extreme(dx, dy, reach, min)
      for i in isHair.indices
      where Int(closed.pixels[i]) - Int(luma.pixels[i]) >= threshold {
        isHair[i] = true
      }
    }
    return filling(grown(isHair))
  }

  private func extreme(
    _ dx: Int, _ dy: Int, _ reach: Int, _ pick: (UInt8, UInt8) -> UInt8
  ) -> Image {
    var result = self
    for y in 0..<height {
      for x in 0..<width {
        var value = pixels[y * width + x]
        for step in -reach...reach {
          let (sx, sy) = (x + dx * step, y + dy * step)
          guard sx >= 0, sx < width, sy >= 0, sy < height else { continue }
          value = pick(value, pixels[sy * width + sx])
        }
        result.pixels[y * width + x] = value
      }
    }
    return result
  }

  /// A mask widened by a pixel on each side.
  private func grown(_ mask: [Bool]) -> [Bool] {
    var result = mask
    for y in 0..<height {
      for x in 0..<width where mask[y * width + x] {
        for sy in max(0, y - 1)...min(height - 1, y + 1) {
          for sx in max(0, x - 1)...min(width - 1, x + 1) { result[sy * width + sx] = true }
        }
      }
    }
    return result
  }

  /// Masked pixels filled from their rim inwards, ring by ring.
  private func filling(_ mask: [Bool]) -> Image {
    var result = self
    var open = mask
    while true {
      var ring: [(at: Int, colour: [Int])] = []
      for y in 0..<height {
        for x in 0..<width where open[y * width + x] {
          var sums = [Int](repeating: 0, count: channels)
          var count = 0
          for sy in max(0, y - 1)...min(height - 1, y + 1) {
            for sx in max(0, x - 1)...min(width - 1, x + 1) where !open[sy * width + sx] {
              for k in 0..<channels {
                sums[k] += Int(result.pixels[(sy * width + sx) * channels + k])
              }
              count += 1
            }
          }
          if count > 0 { ring.append((y * width + x, sums.map { $0 / count })) }
        }
      }
      if ring.isEmpty { return result }
      for (at, colour) in ring {
        open[at] = false
        for k in 0..<channels { result.pixels[at * channels + k] = UInt8(colour[k]) }
      }
    }
  }
}
