// How fast a network runs on this computer: what `tlkb bench` and the benchmark beside PyTorch show.

/// The measured speed of one network at one kind of work.
public struct Throughput: Sendable, Equatable {
  /// What is measured.
  public enum Work: String, Sendable, CaseIterable {
    /// Inference with normalisation folded into convolutions.
    case features
    /// A full fine-tuning step: forward, loss, backward and update of every parameter.
    case training
  }

  public let network: String
  public let work: Work
  public let precision: Precision
  public let batch: Int
  /// Pixels of a side of the square images.
  public let side: Int
  public let threads: Int
  /// Of the median run.
  public let imagesPerSecond: Double
  /// Of the fastest run.
  public let bestImagesPerSecond: Double
  /// Billions of operations per second by the networks' definition, in the median run; Winograd's
  /// algorithm does with fewer.
  public let gigaflops: Double
  /// From asking to the end of the first run: compiling, trials of algorithms, page faults.
  public let firstSeconds: Double
  public let memory: MemoryEstimate
  /// Passes of convolutions that run as Winograd's algorithm.
  public let winogradCount: Int

  /// How a measurement is made.
  public struct Settings: Sendable {
    public var batch: Int
    /// Nil takes the network's published size, 224 for EfficientNets.
    public var side: Int?
    public var threads: Int
    public var precision: Precision
    public var algorithms: AlgorithmChoice
    /// Seconds to go on measuring; at least three runs in any case.
    public var seconds: Double
    /// Counts the processor's time instead of elapsed time: for one thread of a busy machine.
    public var countsProcessorTime: Bool

    public init(
      batch: Int = 16, side: Int? = nil, threads: Int = 0, precision: Precision = .float32,
      algorithms: AlgorithmChoice = .timed, seconds: Double = 3, countsProcessorTime: Bool = false
    ) {
      self.batch = batch
      self.side = side
      self.threads = threads
      self.precision = precision
      self.algorithms = algorithms
      self.seconds = seconds
      self.countsProcessorTime = countsProcessorTime
    }

    /// Pixels of a side of the images that the network called `name` gets.
    public func side(of name: String) throws(NeuralError) -> Int {
      if let side { return side }
      let standard = try Architectures.named(name, classes: 7).inputShape[1]
      return name.hasPrefix("efficientnet") ? 224 : standard
    }

    /// Bytes that a measurement cannot do without, known from the shapes alone: the images, and the
    /// layer outputs that are held at the same time.
    public func leastMemory(_ name: String, _ work: Work) throws(NeuralError) -> Double {
      let channels = try Architectures.named(name, classes: 7).inputShape[0]
      let side = try side(of: name)
      let network = try Architectures.named(
        name, classes: 7, inputShape: [channels, side, side])
      let outputs = network.summary().rows.map { Double($0.outputShape.reduce(1, *)) }
      // Training keeps what every convolution made, a third of all outputs or more but for their
      // precision; inference has one layer's input and output at least.
      let kept = work == .training ? outputs.reduce(0, +) / 3 : outputs.max() ?? 0
      let bytes: Double = precision == .bfloat16 ? 2 : 4
      return Double(batch) * (bytes * kept + 4 * Double(network.inputShape.reduce(1, *)))
    }
  }

  /// Measures `work` of the network called `name` with random parameters and images.
  public static func measure(
    _ name: String, _ work: Work, _ settings: Settings = Settings()
  ) throws(NeuralError) -> Throughput {
    let task = try Task(name, work, settings)
    let clock = { settings.countsProcessorTime ? Clock.processorSeconds : Clock.seconds }
    let start = clock()
    try task.run()
    let first = clock() - start
    try task.run()
    var times: [Double] = []
    let begin = clock()
    while times.count < 3 || (clock() - begin < settings.seconds && times.count < 500) {
      let start = clock()
      try task.run()
      times.append(clock() - start)
    }
    times.sort()
    let median = times[times.count / 2]
    let images = Double(settings.batch)
    // Backward takes a product for the data and one for the weights.
    let operations =
      Double(task.model.network.summary().multiplyAdds)
      * (work == .training ? 6 : 2)
    return Throughput(
      network: name, work: work, precision: settings.precision, batch: settings.batch,
      side: task.model.network.inputShape[1],
      threads: settings.threads == 0 ? Machine.processors : settings.threads,
      imagesPerSecond: images / median, bestImagesPerSecond: images / times[0],
      gigaflops: operations * images / median / 1e9, firstSeconds: first,
      memory: try task.memory(), winogradCount: task.model.algorithms.values.count { $0 })
  }

  /// The profile of the same task: of each step the fastest of some runs, after a first one.
  public static func profile(
    _ name: String, _ work: Work, _ settings: Settings = Settings()
  ) throws(NeuralError) -> Profile {
    let task = try Task(name, work, settings)
    var profile = try task.profile(settings.countsProcessorTime)
    let begin = Clock.seconds
    while Clock.seconds - begin < settings.seconds {
      profile = profile.fastest(with: try task.profile(settings.countsProcessorTime))
    }
    return profile
  }

  /// A network with images to run it on.
  private struct Task {
    let model: Model
    let trainer: Trainer?
    let images: Tensor
    let targets: Targets

    init(_ name: String, _ work: Work, _ settings: Settings) throws(NeuralError) {
      guard settings.batch > 0 else {
        throw .badOption(name: "batch", value: "\(settings.batch)", expected: "at least 1")
      }
      let standard = try Architectures.named(name, classes: 7)
      let side = try settings.side(of: name)
      let shape = [standard.inputShape[0], side, side]
      let network = try Architectures.named(name, classes: 7, inputShape: shape)
      var generator = SeededGenerator(seed: 1)
      model = try Model(
        network: network, parameters: network.initialParameters(using: &generator),
        options: ComputeOptions(
          threads: settings.threads, batch: settings.batch, algorithms: settings.algorithms,
          precision: settings.precision))
      let count = settings.batch * shape.reduce(1, *)
      images = Tensor(
        shape: [settings.batch] + shape,
        values: (0..<count).map { _ in Float(generator.uniform() * 2 - 1) })
      targets = .classes((0..<settings.batch).map { $0 % 7 })
      trainer =
        work == .training ? try Trainer(model: model, options: TrainingOptions()) : nil
    }

    func run() throws(NeuralError) {
      if let trainer {
        _ = try trainer.step(images, targets, learningRate: 1e-3)
      } else {
        _ = try model.logits(images)
      }
    }

    func memory() throws(NeuralError) -> MemoryEstimate {
      if let trainer { return try trainer.memoryEstimate(batch: images.shape[0]) }
      return try model.memoryEstimate(batch: images.shape[0])
    }

    func profile(_ inProcessorTime: Bool) throws(NeuralError) -> Profile {
      if let trainer {
        return try trainer.profile(images, targets, inProcessorTime: inProcessorTime)
      }
      return try model.profile(images, inProcessorTime: inProcessorTime)
    }
  }
}
