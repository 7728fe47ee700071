// Running one task: what the pool's processes and the jobs of a scheduler do.

import Evidence
import Files
import Foundation

/// Runs single tasks of a campaign.
package struct CampaignWorker {
  package enum Outcome: Sendable { case done, alreadyDone }

  private let folder: CampaignFolder
  private let knowledge: KnowledgeBase
  private let base: RunOptions
  private let reporter: ProgressReporter

  /// - Parameter base: where features and weights are, the memory limit and the version.
  package init(
    _ folder: CampaignFolder, knowledge: KnowledgeBase, base: RunOptions,
    reporter: ProgressReporter
  ) {
    self.folder = folder
    self.knowledge = knowledge
    self.base = base
    self.reporter = reporter
  }

  /// Runs a task unless it is done; a task that was interrupted or killed goes on from its last
  /// checkpoint.
  /// - Throws: ``CampaignError/busyTask(_:)`` when another process runs it.
  package func run(_ task: CampaignTask) throws -> Outcome {
    let lock = try claim(task)
    defer { withExtendedLifetime(lock) {} }
    if folder.isDone(task) { return .alreadyDone }
    try note(task)
    try? FileManager.default.removeItem(atPath: folder.failure(task))
    do {
      try folder.write(result(of: task), of: task)
    } catch {
      if case ReproduceError.interrupted? = error as? ReproduceError { throw error }
      try writeAtomically("\(error)\n", to: folder.failure(task))
      throw error
    }
    try? FileManager.default.removeItem(atPath: runs(task))
    return .done
  }

  private func runs(_ task: CampaignTask) -> String { "\(folder.work(task))/runs" }

  /// Takes the task's lock; one who only looks whether it is held lets go of it at once.
  private func claim(_ task: CampaignTask) throws -> FileLock {
    for _ in 0..<5 {
      do { return try FileLock(folder.lock(task), wait: false) } catch FileError.busy {
        usleep(20_000)
      }
    }
    throw CampaignError.busyTask(task.id)
  }

  /// Adds a line on who begins the task; a task with such a line and no result has died.
  private func note(_ task: CampaignTask) throws {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    let host = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    let file = folder.attempts(task)
    let before = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
    try writeAtomically(before + "\(timestamp()) process \(getpid()) on \(host)\n", to: file)
  }

  private func result(of task: CampaignTask) throws -> CampaignResult {
    let entry = try RecipeBook.read(folder.recipe(task.setup), knowledge)
    // Seeds 1 … n: a task does not depend on how many its campaign has.
    var options = task.setup.options(seeds: task.seed, like: base)
    options.runsFolder = runs(task)
    let plan = try RunPlan(entry, knowledge: knowledge, options: options)
    try CostEstimate(plan, calibrating: false).checkMemory(limit: base.memoryLimit)
    let begun = RunFolder.list(in: options.runsFolder).records.contains {
      $0.status != .complete && $0.fingerprint == plan.fingerprint
    }
    func run(resume: Bool) throws -> (record: RunRecord, folder: RunFolder) {
      try Runner(plan, knowledge: knowledge, reporter: reporter)
        .run(resume: resume, only: task.seed)
    }
    let finished: (record: RunRecord, folder: RunFolder)
    do {
      finished = try run(resume: begun)
    } catch ReproduceError.badCheckpoint {
      finished = try run(resume: false)
    }
    return CampaignResult(
      task: task.id, record: finished.record, finished: timestamp(),
      predictions: try text(finished.folder.predictions(seed: task.seed)),
      split: try text(finished.folder.split(seed: task.seed)))
  }

  private func text(_ path: String) throws -> String {
    String(decoding: try readFile(path), as: UTF8.self)
  }
}
