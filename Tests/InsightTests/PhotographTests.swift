// Real pre-trained weights on real photographs against PyTorch (WeightsTests/Fixtures/make_pretrained.py
// made photographs.json): decoding, preparation, weights and network as `tlkb model` has them.

import Foundation
import Imaging
import Neural
import Testing
import Weights

@testable import Insight

/// The reference material beside the package, which a plain clone does not have.
private enum Shared {
  static func path(_ name: String, file: String = #filePath) -> String {
    URL(fileURLWithPath: file).resolvingSymlinksInPath().deletingLastPathComponent()
      .appendingPathComponent("../../../shared/data/\(name)").standardized.path
  }

  static let weights: [String] =
    (FileManager.default.enumerator(atPath: path("weights"))?.allObjects as? [String] ?? [])
    .filter { FileManager.default.contents(atPath: path("weights/\($0)")) != nil }
    .sorted()

  /// The registered sets whose files are there.
  static let sets = WeightRegistry.sets.filter { file(of: $0) != nil }

  static func file(of set: WeightSet) -> String? {
    weights.first { $0.hasSuffix("/" + set.fileName) }.map { path("weights/\($0)") }
  }
}

// Skipped by name where the reference material is not beside the package.
@Suite("Photographs", .enabled(if: !Shared.weights.isEmpty, "needs ../shared/data"), .serialized)
struct PhotographTests {
  private struct Outputs: Decodable {
    let top: [Int]
    let values: [Double]
    let norm: Double
  }

  private func expected(_ set: WeightSet, file: String = #filePath) throws -> [String: Outputs] {
    let path = URL(fileURLWithPath: file).deletingLastPathComponent()
      .appendingPathComponent("Fixtures/photographs.json")
    let all = try JSONDecoder().decode(
      [String: [String: Outputs]].self, from: Data(contentsOf: path))
    return try #require(all[set.name.replacing(".safetensors", with: "")])
  }

  @Test("a weight set classifies photographs as PyTorch does", arguments: Shared.sets)
  func photographs(_ set: WeightSet) throws {
    let pretrained = try PretrainedNetwork(set, path: try #require(Shared.file(of: set)))
    let model = try Model(
      network: pretrained.network, parameters: pretrained.parameters,
      options: ComputeOptions(threads: 1))
    let photographs = try expected(set).sorted { $0.key < $1.key }
    #expect(photographs.count == 7)
    for (name, outputs) in photographs {
      let picture = try ImageFile.read(Shared.path("images/natural_check_photos/\(name)"))
      let input = NetworkInput.tensor(
        [pretrained.preparation.apply(to: picture)], pretrained.preparation)
      // A set without classifier is known by its features.
      let found =
        set.classes == nil
        ? try model.features(input, at: pretrained.network.featureLayer).values
        : try model.logits(input).values
      #expect(found.indices.max { found[$0] < found[$1] } == outputs.top[0], "\(name)")
      let typical = outputs.norm / Double(found.count).squareRoot()
      for (index, value) in zip(outputs.top, outputs.values) {
        // Pillow's resampling differs by a step of 255 here and there.
        #expect(abs(Double(found[index]) - value) < 0.2 * typical, "\(name), \(index)")
      }
    }
  }

  @Test("every weight file at hand is a registered set's, or read by a test of its format")
  func covered() {
    let files = Set(WeightRegistry.sets.map(\.fileName))
    // TensorFlow.js's shards hold what the registered safetensors hold; a small model of one study
    // and quantised models are no weight sets.
    let formats = ["mobilenet_v1_0.25_tfjs/", "keras_h5_small/", "tflite_quantized/"]
    let left = Shared.weights.filter { name in
      !files.contains(String(name.split(separator: "/").last!))
        && !formats.contains(where: name.hasPrefix)
    }
    #expect(left == [])
    #expect(Shared.sets.count >= 5)
  }
}
