// Files of other programs: Keras's HDF5, ONNX, Caffe, TensorFlow-Lite, TensorFlow.js.

import Foundation
import Neural
import Testing

@testable import Weights

struct FormatTests {
  /// What the fixtures' scripts call `base` and `kernel`.
  private let base = Tensor(shape: [2, 3, 4], values: (0..<24).map { Float($0) / 8 - 1 })
  private let kernel = Tensor(shape: [3, 3, 2, 2], values: (0..<36).map(Float.init))

  private func read(_ name: String) throws -> ParameterSet {
    try WeightFile.read(Files.fixture(name))
  }

  @Test func `A Keras model gives its weights by layer, without the optimiser's`() throws {
    let set = try read("keras_model.h5")
    #expect(
      set.names.sorted() == [
        "conv1/bias", "conv1/kernel", "conv1_bn/beta", "conv1_bn/gamma", "conv1_bn/moving_mean",
        "conv1_bn/moving_variance", "predictions/bias", "predictions/kernel",
      ])
    #expect(set["conv1/kernel"] == kernel)
    #expect(set["conv1_bn/gamma"]?.values == [1, 1])
    #expect(set["conv1_bn/moving_variance"]?.values == [4, 4])
    #expect(set["predictions/kernel"]?.shape == [32, 3])
  }

  @Test func `Keras's names and layouts become the engine's`() throws {
    let set = NameMap.keras.apply(try read("keras_model.h5"))
    let weight = try #require(set["conv1.weight"])
    #expect(weight.shape == [2, 2, 3, 3])
    // Output 1, input 0, row 2, column 1 lies at H × W × I × O in the file.
    // Place 25 of O × I × H × W, place 29 of H × W × I × O.
    #expect(weight.values[25] == kernel.values[29])
    #expect(set["conv1_bn.running_mean"]?.values == [3, 3])
    #expect(set["predictions.weight"]?.shape == [3, 32])
    #expect(set["predictions.weight"]?.values.prefix(3) == [0, 3, 6])
  }

  @Test func `A weights-only file of Keras 3 numbers its weights`() throws {
    let set = try read("keras.weights.h5")
    #expect(set["layers/conv2d/vars/0"] == kernel)
    #expect(set["layers/dense/vars/1"]?.values == [0, 1, 2])
    #expect(!set.names.contains { $0.contains("optimizer") })
  }

  @Test func `HDF5 gives compressed, half and big-endian numbers, but follows no link`() throws {
    let set = try read("arrays.h5")
    #expect(set.names == ["big", "counts", "group/compressed", "group/half"])
    for name in ["big", "group/compressed", "group/half"] { #expect(set[name] == base) }
    #expect(set["counts"]?.values == [0, 1, 2, 3])
  }

  @Test(arguments: ["layouts108.h5", "layouts110.h5"])
  func `HDF5 of any layout is read, after a user's block too`(name: String) throws {
    let set = try read(name)
    #expect(
      set.names.sorted() == [
        "compact", "extensible", "fixed", "growing", "implicit", "single", "whole",
      ])
    for name in set.names { #expect(set[name] == base, "\(name)") }
  }

  // HDF5 2.0's layout, which Debian 12's library does not know; a later library may read it.
  @Test func `HDF5 newer than the library is read or refused with what to do`() throws {
    do {
      #expect(try read("newest.h5")["growing"] == base)
    } catch {
      #expect("\(error)".contains("written by a newer HDF5"))
    }
  }

  @Test(arguments: ["external.h5", "virtual.h5"])
  func `HDF5 whose numbers lie in another file is refused`(name: String) {
    #expect(
      throws: WeightsError.malformed(file: name, reason: "a dataset lies in another file")
    ) { try read(name) }
  }

  @Test func `ONNX initialisers are read, raw and typed`() throws {
    let set = try read("small.onnx")
    #expect(
      set.names == [
        "raw", "typed", "half", "half_typed", "bytes", "double", "double_typed", "long",
      ])
    #expect(set["raw"] == base)
    #expect(set["typed"] == base)
    #expect(set["half"]?.values == [0.5, -2])
    #expect(set["half_typed"]?.values == [0.5, -2])
    #expect(set["bytes"]?.values == [-1, 0, 5])
    #expect(set["double"] == Tensor(shape: [], values: [2.5]))
    #expect(set["double_typed"]?.values == [1.5, -2.5])
    #expect(set["long"]?.values == [7, -7])
  }

  @Test func `ONNX whose numbers lie in another file is refused by name`() {
    let error = #expect(throws: WeightsError.self) { try read("external.onnx") }
    #expect(error?.description.contains("the numbers of 'away' lie in another file") == true)
  }

  @Test func `Caffe blobs are read by layer and role, sums divided by their count`() throws {
    let set = try read("small.caffemodel")
    #expect(
      set.names == [
        "conv1.weight", "conv1.bias", "bn1.running_mean", "bn1.running_var", "scale1.weight",
        "scale1.bias", "fc.weight", "prelu.0",
      ])
    #expect(set["conv1.weight"] == kernel.permuted([3, 2, 0, 1]))
    #expect(set["bn1.running_mean"]?.values == [1, 2])
    #expect(set["bn1.running_var"]?.values == [3, 4])
    #expect(set["fc.weight"]?.shape == [2, 3])
    #expect(set["prelu.0"]?.values == [0.25, 0.75])
  }

  @Test func `Caffe's older layers give the same tensors`() throws {
    let (old, new) = (try read("old.caffemodel"), try read("small.caffemodel"))
    #expect(old.names == ["conv1.weight", "conv1.bias", "fc.weight"])
    for name in old.names { #expect(old[name] == new[name]) }
  }

  @Test func `TensorFlow-Lite constants are read, quantised ones scaled back`() throws {
    let set = try read("small.tflite")
    #expect(set.names == ["float", "half", "bytes", "channels", "bias"])
    #expect(set["float"] == base)
    #expect(set["half"]?.values == [0.5, -2])
    #expect(set["bytes"]?.values == [-64, 0, 63.5])
    #expect(set["channels"]?.values == [1, -0.25, 2, -0.5])
    #expect(set["bias"]?.values == [1, -1])
  }

  @Test func `TensorFlow.js is read across its shards`() throws {
    let set = try read("tfjs/model.json")
    #expect(set["conv1/kernel"] == base)
    #expect(set["conv1/bias"]?.values == [-1, 126.5])
  }

  @Test func `A TensorFlow.js manifest cannot name files elsewhere`() {
    let manifest = #"{"weightsManifest":[{"paths":["../secret"],"weights":[]}]}"#
    #expect(throws: WeightsError.forbidden(file: "model.json", request: "../secret")) {
      try WeightFile.parse(Array(manifest.utf8), file: "model.json") { _ in [] }
    }
  }

  @Test(arguments: [
    "small.onnx", "small.caffemodel", "old.caffemodel", "small.tflite",
  ])
  func `A damaged file is an error or other numbers, never a crash`(name: String) throws {
    try damage(name, rounds: 20_000)
  }

  // Each read starts a process.
  @Test(arguments: ["keras_model.h5", "arrays.h5"])
  func `A damaged HDF5 file harms nobody`(name: String) throws {
    try damage(name, rounds: 60)
  }

  private func damage(_ name: String, rounds: Int) throws {
    let bytes = try WeightFile.bytes(Files.fixture(name))
    let cuts = max(1, bytes.count / min(rounds, 400))
    for count in stride(from: 0, to: bytes.count, by: cuts) {
      _ = try? WeightFile.parse(Array(bytes.prefix(count)), file: name)
    }
    var generator = SeededGenerator(seed: 2)
    for _ in 0..<rounds {
      var copy = bytes
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let place = Int.random(in: 0..<copy.count, using: &generator)
        // Often the bytes that make lengths and offsets large.
        copy[place] =
          Bool.random(using: &generator)
          ? [0x00, 0x7F, 0x80, 0xFF][Int.random(in: 0..<4, using: &generator)]
          : UInt8.random(in: 0...255, using: &generator)
      }
      _ = try? WeightFile.parse(copy, file: name)
    }
  }

  @Test func `A length that passes the end is an error before anything is allocated`() {
    // A graph of 2⁴⁰ bytes, an initialiser of as many, in a file of a few.
    let promise: [UInt8] = [0x08, 3, 0x3A, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20]
    #expect(throws: WeightsError.self) { try WeightFile.parse(promise, file: "promise") }
  }
}

