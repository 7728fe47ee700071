// Reinhard's normalisation: the colours of one picture brought to the statistics of another's.
import Glibc

/// Means and standard deviations of a picture's CIE Lab channels, L in 0...100.
package struct LabStatistics: Codable, Hashable, Sendable {
  package let mean: [Double]
  package let sd: [Double]

  package init(mean: [Double], sd: [Double]) {
    precondition(mean.count == 3 && sd.count == 3, "three means and three deviations")
    self.mean = mean
    self.sd = sd
  }

  /// The statistics of a picture.
  package init(of image: Image) {
    var sums = [0.0, 0, 0]
    var squares = [0.0, 0, 0]
    let rgb = image.rgb()
    let count = Double(rgb.width * rgb.height)
    for i in stride(from: 0, to: rgb.pixels.count, by: 3) {
      let lab = Lab(rgb.pixels[i], rgb.pixels[i + 1], rgb.pixels[i + 2])
      for (k, value) in [lab.l, lab.a, lab.b].enumerated() {
        sums[k] += value
        squares[k] += value * value
      }
    }
    let means = sums.map { $0 / count }
    mean = means
    sd = (0..<3).map { max(0, squares[$0] / count - means[$0] * means[$0]).squareRoot() }
  }

  /// The picture with each Lab channel moved and stretched to these statistics
  /// (Reinhard and others 2001, doi 10.1109/38.946629).
  package func normalising(_ image: Image) -> Image {
    guard image.channels == 3 else { return image }
    let own = LabStatistics(of: image)
    let factor = (0..<3).map { own.sd[$0] < 1e-6 ? 1 : sd[$0] / own.sd[$0] }
    var result = image
    for i in stride(from: 0, to: image.pixels.count, by: 3) {
      let lab = Lab(image.pixels[i], image.pixels[i + 1], image.pixels[i + 2])
      let moved = Lab(
        l: (lab.l - own.mean[0]) * factor[0] + mean[0],
        a: (lab.a - own.mean[1]) * factor[1] + mean[1],
        b: (lab.b - own.mean[2]) * factor[2] + mean[2])
      let (r, g, b) = moved.rgb
      result.pixels[i] = r
      result.pixels[i + 1] = g
      result.pixels[i + 2] = b
    }
    return result
  }
}

/// CIE Lab of D65, from and to 8-bit sRGB.
struct Lab {
  var l: Double
  var a: Double
  var b: Double

  init(l: Double, a: Double, b: Double) {
    self.l = l
    self.a = a
    self.b = b
  }

  private static let linear: [Double] = (0...255).map { value in
    let c = Double(value) / 255
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4)
  }

  private static func f(_ t: Double) -> Double {
    t > 0.008856 ? cbrt(t) : 7.787 * t + 16.0 / 116
  }

  init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    let (r, g, b) = (Self.linear[Int(red)], Self.linear[Int(green)], Self.linear[Int(blue)])
    let x = Self.f((0.412453 * r + 0.357580 * g + 0.180423 * b) / 0.950456)
    let yRaw = 0.212671 * r + 0.715160 * g + 0.072169 * b
    let y = Self.f(yRaw)
    let z = Self.f((0.019334 * r + 0.119193 * g + 0.950227 * b) / 1.088754)
    l = yRaw > 0.008856 ? 116 * cbrt(yRaw) - 16 : 903.3 * yRaw
    a = 500 * (x - y)
    self.b = 200 * (y - z)
  }

  var rgb: (UInt8, UInt8, UInt8) {
    let y = (l + 16) / 116
    let x = Self.inverse(a / 500 + y) * 0.950456
    let z = Self.inverse(y - b / 200) * 1.088754
    let yy = l > 7.9996 ? y * y * y : l / 903.3
    return (
      Self.byte(3.240479 * x - 1.537150 * yy - 0.498535 * z),
      Self.byte(-0.969256 * x + 1.875991 * yy + 0.041556 * z),
      Self.byte(0.055648 * x - 0.204043 * yy + 1.057311 * z)
    )
  }

  private static func inverse(_ t: Double) -> Double {
    t > 0.206893 ? t * t * t : (t - 16.0 / 116) / 7.787
  }

  private static func byte(_ linear: Double) -> UInt8 {
    let c = min(max(linear, 0), 1)
    let s = c <= 0.0031308 ? 12.92 * c : 1.055 * pow(c, 1 / 2.4) - 0.055
    return UInt8(min(max((s * 255).rounded(), 0), 255))
  }
}
