// Running a plan: seeds and folds, predictions, record; resuming what was interrupted.

import Evidence
import Files
import Foundation
import Imaging
import Neural

/// Runs a plan and leaves its record behind.
package final class Runner {
  private var plan: RunPlan
  private let knowledge: KnowledgeBase
  private let reporter: ProgressReporter
  private let clock = RunClock()
  private var started = timestamp()
  private var id: String
  private var splits: [RunRecord.SplitUsed] = []
  private var results: [RunRecord.SeedResult] = []
  private var lock: FileLock?
  private let summary: NetworkSummary
  private var trainable = 0
  /// The most memory that earlier parts of the run held.
  private var earlierPeak = 0
  /// The first training of a double transfer, and what its last seed left.
  private var intermediate: RunPlan?
  private var lastIntermediate: (seed: Int, parameters: ParameterSet)?
  /// What seeds that were run elsewhere took, once they are put together.
  private var assembled: (machine: RunRecord.Machine, cost: RunRecord.Cost, finished: String)?

  package init(_ plan: RunPlan, knowledge: KnowledgeBase, reporter: ProgressReporter) {
    self.plan = plan
    self.knowledge = knowledge
    self.reporter = reporter
    summary = plan.network.summary()
    id = plan.recipe.id
  }

  /// Runs everything that is not done yet and returns the complete record.
  /// - Parameters:
  ///   - resume: goes on with the latest unfinished run of the same plan.
  ///   - only: the one seed to run; the record is then left unfinished.
  /// - Throws: ``ReproduceError/interrupted(folder:epoch:)`` after ctrl-C, with the state kept.
  package func run(
    resume: Bool, only: Int? = nil
  ) throws -> (record: RunRecord, folder: RunFolder) {
    if resume { try takeUp() } else { try open() }
    if let banner = plan.banner { reporter.report(.note(banner)) }
    do {
      try runSeeds(only: only)
    } catch {
      switch error as? ReproduceError {
      case .interrupted: try plan.folder.write(record(.interrupted))
      // Going on would fail again: nothing to keep.
      case .notFinite where results.isEmpty, .diverged where results.isEmpty:
        try? FileManager.default.removeItem(atPath: plan.folder.path)
      default: break
      }
      reporter.finish()
      throw error
    }
    let record = try record(only == nil ? .complete : .interrupted)
    try plan.folder.write(record)
    try? FileManager.default.removeItem(atPath: plan.folder.checkpoints)
    try? FileManager.default.removeItem(atPath: plan.folder.lock)
    reporter.finish()
    return (record, plan.folder)
  }

  /// The complete record of seeds that were run one by one elsewhere, as a single run would give it.
  ///
  /// Nothing is written. Times are the sums over the parts, in the order of the seeds.
  /// - Parameter finished: when the last part ended.
  /// - Precondition: `parts` has one record for each seed of the plan, in order.
  func assemble(_ parts: [RunRecord], id: String, finished: String) throws -> RunRecord {
    precondition(parts.flatMap(\.results).map(\.seed) == plan.seeds, "not the plan's seeds")
    self.id = id
    started = parts.map(\.started).min() ?? started
    results = parts.flatMap(\.results)
    splits = parts.flatMap(\.splits)
    trainable = parts[0].model.trainable
    assembled = (
      parts[0].machine,
      RunRecord.Cost(
        wallSeconds: parts.reduce(0) { $0 + $1.cost.wallSeconds },
        cpuSeconds: parts.reduce(0) { $0 + $1.cost.cpuSeconds },
        peakMemoryBytes: parts.map(\.cost.peakMemoryBytes).max() ?? 0),
      finished
    )
    return try record(.complete)
  }

  // MARK: Folders

  private func open() throws {
    let root = plan.options.runsFolder
    let stamp = started.filter { $0.isNumber }
    var number = 1
    repeat {
      id = "\(plan.recipe.id)-\(stamp)" + (number > 1 ? "-\(number)" : "")
      number += 1
      plan.folder = RunFolder("\(root)/\(id)")
    } while try !plan.folder.make()
    lock = try FileLock(plan.folder.lock, wait: false)
    try plan.folder.write(record(.running))
  }

  private func takeUp() throws {
    let root = plan.options.runsFolder
    let unfinished = RunFolder.runs(in: root).runs.filter {
      $0.record.status != .complete && $0.record.fingerprint == plan.fingerprint
    }
    guard let (folder, last) = unfinished.last else {
      throw ReproduceError.nothingToResume(recipe: plan.recipe.id, folder: root)
    }
    id = last.id
    started = last.started
    plan.folder = folder
    lock = try FileLock(plan.folder.lock, wait: false)
    plan.folder.removeHalfWritten()
    clock.include(wall: last.cost.wallSeconds, cpu: last.cost.cpuSeconds)
    earlierPeak = last.cost.peakMemoryBytes
    // A seed counts as done when its predictions are there unchanged.
    results = last.results.filter { result in
      let bytes = try? readFile("\(plan.folder.path)/\(result.predictionsFile)")
      return bytes.map { SHA256.hex($0) == result.predictionsSHA256 } ?? false
    }
    splits = last.splits.filter { split in results.contains { $0.seed == split.seed } }
  }

  // MARK: Seeds

  private func runSeeds(only: Int?) throws {
    let isFrozen = plan.recipe.model.strategy.value == .featureExtraction
    let extractor = isFrozen ? try FeatureExtractor(plan: plan, reporter: reporter) : nil
    trainable = try trainableCount(extractor)
    let wanted = (only.map { [$0] } ?? plan.seeds).filter { seed in
      !results.contains { $0.seed == seed }
    }
    for (index, seed) in wanted.enumerated() {
      let split = try plan.split(seed: seed)
      try split.write(to: plan.folder.split(seed: seed))
      var rows: [Prediction] = []
      var curve: [RunRecord.EpochPoint] = []
      var selected: [Int] = []
      var parameters: ParameterSet?
      for fold in split.folds.indices {
        var trial = try trial(seed: seed, fold: fold, split)
        trial.later = (wanted.count - index) * split.folds.count - fold - 1
        trial.keepsNetwork = results.isEmpty && fold == 0
        let outcome = try run(trial, extractor)
        curve += outcome.curve
        selected.append(outcome.selectedEpoch)
        parameters = parameters ?? outcome.parameters
        for (sample, probabilities) in zip(trial.test, outcome.probabilities) {
          rows.append(
            Prediction(
              sample: sample.id, fold: fold, label: sample.label,
              findings: plan.outputs.isMultiLabel ? sample.findings ?? [] : nil,
              probabilities: probabilities, patient: sample.patient ?? sample.lesion))
        }
      }
      try finish(
        seed, split, Predictions(classes: plan.outputs.names, rows: rows), curve, selected,
        parameters)
    }
  }

  private func trial(seed: Int, fold: Int, _ split: Split) throws -> Trial {
    func part(_ partition: Partition) throws -> [Sample] {
      try split.samples(of: plan.dataset, fold: fold, partition)
    }
    let trial = Trial(
      seed: seed, fold: fold, folds: split.folds.count, train: try part(.train),
      validation: try part(.validation), test: try part(.test))
    for (name, samples) in [("training", trial.train), ("test", trial.test)] {
      if plan.outputs.isMultiLabel, !samples.isEmpty { continue }
      let present = Set(samples.map(\.label)).count
      guard present > 1 else {
        throw ReproduceError.tooFewImages(
          part: name, count: samples.count,
          reason: "they show \(present) of \(plan.dataset.classes.count) classes; "
            + "use more images or another split")
      }
    }
    return trial
  }

  private func run(_ trial: Trial, _ extractor: FeatureExtractor?) throws -> TrialOutcome {
    if let extractor {
      return try FeatureTrial(plan: plan, trial: trial, extractor: extractor, reporter: reporter)
        .run()
    }
    return try NetworkTrial(
      plan: plan, trial: trial,
      checkpoint: plan.folder.checkpoint(seed: trial.seed, fold: trial.fold),
      reporter: reporter, clock: clock, start: try intermediateParameters(seed: trial.seed)
    ).run()
  }

  /// What the first training of a double transfer leaves; nil for other strategies. All folds of a
  /// seed start from the same.
  private func intermediateParameters(seed: Int) throws -> ParameterSet? {
    guard plan.recipe.model.strategy.value == .doubleTransfer else { return nil }
    if let last = lastIntermediate, last.seed == seed { return last.parameters }
    let first = try intermediate ?? plan.intermediate()
    intermediate = first
    let split = try first.split(seed: seed)
    func part(_ partition: Partition) throws -> [Sample] {
      try split.samples(of: first.dataset, partition)
    }
    let trial = Trial(
      seed: seed, fold: 0, folds: 1, train: try part(.train), validation: try part(.validation),
      test: try part(.test), keepsNetwork: true)
    reporter.report(.note("first training, on \(first.datasetName)"))
    let checkpoint = "\(plan.folder.checkpoints)/seed-\(seed)-intermediate.checkpoint"
    let outcome = try NetworkTrial(
      plan: first, trial: trial, checkpoint: checkpoint, reporter: reporter, clock: clock
    ).run()
    // The second training must not begin from other weights than these.
    guard let parameters = outcome.parameters else {
      throw ReproduceError.badCheckpoint(
        path: checkpoint, reason: "the network that the first training left cannot be read")
    }
    lastIntermediate = (seed, parameters)
    return parameters
  }

  private func finish(
    _ seed: Int, _ split: Split, _ predictions: Predictions, _ curve: [RunRecord.EpochPoint],
    _ selected: [Int], _ parameters: ParameterSet?
  ) throws {
    if results.isEmpty {
      try RunPictures(plan: plan, predictions: predictions, parameters: parameters)
        .draw(seed: seed)
    }
    let csv = predictions.csv
    try writeAtomically(csv, to: plan.folder.predictions(seed: seed))
    let evaluation = Evaluation(
      level: plan.recipe.evaluation.level.value, positive: plan.positiveClass)
    let metrics = try evaluation.values(predictions)
    results.append(
      RunRecord.SeedResult(
        seed: seed, testImages: predictions.rows.count, selectedEpochs: selected,
        metrics: metrics,
        confusion: predictions.isMultiLabel ? [] : try Evaluation.confusion(predictions).rows,
        curve: curve,
        predictionsFile: "predictions-\(seed).csv", predictionsSHA256: SHA256.hex(csv)))
    let fold = split.folds[0]
    splits.append(
      RunRecord.SplitUsed(
        seed: seed, kind: Self.kind(split.plan.method), unit: split.plan.unit.rawValue,
        folds: split.folds.count, train: fold.train.count, validation: fold.validation.count,
        test: fold.test.count, sha256: split.hash))
    reporter.report(.seed(seed, metrics: metrics))
    try plan.folder.write(record(.running))
    for fold in split.folds.indices {
      try? FileManager.default.removeItem(
        atPath: plan.folder.checkpoint(seed: seed, fold: fold))
    }
  }

  private func trainableCount(_ extractor: FeatureExtractor?) throws -> Int {
    if let extractor {
      return plan.recipe.model.head.value == .knn
        ? 0 : (extractor.width + 1) * plan.outputs.count
    }
    if plan.recipe.model.strategy.value == .evaluationOnly { return 0 }
    // What the last stage trains.
    guard let boundary = plan.stages.last?.frozenThrough else { return summary.parameterCount }
    let last = try plan.network.lastIndex(ofGroup: boundary)
    return summary.rows.dropFirst(last + 1).reduce(0) { $0 + $1.parameters }
  }

  // MARK: The record

  private func record(_ status: RunRecord.Status) throws -> RunRecord {
    let entry = plan.entry
    let isComplete = status == .complete
    let summaries = RunSummary.summaries(results, level: plan.recipe.evaluation.level.value)
    let comparisons =
      isComplete
      ? RunSummary.comparisons(
        plan: plan, knowledge: knowledge, results: results, summaries: summaries) : []
    return RunRecord(
      outputs: plan.outputs.isMultiLabel ? plan.outputs.names : nil,
      schema: RunRecord.currentSchema, id: id, kind: plan.kind, status: status,
      banner: plan.banner, started: started,
      finished: isComplete ? assembled?.finished ?? timestamp() : nil,
      toolVersion: plan.options.toolVersion, engine: RunPlan.engine, fingerprint: plan.fingerprint,
      recipe: RunRecord.RecipeCopy(
        id: entry.recipe.id, study: entry.recipe.study, experiment: entry.recipe.experiment,
        declared: entry.recipe.declared, text: entry.text, sha256: entry.hash,
        settings: entry.recipe.rows, overrides: plan.options.overrides),
      data: dataUsed, splits: splits,
      model: RunRecord.ModelUsed(
        network: plan.network.name, inputShape: plan.network.inputShape,
        parameters: summary.parameterCount, trainable: trainable,
        multiplyAdds: summary.multiplyAdds, weights: plan.weights.used),
      machine: assembled?.machine
        ?? .current(
          threads: plan.options.threads == 0
            ? RunRecord.Machine.processors : plan.options.threads),
      cost: assembled?.cost
        ?? RunRecord.Cost(
          wallSeconds: clock.wallSeconds, cpuSeconds: clock.cpuSeconds,
          peakMemoryBytes: max(Stopwatch.peakMemoryBytes, earlierPeak)),
      seeds: plan.seeds, ledger: plan.ledger, results: results, summary: summaries,
      comparisons: comparisons,
      outcome: isComplete
        ? SHA256.hex(results.map(\.predictionsSHA256).joined(separator: "\n")) : nil)
  }

  private var dataUsed: RunRecord.DataUsed {
    RunRecord.DataUsed(
      dataset: plan.dataset.id, name: plan.datasetName, labels: plan.dataset.task,
      isPhantom: plan.dataset.isPhantom, images: plan.dataset.samples.count,
      classes: zip(plan.dataset.classes, plan.dataset.classCounts).map {
        RunRecord.ClassCount(name: $0, images: $1)
      },
      manifest: plan.manifest, notes: plan.dataset.notes)
  }

  private static func kind(_ method: SplitMethod) -> String {
    switch method {
    case .holdout: "hold-out"
    case .kFold: "k-fold"
    case .official: "official"
    }
  }
}
