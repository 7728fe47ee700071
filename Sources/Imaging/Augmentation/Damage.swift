// Augmentations that imitate bad acquisition: noise, blur, compression, missing parts.
import Glibc

extension Augmentation {
  func damaged(_ image: Image, _ generator: inout SeededGenerator) -> Image {
    switch self {
    case .noise(let sd):
      var result = image
      for i in result.pixels.indices {
        result.pixels[i] = Image.byte(Double(result.pixels[i]) + 255 * sd * generator.normal())
      }
      return result
    case .speckle(let share):
      var result = image
      for pixel in 0..<image.width * image.height where generator.chance(share) {
        let value: UInt8 = generator.chance(0.5) ? 255 : 0
        for k in 0..<image.channels { result.pixels[pixel * image.channels + k] = value }
      }
      return result
    case .blur(let from, let to): return image.blurred(sigma: generator.uniform(from...to))
    case .compress(let from, let to):
      return image.compressed(quality: from + generator.below(to - from + 1))
    case .erase(let smallest, let largest):
      return image.erased(smallest, largest, &generator)
    default: return image
    }
  }
}

extension Image {
  /// A Gaussian blur, cut at three sigmas and with the edge repeated.
  package func blurred(sigma: Double) -> Image {
    guard sigma > 0.05 else { return self }
    let kernel = Self.gaussian(sigma)
    let floats = convolved(kernel, pixels.map(Float.init))
    var result = self
    for i in floats.indices { result.pixels[i] = UInt8(min(max(floats[i] + 0.5, 0), 255)) }
    return result
  }

  static func gaussian(_ sigma: Double) -> [Float] {
    let reach = max(1, Int((3 * sigma).rounded(.up)))
    let raw = (-reach...reach).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
    let sum = raw.reduce(0, +)
    return raw.map { Float($0 / sum) }
  }

  /// `values` (laid out as this picture's pixels) filtered along rows, then along columns.
  func convolved(_ kernel: [Float], _ values: [Float]) -> [Float] {
    let reach = kernel.count / 2
    let stride = width * channels
    var across = [Float](repeating: 0, count: values.count)
    for y in 0..<height {
      for x in 0..<width {
        for k in 0..<channels {
          var sum: Float = 0
          for (i, weight) in kernel.enumerated() {
            let column = min(max(x + i - reach, 0), width - 1)
            sum += weight * values[y * stride + column * channels + k]
          }
          across[y * stride + x * channels + k] = sum
        }
      }
    }
    var down = [Float](repeating: 0, count: values.count)
    for y in 0..<height {
      for (i, weight) in kernel.enumerated() {
        let row = min(max(y + i - reach, 0), height - 1) * stride
        for x in 0..<stride { down[y * stride + x] += weight * across[row + x] }
      }
    }
    return down
  }

  fileprivate func compressed(quality: Int) -> Image {
    // Encoding can fail for lack of memory alone; the picture is then left as it was.
    guard let bytes = try? ImageFile.encodeJPEG(self, quality: quality),
      let image = try? ImageFile.decode(bytes, name: "JPEG in memory"), image.size == size
    else { return self }
    return image.converted(toChannels: channels)
  }

  fileprivate func erased(
    _ smallest: Double, _ largest: Double, _ generator: inout SeededGenerator
  ) -> Image {
    let area = generator.uniform(smallest...largest) * Double(width * height)
    let aspect = exp(generator.uniform(log(0.3)...log(1 / 0.3)))
    let w = min(width, max(1, Int((area * aspect).squareRoot())))
    let h = min(height, max(1, Int((area / aspect).squareRoot())))
    let x = generator.below(width - w + 1)
    let y = generator.below(height - h + 1)
    var result = self
    for k in 0..<channels {
      var sum = 0
      for i in Swift.stride(from: k, to: pixels.count, by: channels) { sum += Int(pixels[i]) }
      let mean = UInt8(sum / (width * height))
      for row in y..<y + h {
        for column in x..<x + w { result.pixels[(row * width + column) * channels + k] = mean }
      }
    }
    return result
  }
}
