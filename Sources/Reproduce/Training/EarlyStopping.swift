// When training stops before its last epoch.

/// Watches one number of the validation part.
struct EarlyStopping: Codable, Hashable, Sendable {
  private(set) var best: Double?
  private(set) var epochsWithout = 0

  /// Takes an epoch's score.
  /// - Returns: whether `patience` epochs went by without improvement; never with patience 0.
  mutating func shouldStop(after score: QuickScore?, _ recipe: Recipe) -> Bool {
    let patience = recipe.training.patience.value
    guard patience > 0, let value = score?.value(of: recipe.training.monitor.value) else {
      return false
    }
    if best.map({ value > $0 }) ?? true {
      best = value
      epochsWithout = 0
    } else {
      epochsWithout += 1
    }
    return epochsWithout >= patience
  }
}

extension QuickScore {
  /// The monitored number, larger being better; nil where it is undefined.
  func value(of monitor: Recipe.Monitor) -> Double? {
    switch monitor {
    case .validationLoss: -loss
    case .validationAccuracy: accuracy
    case .validationAUC: area
    }
  }
}
