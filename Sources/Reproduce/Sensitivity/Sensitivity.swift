// Sensitivity runs: one axis at a time is varied, everything else stays; then paired tests.

import Evidence
import Files
import Foundation

/// Runs a recipe with each value of each axis and compares them.
///
/// The base run is shared by all axes. Seeds, and with them splits and batches' order, are the same in
/// all variations, so that they are paired wherever the split itself is not varied.
package struct Sensitivity {
  private let entry: RecipeBook.Entry
  private let axes: [VariationAxis]
  private let inDomain: InDomainSource?
  private let knowledge: KnowledgeBase
  private let options: RunOptions
  private let reporter: ProgressReporter
  /// Redraws of the bootstrap where no closed test exists.
  private let replicates: Int

  package init(
    _ entry: RecipeBook.Entry, axes: [VariationAxis], inDomain: InDomainSource? = nil,
    knowledge: KnowledgeBase, options: RunOptions, reporter: ProgressReporter,
    replicates: Int = 1000
  ) {
    self.entry = entry
    self.axes = axes
    self.inDomain = inDomain
    self.knowledge = knowledge
    self.options = options
    self.reporter = reporter
    self.replicates = replicates
  }

  /// The plan of every variation, each once, the recipe's own first.
  package func plans() throws -> [(label: String, plan: RunPlan)] {
    let base = try RunPlan(entry, knowledge: knowledge, options: options)
    var plans = [(label: "the recipe as it is", plan: base)]
    for axis in axes {
      for variation in choices(axis, base).variations where !variation.overrides.isEmpty {
        plans.append((variation.label, try plan(variation, base)))
      }
    }
    return plans
  }

  /// Runs what is not done yet and writes the record.
  /// - Parameter resume: takes over complete runs of the same plan and goes on with unfinished ones.
  package func run(resume: Bool) throws -> (record: SensitivityRecord, path: String) {
    let started = timestamp()
    let base = try RunPlan(entry, knowledge: knowledge, options: options)
    var done: [(fingerprint: String, record: RunRecord, folder: RunFolder)] = []
    func execute(_ plan: RunPlan, _ label: String) throws -> (RunRecord, RunFolder) {
      if let known = done.first(where: { $0.fingerprint == plan.fingerprint }) {
        return (known.record, known.folder)
      }
      reporter.report(.note("variation: \(label)"))
      let (record, folder) = try outcome(of: plan, resume: resume)
      done.append((plan.fingerprint, record, folder))
      return (record, folder)
    }
    var results: [SensitivityRecord.AxisResult] = []
    var comparisons: [VariationComparison] = []
    let level = base.recipe.evaluation.level.value
    for axis in axes {
      let (variations, note) = choices(axis, base)
      var runs: [(label: String, record: RunRecord, predictions: [Predictions])] = []
      for variation in variations {
        let plan = variation.overrides.isEmpty ? base : try plan(variation, base)
        let (record, folder) = try execute(plan, variation.label)
        runs.append((variation.label, record, try folder.predictions(of: record)))
      }
      results.append(
        SensitivityRecord.AxisResult(
          axis: axis, note: note,
          variations: zip(variations, runs).map { variation, run in
            SensitivityRecord.VariationRun(
              label: variation.label, overrides: variation.overrides, run: run.record.id,
              outcome: run.record.outcome, ledger: run.record.ledger)
          }))
      for second in runs.indices.dropFirst() {
        for first in 0..<second {
          comparisons += try VariationTests(
            axis: axis, first: runs[first], second: runs[second], level: level,
            replicates: replicates
          ).comparisons()
        }
      }
    }
    let corrected = Holm.adjusted(comparisons.map(\.p))
    let record = SensitivityRecord(
      schema: SensitivityRecord.currentSchema,
      id: "\(base.recipe.id)-vary-\(started.filter(\.isNumber))", recipe: base.recipe.id,
      study: base.recipe.study, kind: base.kind, banner: base.banner, started: started,
      finished: timestamp(), toolVersion: options.toolVersion, level: level, axes: results,
      comparisons: zip(comparisons, corrected).map { $0.adjusted($1) })
    return (record, try record.write(in: options.runsFolder))
  }

  private func choices(
    _ axis: VariationAxis, _ base: RunPlan
  ) -> (variations: [Variation], note: String?) {
    axis.variations(of: base.recipe, dataset: base.dataset, inDomain: inDomain)
  }

  private func plan(_ variation: Variation, _ base: RunPlan) throws -> RunPlan {
    var options = options
    options.overrides += variation.overrides
    // A weight file takes the place of the recipe's weights, not of those that are varied.
    if let weights = variation.overrides.first(where: { $0.name == "model.weights" })?.value {
      let isFile = FileManager.default.fileExists(atPath: weights)
      options.weightsFile = isFile ? weights : nil
    }
    return try RunPlan(entry, knowledge: knowledge, options: options, sharing: base)
  }

  private func outcome(
    of plan: RunPlan, resume: Bool
  ) throws -> (record: RunRecord, folder: RunFolder) {
    let same = resume ? plan.runs() : []
    if let complete = same.last(where: { $0.status == .complete }) {
      reporter.report(.note("taken from run \(complete.id)"))
      return (complete, RunFolder("\(options.runsFolder)/\(complete.id)"))
    }
    return try Runner(plan, knowledge: knowledge, reporter: reporter)
      .run(resume: !same.isEmpty)
  }
}

extension RunPlan {
  /// The runs of this very plan so far, by start.
  package func runs() -> [RunRecord] {
    RunFolder.list(in: options.runsFolder).records.filter { $0.fingerprint == fingerprint }
  }
}
