// Facts about kill -9 and ctrl-C: the built command is really killed, then resumed.

import Foundation
import Reproduce
import TestSupport
import Testing

@Suite(.serialized) struct InterruptionTests {
  private let sandbox: Sandbox
  private let recipe: String

  init() throws {
    sandbox = try Sandbox()
    recipe = try sandbox.write(
      "recipe.yaml", Knowledge.small(["epochs": "60", "batch": "40"]))
  }

  /// Starts a run; its standard error goes to a file as JSON lines.
  private func start(_ runs: String, _ more: [String] = []) throws -> Child {
    let arguments =
      [
        "reproduce", recipe, "--data", Knowledge.root + "/Data", "--runs",
        "\(sandbox.folder)/\(runs)", "--seeds", "2", "--threads", "1", "--phantom-images", "120",
        "--progress", "jsonl", "--format", "json",
      ] + more
    return try Child(
      Child.builtCommand, arguments,
      environment: ["HOME": sandbox.folder, "TLKB_HOME": sandbox.folder + "/home"],
      folder: sandbox.folder, output: "/dev/null", errors: "\(sandbox.folder)/\(runs).log")
  }

  private func log(_ runs: String) -> String {
    (try? String(contentsOfFile: "\(sandbox.folder)/\(runs).log", encoding: .utf8)) ?? ""
  }

  /// Waits until the log holds a text, for at most a minute.
  private func wait(for text: String, in runs: String, _ process: Child) -> Bool {
    for _ in 0..<6000 {
      if log(runs).contains(text) { return true }
      if !process.isRunning { return log(runs).contains(text) }
      usleep(10_000)
    }
    return false
  }

  private func finish(_ process: Child) -> Int32 {
    process.wait()
  }

  private func records(_ runs: String) -> [RunRecord] {
    RunFolder.list(in: "\(sandbox.folder)/\(runs)").records
  }

  @Test("A run killed with kill -9 and resumed ends bit-identical to one that was left alone")
  func killed() throws {
    #expect(finish(try start("whole")) == 0)
    let whole = try #require(records("whole").first)
    // In the middle of the first seed, then of the second.
    for mark in [
      "\"seed\": 1, \"fold\": 0, \"epoch\": 9", "\"seed\": 2, \"fold\": 0, \"epoch\": 20",
    ] {
      let process = try start("killed", log("killed").isEmpty ? [] : ["--resume"])
      #expect(wait(for: mark, in: "killed", process))
      process.send(SIGKILL)
      #expect(finish(process) == 128 + SIGKILL)
    }
    #expect(records("killed").first?.status == .running)
    #expect(finish(try start("killed", ["--resume"])) == 0)
    let goesOn = log("killed").contains("resuming seed 2")
    #expect(goesOn)
    let resumed = try #require(records("killed").first)
    #expect(records("killed").count == 1 && resumed.status == .complete)
    #expect(resumed.outcome == whole.outcome)
    #expect(resumed.results.map(\.curve) == whole.results.map(\.curve))
    #expect(resumed.summary == whole.summary)
  }

  @Test("Ctrl-C keeps the state within an epoch, says how to go on, and ends with 130")
  func interrupted() throws {
    #expect(finish(try start("whole")) == 0)
    let process = try start("stopped")
    #expect(wait(for: "\"seed\": 1, \"fold\": 0, \"epoch\": 3", in: "stopped", process))
    process.send(SIGINT)
    #expect(finish(process) == 130)
    let explains = log("stopped").contains("with --resume to go on")
    #expect(explains)
    #expect(records("stopped").first?.status == .interrupted)
    #expect(finish(try start("stopped", ["--resume"])) == 0)
    #expect(records("stopped").first?.outcome == records("whole").first?.outcome)
  }

  @Test("Wrong names and missing files end with a sentence and a code of sysexits")
  func errors() throws {
    let process = try start("wrong", ["--data-path", "/nowhere"])
    #expect([65, 66].contains(finish(process)))
    #expect(log("wrong").contains("/nowhere"))
    let unknown = try start("unknown", ["--set", "training.epoch=3"])
    #expect(finish(unknown) == 64)
    #expect(log("unknown").contains("did you mean 'training.epochs'?"))
    let small = try start("small", ["--set", "training.batch=0"])
    #expect(finish(small) == 64)
    #expect(log("small").contains("is '0'; expected a whole number from 1 to 4096"))
    #expect(records("wrong").isEmpty && records("unknown").isEmpty)
  }
}