// Skipped by name where the reference material is not beside the package.
@Suite(.enabled(if: Files.hasShared))
struct RealFormatTests {
  private func read(_ name: String) throws -> ParameterSet {
    try WeightFile.read(Files.shared("data/weights/\(name)"))
  }

  @Test func `MobileNet's TensorFlow.js shards hold what was converted from them`() throws {
    let shards = try read("mobilenet_v1_0.25_tfjs/model.json")
    let converted = try read("mobilenet_v1_0.25_tfjs/converted_mobilenet_v1_025.safetensors")
    #expect(shards.count > 100)
    #expect(shards.names.sorted() == converted.names.sorted())
    for name in shards.names { #expect(shards[name]?.values == converted[name]?.values) }
  }

  @Test func `A brain tumour model of Keras is read`() throws {
    let set = NameMap.keras.apply(
      try read("keras_h5_small/cnn-parameters-improvement-23-0.91.model"))
    #expect(
      set.names.sorted() == [
        "bn0.bias", "bn0.running_mean", "bn0.running_var", "bn0.weight", "conv0.bias",
        "conv0.weight", "fc.bias", "fc.weight",
      ])
    #expect(set["conv0.weight"]?.shape == [32, 3, 7, 7])
    #expect(set["bn0.running_var"]?.values.allSatisfy { $0 > 0 } == true)
  }

  @Test(arguments: [
    "mobilenet_quant_v1_224_head_layers", "mobilenet_v1_1.0_224_quant_embedding_extractor",
  ])
  func `A quantised TensorFlow-Lite model gives weights of a plausible size`(name: String) throws {
    let set = try read("tflite_quantized/\(name).tflite")
    #expect(set.count > 1)
    for tensor in set.names.compactMap({ set[$0] }) where tensor.shape.count == 4 {
      let largest = tensor.values.map(abs).max() ?? 0
      #expect(largest > 0.001 && largest < 100)
    }
  }
}
