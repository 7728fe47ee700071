// Training as a whole: learning, determinism, freezing, saving and continuing.

import Testing

@testable import Neural

/// Two classes of 3×16×16 images that differ in their mean brightness pattern.
struct Blobs {
  let images: Tensor
  let labels: [Int]

  init(
    count: Int, classes: Int = 2, channels: Int = 3, side: Int = 16, noise: Double = 0.5,
    seed: UInt64
  ) {
    var generator = SeededGenerator(seed: seed)
    var values: [Float] = []
    var labels: [Int] = []
    for image in 0..<count {
      let label = image % classes
      labels.append(label)
      for _ in 0..<channels {
        for y in 0..<side {
          for x in 0..<side {
            let isLit = (label == 0 ? x : y) < side / 2
            values.append(Float(generator.normal() * noise) + (isLit ? 1 : -1))
          }
        }
      }
    }
    images = Tensor(shape: [count, channels, side, side], values: values)
    self.labels = labels
  }
}

@Suite("Training", .serialized) struct TrainingTests {
  /// A small network with every stateful kind of layer.
  private static func network() throws -> Network {
    var net = NetworkBuilder(name: "small", inputShape: [3, 16, 16])
    var x = net.block("stem", "stem_bn", net.input, outputs: 16, kernel: 3, padding: 1)
    x = net.maxPooling("pool", x, kernel: 2, stride: 2)
    var y = net.block("body.0", "body.1", x, outputs: 16, kernel: 3, padding: 1)
    y = net.append("body.depth", .stochasticDepth(0.3), [y])
    x = net.activation("relu", net.add("add", x, y), .relu)
    x = net.dropout("drop", net.globalAveragePooling("gap", x), rate: 0.25)
    _ = net.linear("fc", x, outputs: 2)
    return try net.build(classifier: "fc")
  }

  private static func model(threads: Int = 1, seed: UInt64 = 3) throws -> Model {
    var generator = SeededGenerator(seed: seed)
    let network = try network()
    return try Model(
      network: network, parameters: network.initialParameters(using: &generator),
      options: ComputeOptions(threads: threads))
  }

  private static func train(_ trainer: Trainer, steps: Int, from: Int = 0) throws -> [Float] {
    try (from..<from + steps).map { step in
      let batch = Blobs(count: 8, seed: UInt64(100 + step))
      return try trainer.step(batch.images, .classes(batch.labels), learningRate: 0.02).loss
    }
  }

  @Test(
    "every optimiser learns to tell two patterns apart",
    arguments: [
      Optimizer.sgd(), .sgd(momentum: 0.9, nesterov: true, weightDecay: 1e-4), .adam(), .adamW(),
      .rmsProp(momentum: 0.5),
    ])
  func learns(_ optimizer: Optimizer) throws {
    let model = try Self.model()
    let trainer = try Trainer(model: model, options: TrainingOptions(optimizer: optimizer))
    for step in 0..<30 {
      let batch = Blobs(count: 8, seed: UInt64(step))
      _ = try trainer.step(batch.images, .classes(batch.labels), learningRate: 0.01)
    }
    let test = Blobs(count: 20, seed: 999)
    let probabilities = try model.probabilities(test.images)
    for (n, label) in test.labels.enumerated() {
      #expect(probabilities.values[2 * n + label] > 0.5)
    }
  }

  @Test("the same seed and threads give the same bits", arguments: [1, 2])
  func deterministic(threads: Int) throws {
    var runs: [ParameterSet] = []
    for _ in 0..<2 {
      let model = try Self.model(threads: threads)
      _ = try Self.train(
        Trainer(model: model, options: TrainingOptions(optimizer: .adam(), seed: 5)), steps: 6)
      runs.append(model.parameters())
    }
    #expect(runs[0] == runs[1])
  }

  @Test("another seed for dropout gives another run")
  func seeds() throws {
    var runs: [ParameterSet] = []
    for seed in 1...2 {
      let model = try Self.model()
      _ = try Self.train(
        Trainer(model: model, options: TrainingOptions(seed: UInt64(seed))), steps: 2)
      runs.append(model.parameters())
    }
    #expect(runs[0] != runs[1])
  }

