// From image files to what a network with given weights takes.

import Imaging
import Neural
import Weights

extension Preparation {
  /// What a weight set's publishers did with images.
  /// - Parameter scale: the size of the result relative to the network's input, for pictures to look
  ///   at.
  package init(for set: WeightSet, scale: Int = 1) {
    let expected = set.preprocessing
    let resize = Int((Double(expected.side) / expected.cropFraction).rounded())
    self.init(
      size: PixelSize(width: expected.side * scale, height: expected.side * scale),
      fit: .centreCrop(resize: resize * scale), interpolation: .bilinear,
      normalisation: Normalisation(
        name: set.name, scale: expected.scale, mean: expected.mean, sd: expected.deviation,
        isBGR: expected.order == .bgr))
  }
}

/// Pictures prepared for a network.
package enum NetworkInput {
  /// Prepared 8-bit pictures as N × C × H × W.
  package static func tensor(_ images: [Image], _ preparation: Preparation) -> Tensor {
    Tensor(
      shape: [
        images.count, preparation.channels, preparation.size.height, preparation.size.width,
      ],
      values: images.flatMap {
        preparation.normalisation.tensor($0, channels: preparation.channels)
      })
  }
}
