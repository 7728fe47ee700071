// Augmentations of light and colour.
import Glibc

extension Augmentation {
  func recoloured(_ image: Image, _ generator: inout SeededGenerator) -> Image {
    switch self {
    case .brightness(let amount):
      let factor = generator.uniform(1 - amount...1 + amount)
      return image.mapped { Double($0) * factor }
    case .contrast(let amount):
      let factor = generator.uniform(1 - amount...1 + amount)
      let mean = image.grey().meanLevel
      return image.mapped { mean + (Double($0) - mean) * factor }
    case .gamma(let from, let to):
      let power = generator.uniform(from...to)
      return image.mapped { 255 * pow(Double($0) / 255, power) }
    case .saturation(let amount):
      let factor = generator.uniform(1 - amount...1 + amount)
      return image.saturated(factor)
    case .hue(let amount): return image.hueTurned(generator.uniform(-amount...amount))
    case .stain(let amount): return image.restained(amount, &generator)
    case .greyscale(let p):
      return generator.chance(p) ? image.grey().converted(toChannels: image.channels) : image
    default: return image
    }
  }
}

extension Image {
  /// Every byte through one function, rounded and kept in range.
  func mapped(_ function: (UInt8) -> Double) -> Image {
    let table = (0...255).map { Self.byte(function(UInt8($0))) }
    var result = self
    for i in result.pixels.indices { result.pixels[i] = table[Int(result.pixels[i])] }
    return result
  }

  static func byte(_ value: Double) -> UInt8 { UInt8(min(max(value.rounded(), 0), 255)) }

  var meanLevel: Double {
    Double(pixels.reduce(0) { $0 + Int($1) }) / Double(pixels.count)
  }

  /// Each RGB pixel through a function; a grey picture is returned unchanged.
  func mappedColours(
    _ function: (Double, Double, Double) -> (Double, Double, Double)
  ) -> Image {
    guard channels == 3 else { return self }
    var result = self
    for i in stride(from: 0, to: pixels.count, by: 3) {
      let (r, g, b) = function(Double(pixels[i]), Double(pixels[i + 1]), Double(pixels[i + 2]))
      result.pixels[i] = Self.byte(r)
      result.pixels[i + 1] = Self.byte(g)
      result.pixels[i + 2] = Self.byte(b)
    }
    return result
  }

  fileprivate func saturated(_ factor: Double) -> Image {
    mappedColours { r, g, b in
      let luma = 0.299 * r + 0.587 * g + 0.114 * b
      return (luma + (r - luma) * factor, luma + (g - luma) * factor, luma + (b - luma) * factor)
    }
  }

  /// Colours turned about the grey axis in YIQ, luma kept.
  fileprivate func hueTurned(_ turns: Double) -> Image {
    let (c, s) = (cos(turns * 2 * Double.pi), sin(turns * 2 * Double.pi))
    return mappedColours { r, g, b in
      let y = 0.299 * r + 0.587 * g + 0.114 * b
      let i = 0.5959 * r - 0.2746 * g - 0.3213 * b
      let q = 0.2115 * r - 0.5227 * g + 0.3112 * b
      let (i2, q2) = (i * c - q * s, i * s + q * c)
      return (
        y + 0.956 * i2 + 0.619 * q2, y - 0.272 * i2 - 0.647 * q2, y - 1.106 * i2 + 1.703 * q2
      )
    }
  }

  /// Haematoxylin and eosin scaled and moved apart, by Ruifrok and Johnston's vectors.
  fileprivate func restained(_ amount: Double, _ generator: inout SeededGenerator) -> Image {
    var scales: [Double] = []
    var moves: [Double] = []
    for _ in 0..<2 {
      scales.append(generator.uniform(1 - amount...1 + amount))
      moves.append(generator.uniform(-amount / 4...amount / 4))
    }
    guard channels == 3 else { return self }
    return StainMatrix.ruifrok.changingConcentrations(of: self) { h, e in
      (max(0, h * scales[0] + moves[0]), max(0, e * scales[1] + moves[1]))
    }
  }
}
