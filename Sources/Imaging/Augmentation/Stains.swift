// Stain normalisation of haematoxylin and eosin pictures: Macenko's and Reinhard's.
import Glibc

/// Two stains: optical densities in RGB as unit vectors, and the concentrations that count as full.
package struct StainMatrix: Codable, Hashable, Sendable {
  package let haematoxylin: [Double]
  package let eosin: [Double]
  /// 99th percentiles of the two concentrations.
  package let maxima: [Double]

  package init(haematoxylin: [Double], eosin: [Double], maxima: [Double]) {
    precondition(haematoxylin.count == 3 && eosin.count == 3 && maxima.count == 2, "3, 3 and 2")
    self.haematoxylin = haematoxylin
    self.eosin = eosin
    self.maxima = maxima
  }

  /// Macenko and others' reference values (doi 10.1109/ISBI.2009.5193250), as in their code.
  package static let macenko = StainMatrix(
    haematoxylin: [0.5626, 0.7201, 0.4062], eosin: [0.2159, 0.8012, 0.5581],
    maxima: [1.9705, 1.0308])

  /// Ruifrok and Johnston's vectors (2001), normalised.
  package static let ruifrok = StainMatrix(
    haematoxylin: [0.651, 0.701, 0.290], eosin: [0.070, 0.991, 0.110], maxima: [1, 1])

  private static let light = 240.0
  private static let threshold = 0.15

  private static func density(_ value: UInt8) -> Double {
    -log((Double(value) + 1) / light)
  }

  /// The stains of a picture by Macenko's method: the plane of the two largest directions of its
  /// optical densities, and in it the 1st and 99th percentile of angle. Nil where it has too little
  /// stained tissue.
  package init?(of image: Image, alpha: Double = 1) {
    guard image.channels == 3 else { return nil }
    let table = (0...255).map { Self.density(UInt8($0)) }
    var stained: [(Double, Double, Double)] = []
    for i in stride(from: 0, to: image.pixels.count, by: 3) {
      let d = (
        table[Int(image.pixels[i])], table[Int(image.pixels[i + 1])],
        table[Int(image.pixels[i + 2])]
      )
      if d.0 >= Self.threshold, d.1 >= Self.threshold, d.2 >= Self.threshold { stained.append(d) }
    }
    guard stained.count >= 16, let plane = SymmetricMatrix(covarianceOf: stained).largestTwo else {
      return nil
    }
    let (first, second) = plane
    var angles = stained.map { d in
      atan2(
        d.0 * second.0 + d.1 * second.1 + d.2 * second.2,
        d.0 * first.0 + d.1 * first.1 + d.2 * first.2)
    }
    angles.sort()
    let low = percentile(angles, alpha)
    let high = percentile(angles, 100 - alpha)
    func direction(_ angle: Double) -> [Double] {
      let (c, s) = (cos(angle), sin(angle))
      return [
        first.0 * c + second.0 * s, first.1 * c + second.1 * s, first.2 * c + second.2 * s,
      ]
    }
    let (a, b) = (direction(low), direction(high))
    let isFirst = a[0] > b[0]
    let vectors = StainMatrix(
      haematoxylin: isFirst ? a : b, eosin: isFirst ? b : a, maxima: [1, 1])
    var h: [Double] = []
    var e: [Double] = []
    let solver = vectors.solver
    for i in stride(from: 0, to: image.pixels.count, by: 3) {
      let c = solver(
        table[Int(image.pixels[i])], table[Int(image.pixels[i + 1])],
        table[Int(image.pixels[i + 2])])
      h.append(c.0)
      e.append(c.1)
    }
    h.sort()
    e.sort()
    let maxima = [percentile(h, 99), percentile(e, 99)]
    guard maxima.allSatisfy({ $0.isFinite && $0 > 1e-6 }) else { return nil }
    self.init(
      haematoxylin: vectors.haematoxylin, eosin: vectors.eosin, maxima: maxima)
  }

  /// Least-squares concentrations of an optical density.
  private var solver: (Double, Double, Double) -> (Double, Double) {
    let (h, e) = (haematoxylin, eosin)
    let hh = h[0] * h[0] + h[1] * h[1] + h[2] * h[2]
    let ee = e[0] * e[0] + e[1] * e[1] + e[2] * e[2]
    let he = h[0] * e[0] + h[1] * e[1] + h[2] * e[2]
    let determinant = hh * ee - he * he
    let scale = abs(determinant) < 1e-12 ? 0 : 1 / determinant
    return { x, y, z in
      let hx = h[0] * x + h[1] * y + h[2] * z
      let ex = e[0] * x + e[1] * y + e[2] * z
      return ((ee * hx - he * ex) * scale, (hh * ex - he * hx) * scale)
    }
  }

  /// The picture with its stains replaced by these; unchanged where it has too little tissue.
  package func normalising(_ image: Image) -> Image {
    guard let own = StainMatrix(of: image) else { return image }
    let scale = (maxima[0] / own.maxima[0], maxima[1] / own.maxima[1])
    return own.rendering(image, with: self) { ($0 * scale.0, $1 * scale.1) }
  }

  /// The picture with its concentrations of these two stains changed.
  func changingConcentrations(
    of image: Image, _ change: (Double, Double) -> (Double, Double)
  ) -> Image {
    rendering(image, with: self, change)
  }

  private func rendering(
    _ image: Image, with target: StainMatrix, _ change: (Double, Double) -> (Double, Double)
  ) -> Image {
    let table = (0...255).map { Self.density(UInt8($0)) }
    let solver = solver
    var result = image
    for i in stride(from: 0, to: image.pixels.count, by: 3) {
      let found = solver(
        table[Int(image.pixels[i])], table[Int(image.pixels[i + 1])],
        table[Int(image.pixels[i + 2])])
      let (h, e) = change(found.0, found.1)
      for k in 0..<3 {
        let value = Self.light * exp(-(target.haematoxylin[k] * h + target.eosin[k] * e))
        result.pixels[i + k] = UInt8(min(max(value, 0), 255))
      }
    }
    return result
  }
}

