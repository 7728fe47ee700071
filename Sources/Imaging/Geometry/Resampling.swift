// Resizing: separable filters with an antialiasing support, rounded after each pass as Pillow does.
import Glibc

/// How a picture is resampled. All but `nearest` average over the source pixels that an output
/// pixel covers when shrinking (antialiasing), as Pillow and torchvision's `antialias=True` do.
package enum Interpolation: String, Codable, CaseIterable, Sendable {
  case nearest, bilinear, bicubic, lanczos
  /// Pillow's BOX: whole source pixels whose centres lie in the output pixel.
  case box
  /// Exact fractional coverage, as OpenCV's INTER_AREA when shrinking.
  case area

  var support: Double {
    switch self {
    case .nearest, .box, .area: 0.5
    case .bilinear: 1
    case .bicubic: 2
    case .lanczos: 3
    }
  }

  func weight(_ signed: Double) -> Double {
    let x = abs(signed)
    switch self {
    case .nearest, .area: return 0
    case .box: return signed > -0.5 && signed <= 0.5 ? 1 : 0
    case .bilinear: return x < 1 ? 1 - x : 0
    case .bicubic:
      let a = -0.5
      if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
    case .lanczos: return x < 3 ? Self.sinc(x) * Self.sinc(x / 3) : 0
    }
  }

  private static func sinc(_ x: Double) -> Double {
    if x == 0 { return 1 }
    return sin(x * .pi) / (x * .pi)
  }
}

extension Image {
  /// The picture at exactly `size`, aspect ratio given up.
  package func resized(to size: PixelSize, _ how: Interpolation = .bilinear) -> Image {
    precondition(size.width > 0 && size.height > 0, "resizing to \(size.width)×\(size.height)")
    if size == self.size { return self }
    if how == .nearest { return nearest(size) }
    let across = Taps(from: width, to: size.width, how)
    let down = Taps(from: height, to: size.height, how)
    let narrow = size.width == width ? self : horizontally(across)
    return size.height == height ? narrow : narrow.vertically(down)
  }

  private func nearest(_ size: PixelSize) -> Image {
    let stepX = Double(width) / Double(size.width)
    let stepY = Double(height) / Double(size.height)
    var result = Image(width: size.width, height: size.height, channels: channels)
    var out = 0
    for y in 0..<size.height {
      let sourceRow = min(height - 1, Int((Double(y) + 0.5) * stepY)) * width
      for x in 0..<size.width {
        let from = (sourceRow + min(width - 1, Int((Double(x) + 0.5) * stepX))) * channels
        for k in 0..<channels { result.pixels[out + k] = pixels[from + k] }
        out += channels
      }
    }
    return result
  }

  private func horizontally(_ taps: Taps) -> Image {
    let newWidth = taps.starts.count
    let stride = width * channels
    let bytes = [UInt8](unsafeUninitializedCapacity: newWidth * height * channels) { out, count in
      // One float beyond the row, for the last RGB pixel is loaded as four.
      var row = [Float](repeating: 0, count: stride + 4)
      row.withUnsafeMutableBufferPointer { row in
        pixels.withUnsafeBufferPointer { from in
          for y in 0..<height {
            let source = from.baseAddress! + y * stride
            for i in 0..<stride { row[i] = Float(source[i]) }
            let target = out.baseAddress! + y * newWidth * channels
            if channels == 3 {
              taps.filterRGB(row.baseAddress!, into: target)
            } else {
              taps.filterGrey(row.baseAddress!, into: target)
            }
          }
        }
      }
      count = newWidth * height * channels
    }
    return Image(width: newWidth, height: height, channels: channels, pixels: bytes)
  }

