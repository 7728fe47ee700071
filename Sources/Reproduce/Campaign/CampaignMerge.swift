// Putting the results of tasks together: the record that a single run would have left.

import Evidence
import Files
import Foundation

/// A set-up of a campaign with what its tasks have given.
package struct MergedSetup: Sendable {
  package let setup: CampaignSetup
  package let seeds: Int
  package let missing: [Int]
  /// Nil while seeds are missing.
  package let record: RunRecord?
  /// Whether this merge changed the record; false when the same bytes were there already.
  package let isNew: Bool
}

/// Merges the results of a campaign, each counted once whatever was run how often.
package struct CampaignMerge {
  private let folder: CampaignFolder
  private let knowledge: KnowledgeBase
  private let base: RunOptions

  package init(_ folder: CampaignFolder, knowledge: KnowledgeBase, base: RunOptions) {
    self.folder = folder
    self.knowledge = knowledge
    self.base = base
  }

  /// Every set-up of the plan, whole ones written to `merged/` as run folders.
  ///
  /// Merging again gives the same bytes and changes nothing.
  package func run() throws -> [MergedSetup] {
    try folder.plan().setups.map { try merge($0.setup, $0.tasks) }
  }

  private func merge(_ setup: CampaignSetup, _ tasks: [CampaignTask]) throws -> MergedSetup {
    let missing = tasks.filter { !folder.isDone($0) }.map(\.seed)
    guard missing.isEmpty else {
      return MergedSetup(
        setup: setup, seeds: tasks.count, missing: missing, record: nil, isNew: false)
    }
    let entry = try RecipeBook.read(folder.recipe(setup), knowledge)
    let plan = try RunPlan(
      entry, knowledge: knowledge, options: setup.options(seeds: tasks.count, like: base))
    let results = try tasks.map { task in
      let result = try folder.read(task)
      try check(result.record, against: plan, file: folder.result(task))
      return result
    }
    let reporter = ProgressReporter(.quiet)
    let record = try Runner(plan, knowledge: knowledge, reporter: reporter).assemble(
      results.map(\.record), id: setup.id,
      finished: results.map(\.finished).max() ?? "")
    let target = folder.merged(setup)
    let before = try? readFile(target.record)
    for (task, result) in zip(tasks, results) {
      try writeAtomically(result.predictions, to: target.predictions(seed: task.seed))
      try writeAtomically(result.split, to: target.split(seed: task.seed))
    }
    try target.write(record)
    return MergedSetup(
      setup: setup, seeds: tasks.count, missing: [], record: record,
      isNew: try before != readFile(target.record))
  }

  /// A result counts only for the data and weights it was made with.
  private func check(_ part: RunRecord, against plan: RunPlan, file: String) throws {
    if part.data.manifest != plan.manifest {
      throw CampaignError.staleResult(path: file, what: "images")
    }
    if part.model.weights != plan.weights.used {
      throw CampaignError.staleResult(path: file, what: "weights")
    }
  }
}
