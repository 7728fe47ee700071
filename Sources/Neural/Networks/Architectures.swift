// All networks by name.

/// The networks the engine knows.
public enum Architectures {
  private struct Entry {
    let name: String
    let inputShape: [Int]
    let make: @Sendable (Int, [Int]) throws(NeuralError) -> Network
  }

  private static let entries: [Entry] = {
    var entries = [
      Entry(name: "lenet5", inputShape: [1, 32, 32]) { classes, shape throws(NeuralError) in
        try LeNet.network(classes: classes, inputShape: shape)
      }
    ]
    for (name, variant) in ResNet.variants {
      let side = variant.isSmall ? 28 : 224
      entries.append(
        Entry(name: name, inputShape: [3, side, side]) { classes, shape throws(NeuralError) in
          try ResNet.network(name, variant, classes: classes, inputShape: shape)
        })
    }
    return entries
  }()

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
    guard shape.count == 3, shape.allSatisfy({ $0 > 0 }) else {
      throw .badOption(
        name: "input shape", value: "\(shape)", expected: "channels, height and width above 0")
    }
    return try entry.make(classes, shape)
  }
}
