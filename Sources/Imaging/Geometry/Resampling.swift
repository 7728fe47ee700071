// Resizing: separable filters with an antialiasing support, rounded after each pass as Pillow does.
import CImageCodecs
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

  /// Pillow's order. Without negative weights the order changes nothing but the work.
  var takesRowsFirst: Bool { self == .bicubic || self == .lanczos }

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
    let count = size.width * size.height * channels
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { out, filled in
      let status = across.withC { across in
        down.withC { down in
          imc_resize(
            pixels, UInt32(width), UInt32(height), Int32(channels), across, down,
            how.takesRowsFirst ? 1 : 0, out.baseAddress)
        }
      }
      precondition(status == IMC_OK, "no memory to resize a picture")
      filled = count
    }
    return Image(width: size.width, height: size.height, channels: channels, pixels: bytes)
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
}

/// For each output position: the first source position, how many, and their weights in 1/16384.
struct Taps {
  private var starts: [Int32] = []
  private var lengths: [Int32] = []
  private let longest: Int
  private var weights: [Int16]

  init(from source: Int, to target: Int, _ how: Interpolation) {
    let scale = Double(source) / Double(target)
    let stretch = max(scale, 1)
    let support = how == .area ? scale / 2 + 1 : how.support * stretch
    longest = (Int(support.rounded(.up)) * 2 + 2) / 2 * 2
    weights = [Int16](repeating: 0, count: target * longest)
    for position in 0..<target {
      let (first, real) =
        how == .area
        ? Self.coverage(position, scale, source)
        : Self.filter(position, scale, stretch, support, source, how)
      starts.append(Int32(first))
      lengths.append(Int32(real.count))
      for (k, weight) in Self.whole(real).enumerated() { weights[position * longest + k] = weight }
    }
  }

  /// Weights in 1/16384 that add up to exactly 1: what rounding takes from one, the next gets.
  private static func whole(_ real: [Double]) -> [Int16] {
    let sum = real.reduce(0, +)
    guard sum != 0 else { return [16384] }
    var reached = 0.0
    var taken = 0
    return real.map { weight in
      reached += weight / sum * 16384
      let whole = Int(reached.rounded()) - taken
      taken += whole
      return Int16(clamping: whole)
    }
  }

  /// The C form, valid inside `body`.
  func withC<Result>(_ body: (UnsafePointer<imc_taps>) -> Result) -> Result {
    starts.withUnsafeBufferPointer { starts in
      lengths.withUnsafeBufferPointer { lengths in
        weights.withUnsafeBufferPointer { weights in
          var taps = imc_taps(
            count: UInt32(starts.count), longest: UInt32(longest), starts: starts.baseAddress,
            lengths: lengths.baseAddress, weights: weights.baseAddress)
          return withUnsafePointer(to: &taps) { body($0) }
        }
      }
    }
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
}
