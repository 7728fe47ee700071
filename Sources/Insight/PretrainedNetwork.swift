// A network with the weights of a registered set, ready to look into.

import Imaging
import Neural
import Weights

/// A weight set's network and parameters, with the preparation its images need.
package struct PretrainedNetwork: Sendable {
  package let set: WeightSet
  package let network: Network
  package let parameters: ParameterSet
  package let preparation: Preparation

  /// - Parameter path: the set's file.
  /// - Throws: ``WeightsError``, ``NeuralError``.
  package init(_ set: WeightSet, path: String) throws {
    let loaded = try set.load(path)
    self.set = set
    preparation = Preparation(for: set)
    let side = set.preprocessing.side
    network = try Architectures.named(
      set.architecture, classes: set.classes ?? 1, inputShape: [3, side, side])
    // A set without classifier gets one of zeros: its features are as published, its logits are not
    // asked for.
    var all = ParameterSet()
    for (name, shape) in network.parameterShapes { all.add(name, Tensor(zeros: shape)) }
    try all.load(loaded, exceptLayer: set.classes == nil ? network.classifier : nil)
    parameters = all
  }

  /// The explanation of one picture, and the picture with the map over it.
  /// - Throws: ``InsightError/noClassifier(set:)`` for a set without classes.
  package func explain(
    _ picture: Image, layer: String?, classIndex: Int?, threads: Int = 0
  ) throws -> (map: AttentionMap, layer: String, overlay: Image) {
    guard set.classes != nil else { throw InsightError.noClassifier(set: set.name) }
    let cam = try GradCAM(network, parameters, layer: layer, threads: threads)
    let input = NetworkInput.tensor([preparation.apply(to: picture)], preparation)
    let map = try cam.maps(input, classes: classIndex.map { [$0] })[0]
    // The same part of the picture, with more pixels to look at.
    let shown = Preparation(for: set, scale: 2).apply(to: picture)
    return (map, cam.layer, map.overlaid(on: shown))
  }

  /// The outputs of a layer for pictures, averaged over positions unless `keepsPositions`.
  /// - Parameter progress: told how many pictures are done.
  package func features(
    _ paths: [String], layer: String?, keepsPositions: Bool, batch: Int = 16, threads: Int = 0,
    progress: (Int) -> Void = { _ in }
  ) throws -> (layer: String, features: Tensor) {
    let name = network.layerNames[
      try network.lastIndex(ofGroup: layer ?? network.featureLayer)]
    let model = try Model(
      network: network, parameters: parameters,
      options: ComputeOptions(threads: threads, batch: batch))
    var values: [Float] = []
    var shape: [Int] = []
    for start in stride(from: 0, to: paths.count, by: batch) {
      let part = paths[start..<min(start + batch, paths.count)]
      let images = try part.map { preparation.apply(to: try ImageFile.read($0)) }
      let found = try model.features(NetworkInput.tensor(images, preparation), at: name)
      if keepsPositions || found.shape.count == 2 {
        shape = Array(found.shape.dropFirst())
        values += found.values
      } else {
        let area = found.shape[2] * found.shape[3]
        shape = [found.shape[1]]
        for start in stride(from: 0, to: found.count, by: area) {
          values.append(found.values[start..<start + area].reduce(0, +) / Float(area))
        }
      }
      progress(start + part.count)
    }
    return (name, Tensor(shape: [paths.count] + shape, values: values))
  }
}

/// What cannot be looked into.
package enum InsightError: Error, Equatable, CustomStringConvertible {
  /// The set has no classifier, so there is no class to explain.
  case noClassifier(set: String)
  /// Nothing to read.
  case noImages(path: String)

  package var description: String {
    switch self {
    case .noClassifier(let set):
      "\(set) has no classifier, so there is no class to explain: choose a set with classes "
        + "(tlkb weights list)"
    case .noImages(let path):
      "there are no images in \(path): give PNG, JPEG, TIFF or BMP files, or a folder that holds some"
    }
  }
}

/// Finding pictures.
package enum PictureFiles {
  private static let endings = ["png", "jpg", "jpeg", "tif", "tiff", "bmp"]

  /// The pictures that paths name, those in folders below too, sorted.
  package static func list(_ paths: [String]) throws -> [String] {
    var found: [String] = []
    for path in paths {
      let inside = FileFinder.files(below: path).filter { file in
        endings.contains { file.lowercased().hasSuffix(".\($0)") }
      }
      let files = FileFinder.isFolder(path) ? inside : [path]
      guard !files.isEmpty else { throw InsightError.noImages(path: path) }
      found += files
    }
    return found
  }
}
