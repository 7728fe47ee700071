// Finding pictures that look the same though their bytes differ.

/// A 64-bit difference hash: each bit says whether one cell of a 9 × 8 reduction of the grey
/// picture is darker than its right neighbour.
package struct PerceptualHash: Hashable, Sendable {
  package let bits: UInt64
  /// Standard deviation of the reduction: near zero, the hash of a flat picture says nothing.
  package let contrast: Double

  package init(_ image: Image) {
    let small = image.grey().resized(to: PixelSize(width: 9, height: 8), .area)
    var bits: UInt64 = 0
    for y in 0..<8 {
      for x in 0..<8 {
        bits <<= 1
        if small.pixels[y * 9 + x] < small.pixels[y * 9 + x + 1] { bits |= 1 }
      }
    }
    self.bits = bits
    let values = small.pixels.map(Double.init)
    let mean = values.reduce(0, +) / 72
    contrast = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 72).squareRoot()
  }

  package func distance(to other: PerceptualHash) -> Int {
    (bits ^ other.bits).nonzeroBitCount
  }
}
