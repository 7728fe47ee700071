// The words by which offline augmentation is asked for.

extension Expansion {
  /// What a word such as `reflections` or `rotations 20` means; nil where it means none.
  package init?(named text: String) {
    let words = text.split(separator: " ").map(String.init)
    guard let name = words.first else { return nil }
    let numbers = words.dropFirst().compactMap { Double($0) }
    guard numbers.count == words.count - 1, numbers.allSatisfy({ abs($0) < 1e6 }) else {
      return nil
    }
    switch (name, numbers.count) {
    case ("quarter-turns", 0): self = .quarterTurns([0, 1, 2, 3])
    case ("half-turn", 0): self = .quarterTurns([0, 2])
    case ("rotations", 1): self = .rotations(step: numbers[0])
    case ("mirror", 0): self = .mirror
    case ("flip", 0): self = .flip
    case ("mirror-and-flip", 0): self = .mirrorAndFlip
    case ("reflections", 0): self = .reflections
    case ("patches", 2): self = .patches(side: Int(numbers[0]), stride: Int(numbers[1]))
    default: return nil
    }
    guard (try? validate()) != nil else { return nil }
  }

  package static let nameExpectation =
    "one of quarter-turns, half-turn, rotations 20, mirror, flip, mirror-and-flip, reflections, "
    + "patches 512 256"
}
