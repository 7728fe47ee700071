// Facts about how much of a JPEG a recipe lets be decoded.

import Foundation
import Imaging
import Testing

@testable import Reproduce

@Suite struct DecodingTests {
  /// A plan over grainy JPEGs of twice the network's 32 pixels, named as BreakHis names its images.
  private func plan(
    _ decoding: String?, _ more: [(String, String)] = [], in sandbox: Sandbox
  ) throws -> RunPlan {
    for index in 0..<8 {
      let kind = index.isMultiple(of: 2) ? "B_A" : "M_DC"
      var image = Image(width: 64, height: 64, channels: 3)
      for at in image.pixels.indices {
        image.pixels[at] = UInt8(truncatingIfNeeded: (at / 3) &* (at / 3 &+ index) >> 3)
      }
      try Data(ImageFile.encodeJPEG(image, quality: 90)).write(
        to: URL(
          fileURLWithPath: "\(sandbox.folder)/SOB_\(kind)-14-\(index)AB-40-00\(index).jpg"))
    }
    var options = sandbox.options()
    options.dataPath = sandbox.folder
    let changes = (decoding.map { [("preprocessing.decoding", $0)] } ?? []) + more
    options.overrides = changes.map { .init(name: $0.0, value: $0.1) }
    let knowledge = try Knowledge.data.get().knowledge
    let entry = try RecipeBook.read(
      sandbox.write("recipe.yaml", Knowledge.small()), knowledge)
    return try RunPlan(entry, knowledge: knowledge, options: options)
  }

  private func ledger(_ plan: RunPlan) throws -> LedgerEntry {
    try #require(plan.ledger.first { $0.axis == .decoding })
  }

  @Test func `Every pixel is decoded by default, and the ledger says that this is the default`()
    throws
  {
    let plan = try plan(nil, in: Sandbox())
    #expect(!plan.preparation.usesReducedDecoding)
    let entry = try ledger(plan)
    #expect(entry.run.contains("full") && entry.status == .unknown)
    #expect(entry.note == "the default is full: every pixel of a JPEG")
  }

  @Test func `Reduced decoding shows the network other pixels, which features are kept by`() throws
  {
    let sandbox = try Sandbox()
    let plans = try ["full", "reduced"].map { try plan($0, in: sandbox) }
    let images = try plans.map { try $0.preparation.image(for: $0.dataset.samples[0]) }
    #expect(images.map(\.size) == [PixelSize(32), PixelSize(32)])
    #expect(FeatureCache.key(images[0]) != FeatureCache.key(images[1]))
    let entry = try ledger(plans[1])
    #expect(entry.run.contains("reduced"))
    #expect(entry.note?.contains("the default is full") == true)
    #expect(entry.note?.contains("a few grey levels different") == true)
  }

  @Test func `Steps before scaling are given every pixel, and the ledger says so`() throws {
    let plan = try plan("reduced", [("preprocessing.steps", "equalise")], in: Sandbox())
    #expect(try ledger(plan).note?.contains("so all are decoded") == true)
  }

  @Test func `An unknown word for decoding is refused with the known ones`() throws {
    let sandbox = try Sandbox()
    #expect {
      try plan("half", in: sandbox)
    } throws: { error in
      "\(error)".contains("full, reduced")
    }
  }
}
