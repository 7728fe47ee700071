// Maps as pictures: colours laid over an image.

import Imaging

extension AttentionMap {
  /// The picture with the map over it: grey where nothing was looked at, viridis' colours from dark
  /// (little) to yellow (most). The map is enlarged bilinearly.
  /// - Parameter opacity: how much of the picture the strongest place hides, 0 to 1.
  package func overlaid(on image: Image, opacity: Float = 0.65) -> Image {
    let heat = enlarged(height: image.height, width: image.width)
    let grey = image.grey()
    var pixels = [UInt8](repeating: 0, count: image.width * image.height * 3)
    for position in 0..<image.width * image.height {
      let value = heat[position]
      let colour = Palette.viridis(value)
      // Weak places let the picture through.
      let share = opacity * (0.35 + 0.65 * value)
      let under = Float(grey.pixels[position])
      for channel in 0..<3 {
        let mixed = (1 - share) * under + share * colour[channel]
        pixels[3 * position + channel] = UInt8(min(255, max(0, mixed.rounded())))
      }
    }
    return Image(width: image.width, height: image.height, channels: 3, pixels: pixels)
  }

  /// The normalised map at another size, bilinear between the centres of its cells.
  package func enlarged(height: Int, width: Int) -> [Float] {
    let source = normalised
    func position(_ target: Int, _ size: Int, _ cells: Int) -> (Int, Int, Float) {
      let place = (Float(target) + 0.5) * Float(cells) / Float(size) - 0.5
      let clamped = min(max(place, 0), Float(cells - 1))
      let low = Int(clamped)
      return (low, min(low + 1, cells - 1), clamped - Float(low))
    }
    let columns = (0..<width).map { position($0, width, self.width) }
    var result: [Float] = []
    result.reserveCapacity(height * width)
    for y in 0..<height {
      let (top, bottom, down) = position(y, height, self.height)
      for (left, right, across) in columns {
        let upper =
          source[top * self.width + left] * (1 - across)
          + source[top * self.width + right] * across
        let lower =
          source[bottom * self.width + left] * (1 - across)
          + source[bottom * self.width + right] * across
        result.append(upper * (1 - down) + lower * down)
      }
    }
    return result
  }
}

/// Colours for numbers from 0 to 1.
enum Palette {
  /// Five colours of matplotlib's viridis, which stays ordered in grey and for colour-blind eyes;
  /// straight lines between.
  static func viridis(_ value: Float) -> [Float] {
    let anchors: [[Float]] = [
      [68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37],
    ]
    let place = min(max(value, 0), 1) * Float(anchors.count - 1)
    let low = min(Int(place), anchors.count - 2)
    let share = place - Float(low)
    return (0..<3).map { anchors[low][$0] * (1 - share) + anchors[low + 1][$0] * share }
  }
}
