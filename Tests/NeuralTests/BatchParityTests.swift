// Logits of every network at odd image sizes for 1, 3 and 16 images, in both modes, against PyTorch's
// (Fixtures/make_batches.py made them).

import Foundation
import Testing

@testable import Neural

/// One network's record in batches.json.
struct BatchRecord: Decodable, Sendable, CustomTestStringConvertible {
  struct Run: Decodable {
    let batch: Int
    let training: Bool
    /// How far PyTorch's own single precision lies from the double precision recorded.
    let noise: Double
    let logits: [Double]
  }
  let name: String
  let rows: Int, columns: Int
  let runs: [Run]
  /// Of training mode.
  let conditioning: Conditioning
  var testDescription: String { name }

  static let all =
    (try? JSONDecoder().decode(
      [BatchRecord].self, from: NetworkRecord.fixture("batches.json"))) ?? []
  static let quick = [
    "lenet5", "medmnist_resnet18", "resnet18", "squeezenet1_1", "mobilenet_v1_0.25", "mobilenet_v2",
    "mobilenet_v3_small", "efficientnet_b0", "efficientnet_lite0",
  ]
  static let slow = all.filter {
    !quick.contains($0.name) && NetworkRecord.isWanted($0.name)
  }
}

@Suite("PyTorch parity by batch", .serialized) struct BatchParityTests {
  @Test("every network has its logits for 16 images in both modes")
  func fixtures() {
    let names = Set(BatchRecord.all.map(\.name))
    #expect(names == Set(Architectures.names))
    for record in BatchRecord.all {
      for training in [false, true] {
        #expect(record.runs.contains { $0.batch == 16 && $0.training == training })
      }
    }
  }

  @Test(
    "a network gives PyTorch's logits for 1, 3 and 16 images of odd sides, in both modes",
    arguments: BatchRecord.all.filter { BatchRecord.quick.contains($0.name) })
  func quick(_ record: BatchRecord) throws { try compare(record) }

  @Test(
    "a larger network gives PyTorch's logits for 1, 3 and 16 images of odd sides, in both modes",
    .enabled(if: !BatchRecord.slow.isEmpty, "set TLKB_SLOW_TESTS=all to run"),
    arguments: BatchRecord.slow)
  func slow(_ record: BatchRecord) throws { try compare(record) }

  private func compare(_ record: BatchRecord) throws {
    let network = try SharedNumbers.network(
      record.name, rows: record.rows, columns: record.columns)
    let model = try Model(
      network: network, parameters: SharedNumbers.parameters(network),
      options: ComputeOptions(threads: 1))
    var measured: [String] = []
    func check(_ found: Tensor, _ run: BatchRecord.Run) {
      let batch = found.shape[0]
      // The first images of a batch are those of a smaller one.
      let expected = Array(run.logits.prefix(batch * 10))
      let difference = Difference.relative(found.values.map(Double.init), expected)
      measured.append(Difference.text(difference))
      #expect(
        difference < 1e-4, "batch \(batch)\(run.training ? " in training" : ""): \(difference)")
    }
    for run in record.runs where !run.training {
      for batch in [1, 3, 16] {
        check(try model.logits(SharedNumbers.images(batch, network.inputShape)), run)
      }
    }
    // Steps of length zero: running statistics change, which training does not read.
    let conditioned = try Model(
      network: network, parameters: SharedNumbers.parameters(network, record.conditioning),
      options: ComputeOptions(threads: 1))
    let trainer = try Trainer(model: conditioned, options: TrainingOptions())
    for run in record.runs where run.training {
      let targets = Targets.classes((0..<run.batch).map { $0 % 10 })
      let images = SharedNumbers.images(run.batch, network.inputShape)
      check(try trainer.step(images, targets, learningRate: 0).logits, run)
    }
    let noise = record.runs.map(\.noise).max() ?? 0
    ParityTable.print(
      "logits", record.name, "\(record.rows) × \(record.columns)", measured, noise: noise)
  }
}