/// Linear interpolation between sorted values, as NumPy's `percentile`.
private func percentile(_ sorted: [Double], _ share: Double) -> Double {
  let place = share / 100 * Double(sorted.count - 1)
  let low = Int(place)
  let high = min(low + 1, sorted.count - 1)
  return sorted[low] + (sorted[high] - sorted[low]) * (place - Double(low))
}

/// A symmetric 3 × 3 matrix and its eigenvectors, by Jacobi's rotations.
private struct SymmetricMatrix {
  private var m: [[Double]]

  init(covarianceOf points: [(Double, Double, Double)]) {
    let n = Double(points.count)
    var mean = [0.0, 0, 0]
    for p in points {
      mean[0] += p.0
      mean[1] += p.1
      mean[2] += p.2
    }
    mean = mean.map { $0 / n }
    m = [[0, 0, 0], [0, 0, 0], [0, 0, 0]]
    for p in points {
      let d = [p.0 - mean[0], p.1 - mean[1], p.2 - mean[2]]
      for i in 0..<3 { for j in i..<3 { m[i][j] += d[i] * d[j] } }
    }
    for i in 0..<3 {
      for j in i..<3 {
        m[i][j] /= n - 1
        m[j][i] = m[i][j]
      }
    }
  }

  /// The eigenvectors of the largest and the second eigenvalue, each with a first component that
  /// is not negative; nil for a degenerate cloud.
  var largestTwo: ((Double, Double, Double), (Double, Double, Double))? {
    var a = m
    var v: [[Double]] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    for _ in 0..<60 {
      for (p, q) in [(0, 1), (0, 2), (1, 2)] where abs(a[p][q]) > 1e-300 {
        let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
        let t = (theta >= 0 ? 1.0 : -1) / (abs(theta) + (theta * theta + 1).squareRoot())
        let c = 1 / (t * t + 1).squareRoot()
        let s = t * c
        for k in 0..<3 {
          let (x, y) = (a[k][p], a[k][q])
          a[k][p] = c * x - s * y
          a[k][q] = s * x + c * y
        }
        for k in 0..<3 {
          let (x, y) = (a[p][k], a[q][k])
          a[p][k] = c * x - s * y
          a[q][k] = s * x + c * y
        }
        for k in 0..<3 {
          let (x, y) = (v[k][p], v[k][q])
          v[k][p] = c * x - s * y
          v[k][q] = s * x + c * y
        }
      }
    }
    let order = [0, 1, 2].sorted { a[$0][$0] > a[$1][$1] }
    guard a[order[0]][order[0]] > 1e-12, a[order[1]][order[1]] > 1e-15 else { return nil }
    func vector(_ at: Int) -> (Double, Double, Double) {
      let (x, y, z) = (v[0][at], v[1][at], v[2][at])
      return x < 0 ? (-x, -y, -z) : (x, y, z)
    }
    return (vector(order[0]), vector(order[1]))
  }
}

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
