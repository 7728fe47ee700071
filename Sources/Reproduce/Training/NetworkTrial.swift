// Training a network for one seed and fold, with checkpoints.

import Foundation
import Imaging
import Neural

/// Trains a network on a trial's images; the same plan and seed give the same bits, interrupted or
/// not.
final class NetworkTrial {
  private let plan: RunPlan
  private let trial: Trial
  private let path: String
  private let reporter: ProgressReporter
  private let clock: RunClock
  private let recipe: Recipe
  private var state: TrialState

  init(
    plan: RunPlan, trial: Trial, checkpoint path: String, reporter: ProgressReporter,
    clock: RunClock
  ) {
    self.plan = plan
    self.trial = trial
    self.path = path
    self.reporter = reporter
    self.clock = clock
    recipe = plan.recipe
    state = TrialState(fingerprint: plan.fingerprint)
  }

  func run() throws -> TrialOutcome {
    let model = try plan.model(initialSeed: trial.stream(1))
    let trainer = try Trainer(
      model: model,
      options: recipe.trainingOptions(
        classCounts: plan.classCounts(trial.train), seed: trial.stream(2)))
    if let saved = try Checkpoint.read(path, fingerprint: plan.fingerprint) {
      try trainer.decodeState(saved.trainer)
      state = saved.state
      clock.include(wall: state.wallSeconds, cpu: state.cpuSeconds)
      reporter.report(
        .note("resuming seed \(trial.seed) after \(state.epoch) of \(epochs) epochs"))
    }
    let loader = try plan.loader(trial.train, order: order, seed: trial.stream(4), augmented: true)
    let validation = try trial.validation.isEmpty ? nil : plan.loader(trial.validation)
    let test = try plan.loader(trial.test)
    while state.epoch < epochs {
      try train(trainer, loader)
      try validate(model, validation, test)
      state.epoch += 1
      state.batch = 0
      state.lossSum = 0
      state.imagesDone = 0
      if state.epoch % plan.options.checkpointEvery == 0 || state.epoch == epochs {
        try save(trainer)
      }
    }
    if let epoch = state.bestEpoch {
      return TrialOutcome(
        probabilities: state.bestProbabilities, selectedEpoch: epoch, curve: state.curve)
    }
    return TrialOutcome(
      probabilities: try plan.probabilities(model, test), selectedEpoch: epochs,
      curve: state.curve)
  }

  private var epochs: Int { recipe.training.epochs.value }

  private var order: SampleOrder {
    let seed = trial.stream(3)
    return switch recipe.augmentation.balancing.value {
    case .none: .shuffled(seed: seed)
    case .oversample: .oversampled(seed: seed)
    case .undersample: .undersampled(seed: seed)
    }
  }

  private func train(_ trainer: Trainer, _ loader: BatchLoader) throws {
    let rate = recipe.schedule.rate(
      base: Float(recipe.training.learningRate.value), epoch: state.epoch)
    let total = loader.visits(epoch: state.epoch).count
    let batches = loader.epoch(state.epoch)
    for _ in 0..<state.batch { _ = try batches.next() }
    let watch = Stopwatch()
    let before = state.imagesDone
    while let batch = try batches.next() {
      let images = Tensor(
        shape: [batch.count, batch.channels, batch.height, batch.width], values: batch.pixels)
      let step = try trainer.step(
        images, .classes(batch.labels.map(Int.init)), learningRate: rate)
      guard step.loss.isFinite else {
        throw ReproduceError.notFinite(
          epoch: state.epoch + 1, learningRate: Double(recipe.training.learningRate.value))
      }
      state.lossSum += Double(step.loss) * Double(batch.count)
      state.imagesDone += batch.count
      state.batch += 1
      let speed = Double(state.imagesDone - before) / max(watch.wallSeconds, 1e-9)
      reporter.report(
        .batch(
          position(total), imagesPerSecond: speed,
          secondsLeft: secondsLeft(speed, total)))
      if Interruption.isRequested {
        try save(trainer)
        throw ReproduceError.interrupted(folder: plan.folder.path, epoch: state.epoch)
      }
    }
    lastSpeed = Double(state.imagesDone - before) / max(watch.wallSeconds, 1e-9)
    lastRate = Double(rate)
  }

  private var lastSpeed = 0.0
  private var lastRate = 0.0

  /// Scores the validation part, tests the model when it is the best so far, adds to the curve.
  private func validate(_ model: Neural.Model, _ validation: BatchLoader?, _ test: BatchLoader)
    throws
  {
    let score = try validation.map {
      try QuickScore(
        plan.probabilities(model, $0), labels: trial.validation.map(\.label),
        classes: plan.dataset.classes.count)
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
    }
    let total = state.imagesDone
    reporter.report(
      .epoch(
        position(total), point: point, imagesPerSecond: lastSpeed,
        secondsLeft: secondsLeft(lastSpeed, total)))
  }

  private func save(_ trainer: Trainer) throws {
    state.wallSeconds = clock.wallSeconds
    state.cpuSeconds = clock.cpuSeconds
    try Checkpoint(state: state, trainer: trainer.encodeState()).write(to: path)
  }

  private func position(_ total: Int) -> RunEvent.Position {
    RunEvent.Position(
      seed: trial.seed, fold: trial.fold, folds: trial.folds, epoch: state.epoch + 1,
      epochs: epochs, done: state.imagesDone, total: total,
      loss: state.lossSum / Double(max(state.imagesDone, 1)))
  }

  /// At this speed, for the rest of this seed and fold.
  private func secondsLeft(_ speed: Double, _ total: Int) -> Double {
    let images = (epochs - state.epoch) * total - state.imagesDone
    return speed > 0 ? Double(images) / speed : .infinity
  }
}
