// Finds the sums that complete another one: sorted by cells of a grid.

/// Sums sorted into cells over the two coordinates that tell them apart best.
struct SumGrid {
  private let axes: (Int, Int)
  private let low: [Double]
  private let high: [Double]
  private let size: (Double, Double)
  private let origin: (Double, Double)
  /// Cell numbers of 21 bits each, then the row in 20, rising.
  private var keys: [Int] = []

  init(_ values: [Double], _ width: Int, _ low: [Double], _ high: [Double]) {
    self.low = low
    self.high = high
    let count = values.count / width
    let ranges = (0..<width).map { index -> (least: Double, most: Double) in
      var ends = (least: Double.infinity, most: -Double.infinity)
      for row in 0..<count {
        ends.least = min(ends.least, values[row * width + index])
        ends.most = max(ends.most, values[row * width + index])
      }
      return ends
    }
    let ranked = (0..<width).sorted {
      let left = (high[$0] - low[$0]) / max(1e-300, ranges[$0].most - ranges[$0].least)
      let right = (high[$1] - low[$1]) / max(1e-300, ranges[$1].most - ranges[$1].least)
      return (left, $0) < (right, $1)
    }
    let axes = (ranked[0], ranked[ranked.count > 1 ? 1 : 0])
    self.axes = axes
    func cell(_ axis: Int) -> Double {
      max(high[axis] - low[axis], (ranges[axis].most - ranges[axis].least) / 0x1p20, 1e-300)
    }
    size = (cell(axes.0), cell(axes.1))
    origin = (ranges[axes.0].least, ranges[axes.1].least)
    keys.reserveCapacity(count)
    for row in 0..<count {
      let first = Self.cell(values[row * width + axes.0], origin.0, size.0)
      let second = Self.cell(values[row * width + axes.1], origin.1, size.1)
      keys.append(first << 41 + second << 20 + row)
    }
    keys.sort()
  }

  @inline(__always)
  private static func cell(_ value: Double, _ origin: Double, _ size: Double) -> Int {
    Int(max(0, min(0x1p21 - 1, ((value - origin) / size).rounded(.down) + 4)))
  }

  /// Calls `body` with every row that may complete `sum`, until it returns false.
  func visit(_ sum: [Double], _ body: (Int) -> Bool) {
    // The quotient may be rounded across a cell's edge: one millionth of a cell is more than that.
    func ends(_ axis: Int, _ origin: Double, _ size: Double) -> ClosedRange<Int> {
      let from = Self.cell(low[axis] - sum[axis] - size * 1e-6, origin, size)
      let to = Self.cell(high[axis] - sum[axis] + size * 1e-6, origin, size)
      return from...max(from, to)
    }
    let second = ends(axes.1, origin.1, size.1)
    for cell in ends(axes.0, origin.0, size.0) {
      let last = cell << 41 + second.upperBound << 20 + 0xFFFFF
      var place = firstKey(cell << 41 + second.lowerBound << 20)
      while place < keys.count, keys[place] <= last {
        if !body(keys[place] & 0xFFFFF) { return }
        place += 1
      }
    }
  }

  private func firstKey(_ key: Int) -> Int {
    var low = 0
    var high = keys.count
    while low < high {
      let middle = (low + high) / 2
      if keys[middle] < key { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
