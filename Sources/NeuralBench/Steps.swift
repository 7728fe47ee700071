// The bits of some training steps: two engines that print the same text compute the same.

import Neural

extension Bench {
  /// Three steps with each kind of optimiser on random images: the losses' bits, and a checksum of
  /// all parameters' after the last.
  func steps(_ name: String, _ settings: Throughput.Settings) throws {
    let standard = try Architectures.named(name, classes: 7)
    let side = settings.side ?? standard.inputShape[1]
    let network = try Architectures.named(
      name, classes: 7, inputShape: [standard.inputShape[0], side, side])
    let optimizers: [(name: String, optimizer: Optimizer)] = [
      ("sgd", .sgd(weightDecay: 1e-4)), ("adamw", .adamW()),
      ("rmsprop", .rmsProp(momentum: 0.9)),
    ]
    for (label, optimizer) in optimizers {
      var generator = SeededGenerator(seed: 1)
      let model = try Model(
        network: network, parameters: network.initialParameters(using: &generator),
        options: ComputeOptions(
          threads: settings.threads, batch: settings.batch, algorithms: .heuristic,
          precision: settings.precision))
      let shape = [settings.batch] + network.inputShape
      let images = Tensor(
        shape: shape,
        values: (0..<shape.reduce(1, *)).map { _ in Float(generator.uniform() * 2 - 1) })
      let targets = Targets.classes((0..<settings.batch).map { $0 % 7 })
      let trainer = try Trainer(model: model, options: TrainingOptions(optimizer: optimizer))
      var losses: [String] = []
      for _ in 0..<3 {
        let loss = try trainer.step(images, targets, learningRate: 1e-3).loss
        losses.append(String(loss.bitPattern, radix: 16))
      }
      print("\(name) \(label): losses \(losses), parameters \(checksum(model.parameters()))")
    }
  }

  /// FNV-1a over the numbers' bits, in order.
  private func checksum(_ parameters: ParameterSet) -> String {
    var sum: UInt64 = 0xcbf2_9ce4_8422_2325
    for name in parameters.names {
      for value in parameters[name]!.values {
        sum = (sum ^ UInt64(value.bitPattern)) &* 0x100_0000_01b3
      }
    }
    return String(sum, radix: 16)
  }
}
