// Facts about runs: the same seed gives the same bits, records hold what they promise.

import Foundation
import Imaging
import Reproduce
import Testing

@Suite struct RunTests {
  @Test("The same recipe, images and seeds give the same outcome to the bit")
  func deterministic() throws {
    let sandbox = try Sandbox()
    var options = sandbox.options()
    options.overrides = [.init(name: "evaluation.seeds", value: "2")]
    let first = try sandbox.run(Knowledge.small(), options: options).record
    let second = try sandbox.run(Knowledge.small(), options: options).record
    #expect(first.outcome == second.outcome && first.outcome != nil)
    #expect(first.results.map(\.curve) == second.results.map(\.curve))
    #expect(first.results[0].predictionsSHA256 != first.results[1].predictionsSHA256)
  }

  @Test("A run on phantoms says so, and sets no difference beside any claim")
  func phantom() throws {
    let sandbox = try Sandbox()
    let text = Knowledge.small(["epochs": "1"])
      .replacing("study: none", with: "study: boumaraf-2021")
      .replacing("experiment: none", with: "experiment: resnet18")
    var options = sandbox.options()
    options.overrides = [.init(name: "evaluation.seeds", value: "3")]
    let record = try sandbox.run(text, options: options).record
    #expect(record.kind == .phantom && record.data.isPhantom)
    #expect(record.banner?.hasPrefix("PHANTOM DATA") == true)
    #expect(record.comparisons.count == 4)
    for comparison in record.comparisons {
      #expect(comparison.verdict == .protocolOnly && comparison.difference == nil)
    }
    let dataset = try #require(record.ledger.first { $0.axis == .dataset })
    #expect(dataset.status == .deviates && dataset.changesQuestion)
  }

  @Test("The record on disk is the one returned, with a prediction for every test image")
  func record() throws {
    let sandbox = try Sandbox()
    var options = sandbox.options()
    options.overrides = [.init(name: "evaluation.seeds", value: "1")]
    let (record, folder) = try sandbox.run(Knowledge.small(), options: options)
    let read = try RunFolder.read(folder.path)
    #expect(read.outcome == record.outcome && read.status == .complete)
    #expect(read.ledger == record.ledger && read.summary == record.summary)
    let csv = try String(contentsOfFile: folder.predictions(seed: 1), encoding: .utf8)
    let lines = csv.split(separator: "\r\n")
    #expect(lines.count == record.results[0].testImages + 1)
    #expect(lines[0] == "sample,fold,label,patient,phantom benign,phantom malignant")
    #expect(record.results[0].confusion.joined().reduce(0, +) == record.results[0].testImages)
    #expect(!FileManager.default.fileExists(atPath: folder.checkpoints))
    // One row of filters, 12 to a row at most: LeNet has six.
    let filters = try ImageFile.read(folder.filters(seed: 1))
    #expect(filters.width == 6 * 43 + 3 && filters.height == 43 + 3)
  }

