// The memory estimate beside the measured peak of a process of its own.

import Foundation
import TestSupport
import Testing

@Suite("Memory estimates", .serialized) struct MemoryPeakTests {
  private struct Found: Decodable { let estimate: Double, peak: Double }

  /// What the benchmark's binary, built beside this test, says about its own memory.
  private static func measure(_ arguments: [String]) throws -> Found {
    let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let folder = URL(fileURLWithPath: program).deletingLastPathComponent().path
    let path = NSTemporaryDirectory() + "tlkb-memory-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let child = try Child(
      folder + "/NeuralBench", ["memory"] + arguments, environment: [:], folder: folder,
      output: path, errors: "/dev/null")
    #expect(child.wait() == 0)
    return try JSONDecoder().decode(Found.self, from: Data(contentsOf: URL(filePath: path)))
  }

  @Test(
    "a run's measured peak lies within 10 % of the estimate made before it",
    arguments: [
      ["resnet18", "training", "--batch", "8"],
      ["mobilenet_v2", "training", "--batch", "8"],
      ["densenet121", "training", "--batch", "4"],
      ["resnet50", "features", "--batch", "8"],
    ])
  func estimate(_ arguments: [String]) throws {
    let found = try Self.measure(arguments)
    #expect(
      abs(found.peak - found.estimate) < 0.1 * found.peak,
      "estimated \(Int(found.estimate) >> 20) MiB, measured \(Int(found.peak) >> 20)")
  }
}
