// The folder of a campaign: its plan, recipes, tasks in work, results and merged runs.

import Files
import Foundation

/// A campaign on disk. Everything in it is written whole or not at all.
package struct CampaignFolder: Sendable {
  package let path: String

  package init(_ path: String) { self.path = path }

  package var planFile: String { "\(path)/plan.jsonl" }
  func recipe(_ setup: CampaignSetup) -> String { "\(path)/recipes/\(setup.recipeSHA256).yaml" }
  package func work(_ task: CampaignTask) -> String { "\(path)/tasks/\(task.id)" }
  package func log(_ task: CampaignTask) -> String { "\(work(task))/log" }
  package func attempts(_ task: CampaignTask) -> String { "\(work(task))/attempts" }
  func lock(_ task: CampaignTask) -> String { "\(work(task))/lock" }
  func failure(_ task: CampaignTask) -> String { "\(work(task))/failed" }
  package func result(_ task: CampaignTask) -> String { "\(path)/results/\(task.id).json" }
  package func merged(_ setup: CampaignSetup) -> RunFolder {
    RunFolder("\(path)/merged/\(setup.id)")
  }

  // MARK: Plan

  /// Writes plan and recipes. Results of tasks that the plan shares with an earlier one are kept.
  package func write(_ plan: CampaignPlan, entries: [RecipeBook.Entry]) throws {
    for entry in entries {
      try writeAtomically(entry.text, to: "\(path)/recipes/\(entry.hash).yaml")
    }
    try writeAtomically(plan.text, to: planFile)
  }

  package func plan() throws -> CampaignPlan {
    guard let text = String(validating: try readFile(planFile), as: UTF8.self) else {
      throw CampaignError.badPlan(path: planFile, reason: "it is not valid UTF-8")
    }
    return try CampaignPlan(text, file: planFile)
  }

  // MARK: Tasks

  /// Where a task stands.
  package enum State: String, Sendable, CaseIterable {
    case waiting
    case running
    /// It was begun, nobody runs it and there is no result.
    case died
    /// It ended with an error, which will come again until its cause is removed.
    case failed
    case done
  }

  package func state(_ task: CampaignTask) -> State {
    if isDone(task) { return .done }
    if FileLock.isHeld(lock(task)) { return .running }
    // It may have ended between the two looks.
    if isDone(task) { return .done }
    let manager = FileManager.default
    if manager.fileExists(atPath: failure(task)) { return .failed }
    return manager.fileExists(atPath: attempts(task)) ? .died : .waiting
  }

  /// Whether there is a whole result.
  package func isDone(_ task: CampaignTask) -> Bool { (try? read(task)) != nil }

  /// The sentence that stands wherever a number of a protocol run is shown; nil while a task has no
  /// numbers, or has the study's own images.
  package func banner(_ task: CampaignTask) -> String? { try? read(task).record.banner }

  /// The error that a failed task ended with.
  package func reason(_ task: CampaignTask) -> String? {
    try? String(contentsOfFile: failure(task), encoding: .utf8)
      .split(separator: "\n").joined(separator: " ")
  }

  /// How often it was begun.
  package func attemptCount(_ task: CampaignTask) -> Int {
    (try? String(contentsOfFile: attempts(task), encoding: .utf8))?
      .split(separator: "\n").count ?? 0
  }

  /// The result of a task, checked against its own hashes.
  package func read(_ task: CampaignTask) throws -> CampaignResult {
    let file = result(task)
    let bytes = try readFile(file)
    guard let result = try? JSONDecoder().decode(CampaignResult.self, from: Data(bytes)),
      result.task == task.id, result.record.results.map(\.seed) == [task.seed],
      result.record.splits.map(\.seed) == [task.seed],
      result.record.results[0].predictionsSHA256 == SHA256.hex(result.predictions)
    else {
      throw ReproduceError.badRecord(path: file, reason: "it is not the whole result of its task")
    }
    return result
  }

  func write(_ result: CampaignResult, of task: CampaignTask) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try writeAtomically(Array(try encoder.encode(result)) + [10], to: self.result(task))
  }
}

/// What a finished task leaves: one file, there whole or not at all.
package struct CampaignResult: Codable, Sendable {
  package let task: String
  /// The record of a run with this one seed.
  package let record: RunRecord
  package let finished: String
  /// `predictions-<seed>.csv`.
  let predictions: String
  /// `split-<seed>.json`.
  let split: String
}

extension FileLock {
  /// Whether some process holds a lock, without taking it from those that try.
  static func isHeld(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }
}
