// Facts about sensitivity runs: what is varied, what is paired, what is tested.

import Evidence
import Foundation
import Testing

@testable import Reproduce

@Suite struct SensitivityTests {
  private static func run(
    _ axes: String, _ sandbox: Sandbox, seeds: Int = 2, resume: Bool = false,
    inDomain: InDomainSource? = nil
  ) throws -> SensitivityRecord {
    let knowledge = try Knowledge.data.get().knowledge
    let entry = try RecipeBook.read(
      sandbox.write("recipe.yaml", Knowledge.small(["epochs": "2"])), knowledge)
    var options = sandbox.options(images: 96)
    options.overrides = [.init(name: "evaluation.seeds", value: "\(seeds)")]
    return try Sensitivity(
      entry, axes: VariationAxis.list(axes), inDomain: inDomain, knowledge: knowledge,
      options: options, reporter: ProgressReporter(.quiet, isTerminal: false) { _ in },
      replicates: 50
    ).run(resume: resume).record
  }

  @Test("With and without augmentation are tested on the same images, seed by seed")
  func augmentation() throws {
    let record = try Self.run("augmentation", Sandbox())
    #expect(record.axes[0].variations.map(\.label).first == "without augmentation")
    let accuracy = try #require(record.comparisons.first { $0.metric.metric == .accuracy })
    #expect(accuracy.isPaired && accuracy.tests.count == 2)
    let test = accuracy.tests[0]
    let ours = Double((test.secondOnly ?? 0) - (test.firstOnly ?? 0)) / Double(test.images)
    // Phantoms have several images of a patient.
    #expect(test.method == "clustered McNemar" && abs(test.difference - ours) < 1e-12)
    let patients = try #require(test.patients)
    #expect(patients > 1 && patients < test.images)
    // Every seed draws a split of its own: seeds overlap, and their interval is wider for it.
    #expect(accuracy.interval?.method == "corrected paired t")
    let mean = accuracy.tests.map(\.difference).reduce(0, +) / 2
    #expect(abs(mean - accuracy.difference) < 1e-12)
    let area = try #require(record.comparisons.first { $0.metric.metric == .auc })
    #expect(area.tests.allSatisfy { $0.method == "clustered DeLong" && $0.p != nil })
    #expect(record.banner?.hasPrefix("PHANTOM DATA") == true)
  }

  @Test("A split by patient tests other images than one by image, and the record says so")
  func split() throws {
    let record = try Self.run("split", Sandbox())
    #expect(
      record.axes[0].variations.map(\.label) == ["split by patient", "split by image"])
    for comparison in record.comparisons {
      #expect(!comparison.isPaired && comparison.tests.isEmpty)
      #expect(comparison.note?.hasPrefix("not paired: the two splits test different") == true)
      #expect(comparison.interval?.method == "Welch")
    }
    let changed = record.axes[0].variations[1].ledger.first { $0.axis == .split }
    #expect(changed?.run.contains("by image") == true)
  }

  @Test("Random weights, ImageNet's and those of a first training are compared in pairs")
  func weights() throws {
    let record = try Self.run("weights", Sandbox(), seeds: 1, inDomain: .dataset("ham10000"))
    let labels = record.axes[0].variations.map(\.label)
    #expect(labels.count == 3 && labels[0] == "random weights" && labels[1] == "imagenet weights")
    #expect(labels[2].contains("first trained on ham10000"))
    let pairs = Set(record.comparisons.map { "\($0.first)|\($0.second)" })
    #expect(pairs.count == 3)
    // A single seed has no spread: tests on its images, no interval over seeds.
    #expect(record.comparisons.allSatisfy { $0.interval == nil && $0.p == nil })
    #expect(record.comparisons.allSatisfy { !$0.tests.isEmpty })
  }

  @Test("--resume takes over complete runs and gives the same tests")
  func resume() throws {
    let sandbox = try Sandbox()
    let first = try Self.run("augmentation,loss", sandbox)
    let runs = RunFolder.names(in: sandbox.options().runsFolder)
    // The base is shared: two values of augmentation, two more of the loss of one label each.
    let distinct = Set(first.axes.flatMap(\.variations).map(\.run))
    #expect(runs.count == distinct.count)
    let again = try Self.run("augmentation,loss", sandbox, resume: true)
    #expect(again.comparisons == first.comparisons)
    #expect(RunFolder.names(in: sandbox.options().runsFolder) == runs)
  }

  @Test("An unknown axis is named with the nearest known one")
  func unknown() throws {
    #expect(throws: ReproduceError.self) { try VariationAxis.list("augmentatoin") }
    let error = #expect(throws: ReproduceError.self) { try VariationAxis.list("spilt") }
    #expect("\(error as Any)".contains("did you mean 'split'?"))
    #expect(try VariationAxis.list("split, weights,split") == [.split, .weights])
  }

  @Test("Holm's correction is that of R's p.adjust")
  func holm() {
    // p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") gives 0.03 0.06 0.06 0.02.
    let adjusted = Holm.adjusted([0.01, nil, 0.04, 0.03, 0.005])
    let expected: [Double?] = [0.03, nil, 0.06, 0.06, 0.02]
    for (ours, theirs) in zip(adjusted, expected) {
      #expect((ours == nil) == (theirs == nil) && abs((ours ?? 0) - (theirs ?? 0)) < 1e-12)
    }
  }
}
