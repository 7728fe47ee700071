// Caffe's published networks: their layers' names as in the authors' prototxt files.

import Foundation
import Neural
import Testing

@testable import Weights

struct CaffeNamesTests {
  /// The tensors that a network wants, every number another.
  private func own(_ network: Network) -> ParameterSet {
    var set = ParameterSet()
    var next: Float = 0
    for (name, shape) in network.parameterShapes {
      var tensor = Tensor(zeros: shape)
      for index in tensor.values.indices {
        tensor.values[index] = next
        next += 1
        if next == 10_007 { next = 0 }
      }
      set.add(name, tensor)
    }
    return set
  }

  /// A caffemodel of convolutions: layers of version 2 with their blobs.
  private func caffeModel(_ layers: [(name: String, blobs: [Tensor])]) -> [UInt8] {
    func field(_ number: Int, _ bytes: [UInt8]) -> [UInt8] {
      varint(number << 3 | 2) + varint(bytes.count) + bytes
    }
    func varint(_ value: Int) -> [UInt8] {
      value < 128 ? [UInt8(value)] : [UInt8(value & 127 | 128)] + varint(value >> 7)
    }
    return layers.flatMap { layer in
      let blobs = layer.blobs.flatMap { blob in
        let numbers = blob.values.withUnsafeBytes { Array($0) }
        return field(7, field(7, field(1, blob.shape.flatMap(varint))) + field(5, numbers))
      }
      return field(
        100, field(1, Array(layer.name.utf8)) + field(2, Array("Convolution".utf8)) + blobs)
    }
  }

  @Test(arguments: ["squeezenet1_0", "squeezenet1_1"])
  func `SqueezeNet's caffemodel is read with its kernels as they stand`(name: String) throws {
    let network = try Architectures.named(name)
    let set = own(network)
    var names = ["conv1"]
    for fire in 2...9 {
      for part in ["squeeze1x1", "expand1x1", "expand3x3"] { names.append("fire\(fire)/\(part)") }
    }
    names.append("conv10")
    let bytes = caffeModel(
      names.enumerated().map { position, layer in
        (layer, [set[set.names[2 * position]]!, set[set.names[2 * position + 1]]!])
      })
    let found = try ForeignNames.resolve(
      try WeightFile.parse(bytes, file: "squeezenet.caffemodel"), for: network, file: "x")
    #expect(found.names == .caffe)
    #expect(found.parameters == set)
  }

  @Test func `ResNet is read with its normalisations joined, into the form that Caffe has`() throws
  {
    let network = try Architectures.named("resnet50_keras", classes: 2)
    let set = own(network)
    var caffe = ParameterSet()
    for name in set.names {
      let cut = name.lastIndex(of: ".")!
      let (layer, role) = (String(name[..<cut]), name[name.index(after: cut)...])
      var place = "conv1"
      if let match = layer.wholeMatch(of: #/layer(\d)\.(\d)\.(conv|bn|downsample\.)(\d)/#) {
        let block = "\(Int(match.1)! + 1)\(["a", "b", "c", "d", "e", "f"][Int(match.2)!])"
        let number = Int(match.4)!
        place =
          match.3 == "downsample."
          ? "\(block)_branch1" : "\(block)_branch2\(["a", "b", "c"][number - 1])"
        let isNorm = match.3 == "bn" || match.3 == "downsample." && number == 1
        place = isNorm ? place : "res\(place)"
        if isNorm { place = (role.hasPrefix("running") ? "bn" : "scale") + place }
      } else if layer == "bn1" {
        place = role.hasPrefix("running") ? "bn_conv1" : "scale_conv1"
      } else if layer == "fc" {
        place = "fc1000"
      }
      caffe.add("\(place).\(role)", set[name]!)
    }
    let found = try ForeignNames.resolve(caffe, for: network, file: "x")
    #expect(found.names == .caffe)
    #expect(found.parameters == set)
    // Without the difference being computed, the numbers would be wrong.
    let other = try Architectures.named("resnet50", classes: 2)
    let error = #expect(throws: WeightsError.self) {
      try ForeignNames.resolve(caffe, for: other, file: "x")
    }
    #expect(error?.description.contains("take the network 'resnet50_keras'") == true)
  }

  @Test func `GoogLeNet is read without its auxiliary classifiers`() throws {
    let network = try Architectures.named("googlenet_2014", classes: 2)
    let set = own(network)
    var names = ["conv1/7x7_s2", "conv2/3x3_reduce", "conv2/3x3"]
    for module in ["3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b"] {
      for part in ["1x1", "3x3_reduce", "3x3", "5x5_reduce", "5x5", "pool_proj"] {
        names.append("inception_\(module)/\(part)")
      }
    }
    names.append("loss3/classifier")
    var caffe = ParameterSet()
    caffe.add("loss1/conv.weight", Tensor(zeros: [128, 512, 1, 1]))
    for (position, name) in set.names.enumerated() {
      caffe.add(names[position / 2] + (position % 2 == 0 ? ".weight" : ".bias"), set[name]!)
    }
    let found = try ForeignNames.resolve(caffe, for: network, file: "x")
    #expect(found.names == .caffe)
    #expect(found.parameters == set)
  }
}
