// Training a network for one seed and fold, with checkpoints.

import Files
import Foundation
import Imaging
import Neural
import Weights

/// Trains a network on a trial's images; the same plan and seed give the same bits, interrupted or
/// not.
final class NetworkTrial {
  private let plan: RunPlan
  private let trial: Trial
  private let path: String
  private let reporter: ProgressReporter
  private let clock: RunClock
  private let recipe: Recipe
  private let start: ParameterSet?
  private let stages: [Stage]
  private var state: TrialState
  /// The network of the best epoch, until it is written.
  private var best: ParameterSet?
  private var lastSpeed = 0.0
  private var lastRate = 0.0

  /// - Parameter start: parameters that an earlier training left, in place of the plan's weights.
  init(
    plan: RunPlan, trial: Trial, checkpoint path: String, reporter: ProgressReporter,
    clock: RunClock, start: ParameterSet? = nil
  ) {
    self.plan = plan
    self.trial = trial
    self.path = path
    self.reporter = reporter
    self.clock = clock
    self.start = start
    recipe = plan.recipe
    stages = plan.stages
    state = TrialState(fingerprint: plan.fingerprint)
  }

  func run() throws -> TrialOutcome {
    let model = try plan.model(initialSeed: trial.stream(1), from: start)
    let test = try plan.loader(trial.test)
    guard recipe.model.strategy.value != .evaluationOnly else {
      return TrialOutcome(
        probabilities: try plan.probabilities(model, test), selectedEpoch: 0, curve: [])
    }
    let saved = try Checkpoint.read(path, fingerprint: plan.fingerprint)
    if let saved { state = saved.state }
    // The stage whose trainer wrote the checkpoint: that of the last epoch begun.
    var stage = stages.index(ofEpoch: state.batch > 0 ? state.epoch : max(state.epoch - 1, 0))
    var trainer: Trainer? = try makeTrainer(model, stage)
    if let saved {
      try trainer?.decodeState(saved.trainer)
      clock.include(wall: state.wallSeconds, cpu: state.cpuSeconds)
      reporter.report(
        .note("resuming seed \(trial.seed) after \(state.epoch) of \(epochs) epochs"))
    }
    let loader = try plan.loader(trial.train, order: order, seed: trial.stream(4), augmented: true)
    let validation = try trial.validation.isEmpty ? nil : plan.loader(trial.validation)
    while state.epoch < epochs, state.hasStopped != true {
      let next = stages.index(ofEpoch: state.epoch)
      if next != stage {
        trainer = nil  // Before the next takes over the parameters' memory.
        stage = next
        trainer = try makeTrainer(model, stage)
      }
      guard let current = trainer else { break }
      try train(current, loader, factor: stages[stage].rateFactor)
      try validate(model, validation, test)
      state.epoch += 1
      state.batch = 0
      state.lossSum = 0
      state.imagesDone = 0
      if state.epoch % plan.options.checkpointEvery == 0 || state.epoch == epochs
        || state.hasStopped == true
      {
        try save(current)
      }
    }
    if let epoch = state.bestEpoch {
      return TrialOutcome(
        probabilities: state.bestProbabilities, selectedEpoch: epoch, curve: state.curve,
        parameters: trial.keepsNetwork ? bestParameters() : nil)
    }
    return TrialOutcome(
      probabilities: try plan.probabilities(model, test), selectedEpoch: state.epoch,
      curve: state.curve, parameters: trial.keepsNetwork ? model.parameters() : nil)
  }

  /// Nil, and said, where the file cannot be read: the scores of the run do not need it.
  private func bestParameters() -> ParameterSet? {
    if let best { return best }
    do { return try WeightFile.read(bestPath) } catch {
      reporter.report(
        .note("the network of the best epoch cannot be read, so it is not used: \(error)"))
      return nil
    }
  }

  /// Beside the checkpoint; a kill between the two leaves a later epoch here, which is then trained
  /// again to the same bits.
  private var bestPath: String { path + ".best.safetensors" }

  private var epochs: Int { recipe.training.epochs.value }

  private func makeTrainer(_ model: Neural.Model, _ stage: Int) throws -> Trainer {
    try Trainer(
      model: model,
      options: recipe.trainingOptions(
        classCounts: plan.classCounts(trial.train), seed: trial.stream(2 + 16 * UInt64(stage)),
        frozenThrough: stages[stage].frozenThrough, memoryLimit: plan.engineLimit))
  }

  private var order: SampleOrder {
    let seed = trial.stream(3)
    return switch recipe.augmentation.balancing.value {
    case .none: .shuffled(seed: seed)
    case .oversample: .oversampled(seed: seed)
    case .undersample: .undersampled(seed: seed)
    }
  }

