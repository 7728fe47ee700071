// A move that the search over matrices tries.

extension MulticlassLocalSearch {
  /// A move of one fold's counts, and what its sums and scores would be.
  struct Trial {
    var fold = 0
    var first = 0
    var second = 0
    /// Missed samples of both classes, then their false alarms, after the move.
    var cell = (0, 0, 0, 0)
    var errors = 0
    var sums: [Double]
    var values: [Double]

    init(_ terms: Int, _ demands: Int) {
      sums = Array(repeating: 0, count: terms)
      values = Array(repeating: 0, count: demands)
    }

    @inline(__always)
    mutating func begin(
      _ fold: Int, _ state: State, _ kind: UInt64, _ first: Int, _ second: Int, _ amount: Int
    ) {
      self.fold = fold
      self.first = first
      self.second = second
      cell = (
        state.missed[first], state.missed[second], state.alarms[first], state.alarms[second]
      )
      errors = state.errors
      switch kind {
      case 0:
        // Errors more or less.
        cell.0 += amount
        if first == second { cell.1 += amount }
        cell.3 += amount
        if first == second { cell.2 += amount }
        errors += amount
      case 1, 2, 3:
        guard first != second else { return }
        cell.0 += amount
        cell.1 -= amount
      default:
        guard first != second else { return }
        cell.2 += amount
        cell.3 -= amount
      }
    }
  }
}
