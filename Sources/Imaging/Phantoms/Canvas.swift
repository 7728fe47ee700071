// The floating-point drawing surface of the phantoms, without any library function that could
// differ between machines.

/// Colours of 0...1 on a square of `size` pixels; coordinates run from 0 to 1.
struct Canvas {
  let size: Int
  private(set) var values: [Double]

  /// A canvas whose colour at (x, y) is `shade(x, y)`.
  init(size: Int, _ shade: (Double, Double) -> (Double, Double, Double)) {
    self.size = size
    values = []
    values.reserveCapacity(size * size * 3)
    for row in 0..<size {
      for column in 0..<size {
        let (r, g, b) = shade(Self.centre(column, size), Self.centre(row, size))
        values.append(r)
        values.append(g)
        values.append(b)
      }
    }
  }

  private static func centre(_ index: Int, _ size: Int) -> Double {
    (Double(index) + 0.5) / Double(size)
  }

  /// Lays `colour` over the box around (x, y) within `reach`, as opaque as `cover(x, y)` says.
  mutating func paint(
    x: Double, y: Double, reach: Double, colour: (Double, Double, Double),
    cover: (Double, Double) -> Double
  ) {
    let count = Double(size)
    func span(_ middle: Double) -> Range<Int> {
      let low = min(size, max(0, Int((middle - reach) * count)))
      return low..<min(size, max(low, Int((middle + reach) * count) + 1))
    }
    for row in span(y) {
      for column in span(x) {
        let a = min(max(cover(Self.centre(column, size), Self.centre(row, size)), 0), 1)
        if a == 0 { continue }
        let at = (row * size + column) * 3
        values[at] += a * (colour.0 - values[at])
        values[at + 1] += a * (colour.1 - values[at + 1])
        values[at + 2] += a * (colour.2 - values[at + 2])
      }
    }
  }

  /// A soft-edged disc.
  mutating func disc(
    x: Double, y: Double, radius: Double, colour: (Double, Double, Double), opacity: Double = 1,
    softness: Double = 0
  ) {
    let edge = max(softness, 1 / Double(size))
    paint(x: x, y: y, reach: radius + edge, colour: colour) { px, py in
      let distance = ((px - x) * (px - x) + (py - y) * (py - y)).squareRoot()
      return opacity * Self.step(radius + edge / 2 - distance, edge)
    }
  }

  /// A line of the given half-width, as discs along it; `bend` bows it sideways.
  mutating func stroke(
    from: (Double, Double), to: (Double, Double), bend: Double, halfWidth: Double,
    endHalfWidth: Double? = nil, colour: (Double, Double, Double), opacity: Double
  ) {
    let dx = to.0 - from.0
    let dy = to.1 - from.1
    let steps = max(2, Int((dx * dx + dy * dy).squareRoot() * Double(size) * 1.5))
    for i in 0...steps {
      let t = Double(i) / Double(steps)
      let bow = bend * 4 * t * (1 - t)
      let width = halfWidth + ((endHalfWidth ?? halfWidth) - halfWidth) * t
      disc(
        x: from.0 + dx * t - dy * bow, y: from.1 + dy * t + dx * bow, radius: width,
        colour: colour, opacity: opacity)
    }
  }

  /// Multiplies every pixel by `factor(x, y)`.
  mutating func light(_ factor: (Double, Double) -> Double) {
    for row in 0..<size {
      for column in 0..<size {
        let f = factor(Self.centre(column, size), Self.centre(row, size))
        for k in 0..<3 { values[(row * size + column) * 3 + k] *= f }
      }
    }
  }

  /// Adds grain and rounds to bytes; one channel takes the red values.
  func image(channels: Int, grain: Double, _ generator: inout SeededGenerator) -> Image {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(size * size * channels)
    for i in 0..<size * size {
      let noise = grain * (generator.unit() + generator.unit() - 1)
      for k in 0..<channels {
        pixels.append(UInt8(min(max((values[3 * i + k] + noise) * 255 + 0.5, 0), 255)))
      }
    }
    return Image(width: size, height: size, channels: channels, pixels: pixels)
  }

  /// 0 below −edge/2, 1 above, smooth between.
  static func step(_ value: Double, _ edge: Double) -> Double {
    let t = min(max(value / edge + 0.5, 0), 1)
    return t * t * (3 - 2 * t)
  }

  /// The sine of `turns` full turns, by a polynomial.
  static func sine(_ turns: Double) -> Double {
    var t = turns - turns.rounded(.down)  // 0..<1
    if t > 0.5 { t -= 1 }
    if t > 0.25 { t = 0.5 - t } else if t < -0.25 { t = -0.5 - t }
    let x = t * 2 * Double.pi
    let s = x * x
    return x * (1 - s / 6 * (1 - s / 20 * (1 - s / 42 * (1 - s / 72))))
  }

  static func cosine(_ turns: Double) -> Double { sine(turns + 0.25) }

  /// e to the power −x for x ≥ 0, as (1 − x/1024)¹⁰²⁴.
  static func decay(_ x: Double) -> Double {
    var value = max(0, 1 - x / 1024)
    for _ in 0..<10 { value *= value }
    return value
  }

  /// The angle of (x, y) as a share of a turn, by a polynomial good to 0.001.
  static func turns(_ y: Double, _ x: Double) -> Double {
    if x == 0 && y == 0 { return 0 }
    let steep = abs(y) > abs(x)
    let ratio = steep ? abs(x) / abs(y) : abs(y) / abs(x)
    let s = ratio * ratio
    var angle = ratio * (0.995354 - s * (0.288679 - s * 0.079331)) / (2 * Double.pi)
    if steep { angle = 0.25 - angle }
    if x < 0 { angle = 0.5 - angle }
    return y < 0 ? 1 - angle : angle
  }
}

/// Smooth noise of −1...1 on a lattice.
struct Noise {
  private let seed: UInt64

  init(_ generator: inout SeededGenerator) { seed = generator.next() }

  /// `octaves` layers from `cells` cells across, each twice as fine and half as strong.
  func value(_ x: Double, _ y: Double, cells: Double, octaves: Int = 1) -> Double {
    var sum = 0.0
    var strength = 1.0
    var total = 0.0
    var scale = cells
    for octave in 0..<octaves {
      sum += strength * layer(x * scale, y * scale, octave)
      total += strength
      strength /= 2
      scale *= 2
    }
    return sum / total
  }

  private func layer(_ x: Double, _ y: Double, _ octave: Int) -> Double {
    let column = x.rounded(.down)
    let row = y.rounded(.down)
    let fx = x - column
    let fy = y - row
    let u = fx * fx * (3 - 2 * fx)
    let v = fy * fy * (3 - 2 * fy)
    let (c, r) = (Int(column), Int(row))
    let top = knot(c, r, octave) * (1 - u) + knot(c + 1, r, octave) * u
    let bottom = knot(c, r + 1, octave) * (1 - u) + knot(c + 1, r + 1, octave) * u
    return top * (1 - v) + bottom * v
  }

  private func knot(_ column: Int, _ row: Int, _ octave: Int) -> Double {
    var z = seed &+ UInt64(bitPattern: Int64(column)) &* 0x9E37_79B9_7F4A_7C15
    z ^= UInt64(bitPattern: Int64(row)) &* 0xC2B2_AE3D_27D4_EB4F &+ UInt64(octave)
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((z ^ (z >> 31)) >> 11) * 0x1p-52 - 1
  }
}
