// Facts about campaigns from outside: the pool, killed workers, two runners on one folder.

import Foundation
import Reproduce
import TestSupport
import Testing

@Suite(.serialized) struct CampaignPoolTests {
  private let sandbox: Sandbox
  private let recipe: String

  init() throws {
    sandbox = try Sandbox()
    recipe = try sandbox.write(
      "recipe.yaml", Knowledge.small(["epochs": "25", "batch": "40"]))
  }

  private func start(_ arguments: [String], log: String) throws -> Child {
    try Child(
      Child.builtCommand, ["campaign"] + arguments,
      environment: ["HOME": sandbox.folder, "TLKB_HOME": sandbox.folder + "/home"],
      folder: sandbox.folder, output: "\(sandbox.folder)/\(log).out",
      errors: "\(sandbox.folder)/\(log).log")
  }

  private func text(_ file: String) -> String {
    (try? String(contentsOfFile: "\(sandbox.folder)/\(file)", encoding: .utf8)) ?? ""
  }

  /// Plans a campaign of two seeds.
  private func plan(_ name: String, _ more: [String] = []) throws -> CampaignFolder {
    let child = try start(
      [
        "plan", "--recipe", recipe, "--seeds", "2", "--phantom-images", "120", "--output", name,
        "--data", Knowledge.root + "/Data",
      ] + more, log: "plan")
    #expect(child.wait() == 0, "\(text("plan.log"))")
    return CampaignFolder("\(sandbox.folder)/\(name)")
  }

  private func runner(_ name: String, log: String) throws -> Child {
    try start(
      ["run", name, "--jobs", "2", "--data", Knowledge.root + "/Data"], log: log)
  }

  private func states(_ folder: CampaignFolder, _ tasks: [CampaignTask]) -> [CampaignFolder.State] {
    tasks.map { folder.state($0) }
  }

  private func outcome(_ folder: CampaignFolder) throws -> String? {
    let knowledge = try Knowledge.data.get().knowledge
    return try CampaignMerge(folder, knowledge: knowledge, base: sandbox.options()).run()
      .first?.record?.outcome
  }

  /// The process that began a task last, once it has written a checkpoint.
  private func worker(_ folder: CampaignFolder, _ task: CampaignTask) -> pid_t? {
    for _ in 0..<3000 {
      usleep(10_000)
      let names = FileManager.default.enumerator(atPath: folder.work(task))
      let hasCheckpoint = names?.contains { "\($0)".hasSuffix(".checkpoint") } ?? false
      let line = (try? String(contentsOfFile: folder.attempts(task), encoding: .utf8))?
        .split(separator: "\n").last
      guard hasCheckpoint, let words = line?.split(separator: " "), words.count > 2 else {
        continue
      }
      return pid_t(words[2])
    }
    return nil
  }

  @Test("A worker killed with kill -9 is run again by its pool, and the result is the same")
  func killedWorker() throws {
    let whole = try plan("whole")
    #expect(try runner("whole", log: "whole").wait() == 0, "\(text("whole.log"))")
    #expect(text("whole.out").contains("2 of 2 tasks are done"))

    let killed = try plan("killed")
    let task = try #require(try killed.plan().tasks.first)
    let pool = try runner("killed", log: "killed")
    kill(try #require(worker(killed, task)), SIGKILL)
    #expect(pool.wait() == 0, "\(text("killed.log"))")
    let isTold = text("killed.log").contains("was ended by signal 9; it is run again")
    #expect(isTold)
    #expect(killed.attemptCount(task) == 2)
    #expect(try outcome(killed) == outcome(whole) && outcome(whole) != nil)
  }

  @Test("Tasks whose pool and worker were killed have died, and the next run finishes them")
  func killedPool() throws {
    let folder = try plan("killed")
    let tasks = try folder.plan().tasks
    let pool = try runner("killed", log: "first")
    let workers = try tasks.map { try #require(worker(folder, $0)) }
    pool.send(SIGKILL)
    #expect(pool.wait() == 128 + SIGKILL)
    #expect(states(folder, tasks) == [.running, .running])
    for worker in workers { kill(worker, SIGKILL) }
    for _ in 0..<500 where states(folder, tasks) != [.died, .died] { usleep(10_000) }
    #expect(states(folder, tasks) == [.died, .died])
    #expect(try runner("killed", log: "second").wait() == 0, "\(text("second.log"))")
    #expect(states(folder, tasks) == [.done, .done])
    #expect(tasks.map { folder.attemptCount($0) } == [2, 2])
  }

  @Test("Two runners on one folder run each task once")
  func twoRunners() throws {
    let folder = try plan("shared", ["--seeds", "4", "--set", "training.epochs=3"])
    let runners = try ["a", "b"].map { try runner("shared", log: $0) }
    for (name, child) in zip(["a", "b"], runners) {
      #expect(child.wait() == 0, "\(text("\(name).log"))")
    }
    let tasks = try folder.plan().tasks
    #expect(states(folder, tasks) == [.done, .done, .done, .done])
    #expect(tasks.map { folder.attemptCount($0) } == [1, 1, 1, 1])
  }

  @Test("A task that ends with an error is told with its reason, and the run ends with 1")
  func failing() throws {
    let folder = try plan("failing", ["--data-path", "/nowhere"])
    #expect(try runner("failing", log: "failing").wait() == 1)
    let tasks = try folder.plan().tasks
    #expect(states(folder, tasks) == [.failed, .failed])
    #expect(folder.reason(tasks[0])?.contains("/nowhere") == true)
    let says = text("failing.log")
    #expect(says.contains("2 tasks failed") && says.contains("/nowhere"))
  }

  @Test("Ctrl-C stops the pool and its workers at a checkpoint; the next run goes on")
  func interrupted() throws {
    let folder = try plan("stopped")
    let tasks = try folder.plan().tasks
    let pool = try runner("stopped", log: "first")
    _ = try #require(worker(folder, tasks[0]))
    pool.send(SIGINT)
    #expect(pool.wait() == 130)
    let ends = states(folder, tasks)
    #expect(!ends.contains(.running) && !ends.contains(.failed))
    #expect(try runner("stopped", log: "second").wait() == 0, "\(text("second.log"))")
    #expect(states(folder, tasks) == [.done, .done])
  }
}
