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
  /// Seeds and folds that come after this one, for the time left.
  var later = 0
  /// Whether the network of the selected epoch is kept, for pictures of what it looks at.
  var keepsNetwork = false

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
  /// The network that was tested, classifier included; nil where no network has the head's form.
  var parameters: ParameterSet?
}

/// The loss, accuracy and area under the curve of probabilities.
struct QuickScore {
  let loss: Double
  let accuracy: Double
  /// Nil where a class is missing.
  let area: Double?

  init(_ probabilities: [[Float]], samples: [Sample], outputs: Outputs) throws {
    self =
      outputs.isMultiLabel
      ? try Self.findings(probabilities, samples.map { $0.findings ?? [] })
      : try Self.classes(probabilities, samples.map(\.label), outputs.count)
  }

  private init(loss: Double, accuracy: Double, area: Double?) {
    self.loss = loss
    self.accuracy = accuracy
    self.area = area
  }

  private static func classes(
    _ probabilities: [[Float]], _ labels: [Int], _ classes: Int
  ) throws -> QuickScore {
    var loss = 0.0
    var correct = 0
    for (row, label) in zip(probabilities, labels) {
      loss -= log(max(Double(row[label]), 1e-12))
      var best = 0
      for index in row.indices where row[index] > row[best] { best = index }
      if best == label { correct += 1 }
    }
    let area =
      classes == 2
      ? try Ranking(
        scores: probabilities.map { Double($0[1]) }, isPositive: labels.map { $0 == 1 }
      ).rocAUC
      : try AreaUnderCurve.macroOneVersusRest(
        probabilities: probabilities.map { $0.map(Double.init) }, truth: labels,
        classCount: classes)
    let count = Double(max(labels.count, 1))
    return QuickScore(loss: loss / count, accuracy: Double(correct) / count, area: area.value)
  }

  /// Of several findings per image: means over images and findings.
  private static func findings(
    _ probabilities: [[Float]], _ findings: [[Int]]
  ) throws -> QuickScore {
    var loss = 0.0
    var correct = 0
    var truth: [[Bool]] = []
    for (row, present) in zip(probabilities, findings) {
      let shown = row.indices.map(present.contains)
      for (p, isShown) in zip(row, shown) {
        loss -= log(max(isShown ? Double(p) : 1 - Double(p), 1e-12))
        if (p > 0.5) == isShown { correct += 1 }
      }
      truth.append(shown)
    }
    let area = try AreaUnderCurve.multiLabelMean(
      scores: probabilities.map { $0.map(Double.init) }, truth: truth)
    let count = Double(max(probabilities.reduce(0) { $0 + $1.count }, 1))
    return QuickScore(loss: loss / count, accuracy: Double(correct) / count, area: area.value)
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
  /// On what and in which numbers the engine computes.
  func computeOptions(threads: Int) -> ComputeOptions {
    let precision: Precision =
      switch training.precision.value {
      case .float32: .float32
      case .bfloat16: .bfloat16
      }
    return ComputeOptions(threads: threads, precision: precision)
  }

  /// The engine's options for a trial.
  func trainingOptions(
    classCounts: [Int], seed: UInt64, frozenThrough: String? = nil, memoryLimit: Int? = nil
  ) -> TrainingOptions {
    let weights =
      training.classWeights.value == .balanced
      ? ClassBalancing.inverseFrequencyWeights(classCounts) : nil
    let loss: Loss =
      switch training.loss.value {
      case .crossEntropy:
        .crossEntropy(
          classWeights: weights, labelSmoothing: Float(training.labelSmoothing.value))
      case .focal: .focal(gamma: 2, classWeights: weights)
      case .binaryCrossEntropy: .binaryCrossEntropy
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
      optimizer: optimizer, loss: loss, frozenThrough: frozenThrough, seed: seed,
      memoryLimit: memoryLimit)
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