  @Test(
    "a run that was saved and continued ends with the same bits as one that was not",
    arguments: [Optimizer.sgd(), .adam()])
  func resumes(_ optimizer: Optimizer) throws {
    let options = TrainingOptions(optimizer: optimizer, seed: 5)
    let whole = try Self.model()
    _ = try Self.train(Trainer(model: whole, options: options), steps: 8)

    let first = try Trainer(model: Self.model(), options: options)
    _ = try Self.train(first, steps: 4)
    let saved = first.encodeState()
    let second = try Trainer(model: Self.model(seed: 77), options: options)
    try second.decodeState(saved)
    #expect(second.stepCount == 4)
    _ = try Self.train(second, steps: 4, from: 4)
    #expect(second.model.parameters() == whole.parameters())
  }

  @Test("a damaged state is an error and changes nothing")
  func damagedState() throws {
    let trainer = try Trainer(model: Self.model(), options: TrainingOptions())
    _ = try Self.train(trainer, steps: 1)
    let saved = trainer.encodeState()
    let before = trainer.model.parameters()
    for count in [0, 5, 20, 100, saved.count - 1] {
      #expect(throws: NeuralError.self) { try trainer.decodeState(Array(saved.prefix(count))) }
    }
    #expect(throws: NeuralError.badState(reason: "there are bytes after its end")) {
      try trainer.decodeState(saved + [0])
    }
    #expect(trainer.model.parameters() == before)
  }

  @Test("frozen layers keep every parameter and statistic; the others move")
  func freezes() throws {
    let model = try Self.model()
    let before = model.parameters()
    let trainer = try Trainer(
      model: model, options: TrainingOptions(frozenThrough: "body"))
    #expect(trainer.trainedNames == ["fc.weight", "fc.bias"])
    #expect(trainer.trainableParameterCount == 34)
    _ = try Self.train(trainer, steps: 3)
    let after = model.parameters()
    for name in before.names {
      #expect((before[name] == after[name]) == !name.hasPrefix("fc."), "\(name)")
    }
  }

  @Test("frozen statistics stay while scale and shift learn")
  func frozenStatistics() throws {
    let model = try Self.model()
    let before = model.parameters()
    let trainer = try Trainer(
      model: model, options: TrainingOptions(batchNorm: .frozenStatistics))
    _ = try Self.train(trainer, steps: 2)
    let after = model.parameters()
    #expect(before["stem_bn.running_mean"] == after["stem_bn.running_mean"])
    #expect(before["stem_bn.weight"] != after["stem_bn.weight"])
  }

  @Test("running statistics follow the batch's mean and unbiased variance")
  func runningStatistics() throws {
    var net = NetworkBuilder(name: "bn", inputShape: [1, 1, 2])
    let x = net.batchNorm("bn", net.input, momentum: 0.5)
    _ = net.linear("fc", x, outputs: 2)
    let network = try net.build(classifier: "fc")
    var generator = SeededGenerator(seed: 1)
    let model = try Model(
      network: network, parameters: network.initialParameters(using: &generator))
    let trainer = try Trainer(model: model, options: TrainingOptions())
    let images = Tensor(shape: [2, 1, 1, 2], values: [1, 2, 3, 6])
    _ = try trainer.step(images, .classes([0, 1]), learningRate: 0.1)
    // Mean 3 and unbiased variance 14/3, half of the way from 0 and 1.
    #expect(try model.parameter("bn.running_mean").values == [1.5])
    let variance = try model.parameter("bn.running_var").values[0]
    #expect(abs(variance - (0.5 + 7.0 / 3)) < 1e-5)
  }

  @Test("batches of several sizes train the same parameters")
  func batchSizes() throws {
    let model = try Self.model()
    let trainer = try Trainer(model: model, options: TrainingOptions())
    for (step, count) in [8, 3, 8, 1, 5].enumerated() {
      let batch = Blobs(count: count, seed: UInt64(step))
      let result = try trainer.step(batch.images, .classes(batch.labels), learningRate: 0.01)
      #expect(result.loss.isFinite)
      #expect(result.logits.shape == [count, 2])
    }
  }

  @Test(
    "convolutions without normalisation train by Winograd's algorithm and are evaluated after it")
  func winogradWithoutNormalisation() throws {
    // VGG-16's first layers; on 64 pixels a side the heuristic takes Winograd for all but conv0.
    var net = NetworkBuilder(name: "vgg start", inputShape: [3, 64, 64])
    var x = net.input
    for (index, outputs) in [64, 64, 0, 128, 128].enumerated() {
      if outputs == 0 {
        x = net.maxPooling("pool", x, kernel: 2, stride: 2)
        continue
      }
      x = net.convolution(
        "conv\(index)", x, outputs: outputs, kernel: 3, padding: 1, bias: true)
      x = net.activation("relu\(index)", x, .relu)
    }
    _ = net.linear("fc", net.globalAveragePooling("gap", x), outputs: 2)
    let network = try net.build(classifier: "fc")
    let batch = Blobs(count: 4, side: 64, seed: 1)
    var found: [Tensor] = []
    for algorithms in [AlgorithmChoice.heuristic, .direct] {
      var generator = SeededGenerator(seed: 1)
      let model = try Model(
        network: network, parameters: network.initialParameters(using: &generator),
        options: ComputeOptions(threads: 1, algorithms: algorithms))
      let trainer = try Trainer(model: model, options: TrainingOptions(optimizer: .sgd()))
      for _ in 0..<2 {
        _ = try trainer.step(batch.images, .classes(batch.labels), learningRate: 0.05)
      }
      found.append(try model.logits(batch.images))
      let passes = model.algorithms.filter(\.value).keys.map { $0.split(separator: "/")[1] }
      #expect(Set(passes).isEmpty == (algorithms == .direct))
      if algorithms == .heuristic {
        #expect(Set(passes) == ["forward", "backwardData", "backwardWeights"])
      }
    }
    let difference = Difference.relative(
      found[0].values.map(Double.init), found[1].values.map(Double.init))
    #expect(difference < 1e-3)
  }

  @Test("evaluating between steps sees the newest parameters and does not disturb training")
  func evaluationBetween() throws {
    let plain = try Self.model()
    let first = try Trainer(model: plain, options: TrainingOptions(seed: 1))
    _ = try Self.train(first, steps: 4)

    let watched = try Self.model()
    let test = Blobs(count: 5, seed: 50)
    let second = try Trainer(model: watched, options: TrainingOptions(seed: 1))
    var seen: [Tensor] = []
    for step in 0..<4 {
      seen.append(try watched.logits(test.images))
      _ = try Self.train(second, steps: 1, from: step)
    }
    #expect(seen[0] != seen[3])
    #expect(plain.parameters() == watched.parameters())
    #expect(try plain.logits(test.images) == watched.logits(test.images))
  }

  @Test("labels outside the classes, missing targets and wrong shapes are errors")
  func badInput() throws {
    let trainer = try Trainer(model: Self.model(), options: TrainingOptions())
    let batch = Blobs(count: 2, seed: 1)
    #expect(throws: NeuralError.labelOutOfRange(label: 2, classes: 2)) {
      try trainer.step(batch.images, .classes([0, 2]), learningRate: 0.1)
    }
    #expect(throws: NeuralError.targetCount(images: 2, targets: 1)) {
      try trainer.step(batch.images, .classes([0]), learningRate: 0.1)
    }
    #expect(throws: NeuralError.self) {
      try trainer.step(Tensor(zeros: [2, 3, 8, 8]), .classes([0, 1]), learningRate: 0.1)
    }
    #expect(throws: NeuralError.self) {
      try Trainer(model: Self.model(), options: TrainingOptions(frozenThrough: "fc"))
    }
    #expect(
      throws: NeuralError.unknownLayer(name: "bodi", network: "small", nearest: "body")
    ) { try Trainer(model: Self.model(), options: TrainingOptions(frozenThrough: "bodi")) }
  }

  @Test("features are the output of the named layer, whatever the batch")
  func features() throws {
    let model = try Self.model()
    let images = Blobs(count: 5, seed: 2).images
    let features = try model.features(images, at: "gap")
    #expect(features.shape == [5, 16])
    #expect(try model.features(images, at: "pool").shape == [5, 16, 8, 8])
    let head = try model.parameter("fc.weight").values
    let bias = try model.parameter("fc.bias").values
    let logits = try model.logits(images).values
    for n in 0..<5 {
      let dot = (0..<16).reduce(bias[0]) { $0 + features.values[16 * n + $1] * head[$1] }
      #expect(abs(dot - logits[2 * n]) < 1e-5)
    }
  }

  @Test("dropout keeps the mean and zeroes about its share")
  func dropout() {
    let count = 100_000
    var y = [Float](repeating: 1, count: count)
    y.withUnsafeMutableBufferPointer {
      let numbers = Numbers($0.baseAddress!)
      Kernels.dropout(numbers, numbers, key: 9, rate: 0.3, count)
    }
    let zeros = y.count { $0 == 0 }
    #expect(abs(Double(zeros) / Double(count) - 0.3) < 0.01)
    #expect(abs(y.reduce(0, +) / Float(count) - 1) < 0.02)
  }

  @Test("schedules give the rates of their definitions")
  func schedules() {
    #expect(Schedule.constant.rate(base: 0.1, epoch: 7) == 0.1)
    #expect(abs(Schedule.step(every: 2, factor: 0.5).rate(base: 1, epoch: 5) - 0.25) < 1e-7)
    let milestones = Schedule.milestones([50, 75], factor: 0.1)
    #expect(milestones.rate(base: 0.001, epoch: 49) == 0.001)
    #expect(abs(milestones.rate(base: 0.001, epoch: 75) - 1e-5) < 1e-10)
    #expect(abs(Schedule.cosine(epochs: 10, minimum: 0.1).rate(base: 1, epoch: 5) - 0.55) < 1e-6)
  }
}

