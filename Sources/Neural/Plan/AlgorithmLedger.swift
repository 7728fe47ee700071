// Which convolutions run as Winograd's algorithm, and the record of it.

import COneDNN

/// Decides per convolution and pass, and remembers. Winograd's algorithm (doi
/// 10.1109/CVPR.2016.435) is oneDNN's F(4×4, 3×3) in single precision, which needs up to 4 times fewer
/// multiplications but loses on small maps, and the engine's own F(2×2, 3×3) in bfloat16, 2.25 times.
final class AlgorithmLedger {
  let choice: AlgorithmChoice
  /// Pass ("layer/forward/batch") to whether it is Winograd.
  private(set) var decisions: [String: Bool] = [:]

  init(_ choice: AlgorithmChoice) { self.choice = choice }

  enum Pass: String { case forward, backwardData, backwardWeights }

  /// Whether Winograd's algorithm exists for the layer at all.
  static func isEligible(_ convolution: Convolution, inputs: Int) -> Bool {
    convolution.kernel == (3, 3) && convolution.stride == 1 && convolution.dilation == 1
      && convolution.groups == 1 && inputs >= 16
  }

  /// Records and returns the decision for one pass; `time` measures both when asked to. `tile` is the
  /// side of the squares of results that Winograd's algorithm computes at a time: 4 or 2.
  func decide(
    _ layer: String, _ pass: Pass, _ convolution: Convolution, input: [Int], batch: Int,
    tile: Int = 4, time: () -> (direct: Double, winograd: Double)?
  ) -> Bool {
    let key = "\(layer)/\(pass.rawValue)/\(batch)"
    // A second plan of the same kind computes as the first, whatever a second trial would find.
    if let decision = decisions[key] { return decision }
    let decision: Bool
    switch choice {
    case .direct: decision = false
    case .heuristic where tile == 2:
      // Transforming a layer's weights takes as long as 60 tiles or so save; 3 and 1 rows waste most.
      let tiles = ((input[1] + 1) / 2) * ((input[2] + 1) / 2)
      decision = batch * tiles >= 128 && 10 * input[1] * input[2] >= 6 * 4 * tiles
    case .heuristic:
      // Whole 4×4 tiles: 56, 28, 4 rows waste nothing; 14 and 7 a quarter; 5 more than half.
      let tiles = ((input[1] + 3) / 4) * ((input[2] + 3) / 4)
      let isDense = 10 * input[1] * input[2] >= 7 * 16 * tiles
      decision =
        min(input[0], convolution.outputs) >= 64 && isDense && batch * tiles >= 64
    case .recorded(let record): decision = record[key] ?? false
    case .timed: decision = time().map { $0.winograd < 0.95 * $0.direct } ?? false
    }
    decisions[key] = decision
    return decision
  }
}
