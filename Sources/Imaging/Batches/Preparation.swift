// From a sample to the picture that a network sees, before augmentation.

/// How a picture is brought to the network's size.
package enum Fit: Codable, Hashable, Sendable {
  /// Both sides scaled, aspect given up.
  case stretch
  /// The shorter side scaled to `resize`, then the middle taken (ImageNet's 256 → 224).
  case centreCrop(resize: Int)
  /// Scaled to lie inside, the rest black.
  case letterbox
}

/// Everything that is done alike to every picture: steps, size, channels, normalisation.
package struct Preparation: Codable, Hashable, Sendable {
  package var size: PixelSize
  package var fit: Fit
  package var interpolation: Interpolation
  package var channels: Int
  package var normalisation: Normalisation
  /// Deterministic steps on the decoded picture, such as CLAHE or stain normalisation.
  package var steps: AugmentationPipeline
  /// JPEGs far larger than needed are decoded at half, quarter or eighth size: faster, and a few
  /// grey levels different from full decoding.
  package var usesReducedDecoding: Bool

  package init(
    size: PixelSize, fit: Fit = .stretch, interpolation: Interpolation = .bilinear,
    channels: Int = 3, normalisation: Normalisation = .imageNet,
    steps: AugmentationPipeline = .none, usesReducedDecoding: Bool = false
  ) {
    self.size = size
    self.fit = fit
    self.interpolation = interpolation
    self.channels = channels
    self.normalisation = normalisation
    self.steps = steps
    self.usesReducedDecoding = usesReducedDecoding
  }

  /// Refuses sizes, channels or steps that make no sense.
  package func validate() throws(ImagingError) {
    guard (1...16384).contains(size.width), (1...16384).contains(size.height) else {
      throw .badSetting(
        name: "size", value: "\(size.width)×\(size.height)", expected: "1 to 16384 pixels a side")
    }
    guard channels == 1 || channels == 3 else {
      throw .badSetting(name: "channels", value: "\(channels)", expected: "1 or 3")
    }
    if case .centreCrop(let resize) = fit, !(1...16384).contains(resize) {
      throw .badSetting(name: "resize", value: "\(resize)", expected: "1 to 16384 pixels")
    }
    try steps.validate()
  }

  /// The sample decoded, stepped and fitted: 8 bits, `size`, `channels`.
  package func image(
    for sample: Sample, limits: DecodingLimits = DecodingLimits()
  ) throws(ImagingError) -> Image {
    apply(to: try sample.load(atLeast: decodingSize, limits: limits))
  }

  /// Steps, fit and channels on a decoded picture.
  package func apply(to image: Image) -> Image {
    var generator = SeededGenerator(seed: 0)
    let stepped = steps.apply(to: image, &generator)
    let fitted: Image
    switch fit {
    case .stretch: fitted = stepped.resized(to: size, interpolation)
    case .centreCrop(let resize):
      fitted = stepped.resizedShorterSide(to: resize, interpolation).centreCropped(to: size)
    case .letterbox: fitted = stepped.letterboxed(to: size, fill: 0, interpolation)
    }
    return fitted.converted(toChannels: channels)
  }

  /// The smallest decoding that loses nothing that the fit would keep.
  private var decodingSize: PixelSize? {
    guard usesReducedDecoding, steps.operations.isEmpty else { return nil }
    switch fit {
    case .stretch, .letterbox: return size
    case .centreCrop(let resize): return PixelSize(max(resize, size.width, size.height))
    }
  }
}
