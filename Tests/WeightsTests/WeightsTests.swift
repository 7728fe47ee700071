// Reading weight files: every format, damaged and hostile ones, and real pre-trained networks.

import Foundation
import Neural
import Testing

@testable import Weights

/// Files beside this one, and the reference material beside the package where it is there.
enum Files {
  static func fixture(_ name: String, file: String = #filePath) -> String {
    URL(fileURLWithPath: file).deletingLastPathComponent()
      .appendingPathComponent("Fixtures/\(name)").path
  }

  static func shared(_ name: String, file: String = #filePath) -> String {
    let package = URL(fileURLWithPath: file).resolvingSymlinksInPath()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return package.deletingLastPathComponent().appendingPathComponent("shared/\(name)").path
  }

  static let hasShared = FileManager.default.fileExists(atPath: shared("data/weights"))

  /// Where the shared folder keeps each set's file.
  static let folders = [
    "efficientnet_lite0.imagenet": "efficientnet_lite0", "mobilenet_v2.imagenet": "mobilenet_v2",
    "squeezenet1_1.imagenet": "squeezenet1_1",
    "squeezenet1_1.imagenet.safetensors": "squeezenet1_1",
    "mobilenet_v1_0.25.imagenet": "mobilenet_v1_0.25_tfjs",
  ]

  static func path(of set: WeightSet) -> String {
    shared("data/weights/\(folders[set.name] ?? "")/\(set.fileName)")
  }
}

@Suite("Weight files") struct WeightFileTests {
  @Test(
    "a PyTorch file gives its tensors, whatever their strides and types",
    arguments: ["new.pth", "checkpoint.pth.tar", "legacy.pth"])
  func torch(_ name: String) throws {
    let set = try WeightFile.read(Files.fixture(name))
    let base = (0..<24).map { Float($0) / 8 - 1 }
    #expect(set["conv.weight"] == Tensor(shape: [2, 3, 4], values: base))
    let transposed = try #require(set["conv.transposed"])
    #expect(transposed.shape == [4, 2, 3])
    #expect(transposed.values.prefix(4) == [base[0], base[4], base[8], base[12]])
    #expect(set["conv.part"] == Tensor(shape: [2, 4], values: Array(base[16...])))
    #expect(set["half"]?.values.prefix(3) == [0.5, -2, 65504])
    #expect(abs((set["half"]?.values[3] ?? 0) - 6e-8) < 1e-9)
    #expect(set["brain"]?.values.prefix(2) == [1, -3.140625])
    #expect(set["double"]?.values == [1e-3, 2.5])
    #expect(set["bn.num_batches_tracked"] == Tensor(shape: [], values: [7]))
    #expect(set["empty"]?.shape == [0, 3])
  }

  @Test(
    "pickled NumPy arrays are read in every protocol",
    arguments: ["arrays2.pkl", "arrays3.pkl", "arrays4.pkl", "arrays5.pkl"])
  func arrays(_ name: String) throws {
    let set = try WeightFile.read(Files.fixture(name))
    let expected = Tensor(shape: [2, 3], values: [0, 1, 2, 3, 4, 5])
    #expect(set["layer.0"] == expected)
    #expect(set["layer.1"] == expected)
    #expect(set["c"]?.values == [1, -2])
  }

  @Test("npz archives are read, stored and deflated", arguments: ["plain.npz", "deflated.npz"])
  func npz(_ name: String) throws {
    let set = try WeightFile.read(Files.fixture(name))
    #expect(set.names == ["a", "b", "c"])
    #expect(set["a"] == set["b"])
    #expect(set["b"]?.values == [0, 1, 2, 3, 4, 5])
  }

  @Test("safetensors are read, and written so that they read back the same")
  func safetensors() throws {
    let set = try WeightFile.read(Files.fixture("small.safetensors"))
    #expect(set["x"] == Tensor(shape: [2, 2], values: [1, 2, 3, 4.5]))
    #expect(set["y"]?.values == [0.25, -1])
    let bytes = Safetensors.write(set, metadata: ["note": "a \"quoted\"\nline"])
    #expect(bytes.count % 4 == 0)
    #expect(try WeightFile.parse(bytes, file: "again") == set)
  }

  @Test("a pickle that calls a system function is refused by name and not run")
  func hostile() {
    #expect(throws: WeightsError.self) { try WeightFile.read(Files.fixture("hostile.pkl")) }
    do {
      _ = try WeightFile.read(Files.fixture("hostile.pkl"))
    } catch {
      #expect(error.description.contains("posix.system"))
    }
    #expect(!FileManager.default.fileExists(atPath: "/tmp/should-not-exist"))
  }

