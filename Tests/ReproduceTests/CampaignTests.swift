// Facts about campaigns: plans, tasks run once, merged records equal to single runs.

import Evidence
import Foundation
import Reproduce
import Testing

/// A campaign of a small recipe in a sandbox, run inside the test's process.
private struct SmallCampaign {
  let sandbox: Sandbox
  let folder: CampaignFolder
  let entry: RecipeBook.Entry

  init(
    seeds: Int = 2, recipe: String = Knowledge.small(["epochs": "2"]),
    variations: [(String?, [RunRecord.Override])] = [(nil, [])]
  ) throws {
    sandbox = try Sandbox()
    folder = CampaignFolder(sandbox.folder + "/campaign")
    entry = try RecipeBook.read(
      sandbox.write("recipe.yaml", recipe), Knowledge.data.get().knowledge)
    try plan(seeds: seeds, variations)
  }

  func plan(seeds: Int, _ variations: [(String?, [RunRecord.Override])] = [(nil, [])]) throws {
    let setups = variations.map { name, overrides in
      CampaignSetup(
        entry: entry, variation: name, overrides: overrides, options: sandbox.options())
    }
    try folder.write(CampaignPlan(setups: setups, seeds: seeds), entries: [entry])
  }

  func run(_ task: CampaignTask) throws -> CampaignWorker.Outcome {
    try CampaignWorker(
      folder, knowledge: Knowledge.data.get().knowledge, base: sandbox.options(),
      reporter: ProgressReporter(.quiet, isTerminal: false) { _ in }
    ).run(task)
  }

  func runAll() throws { for task in try folder.plan().tasks { _ = try run(task) } }

  func merge() throws -> [MergedSetup] {
    try CampaignMerge(
      folder, knowledge: Knowledge.data.get().knowledge, base: sandbox.options()
    ).run()
  }
}

@Suite struct CampaignTests {
  @Test("A plan has the same text whatever the order in which its set-ups are named")
  func sorted() throws {
    let small = try SmallCampaign()
    let setups = ["b", "a"].map { name in
      CampaignSetup(
        entry: small.entry, variation: name, overrides: [], options: small.sandbox.options())
    }
    let plan = CampaignPlan(setups: setups, seeds: 3)
    #expect(plan.text == CampaignPlan(setups: setups.reversed(), seeds: 3).text)
    #expect(plan.tasks.map(\.seed) == [1, 2, 3, 1, 2, 3])
    #expect(plan.tasks[0].setup.variation == "a")
    #expect(Set(plan.tasks.map(\.id)).count == 6)
    #expect(try CampaignPlan(plan.text, file: "p").tasks == plan.tasks)
    #expect(CampaignPlan(setups: setups + setups, seeds: 3).tasks == plan.tasks)
  }

  @Test("A plan that was changed by hand is refused")
  func edited() throws {
    let small = try SmallCampaign()
    let text = try small.folder.plan().text
    let edited = text.replacing("\"seed\":2", with: "\"seed\":7")
    #expect(text != edited)
    #expect(throws: CampaignError.self) { try CampaignPlan(edited, file: "plan.jsonl") }
  }

  @Test("The merged record is the one of a single run with the same seeds, to the bit")
  func merged() throws {
    let text = Knowledge.small(["epochs": "2"])
      .replacing("study: none", with: "study: boumaraf-2021")
      .replacing("experiment: none", with: "experiment: resnet18")
    let small = try SmallCampaign(seeds: 3, recipe: text)
    // In any order.
    for task in try small.folder.plan().tasks.reversed() { _ = try small.run(task) }
    let merged = try #require(try small.merge().first?.record)
    var options = small.sandbox.options()
    options.overrides = [.init(name: "evaluation.seeds", value: "3")]
    let (single, folder) = try small.sandbox.run(text, options: options)
    #expect(merged.outcome == single.outcome && merged.outcome != nil)
    #expect(merged.fingerprint == single.fingerprint)
    #expect(merged.summary == single.summary && merged.comparisons == single.comparisons)
    #expect(merged.comparisons.count == 4)
    #expect(merged.ledger == single.ledger && merged.splits == single.splits)
    #expect(merged.results.map(\.curve) == single.results.map(\.curve))
    #expect(merged.seeds == single.seeds && merged.status == .complete)
    #expect(merged.recipe.overrides == single.recipe.overrides)
    let setup = try #require(try small.folder.plan().setups.first?.setup)
    for seed in 1...3 {
      for name in ["predictions-\(seed).csv", "split-\(seed).json"] {
        let ours = FileManager.default.contents(
          atPath: "\(small.folder.merged(setup).path)/\(name)")
        #expect(
          ours != nil && ours == FileManager.default.contents(atPath: "\(folder.path)/\(name)"))
      }
    }
  }

  @Test("Merging again gives the same bytes, and a task that is done is not run again")
  func idempotent() throws {
    let small = try SmallCampaign()
    try small.runAll()
    let first = try small.merge()
    #expect(first.map(\.isNew) == [true])
    let setup = first[0].setup
    let bytes = FileManager.default.contents(atPath: small.folder.merged(setup).record)
    for task in try small.folder.plan().tasks {
      #expect(try small.run(task) == .alreadyDone)
      #expect(small.folder.attemptCount(task) == 1)
    }
    #expect(try small.merge().map(\.isNew) == [false])
    try FileManager.default.removeItem(atPath: small.folder.path + "/merged")
    #expect(try small.merge().map(\.isNew) == [true])
    #expect(FileManager.default.contents(atPath: small.folder.merged(setup).record) == bytes)
  }

  @Test("A recipe with missing seeds is not merged, and more seeds run only the new ones")
  func growing() throws {
    let small = try SmallCampaign(seeds: 1)
    try small.runAll()
    try small.plan(seeds: 2)
    let partial = try small.merge()
    #expect(partial[0].record == nil && partial[0].missing == [2])
    let tasks = try small.folder.plan().tasks
    #expect(tasks.map { small.folder.state($0) } == [.done, .waiting])
    try small.runAll()
    #expect(tasks.map { small.folder.attemptCount($0) } == [1, 1])
    #expect(try small.merge()[0].record?.results.map(\.seed) == [1, 2])
  }

  @Test("A damaged result is no result")
  func damaged() throws {
    let small = try SmallCampaign(seeds: 1)
    try small.runAll()
    let task = try #require(try small.folder.plan().tasks.first)
    let file = small.folder.result(task)
    let text = try String(contentsOfFile: file, encoding: .utf8)
    try text.replacing("predictions\":\"sample", with: "predictions\":\"simple")
      .write(toFile: file, atomically: true, encoding: .utf8)
    #expect(small.folder.state(task) == .died)
    #expect(try small.run(task) == .done)
    #expect(small.folder.state(task) == .done)
  }

  @Test("Changed weights or images are found when results are merged")
  func stale() throws {
    let small = try SmallCampaign(seeds: 1)
    try small.runAll()
    let task = try #require(try small.folder.plan().tasks.first)
    let manifest = try small.folder.read(task).record.data.manifest
    let file = small.folder.result(task)
    try String(contentsOfFile: file, encoding: .utf8)
      .replacing(manifest, with: String(manifest.reversed()))
      .write(toFile: file, atomically: true, encoding: .utf8)
    #expect(throws: CampaignError.staleResult(path: file, what: "images")) { try small.merge() }
  }

  @Test("Variations of one recipe are set-ups of their own")
  func variations() throws {
    let small = try SmallCampaign(
      seeds: 1,
      variations: [
        (nil, []), ("two-epochs", [.init(name: "training.epochs", value: "1")]),
      ])
    try small.runAll()
    let merged = try small.merge()
    #expect(merged.count == 2 && merged.allSatisfy { $0.record != nil })
    #expect(merged[0].record?.outcome != merged[1].record?.outcome)
  }
}

