// Pictures of filters side by side.

import Imaging
import Neural
import Weights

extension PretrainedNetwork {
  /// The first layer's filters, or pictures that excite channels of a later layer, on one sheet.
  /// - Parameters:
  ///   - layer: nil for the first convolution's own weights.
  ///   - progress: told after each step of growing.
  package func filterSheet(
    layer: String?, first: Int, count: Int, _ options: VisualiserOptions, threads: Int = 0,
    progress: (Int) -> Void = { _ in }
  ) throws -> Image {
    guard first >= 0, count > 0 else {
      throw NeuralError.badOption(
        name: "channels", value: "\(first) and \(count) from there", expected: "at least one")
    }
    let isBGR = set.preprocessing.order == .bgr
    guard let layer else {
      let all = try FilterPictures.firstLayer(network, parameters, isBGR: isBGR)
      guard first < all.count else {
        throw NeuralError.badOption(
          name: "first", value: "\(first)", expected: "0 to \(all.count - 1)")
      }
      let side = all.map { max($0.width, $0.height) }.max() ?? 1
      return ContactSheet(cell: side, columns: 16, gap: 3).image(Array(all[first...]))
    }
    let visualiser = try Visualiser(
      set.architecture, classes: set.classes ?? 1, parameters, preparation.normalisation, options,
      threads: threads)
    let available = try visualiser.channels(of: layer).count
    guard first < available else {
      throw NeuralError.badOption(
        name: "first", value: "\(first)", expected: "0 to \(available - 1)")
    }
    let channels = Array(first..<min(first + count, available))
    let pictures = try visualiser.pictures(of: layer, channels: channels, progress: progress)
    return ContactSheet(cell: options.side, columns: 8, gap: 4).image(pictures.map(\.picture))
  }
}
