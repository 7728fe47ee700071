// Profiles: every step is there, with the work it does.

import Foundation
import Testing

@testable import Neural

@Suite("Profiles", .serialized) struct ProfileTests {
  private static func profile(training: Bool) throws -> (Network, Profile) {
    let network = try Architectures.named("mobilenet_v2", classes: 10, inputShape: [3, 32, 32])
    let model = try Model(
      network: network, parameters: SharedNumbers.parameters(network),
      options: ComputeOptions(threads: 1, algorithms: .direct))
    let images = SharedNumbers.images(2, network.inputShape)
    guard training else { return (network, try model.profile(images)) }
    let trainer = try Trainer(model: model, options: TrainingOptions())
    return (network, try trainer.profile(images, .classes([1, 2])))
  }

  @Test("the operations of all steps are those of the network's definition")
  func operations() throws {
    let (network, profile) = try Self.profile(training: false)
    #expect(
      profile.steps.reduce(0) { $0 + $1.operations } == 2 * 2 * network.summary().multiplyAdds)
  }

  @Test("a training step does each product three times, but for the first layer's data gradient")
  func training() throws {
    let (network, profile) = try Self.profile(training: true)
    let forward = 2 * 2 * network.summary().multiplyAdds
    let first = 2 * 2 * network.summary().rows.first { $0.multiplyAdds > 0 }!.multiplyAdds
    #expect(profile.steps.reduce(0) { $0 + $1.operations } == 3 * forward - first)
    let works = Set(profile.steps.map(\.work))
    #expect(works.isSuperset(of: ["convolution", "batch norm gradient", "loss", "linear"]))
    #expect(profile.steps.allSatisfy { $0.seconds >= 0 && $0.bytes >= 0 })
  }

  @Test("sums by kind of work keep everything and start with the longest")
  func byWork() throws {
    let (_, profile) = try Self.profile(training: false)
    let sums = profile.byWork
    #expect(sums.map(\.seconds) == sums.map(\.seconds).sorted(by: >))
    #expect(sums.reduce(0) { $0 + $1.bytes } == profile.steps.reduce(0) { $0 + $1.bytes })
    #expect(abs(sums.reduce(0) { $0 + $1.seconds } - profile.seconds) < 1e-9)
  }

  @Test("a rate is the work over the time")
  func rates() {
    let time = LayerTime(
      layer: "a", work: "b", seconds: 0.5, operations: 3_000_000_000, bytes: 1_000_000_000,
      implementation: "")
    #expect(time.gigaflops == 6)
    #expect(time.gigabytesPerSecond == 2)
  }

  private struct Trace: Decodable {
    struct Event: Decodable { let name: String, cat: String, ph: String, ts: Double, dur: Double }
    let traceEvents: [Event]
  }

  @Test("the trace is JSON with one complete event after the other, whatever the names")
  func trace() throws {
    let steps = ["conv \"1\"", "a\\b\n", "ü"].map {
      LayerTime(
        layer: $0, work: "w", seconds: 0.001, operations: 0, bytes: 0, implementation: "")
    }
    let text = Profile(network: "n", batch: 1, steps: steps).chromeTrace
    let trace = try JSONDecoder().decode(Trace.self, from: Data(text.utf8))
    #expect(trace.traceEvents.map(\.name) == steps.map(\.layer))
    #expect(trace.traceEvents.map(\.ts) == [0, 1000, 2000])
    #expect(trace.traceEvents.allSatisfy { $0.ph == "X" && $0.dur == 1000 })
  }

  @Test(
    "the machine's measured peak is positive, and a throughput stays below it by direct algorithms")
  func throughput() throws {
    let peak = MachinePeak.measure(threads: 1)
    #expect(peak.gigaflops > 0 && peak.gigabytesPerSecond > 0)
    let result = try Throughput.measure(
      "resnet18", .features,
      Throughput.Settings(batch: 2, side: 32, threads: 1, algorithms: .direct, seconds: 0))
    #expect(result.imagesPerSecond > 0 && result.bestImagesPerSecond >= result.imagesPerSecond)
    #expect(result.winogradCount == 0)
    // Twice, as other programs may have run while the peak was measured.
    #expect(result.gigaflops < 2 * peak.gigaflops)
  }

  @Test("a measurement's least memory grows with images, sides and precision, below the estimate")
  func leastMemory() throws {
    func least(_ batch: Int, _ side: Int, _ precision: Precision = .float32) throws -> Double {
      try Throughput.Settings(batch: batch, side: side, precision: precision)
        .leastMemory("resnet18", .training)
    }
    #expect(try least(200, 64) == 2 * least(100, 64))
    #expect(try least(8, 64, .bfloat16) < least(8, 64))
    #expect(try least(8, 128) > 3 * least(8, 64))
    let network = try Architectures.named("resnet18", classes: 7, inputShape: [3, 64, 64])
    let model = try Model(network: network, parameters: SharedNumbers.parameters(network))
    let estimate = try Trainer(model: model, options: TrainingOptions()).memoryEstimate(batch: 8)
    #expect(try least(8, 64) < Double(estimate.total))
  }
}
