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
  private func start(
    _ runs: String, _ more: [String] = [], recipe other: String? = nil, home: String = "home",
    limit: String? = nil
  ) throws -> Child {
    let arguments =
      [
        "reproduce", other ?? recipe, "--data", Knowledge.root + "/Data", "--runs",
        "\(sandbox.folder)/\(runs)", "--seeds", "2", "--threads", "1", "--phantom-images", "120",
        "--progress", "jsonl", "--format", "json",
      ] + more
    let words =
      limit.map { ["/bin/sh", "-c", "\($0); exec \"$0\" \"$@\"", Child.builtCommand] }
      ?? [Child.builtCommand]
    return try Child(
      words[0], Array(words.dropFirst()) + arguments,
      environment: ["HOME": sandbox.folder, "TLKB_HOME": "\(sandbox.folder)/\(home)"],
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

  /// A network of which the features of 480 images take long enough to be interrupted.
  private func frozen() throws -> String {
    try sandbox.write(
      "frozen.yaml",
      Knowledge.small(["epochs": "20"])
        .replacing("is: from-scratch", with: "is: feature-extraction")
        .replacing("is: lenet5", with: "is: squeezenet1_1")
        .replacing("size: {is: 32", with: "size: {is: 64"))
  }

  @Test("A run killed while features are computed ends bit-identical, whatever the cache holds")
  func killedFeatures() throws {
    let recipe = try frozen()
    let more = ["--phantom-images", "480"]
    #expect(finish(try start("whole", more, recipe: recipe)) == 0)
    let whole = try #require(records("whole").first)
    // With some of the features there already: other batches are left to compute.
    #expect(
      finish(try start("fewer", ["--images-per-class", "37"] + more, recipe: recipe, home: "b"))
        == 0)
    for mark in ["\"done\": 1", "\"done\": 2"] {
      let isFirst = log("killed").isEmpty
      let process = try start(
        "killed", more + (isFirst ? [] : ["--resume"]), recipe: recipe, home: "b")
      #expect(wait(for: mark, in: "killed", process))
      process.send(SIGKILL)
      #expect(finish(process) == 128 + SIGKILL)
    }
    let isComplete = records("killed").first?.status == .complete
    #expect(!isComplete)
    #expect(finish(try start("killed", more + ["--resume"], recipe: recipe, home: "b")) == 0)
    let resumed = try #require(records("killed").first)
    #expect(records("killed").count == 1 && resumed.status == .complete)
    #expect(resumed.outcome == whole.outcome && resumed.summary == whole.summary)
  }

  @Test("A full disk ends a run with a sentence, and it goes on once there is room")
  func fullDisk() throws {
    #expect(finish(try start("whole")) == 0)
    // A limit on file sizes fails writes as a full disk does: checkpoints of LeNet are larger.
    let process = try start("full", limit: "trap '' XFSZ; ulimit -f 200")
    #expect(finish(process) == 73)
    let explains = log("full").contains("cannot write")
    #expect(explains)
    let names = try FileManager.default.subpathsOfDirectory(atPath: "\(sandbox.folder)/full")
    #expect(!names.contains { $0.contains(".tmp-") })
    #expect(finish(try start("full", ["--resume"])) == 0)
    #expect(records("full").first?.outcome == records("whole").first?.outcome)
  }

  @Test("Two runs that start together have folders of their own and end alike")
  func together() throws {
    let children = try (0..<3).map { _ in try start("both", ["--set", "training.epochs=3"]) }
    #expect(children.map(finish) == [0, 0, 0])
    let outcomes = records("both").map(\.outcome)
    #expect(outcomes.count == 3 && Set(outcomes).count == 1)
  }

  @Test("A run that is resumed already is told to be in use")
  func resumedTwice() throws {
    let first = try start("busy")
    #expect(wait(for: "\"epoch\": 2", in: "busy", first))
    first.send(SIGSTOP)
    let second = try start("busy", ["--resume"])
    #expect(finish(second) == 75)
    first.send(SIGCONT)
    #expect(finish(first) == 0)
    #expect(records("busy").map(\.status) == [.complete])
  }

  @Test("A record that was cut is named, stays out of the way, and is never resumed")
  func cutRecord() throws {
    let process = try start("cut")
    #expect(wait(for: "\"epoch\": 3", in: "cut", process))
    process.send(SIGKILL)
    _ = finish(process)
    let record = try #require(RunFolder.runs(in: "\(sandbox.folder)/cut").runs.first).folder.record
    let text = try String(contentsOfFile: record, encoding: .utf8)
    try String(text.prefix(text.count / 2)).write(
      toFile: record, atomically: true, encoding: .utf8)
    let (runs, unreadable) = RunFolder.list(in: "\(sandbox.folder)/cut")
    #expect(runs.isEmpty && unreadable.count == 1)
    #expect(unreadable.first?.contains("not valid JSON") == true)
    #expect(finish(try start("cut", ["--resume"])) == 66)
    #expect(finish(try start("cut", ["--set", "training.epochs=1"])) == 0)
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
