// torchvision's ImageNet weights: names, checksums and accuracies from torchvision's own metadata.

import Neural

/// The weight sets that torchvision publishes for the engine's networks.
enum TorchvisionSets {
  /// Network, version, file, top-1 in percent, side of the crop, shorter side before it; from the
  /// `Weights` enumerations of torchvision 0.29 (`meta["_metrics"]["ImageNet-1K"]["acc@1"]`,
  /// `transforms()`).
  private static let table = """
    alexnet 1 alexnet-owt-7be5be79.pth 56.522 224 256
    vgg11 1 vgg11-8a719046.pth 69.020 224 256
    vgg13 1 vgg13-19584684.pth 69.928 224 256
    vgg16 1 vgg16-397923af.pth 71.592 224 256
    vgg19 1 vgg19-dcbb9e9d.pth 72.376 224 256
    vgg11_bn 1 vgg11_bn-6002323d.pth 70.370 224 256
    vgg13_bn 1 vgg13_bn-abd245e5.pth 71.586 224 256
    vgg16_bn 1 vgg16_bn-6c64b313.pth 73.360 224 256
    vgg19_bn 1 vgg19_bn-c79401a0.pth 74.218 224 256
    googlenet 1 googlenet-1378be20.pth 69.778 224 256
    inception_v3 1 inception_v3_google-0cc3c7bd.pth 77.294 299 342
    resnet18 1 resnet18-f37072fd.pth 69.758 224 256
    resnet34 1 resnet34-b627a593.pth 73.314 224 256
    resnet50 1 resnet50-0676ba61.pth 76.130 224 256
    resnet50 2 resnet50-11ad3fa6.pth 80.858 224 232
    resnet101 1 resnet101-63fe2227.pth 77.374 224 256
    resnet101 2 resnet101-cd907fc2.pth 81.886 224 232
    resnet152 1 resnet152-394f9c45.pth 78.312 224 256
    resnet152 2 resnet152-f82ba261.pth 82.284 224 232
    densenet121 1 densenet121-a639ec97.pth 74.434 224 256
    densenet169 1 densenet169-b2777c0a.pth 75.600 224 256
    densenet201 1 densenet201-c1103571.pth 76.896 224 256
    squeezenet1_0 1 squeezenet1_0-b66bff10.pth 58.092 224 256
    squeezenet1_1 1 squeezenet1_1-b8a52dc0.pth 58.178 224 256
    mobilenet_v2 1 mobilenet_v2-b0353104.pth 71.878 224 256
    mobilenet_v2 2 mobilenet_v2-7ebf99e0.pth 72.154 224 232
    mobilenet_v3_small 1 mobilenet_v3_small-047dcff4.pth 67.668 224 256
    mobilenet_v3_large 1 mobilenet_v3_large-8738ca79.pth 74.042 224 256
    mobilenet_v3_large 2 mobilenet_v3_large-5c1a4163.pth 75.274 224 232
    efficientnet_b0 1 efficientnet_b0_rwightman-7f5810bc.pth 77.692 224 256
    efficientnet_b1 1 efficientnet_b1_rwightman-bac287d4.pth 78.642 240 256
    efficientnet_b1 2 efficientnet_b1-c27df63c.pth 79.838 240 255
    efficientnet_b2 1 efficientnet_b2_rwightman-c35c1473.pth 80.608 288 288
    efficientnet_b3 1 efficientnet_b3_rwightman-b3899882.pth 82.008 300 320
    efficientnet_b4 1 efficientnet_b4_rwightman-23ab8bcd.pth 83.384 380 384
    efficientnet_b5 1 efficientnet_b5_lukemelas-1a07897c.pth 83.444 456 456
    efficientnet_b6 1 efficientnet_b6_lukemelas-24a108a5.pth 84.008 528 528
    efficientnet_b7 1 efficientnet_b7_lukemelas-c5b4e57e.pth 84.122 600 600
    """

  static let sets: [WeightSet] = table.split(separator: "\n").map { line in
    let words = line.split(separator: " ").map(String.init)
    let (network, version, file) = (words[0], words[1], words[2])
    let (side, shorter) = (Int(words[4])!, Double(words[5])!)
    // Google's networks were trained on −1 to 1; torchvision transforms its usual input to that.
    let isGoogle = network == "googlenet" || network == "inception_v3"
    let usual = Preprocessing.imageNet
    let half: [Float] = [0.5, 0.5, 0.5]
    return WeightSet(
      name: "\(network).imagenet.torchvision\(version == "1" ? "" : "-v\(version)")",
      architecture: network, classes: 1000, fileName: file, byteCount: nil,
      // The publisher gives the first eight digits, in the file's name.
      sha256: String(file.dropLast(4).suffix(8)), licence: "BSD-3-Clause",
      source: "torchvision's IMAGENET1K_V\(version)",
      url: "https://download.pytorch.org/models/\(file)", nameMap: .torchvision,
      preprocessing: Preprocessing(
        side: side, cropFraction: Double(side) / shorter, order: .rgb, scale: usual.scale,
        mean: isGoogle ? half : usual.mean, deviation: isGoogle ? half : usual.deviation),
      reportedTop1: Double(words[3])!, reportedIn: "torchvision 0.29's metadata of these weights")
  }
}
