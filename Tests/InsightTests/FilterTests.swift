// Pictures of filters, features and archives.

import Foundation
import Imaging
import Insight
import Neural
import Testing
import Weights

struct FilterTests {
  @Test func `Growing a picture raises the response of its channel, the same each time`() throws {
    var generator = Neural.SeededGenerator(seed: 5)
    let network = try Architectures.named("squeezenet1_1", classes: 2)
    let parameters = network.initialParameters(using: &generator)
    var options = VisualiserOptions()
    options.side = 48
    options.steps = 1
    func responses(_ steps: Int) throws -> [Float] {
      options.steps = steps
      let visualiser = try Visualiser(
        "squeezenet1_1", classes: 2, parameters, .imageNet, options, threads: 1)
      return try visualiser.pictures(of: "features.3", channels: [0, 7]).map(\.response)
    }
    let (early, late) = (try responses(2), try responses(30))
    for (before, after) in zip(early, late) { #expect(after > before) }
    #expect(try responses(30) == late)
  }

  @Test func `A channel or size that does not exist is refused`() throws {
    var generator = Neural.SeededGenerator(seed: 5)
    let network = try Architectures.named("squeezenet1_1", classes: 2)
    let parameters = network.initialParameters(using: &generator)
    let visualiser = try Visualiser("squeezenet1_1", classes: 2, parameters, .imageNet)
    #expect(throws: NeuralError.self) {
      try visualiser.pictures(of: "features.0", channels: [64])
    }
    var options = VisualiserOptions()
    options.side = 5
    #expect(throws: NeuralError.self) {
      try Visualiser("squeezenet1_1", classes: 2, parameters, .imageNet, options)
    }
  }

  @Test func `First-layer filters show colours in the order that the eye has`() throws {
    var net = NetworkBuilder(name: "one", inputShape: [3, 4, 4])
    let x = net.convolution("conv", net.input, outputs: 1, kernel: 1)
    _ = net.linear("fc", net.globalAveragePooling("pool", x), outputs: 2)
    let network = try net.build(classifier: "fc")
    var parameters = ParameterSet()
    parameters.add("conv.weight", Tensor(shape: [1, 3, 1, 1], values: [2, 0, -1]))
    let red = try FilterPictures.firstLayer(network, parameters, enlargement: 2)[0]
    #expect(Array(red.pixels.prefix(3)) == [255, 127, 63])
    #expect(red.width == 2)
    let blue = try FilterPictures.firstLayer(network, parameters, isBGR: true, enlargement: 1)[0]
    #expect(blue.pixels == [63, 127, 255])
  }
}

struct NumpyArchiveTests {
  @Test func `An archive reads back the same`() throws {
    let tensor = Tensor(shape: [2, 3], values: [0, -1, 2.5, 3, 4, 1e-20])
    let bytes = try NumpyArchive.bytes([
      ("features", .numbers(tensor)), ("labels", .integers([3, -1])),
    ])
    let set = try WeightFile.parse(bytes, file: "x.npz")
    #expect(set["features"] == tensor)
    #expect(set["labels"]?.values == [3, -1])
  }

  // Skipped by name where python3 with NumPy is not here.
  @Test(.enabled(if: Python.hasNumPy))
  func `NumPy reads numbers and texts`() throws {
    let file = NSTemporaryDirectory() + "/tlkb-\(UUID().uuidString).npz"
    defer { unlink(file) }
    let bytes = try NumpyArchive.bytes([
      ("numbers", .numbers(Tensor(shape: [1, 2], values: [0.5, -2]))),
      ("names", .texts(["ä/1.png", "", "naïve"])),
      ("scalar", .numbers(Tensor(shape: [], values: [7]))),
    ])
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    let said = try Python.run(
      "import numpy as np, sys; f = np.load(sys.argv[1]); "
        + "print(f['numbers'].tolist(), f['names'].tolist(), f['scalar'].item())", file)
    #expect(said == "[[0.5, -2.0]] ['ä/1.png', '', 'naïve'] 7.0\n")
  }
}

enum Python {
  static let hasNumPy = (try? run("import numpy; print(1)", "")) == "1\n"

  static func run(_ code: String, _ argument: String) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", code, argument]
    var environment = ProcessInfo.processInfo.environment
    environment["PYTHONIOENCODING"] = "utf-8"
    process.environment = environment
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }
}