  private func train(_ trainer: Trainer, _ loader: BatchLoader, factor: Double) throws {
    let rate =
      recipe.schedule.rate(base: Float(recipe.training.learningRate.value), epoch: state.epoch)
      * Float(factor)
    let total = loader.visits(epoch: state.epoch).count
    let batches = loader.epoch(state.epoch)
    for _ in 0..<state.batch { _ = try batches.next() }
    let watch = Stopwatch()
    let before = state.imagesDone
    while let batch = try batches.next() {
      let images = Tensor(
        shape: [batch.count, batch.channels, batch.height, batch.width], values: batch.pixels)
      let step = try trainer.step(
        images, plan.outputs.targets(of: batch, in: loader.samples), learningRate: rate)
      try LossGuard.check(
        step.loss, epoch: state.epoch + 1, learningRate: recipe.training.learningRate.value)
      state.lossSum += Double(step.loss) * Double(batch.count)
      state.imagesDone += batch.count
      state.batch += 1
      let speed = Double(state.imagesDone - before) / max(watch.wallSeconds, 1e-9)
      reporter.report(
        .batch(
          position(total), imagesPerSecond: speed,
          secondsLeft: secondsLeft(speed, total)))
      if reporter.isStopRequested {
        try save(trainer)
        throw ReproduceError.interrupted(folder: plan.folder.path, epoch: state.epoch)
      }
    }
    lastSpeed = Double(state.imagesDone - before) / max(watch.wallSeconds, 1e-9)
    lastRate = Double(rate)
  }

  /// Scores the validation part, tests the model when it is the best so far, adds to the curve.
  private func validate(_ model: Neural.Model, _ validation: BatchLoader?, _ test: BatchLoader)
    throws
  {
    let score = try validation.map {
      try QuickScore(
        plan.probabilities(model, $0), samples: trial.validation, outputs: plan.outputs)
    }
    let point = RunRecord.EpochPoint(
      epoch: state.epoch + 1, fold: trial.fold, learningRate: lastRate,
      trainingLoss: state.lossSum / Double(max(state.imagesDone, 1)),
      validationLoss: score?.loss, validationAccuracy: score?.accuracy,
      validationAUC: score?.area)
    state.curve.append(point)
    if let value = score?.score(recipe.training.selection.value),
      state.bestScore.map({ value > $0 }) ?? true
    {
      state.bestScore = value
      state.bestEpoch = state.epoch + 1
      state.bestProbabilities = try plan.probabilities(model, test)
      if trial.keepsNetwork { best = model.parameters() }
    }
    var stopping = state.stopping ?? EarlyStopping()
    state.hasStopped = stopping.shouldStop(after: score, recipe)
    state.stopping = stopping
    let total = state.imagesDone
    reporter.report(
      .epoch(
        position(total), point: point, imagesPerSecond: lastSpeed,
        secondsLeft: secondsLeft(lastSpeed, total)))
    if state.hasStopped == true, state.epoch + 1 < epochs {
      reporter.report(
        .note(
          "stopped early: \(recipe.training.monitor.value.rawValue) has not improved for "
            + "\(recipe.training.patience.value) epochs"))
    }
  }

  private func save(_ trainer: Trainer) throws {
    state.wallSeconds = clock.wallSeconds
    state.cpuSeconds = clock.cpuSeconds
    if let best { try writeAtomically(Safetensors.write(best), to: bestPath) }
    best = nil
    try Checkpoint(state: state, trainer: trainer.encodeState()).write(to: path)
  }

  private func position(_ total: Int) -> RunEvent.Position {
    RunEvent.Position(
      seed: trial.seed, fold: trial.fold, folds: trial.folds, epoch: state.epoch + 1,
      epochs: epochs, done: state.imagesDone, total: total,
      loss: state.lossSum / Double(max(state.imagesDone, 1)))
  }

  /// At this speed, for the rest of the run; early stopping may end it before.
  private func secondsLeft(_ speed: Double, _ total: Int) -> Double {
    let images = (epochs * (trial.later + 1) - state.epoch) * total - state.imagesDone
    return speed > 0 ? Double(images) / speed : .infinity
  }
}

/// Ends a training whose loss says that nothing is learned any more.
enum LossGuard {
  /// A mean −log p above this means probabilities below e^−1,000,000: the weights have left every
  /// sensible range although the numbers are still finite (Adam moves each weight by about the
  /// learning rate, so that a huge rate gives huge, not infinite, losses).
  static let limit = 1e6

  static func check(_ loss: Float, epoch: Int, learningRate: Double) throws(ReproduceError) {
    guard loss.isFinite else { throw .notFinite(epoch: epoch, learningRate: learningRate) }
    guard Double(loss) < limit else {
      throw .diverged(epoch: epoch, loss: Double(loss), learningRate: learningRate)
    }
  }
}
