// Refusing measurements that this computer has not the memory for.

import Neural
import Reproduce

extension Throughput.Settings {
  /// Refuses batches whose images and layer outputs this computer cannot hold: the engine itself has
  /// no other answer to memory that is not there than to end.
  func checkMemory(_ name: String, _ work: Throughput.Work) throws {
    let needed = try leastMemory(name, work)
    guard let available = RunRecord.Machine.availableMemory, needed > Double(available) else {
      return
    }
    let side = try side(of: name)
    throw UsageError(
      description: "\(batch) images of \(side) × \(side) need \(Int(needed / 1e9)) GB for \(name), "
        + "\(available / 1_000_000_000) GB are free: lower --batch or --size")
  }
}
