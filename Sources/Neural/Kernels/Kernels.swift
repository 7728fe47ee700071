// The C kernels under Swift names.

import CNeuralKernels

/// Element-wise work outside oneDNN, on tensors of one kind of number. Counts are in numbers, padding
/// of blocked layouts included: all of these leave zeros zero.
enum Kernels {
  static func setThreads(_ count: Int) { nk_set_threads(Int32(count)) }
  static var maximumThreads: Int { Int(nk_max_threads()) }

  /// z = x + y
  static func add(_ z: Numbers, _ x: Numbers, _ y: Numbers, _ count: Int) {
    if z.isHalf {
      nk_add_half(z.halves, x.halves, y.halves, count)
    } else {
      nk_add(z.floats, x.floats, y.floats, count)
    }
  }

  /// z = max(0, x + y)
  static func addRelu(_ z: Numbers, _ x: Numbers, _ y: Numbers, _ count: Int) {
    if z.isHalf {
      nk_add_relu_half(z.halves, x.halves, y.halves, count)
    } else {
      nk_add_relu(z.floats, x.floats, y.floats, count)
    }
  }

  /// y += x
  static func accumulate(_ y: Numbers, _ x: Numbers, _ count: Int) {
    if y.isHalf {
      nk_accumulate_half(y.halves, x.halves, count)
    } else {
      nk_accumulate(y.floats, x.floats, count)
    }
  }

  /// dx = dy where 0 < y < limit, else 0
  static func reluBackward(
    _ dx: Numbers, _ dy: Numbers, output y: Numbers, limit: Float, _ count: Int
  ) {
    if dx.isHalf {
      nk_relu_backward_half(dx.halves, dy.halves, y.halves, limit, count)
    } else {
      nk_relu_backward(dx.floats, dy.floats, y.floats, limit, count)
    }
  }

  /// y = factor · x
  static func scale(_ y: Numbers, _ x: Numbers, by factor: Float, _ count: Int) {
    if y.isHalf {
      nk_scale_half(y.halves, x.halves, factor, count)
    } else {
      nk_scale(y.floats, x.floats, factor, count)
    }
  }

  /// y = x / (1 − rate) where kept by the hash of `key` and the position, which counts from `first`,
  /// else 0
  static func dropout(
    _ y: Numbers, _ x: Numbers, key: UInt64, rate: Float, first: Int = 0, _ count: Int
  ) {
    let start = key &+ UInt64(first) &* 0x9E37_79B9_7F4A_7C15
    if y.isHalf {
      nk_dropout_half(y.halves, x.halves, start, rate, count)
    } else {
      nk_dropout(y.floats, x.floats, start, rate, count)
    }
  }

  /// y = x · gate, per channel
  static func channelScale(_ y: Numbers, _ x: Numbers, gate: Numbers, _ layout: ChannelLayout) {
    if y.isHalf {
      nk_channel_scale_half(
        y.halves, x.halves, gate.halves, layout.outer, layout.spatial, layout.inner)
    } else {
      nk_channel_scale(y.floats, x.floats, gate.floats, layout.outer, layout.spatial, layout.inner)
    }
  }

  /// sum = Σ a · b over the pixels of each channel
  static func channelDot(_ sum: Numbers, _ a: Numbers, _ b: Numbers, _ layout: ChannelLayout) {
    if sum.isHalf {
      nk_channel_dot_half(
        sum.halves, a.halves, b.halves, layout.outer, layout.spatial, layout.inner)
    } else {
      nk_channel_dot(sum.floats, a.floats, b.floats, layout.outer, layout.spatial, layout.inner)
    }
  }
}
