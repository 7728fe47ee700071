// From bytes to the numbers a network was trained on.

/// The arithmetic that a weight set expects of its input: (v × scale − mean) / sd per channel.
package struct Normalisation: Codable, Hashable, Sendable {
  package let name: String
  /// 1/255 where pixels are first brought to 0...1, 1 where they stay 0...255.
  package let scale: Float
  package let mean: [Float]
  package let sd: [Float]
  /// Blue, green, red: the order of networks trained with Caffe.
  package let isBGR: Bool

  package init(
    name: String, scale: Float = 1 / 255, mean: [Float], sd: [Float], isBGR: Bool = false
  ) {
    precondition(mean.count == 3 && sd.count == 3, "three means and three deviations")
    self.name = name
    self.scale = scale
    self.mean = mean
    self.sd = sd
    self.isBGR = isBGR
  }

  /// torchvision's and timm's ImageNet constants.
  package static let imageNet = Normalisation(
    name: "imagenet", mean: [0.485, 0.456, 0.406], sd: [0.229, 0.224, 0.225])
  /// −1...1: Inception, MobileNet (TensorFlow), MedMNIST's own baselines.
  package static let half = Normalisation(
    name: "half", mean: [0.5, 0.5, 0.5], sd: [0.5, 0.5, 0.5])
  /// 0...1.
  package static let unit = Normalisation(name: "unit", mean: [0, 0, 0], sd: [1, 1, 1])
  /// 0...255 in BGR order less the means, for weights that come from Caffe.
  package static let caffe = Normalisation(
    name: "caffe", scale: 1, mean: [104, 117, 123], sd: [1, 1, 1], isBGR: true)
  /// Keras's `caffe` mode, which keeps three decimals of the means.
  package static let kerasCaffe = Normalisation(
    name: "keras-caffe", scale: 1, mean: [103.939, 116.779, 123.68], sd: [1, 1, 1], isBGR: true)

  package static let all = [imageNet, half, unit, caffe, kerasCaffe]

  /// The picture as C·H·W floats, grey spread to `channels` or RGB reduced to them.
  package func tensor(_ image: Image, channels: Int = 3) -> [Float] {
    let count = image.width * image.height * channels
    return [Float](unsafeUninitializedCapacity: count) { out, filled in
      write(image, channels: channels, to: out)
      filled = count
    }
  }

  /// Writes C·H·W floats into `out`. One channel takes the mean of the three constants.
  package func write(
    _ image: Image, channels: Int, to out: UnsafeMutableBufferPointer<Float>
  ) {
    let plane = image.width * image.height
    precondition(out.count >= plane * channels, "\(out.count) floats for \(plane * channels)")
    let converted = image.channels == 3 && channels == 1 ? image.grey() : image
    if converted.channels == 3 {
      writeColours(converted.pixels, plane, out.baseAddress!)
      return
    }
    converted.pixels.withUnsafeBufferPointer { from in
      for channel in 0..<channels {
        let table = values(channel: channel, of: channels)
        table.withUnsafeBufferPointer { table in
          let target = out.baseAddress! + channel * plane
          for i in 0..<plane { target[i] = table[Int(from[i])] }
        }
      }
    }
  }

  /// Three channels in one pass over the pixels.
  private func writeColours(
    _ pixels: [UInt8], _ plane: Int, _ out: UnsafeMutablePointer<Float>
  ) {
    let tables = (0..<3).flatMap { values(channel: $0, of: 3) }
    let (first, last) = (isBGR ? 2 : 0, isBGR ? 0 : 2)
    pixels.withUnsafeBufferPointer { from in
      tables.withUnsafeBufferPointer { table in
        guard var pixel = from.baseAddress, let table = table.baseAddress else { return }
        for i in 0..<plane {
          out[i] = table[Int(pixel[first])]
          out[plane + i] = table[256 + Int(pixel[1])]
          out[2 * plane + i] = table[512 + Int(pixel[last])]
          pixel += 3
        }
      }
    }
  }

  /// What each byte becomes in a channel.
  private func values(channel: Int, of channels: Int) -> [Float] {
    let m = channels == 1 ? (mean[0] + mean[1] + mean[2]) / 3 : mean[channel]
    let s = channels == 1 ? (sd[0] + sd[1] + sd[2]) / 3 : sd[channel]
    return (0..<256).map { (Float($0) * scale - m) / s }
  }
}
