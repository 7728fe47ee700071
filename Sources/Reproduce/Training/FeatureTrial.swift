// A head on the features of a frozen backbone, for one seed and fold.

import Foundation
import Imaging
import Neural

/// Trains and tests a head on cached features.
struct FeatureTrial {
  let plan: RunPlan
  let trial: Trial
  let extractor: FeatureExtractor
  let reporter: ProgressReporter

  func run() throws -> TrialOutcome {
    let recipe = plan.recipe
    let variants =
      recipe.augmentation.operations.value.isEmpty
      ? 0 : recipe.augmentation.variants.value
    var training: [Tensor] = []
    for variant in 0...variants {
      training.append(try extractor.features(trial.train, variant: variant))
    }
    let test = try extractor.features(trial.test, variant: 0)
    let labels = trial.train.map(\.label)
    switch recipe.model.head.value {
    case .softmax: return try softmax(training, test)
    case .logisticRegression:
      let head = LogisticRegression(
        features: Self.joined(training), labels: Self.repeated(labels, training.count),
        classes: plan.dataset.classes.count)
      return TrialOutcome(
        probabilities: head.probabilities(test), selectedEpoch: 0, curve: [],
        parameters: network(weights: head.weights, bias: head.bias))
    case .linearSVM, .rbfSVM:
      let isLinear = recipe.model.head.value == .linearSVM
      let head = SupportVectors(
        features: Self.joined(training), labels: Self.repeated(labels, training.count),
        classes: plan.dataset.classes.count,
        kernel: isLinear ? .linear : .radial(gamma: Double(recipe.model.gamma.value)),
        cost: recipe.model.cost.value)
      return TrialOutcome(
        probabilities: try head.probabilities(test), selectedEpoch: 0, curve: [])
    case .knn:
      let head = NearestNeighbours(
        features: Self.joined(training), labels: Self.repeated(labels, training.count),
        classes: plan.dataset.classes.count, neighbours: recipe.model.neighbours.value)
      return TrialOutcome(
        probabilities: head.probabilities(test), selectedEpoch: 0, curve: [])
    }
  }

  /// A linear layer trained as the recipe says, each epoch on the next variant of the images.
  private func softmax(
    _ training: [Tensor], _ test: Tensor
  ) throws -> TrialOutcome {
    let recipe = plan.recipe
    let (model, trainer) = try head()
    let validation =
      trial.validation.isEmpty ? nil : try extractor.features(trial.validation, variant: 0)
    var curve: [RunRecord.EpochPoint] = []
    var best: (score: Double, epoch: Int, rows: [[Float]], head: ParameterSet?)?
    var stopping = EarlyStopping()
    let watch = Stopwatch()
    for epoch in 0..<recipe.training.epochs.value {
      let rate = recipe.schedule.rate(
        base: Float(recipe.training.learningRate.value), epoch: epoch)
      let loss = try pass(
        trainer, training[epoch % training.count], epoch: epoch, rate: rate)
      let score = try validation.map {
        try QuickScore(
          probabilities(model, $0), samples: trial.validation, outputs: plan.outputs)
      }
      curve.append(
        RunRecord.EpochPoint(
          epoch: epoch + 1, fold: trial.fold, learningRate: Double(rate), trainingLoss: loss,
          validationLoss: score?.loss, validationAccuracy: score?.accuracy,
          validationAUC: score?.area))
      if let value = score?.score(recipe.training.selection.value),
        best.map({ value > $0.score }) ?? true
      {
        best = (
          value, epoch + 1, try probabilities(model, test),
          trial.keepsNetwork ? model.parameters() : nil
        )
      }
      let isLast =
        stopping.shouldStop(after: score, recipe) || epoch + 1 == recipe.training.epochs.value
      if isLast, let point = curve.last { tell(point, seconds: watch.wallSeconds) }
      if isLast { break }
      if reporter.isStopRequested {
        throw ReproduceError.interrupted(folder: plan.folder.path, epoch: 0)
      }
    }
    if let best {
      return TrialOutcome(
        probabilities: best.rows, selectedEpoch: best.epoch, curve: curve,
        parameters: network(best.head))
    }
    return TrialOutcome(
      probabilities: try probabilities(model, test),
      selectedEpoch: curve.last?.epoch ?? 0, curve: curve,
      parameters: network(model.parameters()))
  }

  private func network(_ head: ParameterSet?) -> ParameterSet? {
    guard let weights = head?["classifier.weight"], let bias = head?["classifier.bias"] else {
      return nil
    }
    return network(weights: weights.values, bias: bias.values)
  }

