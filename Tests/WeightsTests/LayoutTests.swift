// Networks of Keras and timm with all their tensors' names, filled with drawn numbers, give the
// library's own logits (Fixtures/make_layouts.py made them).

import Foundation
import Neural
import Testing

@testable import Weights

/// One network's record in layouts.json.
struct LayoutRecord: Decodable, Sendable, CustomTestStringConvertible {
  struct Entry: Decodable {
    let name: String, shape: [Int]

    init(from decoder: any Decoder) throws {
      var fields = try decoder.unkeyedContainer()
      name = try fields.decode(String.self)
      shape = try fields.decode([Int].self)
    }
  }

  let name: String, names: String
  let side: Int
  let tensors: [Entry]
  let logits: [Double]
  var testDescription: String { "\(name) of \(names)" }

  static let all: [LayoutRecord] = {
    let data = FileManager.default.contents(atPath: Files.fixture("layouts.json")) ?? Data()
    return (try? JSONDecoder().decode([LayoutRecord].self, from: data)) ?? []
  }()

  /// SplitMix64 from the FNV-1a hash of the name, as the script draws.
  private static func uniform(_ name: String, _ count: Int) -> [Double] {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    var generator = SeededGenerator(seed: hash)
    return (0..<count).map { _ in generator.uniform() }
  }

  /// How many numbers a kernel sums up; 0 for what is no kernel.
  private func inputs(_ shape: [Int]) -> Int {
    guard shape.count > 1 else { return 0 }
    if names == "timm" { return shape.dropFirst().reduce(1, *) }
    let isDepthwise = shape.count == 4 && shape[3] == 1
    return (isDepthwise ? shape.prefix(2) : shape.dropLast()).reduce(1, *)
  }

  /// The tensors as the library's file would have them.
  func parameters() -> ParameterSet {
    var set = ParameterSet()
    for entry in tensors {
      let inputs = inputs(entry.shape)
      let bound = (6 / Double(max(inputs, 1))).squareRoot()
      let word = entry.name.split { $0 == "/" || $0 == "." }.last ?? ""
      let isScale = ["gamma", "weight", "moving_variance", "running_var"].contains(word)
      let values = Self.uniform(entry.name, entry.shape.reduce(1, *)).map { u in
        Float(inputs > 0 ? (2 * u - 1) * bound : isScale ? 0.8 + 0.4 * u : 0.2 * u - 0.1)
      }
      set.add(entry.name, Tensor(shape: entry.shape, values: values))
    }
    return set
  }

  /// Two images, drawn N × H × W × C.
  func images() -> Tensor {
    let values = Self.uniform("images", 2 * side * side * 3).map { Float(2 * $0 - 1) }
    return Tensor(shape: [2, side, side, 3], values: values).permuted([0, 3, 1, 2])
  }
}

@Suite struct LayoutTests {
  @Test(arguments: LayoutRecord.all)
  func `A library's own names are all accounted for, and give its logits`(
    record: LayoutRecord
  ) throws {
    let network = try Architectures.named(
      record.name, classes: 5, inputShape: [3, record.side, record.side])
    let found = try ForeignNames.resolve(record.parameters(), for: network, file: "x")
    #expect(found.names.rawValue == record.names)
    let model = try Model(
      network: network, parameters: found.parameters, options: ComputeOptions(threads: 1))
    let logits = try model.logits(record.images()).values
    let scale = record.logits.map(abs).max() ?? 1
    let difference = zip(logits, record.logits).map { abs(Double($0) - $1) }.max() ?? .infinity
    #expect(logits.count == record.logits.count)
    #expect(difference < 1e-4 * scale, "\(difference / scale)")
  }

  @Test func `Each convention that another library has of its own is among the records`() {
    #expect(Set(LayoutRecord.all.map(\.names)) == ["Keras", "timm"])
  }

  /// MobileNet v3 under Keras's names, but for some tensors.
  private static func mobileNet(
    without names: [String]
  ) throws -> (network: Network, set: ParameterSet) {
    let record = try #require(LayoutRecord.all.first { $0.name == "mobilenet_v3_small_keras" })
    let whole = record.parameters()
    var set = ParameterSet()
    for name in whole.names where !names.contains(name) { set.add(name, whole[name]!) }
    return (try Architectures.named(record.name, classes: 5), set)
  }

  @Test(arguments: [
    ["expanded_conv_4_project/kernel"],
    ["expanded_conv_4_project/kernel", "expanded_conv_7_project/kernel"],
  ])
  func `Of tensors too few the first is named`(names: [String]) throws {
    let (network, set) = try Self.mobileNet(without: names)
    let error = #expect(throws: WeightsError.self) {
      try ForeignNames.resolve(set, for: network, file: "x")
    }
    let said = try #require(error).description
    #expect(said.contains("expanded_conv_4_project_bn") && said.contains("features.5.block.3.0"))
  }

  @Test func `A tensor too many is named`() throws {
    let (network, whole) = try Self.mobileNet(without: [])
    var set = whole
    set.add("expanded_conv_4_extra/kernel", Tensor(zeros: [1]))
    let error = #expect(throws: WeightsError.self) {
      try ForeignNames.resolve(set, for: network, file: "x")
    }
    #expect(error?.description.contains("expanded_conv_4_extra/kernel") == true)
  }

  @Test func `TensorFlow's older names of MobileNet v3 are read too`() throws {
    let (network, whole) = try Self.mobileNet(without: [])
    var old = ParameterSet()
    for name in whole.names {
      let older = name.replacing("_bn/", with: "/BatchNorm/")
        .replacing("squeeze_excite_conv", with: "squeeze_excite/Conv")
        .replacing(#/^(expanded_conv(?:_\d+)?)_(expand|depthwise|squeeze|project)/#) {
          "\($0.output.1)/\($0.output.2)"
        }
        .replacing(#/^conv/#, with: "Conv").replacing("logits", with: "Logits")
      old.add(older, whole[name]!)
    }
    #expect(old.names.contains("expanded_conv_3/squeeze_excite/Conv_1/bias"))
    #expect(old.names.contains("expanded_conv/depthwise/BatchNorm/gamma"))
    let found = try ForeignNames.resolve(old, for: network, file: "x").parameters
    #expect(found == (try ForeignNames.resolve(whole, for: network, file: "x").parameters))
  }
}
