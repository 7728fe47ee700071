// Ten training steps of whole networks with every optimiser against PyTorch's losses
// (Fixtures/make_training.py made them).

import Foundation
import Testing

@testable import Neural

/// One network's record in training.json.
struct TrainingRecord: Decodable, Sendable, CustomTestStringConvertible {
  struct Run: Decodable {
    /// How far PyTorch's own single precision lies from the double precision recorded, at most,
    /// relative to the loss or 1.
    let noise: Double
    let losses: [Double]
  }
  let name: String
  let size: Int
  /// Of the learning rates.
  let scale: Float
  let conditioning: Conditioning
  let runs: [String: Run]
  var testDescription: String { name }

  static let all =
    (try? JSONDecoder().decode(
      [TrainingRecord].self, from: NetworkRecord.fixture("training.json"))) ?? []
  static let quick = ["lenet5", "squeezenet1_1", "mobilenet_v2", "efficientnet_b0"]
  static let slow = all.filter {
    !quick.contains($0.name) && NetworkRecord.isWanted($0.name)
  }
}

@Suite("PyTorch parity in training", .serialized) struct TrainingParityTests {
  /// As make_training.py has them.
  private static let optimisers: [(name: String, optimizer: Optimizer, rate: Float)] = [
    ("sgd", .sgd(momentum: 0.9, weightDecay: 1e-3), 1e-4),
    ("adam", .adam(weightDecay: 1e-3), 1e-4),
    ("adamw", .adamW(weightDecay: 0.01), 1e-4),
    ("rmsprop", .rmsProp(momentum: 0.5, weightDecay: 1e-3), 1e-5),
  ]

  @Test("each family of networks has its losses, with every optimiser")
  func fixtures() {
    #expect(
      TrainingRecord.quick.allSatisfy { name in TrainingRecord.all.contains { $0.name == name } })
    let names = Set(Self.optimisers.map(\.name))
    for record in TrainingRecord.all {
      #expect(Set(record.runs.keys) == names)
      for run in record.runs.values {
        #expect(run.losses.count == 10)
        // A comparison needs a reference that agrees with itself, and steps that change something.
        #expect(run.noise < 3e-4, "\(record.name)")
        #expect(abs(run.losses[8] - run.losses[0]) > 0.02, "\(record.name)")
      }
    }
  }

  @Test(
    "ten training steps of a network give PyTorch's losses with every optimiser",
    arguments: TrainingRecord.all.filter { TrainingRecord.quick.contains($0.name) })
  func quick(_ record: TrainingRecord) throws { try compare(record) }

  @Test(
    "ten training steps of a larger network give PyTorch's losses with every optimiser",
    .enabled(if: !TrainingRecord.slow.isEmpty, "set TLKB_SLOW_TESTS=all to run"),
    arguments: TrainingRecord.slow)
  func slow(_ record: TrainingRecord) throws { try compare(record) }

  private func compare(_ record: TrainingRecord) throws {
    let network = try SharedNumbers.network(record.name, rows: record.size, columns: record.size)
    var measured: [String] = []
    for (name, optimizer, rate) in Self.optimisers {
      let expected = try #require(record.runs[name])
      let model = try Model(
        network: network, parameters: SharedNumbers.parameters(network, record.conditioning),
        options: ComputeOptions(threads: 1))
      let trainer = try Trainer(model: model, options: TrainingOptions(optimizer: optimizer))
      var largest = 0.0
      for (step, loss) in expected.losses.enumerated() {
        let images = SharedNumbers.images(4, network.inputShape, name: "batch\(step % 2)")
        let labels = (0..<4).map { (3 * $0 + step % 2) % 10 }
        let found = try trainer.step(images, .classes(labels), learningRate: rate * record.scale)
          .loss
        largest = max(largest, abs(Double(found) - loss) / max(loss, 1))
      }
      measured.append(Difference.text(largest))
      #expect(largest < 1e-3, "\(name): \(largest)")
    }
    let noise = record.runs.values.map(\.noise).max() ?? 0
    ParityTable.print(
      "losses", record.name, "\(record.size) × \(record.size)", measured, noise: noise)
  }
}
