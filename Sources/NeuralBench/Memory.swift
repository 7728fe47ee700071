// What a run takes at its peak, as the system counts it.

import Neural

#if canImport(Glibc)
  import Glibc
#endif

extension Bench {
  /// What three runs take beyond images and initial parameters, beside the estimate made before;
  /// or only what a training step holds at its peak.
  func memory(
    _ name: String, _ work: Throughput.Work, _ settings: Throughput.Settings, showsPeak: Bool
  ) throws {
    let standard = try Architectures.named(name, classes: 7)
    let side = settings.side ?? standard.inputShape[1]
    let network = try Architectures.named(
      name, classes: 7, inputShape: [standard.inputShape[0], side, side])
    var generator = SeededGenerator(seed: 1)
    let parameters = network.initialParameters(using: &generator)
    let images = Tensor(shape: [settings.batch] + network.inputShape, filledWith: 0.5)
    let targets = Targets.classes((0..<settings.batch).map { $0 % 7 })
    Memory.forgetPeak()
    let before = Memory.peak
    let model = try Model(
      network: network, parameters: parameters,
      options: ComputeOptions(
        threads: settings.threads, batch: settings.batch, algorithms: .heuristic,
        precision: settings.precision))
    let estimate: MemoryEstimate
    if work == .training {
      let trainer = try Trainer(model: model, options: TrainingOptions())
      estimate = try trainer.memoryEstimate(batch: settings.batch)
      if showsPeak {
        let peak = try trainer.memoryPeak(batch: settings.batch)
        let sum = peak.held.reduce(0) { $0 + $1.bytes }
        print("\(estimate)\nat \(peak.step), \(sum >> 10) KiB:")
        for held in peak.held where held.bytes >= 1 << 20 {
          print("  \(held.bytes >> 10) KiB  \(held.name)")
        }
        return
      }
      for _ in 0..<3 { _ = try trainer.step(images, targets, learningRate: 1e-3) }
    } else {
      estimate = try model.memoryEstimate(batch: settings.batch)
      for _ in 0..<3 { _ = try model.logits(images) }
    }
    let peak = withExtendedLifetime(parameters) { Memory.peak - before }
    print("{\"estimate\": \(estimate.total), \"peak\": \(peak)}")
  }
}

enum Memory {
  /// The most bytes this process had in memory since its start, or since `forgetPeak`.
  static var peak: Int {
    guard let file = fopen("/proc/self/status", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(
        decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      guard text.hasPrefix("VmHWM:") else { continue }
      return (Int(text.filter(\.isNumber)) ?? 0) * 1024
    }
    return 0
  }

  static func forgetPeak() {
    guard let file = fopen("/proc/self/clear_refs", "w") else { return }
    fputs("5", file)
    fclose(file)
  }
}