  @Test(
    "a file cut off or changed anywhere is an error or other numbers, never a crash",
    arguments: [
      "new.pth", "legacy.pth", "arrays2.pkl", "arrays5.pkl", "deflated.npz", "small.safetensors",
    ])
  func damaged(_ name: String) throws {
    let bytes = try WeightFile.bytes(Files.fixture(name))
    for count in stride(from: 0, to: bytes.count, by: 7) {
      #expect(throws: WeightsError.self) {
        try WeightFile.parse(Array(bytes.prefix(count)), file: name)
      }
    }
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<3000 {
      var copy = bytes
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        copy[Int.random(in: 0..<copy.count, using: &generator)] = UInt8.random(
          in: 0...255, using: &generator)
      }
      _ = try? WeightFile.parse(copy, file: name)
    }
  }

  @Test("a deeply nested or self-containing pickle is an error, never an endless walk")
  func nested() {
    let deep: [UInt8] =
      [0x80, 2] + [UInt8](repeating: UInt8(ascii: "]"), count: 100_000)
      + [UInt8](repeating: UInt8(ascii: "a"), count: 99_999) + [UInt8(ascii: ".")]
    #expect(throws: WeightsError.self) { try WeightFile.parse(deep, file: "deep") }
    // A list appended to itself.
    let loop: [UInt8] = [0x80, 2] + Array("]q\u{0}h\u{0}a.".utf8)
    #expect(throws: WeightsError.self) { try WeightFile.parse(loop, file: "loop") }
  }

  @Test("a missing file and an unknown kind are errors that name the file")
  func unknown() {
    #expect(throws: WeightsError.unreadable(path: "/nowhere/x.pth")) {
      try WeightFile.read("/nowhere/x.pth")
    }
    #expect(throws: WeightsError.unknownFormat(file: "x")) {
      try WeightFile.parse(Array("hello".utf8), file: "x")
    }
  }

  @Test("SHA-256 of 'abc' is the standard's example")
  func digest() {
    #expect(
      WeightFile.sha256(Array("abc".utf8))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }
}

/// One record of Fixtures/pretrained.json.
struct PretrainedOutput: Decodable {
  let count: Int
  let first: [Double]
  let sum: Double
  let norm: Double
  let top: Int
}

@Suite("Weight registry", .serialized) struct WeightRegistryTests {
  @Test("every set names an architecture, a checksum and a licence", arguments: WeightRegistry.sets)
  func complete(_ set: WeightSet) throws {
    _ = try Architectures.named(set.architecture)
    #expect(set.sha256.count == 64 || set.source.hasPrefix("torchvision") && set.sha256.count == 8)
    #expect(!set.licence.isEmpty && !set.source.isEmpty)
    #expect(set.preprocessing.mean.count == 3 && set.preprocessing.deviation.count == 3)
    #expect((set.reportedTop1 == nil) == (set.reportedIn == nil))
  }

  @Test("a mistyped set is answered with the nearest one")
  func typo() {
    #expect(
      throws: WeightsError.unknownSet(
        name: "mobilenet_v2.imagnet", nearest: "mobilenet_v2.imagenet")
    ) { try WeightRegistry.named("mobilenet_v2.imagnet") }
  }

  @Test("a file with another checksum is refused")
  func checksum() throws {
    let set = try WeightRegistry.named("mobilenet_v2.imagenet")
    #expect(throws: WeightsError.self) { try set.load(Files.fixture("new.pth")) }
  }

  @Test("a set with ImageNet's classifier names its thousand classes; one without has none")
  func classNames() throws {
    let names = try #require(try WeightRegistry.named("squeezenet1_1.imagenet").classNames)
    #expect(names.count == 1000)
    #expect(names[0] == "tench" && names[285] == "Egyptian cat" && names[999] == "toilet tissue")
    #expect(names.allSatisfy { !$0.isEmpty && !$0.contains("\n") })
    #expect(try WeightRegistry.named("mobilenet_v2.imagenet").classNames == nil)
  }

  // The real files lie in the shared reference folder, which a plain clone does not have.
  @Test(
    "real pre-trained weights give PyTorch's numbers on a drawn image",
    .enabled(if: Files.hasShared, "needs ../shared/data/weights"),
    arguments: WeightRegistry.sets.filter { Files.folders[$0.name] != nil })
  func parity(_ set: WeightSet) throws {
    let file = URL(fileURLWithPath: Files.fixture("pretrained.json"))
    let outputs = try JSONDecoder().decode(
      [String: PretrainedOutput].self, from: Data(contentsOf: file))
    let expected = try #require(
      outputs[set.name.replacingOccurrences(of: ".safetensors", with: "")])
    let network = try Architectures.named(set.architecture, classes: set.classes ?? 1)
    let image = SharedImage.drawn(scale: set.nameMap == .caffeSqueezeNet ? 100 : 1)
    let model = try PretrainedModel.make(set, network)
    let found =
      set.classes == nil
      ? try model.features(image, at: network.featureLayer).values : try model.logits(image).values
    #expect(found.count == expected.count)
    let scale = expected.norm / Double(expected.count).squareRoot()
    for (a, b) in zip(found, expected.first) { #expect(abs(Double(a) - b) < 1e-4 * scale) }
    let sum = found.reduce(0.0) { $0 + Double($1) }
    #expect(abs(sum - expected.sum) < 1e-4 * expected.norm * Double(found.count).squareRoot())
    #expect(found.indices.max { found[$0] < found[$1] } == expected.top)
  }
}

enum PretrainedModel {
  /// A model with a set's weights; a missing classifier stays at its drawn values.
  static func make(_ set: WeightSet, _ network: Network) throws -> Model {
    let weights = try set.load(Files.path(of: set))
    var generator = SeededGenerator(seed: 1)
    var parameters = network.initialParameters(using: &generator)
    try parameters.load(weights, exceptLayer: set.classes == nil ? network.classifier : nil)
    return try Model(
      network: network, parameters: parameters, options: ComputeOptions(threads: 1))
  }
}

enum SharedImage {
  /// The image that make_pretrained.py draws.
  static func drawn(scale: Float) -> Tensor {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in "images".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    var generator = SeededGenerator(seed: hash)
    let count = 3 * 224 * 224
    return Tensor(
      shape: [1, 3, 224, 224],
      values: (0..<count).map { _ in scale * Float(2 * generator.uniform() - 1) })
  }
}