  private func vertically(_ taps: Taps) -> Image {
    let newHeight = taps.starts.count
    let stride = width * channels
    let bytes = [UInt8](unsafeUninitializedCapacity: stride * newHeight) { out, count in
      var sums = [Float](repeating: 0, count: stride)
      sums.withUnsafeMutableBufferPointer { sums in
        pixels.withUnsafeBufferPointer { from in
          for y in 0..<newHeight {
            for i in 0..<stride { sums[i] = 0.5 }
            for k in 0..<taps.lengths[y] {
              let weight = taps.weights[y * taps.longest + k]
              let row = from.baseAddress! + (taps.starts[y] + k) * stride
              for i in 0..<stride { sums[i] += Float(row[i]) * weight }
            }
            let target = out.baseAddress! + y * stride
            for i in 0..<stride { target[i] = Taps.byte(sums[i]) }
          }
        }
      }
      count = stride * newHeight
    }
    return Image(width: width, height: newHeight, channels: channels, pixels: bytes)
  }
}

/// For each output position: the first source position, how many, and their weights.
private struct Taps {
  let starts: [Int]
  let lengths: [Int]
  let longest: Int
  let weights: [Float]

  init(from source: Int, to target: Int, _ how: Interpolation) {
    let scale = Double(source) / Double(target)
    let stretch = max(scale, 1)
    let support = how == .area ? scale / 2 + 1 : how.support * stretch
    longest = Int(support.rounded(.up)) * 2 + 1
    var starts: [Int] = []
    var lengths: [Int] = []
    var weights = [Float](repeating: 0, count: target * longest)
    for position in 0..<target {
      let (first, real) =
        how == .area
        ? Self.coverage(position, scale, source)
        : Self.filter(position, scale, stretch, support, source, how)
      let sum = real.reduce(0, +)
      starts.append(first)
      lengths.append(real.count)
      for (k, weight) in real.enumerated() {
        weights[position * longest + k] = Float(sum == 0 ? weight : weight / sum)
      }
    }
    self.starts = starts
    self.lengths = lengths
    self.weights = weights
  }

  private static func filter(
    _ position: Int, _ scale: Double, _ stretch: Double, _ support: Double, _ source: Int,
    _ how: Interpolation
  ) -> (Int, [Double]) {
    let centre = (Double(position) + 0.5) * scale
    let first = max(0, Int(centre - support + 0.5))
    let last = min(source, Int(centre + support + 0.5))
    let real = (first..<max(first + 1, last)).map {
      how.weight((Double($0) - centre + 0.5) / stretch)
    }
    return (first, real)
  }

  private static func coverage(
    _ position: Int, _ scale: Double, _ source: Int
  ) -> (Int, [Double]) {
    let low = Double(position) * scale
    let high = min(Double(source), low + scale)
    let first = min(source - 1, Int(low + 1e-9))
    let last = max(first + 1, min(source, Int((high - 1e-9).rounded(.up))))
    return (first, (first..<last).map { min(high, Double($0 + 1)) - max(low, Double($0)) })
  }

  /// A sum that already holds the half for rounding.
  @inline(__always)
  static func byte(_ sum: Float) -> UInt8 {
    UInt8(truncatingIfNeeded: Int32(min(max(sum, 0), 255)))
  }

  func filterRGB(_ row: UnsafePointer<Float>, into out: UnsafeMutablePointer<UInt8>) {
    weights.withUnsafeBufferPointer { weights in
      for x in 0..<starts.count {
        var sum = SIMD4<Float>(repeating: 0.5)
        var from = UnsafeRawPointer(row + starts[x] * 3)
        let base = x * longest
        for k in 0..<lengths[x] {
          sum += from.loadUnaligned(as: SIMD4<Float>.self) * weights[base + k]
          from += 12
        }
        out[3 * x] = Self.byte(sum.x)
        out[3 * x + 1] = Self.byte(sum.y)
        out[3 * x + 2] = Self.byte(sum.z)
      }
    }
  }

  func filterGrey(_ row: UnsafePointer<Float>, into out: UnsafeMutablePointer<UInt8>) {
    weights.withUnsafeBufferPointer { weights in
      for x in 0..<starts.count {
        var sum: Float = 0.5
        let from = row + starts[x]
        let base = x * longest
        for k in 0..<lengths[x] { sum += from[k] * weights[base + k] }
        out[x] = Self.byte(sum)
      }
    }
  }
}
