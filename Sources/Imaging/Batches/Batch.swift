// Pictures and labels as a network takes them.

/// N pictures as N·C·H·W floats with their labels.
package struct Batch: Sendable {
  package let count: Int
  package let channels: Int
  package let height: Int
  package let width: Int
  /// Normalised values in N·C·H·W order.
  package let pixels: [Float]
  package let labels: [Int32]
  /// Positions in the loader's `samples`.
  package let indices: [Int]
  /// N·K soft targets where pictures were mixed; nil where `labels` say all.
  package let targets: [Float]?

  package init(
    count: Int, channels: Int, height: Int, width: Int, pixels: [Float], labels: [Int32],
    indices: [Int], targets: [Float]? = nil
  ) {
    self.count = count
    self.channels = channels
    self.height = height
    self.width = width
    self.pixels = pixels
    self.labels = labels
    self.indices = indices
    self.targets = targets
  }

  /// Prepared pictures normalised and laid side by side.
  package init(
    images: [Image], labels: [Int32], indices: [Int], preparation: Preparation,
    targets: [Float]? = nil
  ) {
    let size = preparation.size
    let each = preparation.channels * size.width * size.height
    let pixels = [Float](unsafeUninitializedCapacity: each * images.count) { out, count in
      for (i, image) in images.enumerated() {
        precondition(image.size == size, "a picture of \(image.width)×\(image.height) in a batch")
        preparation.normalisation.write(
          image, channels: preparation.channels,
          to: UnsafeMutableBufferPointer(rebasing: out[i * each..<(i + 1) * each]))
      }
      count = each * images.count
    }
    self.init(
      count: images.count, channels: preparation.channels, height: size.height, width: size.width,
      pixels: pixels, labels: labels, indices: indices, targets: targets)
  }
}
