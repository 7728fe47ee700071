// One seed and fold of a run: what it is given, what it gives.

import Foundation
import Imaging
import Neural
import Scoring

/// The images of one seed and fold.
struct Trial {
  let seed: Int
  let fold: Int
  let folds: Int
  let train: [Sample]
  let validation: [Sample]
  let test: [Sample]

  /// A seed of its own for every purpose, so that none repeats another's numbers.
  func stream(_ purpose: UInt64) -> UInt64 {
    var generator = Imaging.SeededGenerator(seed: UInt64(seed), UInt64(fold), purpose)
    return generator.next()
  }
}

/// What a trial gives: the test images' probabilities and how training went.
struct TrialOutcome {
  /// One row per test image, in their order.
  let probabilities: [[Float]]
  /// The 1-based epoch whose model was tested; 0 where there are no epochs.
  let selectedEpoch: Int
  let curve: [RunRecord.EpochPoint]
}

/// The loss, accuracy and area under the curve of probabilities.
struct QuickScore {
  let loss: Double
  let accuracy: Double
  /// Nil where a class is missing.
  let area: Double?

  init(_ probabilities: [[Float]], labels: [Int], classes: Int) throws {
    var loss = 0.0
    var correct = 0
    for (row, label) in zip(probabilities, labels) {
      loss -= log(max(Double(row[label]), 1e-12))
      var best = 0
      for index in row.indices where row[index] > row[best] { best = index }
      if best == label { correct += 1 }
    }
    let count = Double(max(labels.count, 1))
    self.loss = loss / count
    accuracy = Double(correct) / count
    if classes == 2 {
      area = try Ranking(
        scores: probabilities.map { Double($0[1]) }, isPositive: labels.map { $0 == 1 }
      ).rocAUC.value
    } else {
      area = try AreaUnderCurve.macroOneVersusRest(
        probabilities: probabilities.map { $0.map(Double.init) }, truth: labels,
        classCount: classes
      ).value
    }
  }

  /// The value that a selection rule compares; larger is better.
  func score(_ selection: Recipe.Selection) -> Double? {
    switch selection {
    case .last: nil
    case .bestValidationAUC: area
    case .bestValidationAccuracy: accuracy
    case .bestValidationLoss: -loss
    }
  }
}

extension Recipe {
  /// The engine's options for a trial.
  func trainingOptions(classCounts: [Int], seed: UInt64) -> TrainingOptions {
    let weights =
      training.classWeights.value == .balanced
      ? ClassBalancing.inverseFrequencyWeights(classCounts) : nil
    let loss: Loss =
      switch training.loss.value {
      case .crossEntropy:
        .crossEntropy(
          classWeights: weights, labelSmoothing: Float(training.labelSmoothing.value))
      case .focal: .focal(gamma: 2, classWeights: weights)
      }
    let decay = Float(training.weightDecay.value)
    let momentum = Float(training.momentum.value)
    let optimizer: Optimizer =
      switch training.optimiser.value {
      case .sgd: .sgd(momentum: momentum, weightDecay: decay)
      case .adam: .adam(weightDecay: decay)
      case .adamw: .adamW(weightDecay: decay)
      case .rmsprop: .rmsProp(momentum: momentum, weightDecay: decay)
      }
    return TrainingOptions(
      optimizer: optimizer, loss: loss,
      frozenThrough: model.strategy.value == .partialFineTuning ? model.frozenThrough.value : nil,
      seed: seed)
  }

  /// The learning rate of every epoch.
  var schedule: Schedule {
    let factor = Float(training.scheduleFactor.value)
    return switch training.schedule.value {
    case .constant: .constant
    case .step: .step(every: training.scheduleEpochs.value.first ?? 1, factor: factor)
    case .milestones: .milestones(training.scheduleEpochs.value, factor: factor)
    case .cosine: .cosine(epochs: training.epochs.value, minimum: 0)
    }
  }
}