  /// The frozen backbone with this linear head as its classifier: the network that was tested. Nil
  /// where nobody asks, or where the network's classifier is no linear layer on these features.
  private func network(weights: [Float], bias: [Float]) -> ParameterSet? {
    guard trial.keepsNetwork else { return nil }
    var whole = extractor.parameters()
    let name = plan.network.classifier
    guard whole["\(name).weight"]?.shape == [plan.outputs.count, extractor.width],
      whole["\(name).bias"]?.shape == [plan.outputs.count]
    else { return nil }
    whole.add("\(name).weight", Tensor(shape: [bias.count, extractor.width], values: weights))
    whole.add("\(name).bias", Tensor(shape: [bias.count], values: bias))
    return whole
  }

  /// The last epoch alone: all of them take less than a moment.
  private func tell(_ point: RunRecord.EpochPoint, seconds: Double) {
    let count = trial.train.count
    reporter.report(
      .epoch(
        RunEvent.Position(
          seed: trial.seed, fold: trial.fold, folds: trial.folds, epoch: point.epoch,
          epochs: plan.recipe.training.epochs.value, done: count, total: count,
          loss: point.trainingLoss),
        point: point, imagesPerSecond: Double(count * point.epoch) / max(seconds, 1e-9),
        secondsLeft: seconds * Double(trial.later)))
  }

  private func head() throws -> (Neural.Model, Trainer) {
    var builder = NetworkBuilder(name: "head", inputShape: [extractor.width, 1, 1])
    let rate = Float(plan.recipe.model.dropout.value)
    let input = rate > 0 ? builder.dropout("dropout", builder.input, rate: rate) : builder.input
    _ = builder.linear("classifier", input, outputs: plan.outputs.count)
    let network = try builder.build(classifier: "classifier")
    var generator = Neural.SeededGenerator(seed: trial.stream(1))
    let model = try Neural.Model(
      network: network, parameters: network.initialParameters(using: &generator),
      options: plan.recipe.computeOptions(threads: plan.options.threads))
    let options = plan.recipe.trainingOptions(
      classCounts: plan.classCounts(trial.train), seed: trial.stream(2))
    return (model, try Trainer(model: model, options: options))
  }

  /// One epoch; the mean loss.
  private func pass(
    _ trainer: Trainer, _ features: Tensor, epoch: Int, rate: Float
  ) throws -> Double {
    let order = visits(trial.train.map(\.label), epoch: epoch)
    let batch = plan.recipe.training.batch.value
    let width = extractor.width
    var sum = 0.0
    var start = 0
    while start < order.count {
      let part = order[start..<min(start + batch, order.count)]
      var values: [Float] = []
      values.reserveCapacity(part.count * width)
      for index in part { values += features.values[(index * width)..<((index + 1) * width)] }
      let step = try trainer.step(
        Tensor(shape: [part.count, width, 1, 1], values: values),
        plan.outputs.targets(part.map { trial.train[$0] }), learningRate: rate)
      try LossGuard.check(
        step.loss, epoch: epoch + 1, learningRate: plan.recipe.training.learningRate.value)
      sum += Double(step.loss) * Double(part.count)
      start += part.count
    }
    return sum / Double(max(order.count, 1))
  }

  private func visits(_ labels: [Int], epoch: Int) -> [Int] {
    var generator = Imaging.SeededGenerator(seed: trial.stream(3), UInt64(epoch))
    switch plan.recipe.augmentation.balancing.value {
    case .oversample: return ClassBalancing.oversample(labels, &generator)
    case .undersample: return ClassBalancing.undersample(labels, &generator)
    case .none:
      var order = Array(labels.indices)
      generator.shuffle(&order)
      return order
    }
  }

  private func probabilities(_ model: Neural.Model, _ features: Tensor) throws -> [[Float]] {
    let count = features.shape[0]
    return plan.outputs.probabilities(
      try model.logits(Tensor(shape: [count, extractor.width, 1, 1], values: features.values)))
  }

  private static func joined(_ parts: [Tensor]) -> Tensor {
    let count = parts.reduce(0) { $0 + $1.shape[0] }
    return Tensor(shape: [count, parts[0].shape[1]], values: parts.flatMap(\.values))
  }

  private static func repeated(_ labels: [Int], _ times: Int) -> [Int] {
    (0..<times).flatMap { _ in labels }
  }
}
