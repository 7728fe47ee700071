// From a sample to the picture that a network sees, before augmentation.
import Files

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
    guard case .file(let path) = sample.source, steps.operations.isEmpty else {
      return apply(to: try sample.load(atLeast: decodingSize, limits: limits))
    }
    let bytes = try FileBytes.read(path, limit: limits.maximumBytes)
    let scaled = try ImageFile.decodeResized(
      bytes, name: path, atLeast: decodingSize, limits: limits, interpolation, to: scaledSize)
    if let scaled { return framed(scaled) }
    return apply(
      to: try ImageFile.decode(bytes, name: path, atLeast: decodingSize, limits: limits))
  }

  /// The samples as ``image(for:limits:)`` gives them, on all cores at once; `change` is applied to
  /// each with its place in `samples`.
  ///
  /// What computes on all cores itself does better to take turns with this than to run beside it:
  /// side by side, each holds up the other's threads.
  package func images(
    for samples: ArraySlice<Sample>, onAllCores: Bool,
    change: @escaping @Sendable (Image, Int) -> Image = { image, _ in image }
  ) throws(ImagingError) -> [Image] {
    let prepared: @Sendable (Int) throws(ImagingError) -> Image = { index throws(ImagingError) in
      change(try image(for: samples[index]), index)
    }
    let places = Array(samples.indices)
    guard onAllCores else {
      return try places.map { (place) throws(ImagingError) in try prepared(place) }
    }
    return try parallelMap(places, prepared)
  }

  /// Steps, fit and channels on a decoded picture.
  package func apply(to image: Image) -> Image {
    var generator = SeededGenerator(seed: 0)
    let stepped = steps.apply(to: image, &generator)
    return framed(stepped.resized(to: scaledSize(of: stepped.size), interpolation))
  }

  /// What a picture of some size is scaled to, before anything is cut or added.
  private func scaledSize(of picture: PixelSize) -> PixelSize {
    switch fit {
    case .stretch: size
    case .centreCrop(let resize): picture.withShorterSide(resize)
    case .letterbox: picture.inside(size)
    }
  }

  /// A scaled picture cut or padded to the network's size, with its channels.
  private func framed(_ scaled: Image) -> Image {
    let framed =
      switch fit {
      case .stretch: scaled
      case .centreCrop: scaled.centreCropped(to: size)
      case .letterbox: scaled.padded(to: size, fill: 0)
      }
    return framed.converted(toChannels: channels)
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