@Suite struct CampaignVariationTests {
  @Test("Merged variations give the paired tests of a sensitivity run, and nothing is run again")
  func sensitivity() throws {
    let small = try SmallCampaign(
      seeds: 2, recipe: Knowledge.small(["epochs": "2"]), variations: [])
    let knowledge = try Knowledge.data.get().knowledge
    let setups = try CampaignSetup.all(
      of: small.entry, varying: [.augmentation], knowledge: knowledge,
      options: small.sandbox.options())
    #expect(setups.count == 2 && setups[0].variation == nil)
    #expect(setups[1].variation?.hasPrefix("with-augmentation") == true)
    try small.folder.write(CampaignPlan(setups: setups, seeds: 2), entries: [small.entry])
    try small.runAll()
    #expect(try small.merge().allSatisfy { $0.record != nil })
    var options = small.sandbox.options()
    options.runsFolder = small.folder.path + "/merged"
    options.overrides = [.init(name: "evaluation.seeds", value: "2")]
    let before = RunFolder.names(in: options.runsFolder)
    let (record, _) = try Sensitivity(
      small.entry, axes: [.augmentation], knowledge: knowledge, options: options,
      reporter: ProgressReporter(.quiet, isTerminal: false) { _ in }, replicates: 50
    ).run(resume: true)
    #expect(RunFolder.names(in: options.runsFolder) == before && before.count == 2)
    #expect(Set(record.axes[0].variations.map(\.run)) == Set(before))
    #expect(!record.comparisons.isEmpty)
  }
}

@Suite struct CampaignScriptTests {
  private func scripts(_ folder: String) -> CampaignScripts {
    CampaignScripts(
      .init(
        program: "/opt/my tools/tlkb", folder: folder, options: ["--data", "/d"],
        environment: [("TLKB_HOME", "/h")]))
  }

  @Test("A Slurm array covers every task, also more than one array takes")
  func slurm() throws {
    let small = try SmallCampaign(seeds: 1)
    let text = scripts("/c").slurm(
      try small.folder.plan(), atOnce: 4, directives: ["--partition=long"])
    #expect(text.hasPrefix("#!/bin/sh\n"))
    for line in [
      "#SBATCH --array=1-1%4", "#SBATCH --partition=long", "#SBATCH --cpus-per-task=1",
      "  '/opt/my tools/tlkb' campaign task --data /d /c \"$task\" || status=$?",
      "export TLKB_HOME=/h",
    ] {
      #expect(text.split(separator: "\n").contains { $0 == line }, "\(line)")
    }
    let many = CampaignPlan(
      setups: try small.folder.plan().setups.map(\.setup), seeds: 2500)
    let long = scripts("/c").slurm(many, atOnce: nil, directives: [])
    #expect(long.contains("--array=1-1000\n"))
    #expect(long.contains("while [ \"$task\" -le 2500 ]") && long.contains("task + 1000"))
  }

  @Test("Words are quoted so that a shell takes them literally")
  func quoting() throws {
    let small = try SmallCampaign(seeds: 1)
    let text = scripts("/it's here").slurm(try small.folder.plan(), atOnce: nil, directives: [])
    #expect(text.contains("'/it'\\''s here'"))
  }
}
