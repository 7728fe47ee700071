// The filters of a network's first convolution as a picture.

import Imaging
import Neural

/// First-layer filters, which see colours and can be looked at directly.
package enum FilterPictures {
  /// One picture for each filter of the first convolution: weights from the filter's lowest (black) to
  /// its highest (white), a zero at the same grey in all colours of one filter.
  /// - Parameters:
  ///   - isBGR: whether the network takes blue first.
  ///   - enlargement: pixels per weight.
  /// - Throws: ``NeuralError/unsupported(layer:reason:)`` where the first convolution does not see
  ///   one or three colours.
  package static func firstLayer(
    _ network: Network, _ parameters: ParameterSet, isBGR: Bool = false, enlargement: Int = 10
  ) throws(NeuralError) -> [Image] {
    let first = network.layers.first {
      if case .convolution = $0.operation { true } else { false }
    }
    guard let first, let weight = parameters["\(first.name).weight"],
      weight.shape.count == 4, weight.shape[1] == 3 || weight.shape[1] == 1
    else {
      throw .unsupported(
        layer: first?.name ?? network.name, reason: "its filters do not see one or three colours")
    }
    let (colours, height, width) = (weight.shape[1], weight.shape[2], weight.shape[3])
    return (0..<weight.shape[0]).map { filter in
      let start = filter * colours * height * width
      let values = weight.values[start..<start + colours * height * width]
      let bound = max(values.map(abs).max() ?? 0, .leastNormalMagnitude)
      var image = Image(width: width * enlargement, height: height * enlargement, channels: 3)
      for y in 0..<image.height {
        for x in 0..<image.width {
          for channel in 0..<3 {
            let colour = colours == 1 ? 0 : isBGR ? 2 - channel : channel
            let place = (colour * height + y / enlargement) * width + x / enlargement
            let value = values[start + place] / bound
            image.pixels[(y * image.width + x) * 3 + channel] = UInt8(127.5 + 127.5 * value)
          }
        }
      }
      return image
    }
  }
}
