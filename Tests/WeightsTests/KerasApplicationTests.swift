// Keras's applications, timm's and others' names: the same weights give the same numbers.

import Foundation
import Neural
import Testing

@testable import Weights

/// What Fixtures/make_keras.py wrote, where somebody ran it.
private let kerasFolder = ProcessInfo.processInfo.environment["TLKB_KERAS"]

struct ForeignNamesTests {
  /// The tensors that a network wants, each filled with its own number.
  private func own(_ network: Network) -> ParameterSet {
    var set = ParameterSet()
    for (number, (name, shape)) in network.parameterShapes.enumerated() {
      set.add(name, Tensor(shape: shape, filledWith: Float(number)))
    }
    return set
  }

  @Test func `The engine's own names are torchvision's`() throws {
    let network = try Architectures.named("densenet121", classes: 2)
    let set = own(network)
    let found = try ForeignNames.resolve(set, for: network, file: "x.pth")
    #expect(found.names == .torchvision)
    #expect(found.parameters == set)
  }

  @Test func `DenseNet's first names and auxiliary classifiers are torchvision's too`() throws {
    let network = try Architectures.named("densenet121", classes: 2)
    let set = own(network)
    var old = ParameterSet()
    for name in set.names {
      let first = name.replacing(#/(denselayer\d+\.)(norm|conv)([12])\./#) {
        "\($0.output.1)\($0.output.2).\($0.output.3)."
      }
      old.add(first, set[name]!)
    }
    #expect(old.names != set.names)
    #expect(try ForeignNames.resolve(old, for: network, file: "x").parameters == set)

    let inception = try Architectures.named("inception_v3", classes: 2)
    var withAuxiliary = own(inception)
    withAuxiliary.add("AuxLogits.fc.weight", Tensor(zeros: [2, 768]))
    #expect(
      try ForeignNames.resolve(withAuxiliary, for: inception, file: "x").parameters
        == own(inception))
  }

  @Test(arguments: ["features.0.0.weight", "classifier.1.bias"])
  func `What is missing or left over is named`(name: String) throws {
    let network = try Architectures.named("efficientnet_b0", classes: 2)
    let set = own(network)
    var less = ParameterSet()
    for other in set.names where other != name { less.add(other, set[other]!) }
    let missing = #expect(throws: WeightsError.self) {
      try ForeignNames.resolve(less, for: network, file: "x")
    }
    #expect(missing?.description.contains(name) == true)
    var more = set
    more.add("extra.weight", Tensor(zeros: [1]))
    let left = #expect(throws: WeightsError.self) {
      try ForeignNames.resolve(more, for: network, file: "x")
    }
    #expect(left?.description.contains("extra.weight") == true)
  }

  /// The engine's EfficientNet layers with the names that timm or lukemelas gives them.
  @Test(arguments: [ForeignNames.timm, .lukemelas])
  func `EfficientNet is read under timm's and lukemelas's names, in any order`(
    names: ForeignNames
  ) throws {
    let network = try Architectures.named("efficientnet_b0", classes: 2)
    let set = own(network)
    let (timm, lukemelas) = Self.efficientNet(network)
    let layers = names == .timm ? timm : lukemelas
    var foreign = ParameterSet()
    for name in set.names.sorted() {
      let cut = name.lastIndex(of: ".")!
      foreign.add(try #require(layers[String(name[..<cut])]) + name[cut...], set[name]!)
    }
    let found = try ForeignNames.resolve(foreign, for: network, file: "x")
    #expect(found.names == names)
    for name in set.names {
      // lukemelas adds 1e-3 under a normalisation's root, timm and the engine 1e-5.
      let isMoved = names == .lukemelas && name.hasSuffix("running_var")
      let moved = set[name]!.values.map { isMoved ? $0 + 1e-3 - 1e-5 : $0 }
      #expect(found.parameters[name]?.values == moved)
    }
  }

  /// The names of EfficientNet's layers, written from its structure: seven stages of inverted
  /// residuals, the first without expansion.
  private static func efficientNet(_ network: Network) -> ([String: String], [String: String]) {
    var timm = [
      "features.0.0": "conv_stem", "features.0.1": "bn1", "features.8.0": "conv_head",
      "features.8.1": "bn2", "classifier.1": "classifier",
    ]
    var lukemelas = [
      "features.0.0": "_conv_stem", "features.0.1": "_bn0", "features.8.0": "_conv_head",
      "features.8.1": "_bn1", "classifier.1": "_fc",
    ]
    var number = 0
    for (stage, count) in [1, 2, 2, 3, 3, 4, 1].enumerated() {
      for block in 0..<count {
        let (here, there, third) = (
          "features.\(stage + 1).\(block).block", "blocks.\(stage).\(block)", "_blocks.\(number)"
        )
        number += 1
        let parts: [(String, String, String)] =
          stage == 0
          ? [
            ("0.0", "conv_dw", "_depthwise_conv"), ("0.1", "bn1", "_bn1"),
            ("1.fc1", "se.conv_reduce", "_se_reduce"), ("1.fc2", "se.conv_expand", "_se_expand"),
            ("2.0", "conv_pw", "_project_conv"), ("2.1", "bn2", "_bn2"),
          ]
          : [
            ("0.0", "conv_pw", "_expand_conv"), ("0.1", "bn1", "_bn0"),
            ("1.0", "conv_dw", "_depthwise_conv"), ("1.1", "bn2", "_bn1"),
            ("2.fc1", "se.conv_reduce", "_se_reduce"), ("2.fc2", "se.conv_expand", "_se_expand"),
            ("3.0", "conv_pwl", "_project_conv"), ("3.1", "bn3", "_bn2"),
          ]
        for part in parts {
          timm["\(here).\(part.0)"] = "\(there).\(part.1)"
          lukemelas["\(here).\(part.0)"] = "\(third).\(part.2)"
        }
      }
    }
    return (timm, lukemelas)
  }

  @Test func `VGG is read with timm's convolutions over the whole map`() throws {
    let network = try Architectures.named("vgg11_bn", classes: 2, inputShape: [3, 64, 64])
    let set = own(network)
    var timm = ParameterSet()
    let layers = ["classifier.0": "pre_logits.fc1", "classifier.3": "pre_logits.fc2"]
    for name in set.names {
      let tensor = set[name]!
      let cut = name.lastIndex(of: ".")!
      if let layer = layers[String(name[..<cut])] {
        let side = layer.hasSuffix("1") ? 7 : 1
        let shape = [tensor.shape[0], tensor.count / tensor.shape[0] / side / side, side, side]
        timm.add(
          layer + name[cut...],
          tensor.shape.count == 2 ? Tensor(shape: shape, values: tensor.values) : tensor)
      } else {
        timm.add(name.replacing("classifier.6", with: "head.fc"), tensor)
      }
    }
    let found = try ForeignNames.resolve(timm, for: network, file: "x")
    #expect(found.names == .timm)
    #expect(found.parameters == set)
  }

  @Test func `VGG is read under Caffe's names`() throws {
    let network = try Architectures.named("vgg16", classes: 2, inputShape: [3, 64, 64])
    let set = own(network)
    var caffe = ParameterSet()
    let blocks = [2, 2, 3, 3, 3]
    var names = blocks.enumerated().flatMap { block, count in
      (1...count).map { "conv\(block + 1)_\($0)" }
    }
    names += ["fc6", "fc7", "fc8"]
    for (number, name) in set.names.enumerated() {
      caffe.add(names[number / 2] + (number % 2 == 0 ? ".weight" : ".bias"), set[name]!)
    }
    let found = try ForeignNames.resolve(caffe, for: network, file: "x")
    #expect(found.names == .caffe)
    #expect(found.parameters == set)
  }

  @Test(arguments: [
    "resnet50", "mobilenet_v2", "inception_v3", "mobilenet_v3_small", "efficientnet_b0",
  ])
  func `A Keras application that computes otherwise is refused, naming the network that fits`(
    name: String
  ) throws {
    let network = try Architectures.named(name, classes: 2)
    var set = ParameterSet()
    set.add("conv1_conv/kernel", Tensor(zeros: [7, 7, 3, 64]))
    let error = #expect(throws: WeightsError.self) {
      try ForeignNames.resolve(set, for: network, file: "keras.h5")
    }
    #expect(error?.description.contains("take the network '\(name)_keras'") == true)
  }

  /// Every layer of a network with the name that Keras gives it, kernels H × W × I × O.
  @Test(arguments: [true, false])
  func `ResNet is read under Keras's names of today and of before 2019`(isModern: Bool) throws {
    let network = try Architectures.named("resnet50_keras", classes: 2)
    let set = own(network)
    var keras = ParameterSet()
    for name in set.names.sorted() {
      let cut = name.lastIndex(of: ".")!
      let (layer, role) = (String(name[..<cut]), String(name[name.index(after: cut)...]))
      let isNorm = layer.contains("bn") || layer.hasSuffix("downsample.1")
      var place = isNorm ? (isModern ? "conv1_bn" : "bn_conv1") : isModern ? "conv1_conv" : "conv1"
      if let match = layer.wholeMatch(of: #/layer(\d)\.(\d)\.(conv|bn|downsample\.)(\d)/#) {
        let (stage, block) = (Int(match.1)! + 1, Int(match.2)!)
        let part = match.3 == "downsample." ? 0 : Int(match.4)!
        place =
          isModern
          ? "conv\(stage)_block\(block + 1)_\(part)_\(isNorm ? "bn" : "conv")"
          : "\(isNorm ? "bn" : "res")\(stage)\(["a", "b", "c", "d", "e", "f"][block])_branch"
            + ["1", "2a", "2b", "2c"][part]
      } else if layer == "fc" {
        place = isModern ? "predictions" : "fc1000"
      }
      let words = ["running_mean": "moving_mean", "running_var": "moving_variance", "bias": "beta"]
      let word = isNorm ? words[role] ?? "gamma" : role == "bias" ? "bias" : "kernel"
      var tensor = set[name]!
      if word == "kernel" {
        tensor = tensor.permuted(tensor.shape.count == 4 ? [2, 3, 1, 0] : [1, 0])
      }
      if word == "moving_variance" {
        // Keras adds 1.001e-5 under the root, the engine 1e-5.
        tensor.values = tensor.values.map { $0 - 1e-8 }
      }
      keras.add("\(place)/\(word)", tensor)
    }
    let found = try ForeignNames.resolve(keras, for: network, file: "x")
    #expect(found.names == .keras)
    for name in set.names {
      let (a, b) = (try #require(found.parameters[name]), set[name]!)
      #expect(a.shape == b.shape)
      #expect(
        zip(a.values, b.values).allSatisfy { abs($0 - $1) <= 1e-5 * abs($1) + 1e-7 }, "\(name)")
    }
  }
}

