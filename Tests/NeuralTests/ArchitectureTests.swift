// Networks against the counts that their papers, torchvision, timm and Keras publish.

import Testing

@testable import Neural

/// Published facts of one network.
struct PublishedCounts: Sendable, CustomTestStringConvertible {
  let name: String
  let parameters: Int
  /// In 10⁹ multiply-adds as torchvision prints them, three decimals; nil where nobody prints it.
  let gigaMultiplyAdds: Double?
  let depth: Int?
  var testDescription: String { name }

  init(_ name: String, _ parameters: Int, _ giga: Double?, _ depth: Int?) {
    (self.name, self.parameters, gigaMultiplyAdds, self.depth) = (name, parameters, giga, depth)
  }

  /// Parameters and operations: torchvision 0.28's tables (auxiliary classifiers left out: Inception
  /// v3 and GoogLeNet's counts are then those of timm); depths: the papers.
  static let all = [
    PublishedCounts("alexnet", 61_100_840, 0.714, 8),
    PublishedCounts("alexnet_2012", 60_965_224, 0.724, 8),
    PublishedCounts("zfnet", 62_357_608, nil, 8),
    PublishedCounts("vgg11", 132_863_336, 7.609, 11),
    PublishedCounts("vgg11_bn", 132_868_840, 7.609, 11),
    PublishedCounts("vgg13", 133_047_848, 11.308, 13),
    PublishedCounts("vgg16", 138_357_544, 15.47, 16),
    PublishedCounts("vgg16_bn", 138_365_992, 15.47, 16),
    PublishedCounts("vgg19", 143_667_240, 19.632, 19),
    PublishedCounts("googlenet", 6_624_904, 1.498, 22),
    PublishedCounts("googlenet_2014", 6_998_552, nil, 22),
    PublishedCounts("inception_v3", 23_834_568, 5.713, 48),
    PublishedCounts("inception_resnet_v2", 55_843_464, nil, nil),
    PublishedCounts("xception", 22_855_952, nil, 71),
    PublishedCounts("resnet18", 11_689_512, 1.814, 18),
    PublishedCounts("resnet34", 21_797_672, 3.664, 34),
    PublishedCounts("resnet50", 25_557_032, 4.089, 50),
    PublishedCounts("resnet101", 44_549_160, 7.801, 101),
    PublishedCounts("resnet152", 60_192_808, 11.514, 152),
    PublishedCounts("densenet121", 7_978_856, 2.834, 121),
    PublishedCounts("densenet161", 28_681_000, 7.728, 161),
    PublishedCounts("densenet169", 14_149_480, 3.36, 169),
    PublishedCounts("densenet201", 20_013_928, 4.291, 201),
    PublishedCounts("squeezenet1_0", 1_248_424, 0.819, 18),
    PublishedCounts("squeezenet1_1", 1_235_496, 0.349, 18),
    PublishedCounts("mobilenet_v1", 4_231_976, 0.569, 28),
    PublishedCounts("mobilenet_v2", 3_504_872, 0.301, 53),
    PublishedCounts("mobilenet_v3_large", 5_483_032, 0.217, nil),
    PublishedCounts("mobilenet_v3_small", 2_542_856, 0.057, nil),
    PublishedCounts("efficientnet_b0", 5_288_548, 0.386, 82),
    PublishedCounts("efficientnet_b1", 7_794_184, 0.687, nil),
    PublishedCounts("efficientnet_b2", 9_109_994, 1.088, nil),
    PublishedCounts("efficientnet_b3", 12_233_232, 1.827, nil),
    PublishedCounts("efficientnet_b4", 19_341_616, 4.394, nil),
    PublishedCounts("efficientnet_b5", 30_389_784, 10.266, nil),
    PublishedCounts("efficientnet_b6", 43_040_704, 19.068, nil),
    PublishedCounts("efficientnet_b7", 66_347_960, 37.746, nil),
    PublishedCounts("efficientnet_lite0", 4_652_008, nil, nil),
  ]
}

@Suite("Architectures") struct ArchitectureTests {
  @Test("a network has the published number of parameters", arguments: PublishedCounts.all)
  func parameters(_ counts: PublishedCounts) throws {
    #expect(try Architectures.named(counts.name).summary().parameterCount == counts.parameters)
  }

  @Test(
    "a network does the published number of multiply-adds",
    arguments: PublishedCounts.all.filter { $0.gigaMultiplyAdds != nil })
  func multiplyAdds(_ counts: PublishedCounts) throws {
    let found = Double(try Architectures.named(counts.name).summary().multiplyAdds) / 1e9
    let printed = try #require(counts.gigaMultiplyAdds)
    #expect(abs(found - printed) <= 0.000_501)
  }

  @Test(
    "a network is as deep as its name or paper says",
    arguments: PublishedCounts.all.filter { $0.depth != nil })
  func depth(_ counts: PublishedCounts) throws {
    #expect(try Architectures.named(counts.name).summary().depth == counts.depth)
  }

  @Test("LeNet-5 for ten classes has the 61,706 parameters of its modern form")
  func lenet() throws {
    let summary = try Architectures.named("lenet5", classes: 10).summary()
    #expect(summary.parameterCount == 61_706)
    #expect(summary.depth == 5)
    #expect(summary.rows.map(\.outputShape)[3] == [6, 14, 14])
  }

  @Test("MedMNIST's ResNet-18 keeps 28×28 maps in its first stage and ends at 4×4")
  func medmnist() throws {
    let rows = try Architectures.named("medmnist_resnet18", classes: 9).summary().rows
    #expect(rows.first { $0.name == "layer1.1.relu" }?.outputShape == [64, 28, 28])
    #expect(rows.first { $0.name == "layer4.1.relu" }?.outputShape == [512, 4, 4])
    #expect(rows.last?.outputShape == [9, 1, 1])
  }

  @Test("a mistyped name is answered with the nearest one")
  func typo() {
    #expect(throws: NeuralError.unknownArchitecture(name: "resnet5O", nearest: "resnet50")) {
      try Architectures.named("resnet5O")
    }
  }

  @Test("an image too small for a network is an error that names the layer")
  func tooSmall() {
    #expect(
      throws: NeuralError.imageTooSmall(
        network: "alexnet", layer: "features.2", inputShape: [3, 12, 12])
    ) { try Architectures.named("alexnet", inputShape: [3, 12, 12]) }
  }

  @Test("every architecture takes another number of classes", arguments: Architectures.names)
  func classes(_ name: String) throws {
    let network = try Architectures.named(name)
    let replaced = try network.replacingClassifier(classes: 7)
    #expect(replaced.classes == 7)
    let direct = try Architectures.named(name, classes: 7)
    #expect(replaced == direct)
  }
}
