// All networks by name.

/// The networks the engine knows.
public enum Architectures {
  private static let entries: [ArchitectureEntry] =
    LeNet.entries + AlexNet.entries + VGG.entries + GoogLeNet.entries + InceptionV3.entries
    + InceptionResNetV2.entries + Xception.entries + ResNet.entries + DenseNet.entries
    + SqueezeNet.entries + MobileNet.entries + MobileNetV3.entries + EfficientNet.entries

  /// The names that `named` takes, families together.
  public static let names: [String] = entries.map(\.name)

  /// The network called `name`, for images of `inputShape` (C, H, W; nil is the shape it was
  /// published with).
  public static func named(
    _ name: String, classes: Int = 1000, inputShape: [Int]? = nil
  ) throws(NeuralError) -> Network {
    guard let entry = entries.first(where: { $0.name == name.lowercased() }) else {
      throw .unknownArchitecture(name: name, nearest: nearestName(to: name, among: names))
    }
    guard classes > 0 else {
      throw .badOption(name: "classes", value: "\(classes)", expected: "at least 1")
    }
    let shape = inputShape ?? entry.inputShape
    guard shape.count == 3, shape.allSatisfy({ (1...65_536).contains($0) }) else {
      throw .badOption(
        name: "input shape", value: "\(shape)",
        expected: "channels, height and width from 1 to 65536")
    }
    return try entry.make(classes, shape)
  }
}
