// Pictures beside a record: the worst errors, the first layer's filters, where the network looked.

import Files
import Imaging
import Insight
import Neural

/// Draws what a report shows of the first seed. The pictures show images of the dataset, so an export
/// leaves them out.
struct RunPictures {
  let plan: RunPlan
  let predictions: Predictions
  /// The network that gave the predictions of the first fold; nil where there is none.
  let parameters: ParameterSet?

  func draw(seed: Int) throws {
    if let sheet = try worstErrors() {
      try writeAtomically(ImageFile.encodePNG(sheet), to: plan.folder.errors(seed: seed))
    }
    if let sheet = try attention() {
      try writeAtomically(ImageFile.encodePNG(sheet), to: plan.folder.attention(seed: seed))
    }
    if let sheet = filters() {
      try writeAtomically(ImageFile.encodePNG(sheet), to: plan.folder.filters(seed: seed))
    }
  }

  /// The surest errors, then the surest right answers, each beside its Grad-CAM map for the class
  /// that was predicted; nil where no network gave them (neighbours, vector machines) or it has no
  /// spatial layer.
  private func attention() throws -> Image? {
    let tested =
      plan.recipe.model.strategy.value == .evaluationOnly
      ? try plan.model(initialSeed: 1).parameters() : parameters
    guard let tested, !predictions.isMultiLabel else { return nil }
    let own = Predictions(
      classes: predictions.classes, rows: predictions.rows.filter { $0.fold == 0 })
    let rows = own.worstErrors(RunFolder.mapsShown) + own.surest(RunFolder.mapsShown)
    let images = try pictures(of: rows)
    guard images.count == rows.count, !rows.isEmpty,
      let maps = try? GradCAM(plan.network, tested, threads: plan.options.threads)
        .maps(NetworkInput.tensor(images, plan.preparation), classes: rows.map(\.predicted))
    else { return nil }
    return ContactSheet(cell: 96, columns: 6, gap: 3).image(
      zip(images, maps).flatMap { [$0, $1.overlaid(on: $0)] })
  }

  private func pictures(of rows: [Prediction]) throws -> [Image] {
    var samples: [String: Sample] = [:]
    for sample in plan.dataset.samples { samples[sample.id] = sample }
    return try rows.compactMap { row in
      try samples[row.sample].map { try plan.preparation.image(for: $0) }
    }
  }

  /// The surest wrong answers, as they enter the network.
  private func worstErrors() throws -> Image? {
    let worst = predictions.worstErrors(RunFolder.errorsShown)
    guard !worst.isEmpty else { return nil }
    return ContactSheet(cell: 96, columns: 6, gap: 3).image(try pictures(of: worst))
  }

  /// The first convolution's filters, each from its smallest to its largest weight; nil where the
  /// network has none on one or three channels.
  private func filters() -> Image? {
    let first = plan.network.layers.first { layer in
      if case .convolution = layer.operation { true } else { false }
    }
    let shown = parameters ?? plan.weights.parameters
    guard let first, let weights = shown?["\(first.name).weight"],
      weights.shape.count == 4, [1, 3].contains(weights.shape[1])
    else { return nil }
    let (channels, height, width) = (weights.shape[1], weights.shape[2], weights.shape[3])
    let scale = max(1, 40 / max(height, width))
    let size = channels * height * width
    let pictures = (0..<min(weights.shape[0], 96)).map { filter in
      let values = weights.values[(filter * size)..<((filter + 1) * size)]
      let low = values.min() ?? 0
      let span = max((values.max() ?? 1) - low, 1e-12)
      var pixels = [UInt8](repeating: 0, count: height * scale * width * scale * channels)
      for y in 0..<(height * scale) {
        for x in 0..<(width * scale) {
          for c in 0..<channels {
            let at = values.startIndex + (c * height + y / scale) * width + x / scale
            let shade = (values[at] - low) / span * 255
            pixels[(y * width * scale + x) * channels + c] = UInt8(min(255, max(0, shade)))
          }
        }
      }
      return Image(
        width: width * scale, height: height * scale, channels: channels, pixels: pixels)
    }
    return ContactSheet(cell: height * scale, columns: 12, gap: 3).image(pictures)
  }
}