@Suite("Head training") struct HeadTrainerTests {
  @Test("a head on cached features learns to separate two clouds")
  func learns() throws {
    var generator = SeededGenerator(seed: 4)
    var values: [Float] = []
    var labels: [Int] = []
    for row in 0..<200 {
      labels.append(row % 3)
      for k in 0..<6 { values.append(Float(generator.normal() * 0.3 + (k == row % 3 ? 1 : 0))) }
    }
    let features = Tensor(shape: [200, 6], values: values)
    var head = try HeadTrainer(featureCount: 6, classes: 3, seed: 1)
    var losses: [Float] = []
    for _ in 0..<20 { losses.append(try head.epoch(features, labels, learningRate: 0.1)) }
    #expect(losses[19] < 0.3 * losses[0])
    let probabilities = try head.probabilities(features).values
    let right = labels.enumerated().count { row, label in
      (0..<3).allSatisfy { probabilities[3 * row + $0] <= probabilities[3 * row + label] }
    }
    #expect(right > 180)
  }

  @Test("one full-batch step is the network's own step on its classifier")
  func matchesTrainer() throws {
    var net = NetworkBuilder(name: "linear", inputShape: [5, 1, 1])
    _ = net.linear("fc", net.input, outputs: 3)
    let network = try net.build(classifier: "fc")
    var head = try HeadTrainer(
      featureCount: 5, classes: 3, optimizer: .adam(), loss: .crossEntropy(labelSmoothing: 0.1),
      seed: 2)
    var parameters = ParameterSet()
    parameters.add("fc.weight", head.weight)
    parameters.add("fc.bias", head.bias)
    let model = try Model(network: network, parameters: parameters)
    let trainer = try Trainer(
      model: model,
      options: TrainingOptions(optimizer: .adam(), loss: .crossEntropy(labelSmoothing: 0.1)))
    let values = SharedNumbers.uniform("features", 40).map { Float($0) }
    let labels = [0, 1, 2, 0, 1, 2, 1, 1]
    let images = Tensor(shape: [8, 5, 1, 1], values: values)
    for _ in 0..<3 {
      let loss = try head.epoch(
        Tensor(shape: [8, 5], values: values), labels, batch: 8, learningRate: 0.1)
      let other = try trainer.step(images, .classes(labels), learningRate: 0.1).loss
      #expect(abs(loss - other) < 1e-5)
    }
    let found = head.weight.values.map(Double.init)
    #expect(
      Difference.relative(found, try model.parameter("fc.weight").values.map(Double.init)) < 1e-4)
  }
}
