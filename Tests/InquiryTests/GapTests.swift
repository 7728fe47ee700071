// Facts about gaps: what nobody tried is found, what somebody tried is not, and values follow the
// documented reckoning.

import Evidence
import Testing

@testable import Inquiry

@Suite("Gaps")
struct GapTests {
  static func gaps(_ edits: [SmallReview.Edit] = []) throws -> [Gap] {
    GapQuery.gaps(in: Corpus(try SmallReview.knowledge([:], replacing: edits)))
  }

  @Test("a pair that a study tried is no gap; the crossed pairs are")
  func untriedPairs() throws {
    let pairs = try Self.gaps().filter { $0.kind == .untriedPair }.map(\.id)
    #expect(Set(pairs) == ["untried-pair/vgg19.alpha", "untried-pair/vgg16.beta"])
  }

  @Test("value is studies connected times ease, highest first")
  func values() throws {
    let gaps = try Self.gaps()
    for gap in gaps { #expect(abs(gap.value - Double(gap.connects) * gap.ease) < 0.01) }
    for (one, other) in zip(gaps, gaps.dropFirst()) { #expect(one.value >= other.value) }
  }

  @Test("an experiment's ease falls with images and with the network's work")
  func ease() throws {
    let knowledge = try SmallReview.knowledge([:])
    let corpus = Corpus(knowledge, architectures: RuleTests.architectures)
    #expect(
      corpus.ease(dataset: "alpha", backbone: "vgg16").value
        > corpus.ease(dataset: "beta", backbone: "vgg16").value)
    #expect(
      corpus.ease(dataset: "alpha", backbone: "vgg16").value
        > corpus.ease(dataset: "alpha", backbone: "vgg19").value)
  }

  @Test("an ease is one over one plus the hours of twenty passes")
  func easeFormula() throws {
    let corpus = Corpus(try SmallReview.knowledge([:]), architectures: RuleTests.architectures)
    let hours = 500 * 15_470_264_320 * 20 / 2e10 / 3600
    #expect(abs(corpus.ease(dataset: "alpha", backbone: "vgg16").value - 1 / (1 + hours)) < 1e-9)
  }

  @Test("missing metrics name those that the study does not report")
  func missingMetrics() throws {
    let gaps = try Self.gaps().filter { $0.kind == .missingMetrics }
    let low = try #require(gaps.first { $0.id.hasSuffix("low-2021") })
    #expect(low.summary.contains("not Precision, Recall, Specificity and F1"))
    let roe = try #require(gaps.first { $0.id.hasSuffix("roe-2020") })
    #expect(roe.summary.contains("not Specificity"))
  }

  @Test("only accuracy on an imbalanced dataset is a gap; with F1 it is none")
  func imbalance() throws {
    let beta = SmallReview.Edit(
      "datasets/beta.yaml", "counts:",
      "limitations: [{is: class-imbalance, at: {source: review, place: section-1, row: 1}}]\ncounts:"
    )
    let alone = try Self.gaps([beta]).filter { $0.kind == .imbalanceUnmeasured }
    #expect(alone.map(\.id) == ["imbalance-unmeasured/low-2021"])
    let f1 = SmallReview.Edit("studies/low-2021.yaml", "metric: accuracy", "metric: f1")
    #expect(try Self.gaps([beta, f1]).filter { $0.kind == .imbalanceUnmeasured } == [])
  }

  @Test("an interval beside a value ends the gap of uncertainty")
  func uncertainty() throws {
    let edit = SmallReview.Edit(
      "studies/low-2021.yaml", "column: Results}", "column: Results, sd: 0.5}")
    let before = try Self.gaps().contains { $0.id == "no-uncertainty/low-2021" }
    let after = try Self.gaps([edit]).contains { $0.id == "no-uncertainty/low-2021" }
    #expect(before && !after)
  }

  @Test("a stated split ends the gap of the split")
  func split() throws {
    let edit = SmallReview.Edit(
      "studies/low-2021.yaml", "backbones: [vgg19]",
      "backbones: [vgg19]\n    split: {kind: hold-out, unit: patient}")
    #expect(try Self.gaps().contains { $0.id == "unknown-split/low-2021" })
    #expect(try !Self.gaps([edit]).contains { $0.id == "unknown-split/low-2021" })
  }

  @Test("the matrix has a cell for every network and dataset in use")
  func matrix() throws {
    let cells = Corpus(try SmallReview.knowledge([:])).matrix
    #expect(cells.count == 4)
    #expect(
      cells.filter { !$0.studies.isEmpty }.map { "\($0.backbone) \($0.dataset)" }
        == ["vgg16 alpha", "vgg19 beta"])
  }

  @Test("checklists read what the data says: the split is not reported, the dataset is")
  func checklists() throws {
    let files = try Checkout.loaded.get().documents.filter { $0.path.hasPrefix("checklists/") }
    let lists = try Checklist.read(files)
    let claim = try #require(lists.first { $0.id == "claim" })
    let corpus = Corpus(try SmallReview.knowledge([:]))
    let roe = try #require(corpus.knowledge.study("roe-2020"))
    let answers = claim.answers(of: roe, corpus)
    #expect(answers.first { $0.item.number == "7" }?.answer == .reported)
    #expect(answers.first { $0.item.number == "20" }?.answer == .notReported)
    #expect(answers.first { $0.item.number == "27" }?.answer == .notApplicable)
  }

  @Test(
    "a dataset without an experiment is unused; a result on its collection does not make it used")
  func unusedDatasets() throws {
    let part = SmallReview.Edit(
      "datasets/beta.yaml", "modality:", "part-of: alpha\nmodality:")
    let moved = SmallReview.Edit("studies/low-2021.yaml", "dataset: beta", "dataset: alpha")
    let unused = try Self.gaps([part, moved]).filter { $0.kind == .unusedDataset }.map(\.id)
    #expect(unused == ["unused-dataset/beta"])
    #expect(try Self.gaps().filter { $0.kind == .unusedDataset } == [])
  }

  @Test("external validation is a gap until a set-up says that it was tested on other data")
  func external() throws {
    let ids = try Self.gaps().filter { $0.kind == .noExternalValidation }.map(\.id)
    #expect(Set(ids) == ["no-external-validation/low-2021", "no-external-validation/roe-2020"])
    let tested = SmallReview.Edit(
      "studies/low-2021.yaml", "pretraining: alpha",
      "techniques: [external-test]\n    pretraining: alpha")
    let mark = "{id: external-test, name: external test, kind: strategy}"
    let knowledge = try SmallReview.knowledge(
      ["techniques/external-test.yaml": mark], replacing: [tested])
    let left = GapQuery.gaps(in: Corpus(knowledge)).filter { $0.kind == .noExternalValidation }
    #expect(left.map(\.id) == ["no-external-validation/roe-2020"])
  }
}
