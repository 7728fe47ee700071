// Stain normalisation of haematoxylin and eosin pictures by Macenko's method.
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