  @Test("Images that were reduced before stand in the ledger beside the dataset's own size")
  func imageSize() throws {
    let sandbox = try Sandbox()
    // Mini-MIAS has films of 1,024 × 1,024 pixels; these are of 48.
    let films = (1...8).map { String(format: "mdb%03d", $0) }
    let info = films.enumerated().map { index, film in
      index.isMultiple(of: 2) ? "\(film) D NORM" : "\(film) G CIRC B 20 20 5"
    }
    _ = try sandbox.write("Info.txt", info.joined(separator: "\n") + "\n")
    for (index, film) in films.enumerated() {
      let pixels = (0..<(48 * 48)).map { UInt8(truncatingIfNeeded: $0 * (index + 3)) }
      try Data(Array("P5\n48 48\n255\n".utf8) + pixels)
        .write(to: URL(fileURLWithPath: "\(sandbox.folder)/\(film).pgm"))
    }
    let knowledge = try Knowledge.data.get().knowledge
    var options = sandbox.options()
    options.dataPath = sandbox.folder
    for (side, losesDetail) in [("32", false), ("64", true)] {
      let text = Knowledge.small().replacing("is: breakhis", with: "is: mias")
      let entry = try RecipeBook.read(sandbox.write("recipe.yaml", text), knowledge)
      options.overrides = [.init(name: "preprocessing.size", value: side)]
      let plan = try RunPlan(entry, knowledge: knowledge, options: options)
      let entries = plan.ledger.filter { $0.axis == .imageSize }
      let size = try #require(entries.first)
      #expect(size.study == "1,024 × 1,024" && size.run == "48 × 48 px")
      #expect(size.status == .deviates && size.changesQuestion == losesDetail)
    }
    // The study's own images must have the class that is called positive.
    options.overrides = [.init(name: "evaluation.positive", value: "melanoma")]
    let text = Knowledge.small().replacing("is: breakhis", with: "is: mias")
    let entry = try RecipeBook.read(sandbox.write("recipe.yaml", text), knowledge)
    #expect(throws: ReproduceError.self) {
      try RunPlan(entry, knowledge: knowledge, options: options)
    }
  }

  @Test("A frozen backbone's features are computed once and a damaged cache is computed again")
  func features() throws {
    let sandbox = try Sandbox()
    let text = Knowledge.small(["epochs": "5"]).replacing(
      "is: from-scratch", with: "is: feature-extraction")
    var options = sandbox.options(images: 48)
    options.overrides = [.init(name: "evaluation.seeds", value: "2")]
    let first = try sandbox.run(text, options: options).record
    func chunks() throws -> [String] {
      try FileManager.default.subpathsOfDirectory(atPath: options.featuresFolder)
        .filter { $0.hasSuffix(".features") }.sorted()
    }
    let before = try chunks()
    #expect(try sandbox.run(text, options: options).record.outcome == first.outcome)
    #expect(try chunks() == before)
    let damaged = "\(options.featuresFolder)/\(try #require(before.first))"
    let handle = try #require(FileHandle(forWritingAtPath: damaged))
    try handle.seek(toOffset: 200)
    try handle.write(contentsOf: Data([1, 2, 3, 4]))
    try handle.close()
    #expect(try sandbox.run(text, options: options).record.outcome == first.outcome)
  }

  @Test("k-fold tests every image once", arguments: [3])
  func folds(k: Int) throws {
    let sandbox = try Sandbox()
    var options = sandbox.options(images: 60)
    options.overrides = [
      .init(name: "split.kind", value: "k-fold"), .init(name: "split.folds", value: "\(k)"),
      .init(name: "evaluation.seeds", value: "1"), .init(name: "training.epochs", value: "1"),
    ]
    let record = try sandbox.run(Knowledge.small(), options: options).record
    #expect(record.results[0].testImages == 60)
    #expect(record.results[0].selectedEpochs.count == k)
  }

  @Test("Weights that are missing end a run on the study's data, and are named")
  func missingWeights() throws {
    let sandbox = try Sandbox()
    let text = Knowledge.small()
      .replacing("is: from-scratch", with: "is: feature-extraction")
      .replacing("weights: {is: random", with: "weights: {is: imagenet")
      .replacing("is: lenet5", with: "is: efficientnet_lite0")
      .replacing("is: breakhis", with: "is: breastmnist")
    var options = sandbox.options()
    options.dataPath = "/nowhere/breastmnist.npz"
    #expect(throws: (any Error).self) { try sandbox.run(text, options: options) }
    // On phantoms the protocol goes on from random numbers, and the ledger says so.
    options.dataPath = nil
    options.phantomImages = 20
    options.overrides = [.init(name: "evaluation.seeds", value: "1")]
    let record = try sandbox.run(text, options: options).record
    let entry = try #require(record.ledger.first { $0.axis == .weights })
    #expect(entry.run == "random" && entry.note?.contains("random numbers instead") == true)
  }

  @Test("Resuming without an unfinished run says so")
  func nothingToResume() throws {
    let sandbox = try Sandbox()
    #expect(throws: ReproduceError.self) {
      try sandbox.run(Knowledge.small(), options: sandbox.options(), resume: true)
    }
  }

  @Test("A quick look changes only what is larger, and what the user asks for wins")
  func quick() throws {
    let recipe = try Knowledge.book().entry(named: "yang-2023-breastmnist").recipe
    var options = try Sandbox().options()
    options.overrides = [.init(name: "training.epochs", value: "9")]
    options.makeQuick(recipe)
    #expect(
      options.overrides.map(\.name) == [
        "evaluation.seeds", "training.epochs", "training.batch", "training.epochs",
      ])
    #expect(options.overrides.last?.value == "9")
  }

  @Test("A run that does less than its recipe asks for answers no claim")
  func reduced() throws {
    let knowledge = try Knowledge.data.get().knowledge
    let entry = try Knowledge.book().entry(named: "boumaraf-2021")
    var options = try Sandbox().options()
    let whole = try RunPlan(entry, knowledge: knowledge, options: options).ledger
    options.makeQuick(entry.recipe)
    let quick = try RunPlan(entry, knowledge: knowledge, options: options).ledger
    for (axis, note) in [
      (LedgerEntry.Axis.epochs, "the recipe has 30"), (.resolution, "the recipe has 224 px"),
    ] {
      // The study says nothing of either: the recipe's default is no deviation.
      let before = try #require(whole.first { $0.axis == axis })
      #expect(before.status == .unknown && before.note == nil)
      let after = try #require(quick.first { $0.axis == axis })
      #expect(after.status == .deviates && after.changesQuestion && after.note == note)
    }
    let batch = try #require(quick.first { $0.axis == .batch })
    #expect(batch.status == .unknown && batch.note == "the recipe has 32")
  }

  @Test("Limits that nothing can run under are refused with a sentence that names them")
  func limits() throws {
    let knowledge = try Knowledge.data.get().knowledge
    let sandbox = try Sandbox()
    let entry = try RecipeBook.read(sandbox.write("recipe.yaml", Knowledge.small()), knowledge)
    func message(_ change: (inout RunOptions) -> Void) -> String {
      var options = sandbox.options()
      change(&options)
      do {
        _ = try RunPlan(entry, knowledge: knowledge, options: options)
        return ""
      } catch { return "\(error)" }
    }
    #expect(message { $0.threads = 100_000 }.hasPrefix("--threads is '100000'; expected at most"))
    #expect(message { $0.memoryLimit = 1 << 20 }.contains("more than --memory-limit 1 MiB"))
  }

  private static let breast = URL(fileURLWithPath: Knowledge.root)
    .appending(path: "../shared/data/images/medmnist/breastmnist.npz").standardized.path

  @Test(
    "A limit on the images keeps some of every official part",
    .enabled(if: FileManager.default.fileExists(atPath: breast), "needs ../shared/data"))
  func limitedParts() throws {
    let entry = try Knowledge.book().entry(named: "yang-2023-breastmnist")
    var options = try Sandbox().options()
    options.dataPath = Self.breast
    options.imagesPerClass = 7
    let plan = try RunPlan(entry, knowledge: try Knowledge.data.get().knowledge, options: options)
    let fold = try plan.split(seed: 1).folds[0]
    for part in [fold.train, fold.validation, fold.test] { #expect(part.count == 14) }
  }

  @Test("A run is found by its id where its folder is called otherwise")
  func renamed() throws {
    let sandbox = try Sandbox()
    var options = sandbox.options()
    options.overrides = [
      .init(name: "evaluation.seeds", value: "1"), .init(name: "training.epochs", value: "1"),
    ]
    let (record, folder) = try sandbox.run(Knowledge.small(), options: options)
    let kept = options.runsFolder + "/kept"
    try FileManager.default.moveItem(atPath: folder.path, toPath: kept)
    for name in [record.id, "small-", "kept", "last"] {
      #expect(try RunFolder.find(name, in: options.runsFolder).path == kept)
    }
    _ = try sandbox.run(Knowledge.small(), options: options)
    let error = #expect(throws: ReproduceError.self) {
      try RunFolder.find("small", in: options.runsFolder)
    }
    #expect("\(try #require(error))".hasPrefix("2 runs in "))
  }

  @Test("--dry-run counts what will be done without doing it")
  func cost() throws {
    let sandbox = try Sandbox()
    let knowledge = try Knowledge.data.get().knowledge
    let entry = try RecipeBook.read(
      sandbox.write("recipe.yaml", Knowledge.small()), knowledge)
    let plan = try RunPlan(entry, knowledge: knowledge, options: sandbox.options())
    let cost = try CostEstimate(plan, calibrating: false)
    #expect(cost.images == 80 && cost.train + cost.validation + cost.test == 80)
    #expect(cost.seeds == 5 && cost.epochs == 3 && cost.imagesPerSecond == nil)
    #expect(throws: ReproduceError.self) { try cost.checkMemory(limit: 1 << 20) }
    #expect(!FileManager.default.fileExists(atPath: sandbox.options().runsFolder))
  }
}
