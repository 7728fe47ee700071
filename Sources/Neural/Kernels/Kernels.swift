// The C kernels under Swift names.

import CNeuralKernels

/// Element-wise work outside oneDNN. Counts are in floats, padding of blocked layouts included: all
/// of these leave zeros zero.
enum Kernels {
  typealias Floats = UnsafeMutablePointer<Float>

  static func setThreads(_ count: Int) { nk_set_threads(Int32(count)) }
  static var maximumThreads: Int { Int(nk_max_threads()) }

  /// z = x + y
  static func add(_ z: Floats, _ x: Floats, _ y: Floats, _ count: Int) { nk_add(z, x, y, count) }
  /// z = max(0, x + y)
  static func addRelu(_ z: Floats, _ x: Floats, _ y: Floats, _ count: Int) {
    nk_add_relu(z, x, y, count)
  }
  /// y += x
  static func accumulate(_ y: Floats, _ x: Floats, _ count: Int) { nk_accumulate(y, x, count) }
  /// dx = dy where 0 < y < limit, else 0
  static func reluBackward(
    _ dx: Floats, _ dy: Floats, output y: Floats, limit: Float, _ count: Int
  ) {
    nk_relu_backward(dx, dy, y, limit, count)
  }
  /// y = factor · x
  static func scale(_ y: Floats, _ x: Floats, by factor: Float, _ count: Int) {
    nk_scale(y, x, factor, count)
  }
  /// y = x / (1 − rate) where kept by the hash of `key` and the position, which counts from `first`,
  /// else 0
  static func dropout(
    _ y: Floats, _ x: Floats, key: UInt64, rate: Float, first: Int = 0, _ count: Int
  ) {
    nk_dropout(y, x, key &+ UInt64(first) &* 0x9E37_79B9_7F4A_7C15, rate, count)
  }
  /// y = x · gate, per channel
  static func channelScale(_ y: Floats, _ x: Floats, gate: Floats, _ layout: ChannelLayout) {
    nk_channel_scale(y, x, gate, layout.outer, layout.spatial, layout.inner)
  }
  /// sum = Σ a · b over the pixels of each channel
  static func channelDot(_ sum: Floats, _ a: Floats, _ b: Floats, _ layout: ChannelLayout) {
    nk_channel_dot(sum, a, b, layout.outer, layout.spatial, layout.inner)
  }
}