// Skipped by name where TLKB_KERAS does not name the folder that Fixtures/make_keras.py filled.
@Suite(.enabled(if: kerasFolder != nil))
struct KerasApplicationTests {
  /// The largest difference of the logits, relative to their size.
  private func difference(_ name: String) throws -> Float {
    let folder = try #require(kerasFolder)
    let reference = try WeightFile.read("\(folder)/\(name).npz")
    let (images, logits) = (try #require(reference["images"]), try #require(reference["logits"]))
    let network = try Architectures.named(
      name, classes: 10, inputShape: Array(images.shape.dropFirst()))
    let found = try ForeignNames.resolve(
      try WeightFile.read("\(folder)/\(name).h5"), for: network, file: name)
    #expect(found.names == .keras)
    let model = try Model(
      network: network, parameters: found.parameters, options: ComputeOptions(algorithms: .direct))
    let scale = logits.values.map(abs).max()!
    return zip(try model.logits(images).values, logits.values).map { abs($0 - $1) }.max()! / scale
  }

  @Test(arguments: [
    "densenet121", "efficientnet_b0_keras", "inception_resnet_v2", "inception_v3_keras",
    "mobilenet_v1_0.25", "mobilenet_v2_keras", "mobilenet_v3_large_keras",
    "mobilenet_v3_small_keras", "resnet50_keras", "vgg16", "xception",
  ])
  func `A Keras application's weights give Keras's logits`(name: String) throws {
    let difference = try difference(name)
    #expect(difference < 1e-4, "\(name): \(difference)")
  }
}
