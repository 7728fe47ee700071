// Mixing the pictures of a batch with each other: mixup and cutmix.
import Glibc

/// How the pictures of a batch are mixed; the labels become soft targets.
package enum BatchMixing: Codable, Hashable, Sendable {
  case none
  /// λ of one picture, 1 − λ of another, λ from Beta(α, α) (Zhang and others 2018).
  case mixup(alpha: Double)
  /// A rectangle of one picture in another (Yun and others 2019).
  case cutmix(alpha: Double)

  package func validate() throws(ImagingError) {
    switch self {
    case .none: return
    case .mixup(let alpha), .cutmix(let alpha):
      guard alpha > 0, alpha <= 100 else {
        throw .badSetting(name: "mixing alpha", value: "\(alpha)", expected: "above 0, to 100")
      }
    }
  }

  /// One λ for the batch; partners by a shuffle of it.
  func apply(
    to batch: Batch, classes: Int, _ generator: inout SeededGenerator
  ) -> Batch {
    let alpha: Double
    switch self {
    case .none: return batch
    case .mixup(let value), .cutmix(let value): alpha = value
    }
    var partners = Array(0..<batch.count)
    generator.shuffle(&partners)
    var lambda = Self.beta(alpha, &generator)
    var pixels = batch.pixels
    if case .mixup = self {
      Self.blend(&pixels, batch, partners, Float(lambda))
    } else {
      lambda = Self.paste(&pixels, batch, partners, lambda, &generator)
    }
    var targets = [Float](repeating: 0, count: batch.count * classes)
    for i in 0..<batch.count {
      targets[i * classes + Int(batch.labels[i])] += Float(lambda)
      targets[i * classes + Int(batch.labels[partners[i]])] += Float(1 - lambda)
    }
    return Batch(
      count: batch.count, channels: batch.channels, height: batch.height, width: batch.width,
      pixels: pixels, labels: batch.labels, indices: batch.indices, targets: targets)
  }

  private static func blend(
    _ pixels: inout [Float], _ batch: Batch, _ partners: [Int], _ lambda: Float
  ) {
    let each = batch.pixels.count / batch.count
    for i in 0..<batch.count {
      let (own, other) = (i * each, partners[i] * each)
      for k in 0..<each {
        pixels[own + k] = lambda * batch.pixels[own + k] + (1 - lambda) * batch.pixels[other + k]
      }
    }
  }

  /// Pastes one rectangle from every partner; gives the share of the picture that was kept.
  private static func paste(
    _ pixels: inout [Float], _ batch: Batch, _ partners: [Int], _ lambda: Double,
    _ generator: inout SeededGenerator
  ) -> Double {
    let cut = (1 - lambda).squareRoot()
    let (w, h) = (Int(Double(batch.width) * cut), Int(Double(batch.height) * cut))
    let (cx, cy) = (generator.below(batch.width), generator.below(batch.height))
    let columns = max(0, cx - w / 2)..<min(batch.width, cx - w / 2 + w)
    let rows = max(0, cy - h / 2)..<min(batch.height, cy - h / 2 + h)
    let plane = batch.width * batch.height
    let each = batch.channels * plane
    for i in 0..<batch.count {
      for channel in 0..<batch.channels {
        for row in rows {
          for column in columns {
            let at = channel * plane + row * batch.width + column
            pixels[i * each + at] = batch.pixels[partners[i] * each + at]
          }
        }
      }
    }
    return 1 - Double(columns.count * rows.count) / Double(plane)
  }

  /// Beta(α, α): Jöhnk's rejection for α ≤ 1, a ratio of Marsaglia–Tsang gammas above.
  static func beta(_ alpha: Double, _ generator: inout SeededGenerator) -> Double {
    if alpha > 1 {
      let x = gamma(alpha, &generator)
      return x / (x + gamma(alpha, &generator))
    }
    while true {
      let x = pow(generator.unit(), 1 / alpha)
      let y = pow(generator.unit(), 1 / alpha)
      if x + y <= 1, x + y > 0 { return x / (x + y) }
    }
  }

  private static func gamma(_ shape: Double, _ generator: inout SeededGenerator) -> Double {
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = generator.normal()
      let v = (1 + c * x) * (1 + c * x) * (1 + c * x)
      guard v > 0 else { continue }
      if log(max(generator.unit(), 1e-300)) < 0.5 * x * x + d - d * v + d * log(v) { return d * v }
    }
  }
}
