// Batch normalisation in training, with the activation and the residual sum around it.

import CNeuralKernels

/// One normalisation's extents and the memory its passes share.
///
/// Forward reads the input twice and writes the output once, an activation and a residual sum
/// included; backward reads gradient and input twice. oneDNN's primitive needs three reads forward,
/// and separate passes for ReLU6 and for sums.
struct BatchNormKernel {
  typealias Floats = UnsafeMutablePointer<Float>

  let layout: ChannelLayout
  let channels: Int
  /// Values of each channel: images × pixels.
  let count: Int
  let epsilon: Float
  var activation = FusedActivation.none

  /// What follows the normalisation in the same pass.
  enum FusedActivation: Equatable {
    case none
    /// ReLU up to a limit, infinity for ReLU itself.
    case clipped(Float)
    case silu

    /// The C kernels' number for it, and the limit.
    var code: (kind: Int32, limit: Float) {
      switch self {
      case .none: (0, 0)
      case .clipped(let limit): (1, limit)
      case .silu: (2, 0)
      }
    }
  }

  /// Factors and terms, per image and channel, that the gradient of the output has yet to be given:
  /// dy · gate + base / pixels. Squeeze and excitation leaves them.
  struct Gating {
    let gate: Numbers, base: Numbers?
  }

  /// Blocks of channels per image.
  private var blocks: Int { (channels + layout.inner - 1) / layout.inner }
  /// Channels in memory, padding included.
  var padded: Int { blocks * layout.inner }
  /// Floats of scratch memory that the sums need.
  var workCount: Int { 2 * layout.outer * layout.inner }

  /// The batch's mean and (biased) variance per channel.
  func moments(_ x: Numbers, work: Floats, mean: Floats, variance: Floats) {
    if x.isHalf {
      nk_batch_moments_half(
        x.halves, work, mean, variance, layout.outer, blocks, layout.spatial, layout.inner)
    } else {
      nk_batch_moments(
        x.floats, work, mean, variance, layout.outer, blocks, layout.spatial, layout.inner)
    }
  }

  /// y = activation(γ (x − mean) / √(variance + ε) + β + residual). Leaves the factor and the
  /// offset of x in `gain` and `offset`, zero for padding.
  func forward(
    _ y: Numbers, _ x: Numbers, residual: Numbers?, scale: Floats?, shift: Floats, mean: Floats,
    variance: Floats, gain: Floats, offset: Floats
  ) {
    for k in 0..<padded {
      let isReal = k < channels
      gain[k] = isReal ? (scale?[k] ?? 1) / (variance[k] + epsilon).squareRoot() : 0
      offset[k] = isReal ? shift[k] - mean[k] * gain[k] : 0
    }
    let (kind, limit) = activation.code
    if y.isHalf {
      nk_batch_apply_half(
        y.halves, x.halves, residual?.halves, gain, offset, kind, limit, layout.outer,
        blocks, layout.spatial, layout.inner)
    } else {
      nk_batch_apply(
        y.floats, x.floats, residual?.floats, gain, offset, kind, limit, layout.outer,
        blocks, layout.spatial, layout.inner)
    }
  }

  /// Memory that `backward` works with, each of `padded` floats but `work`.
  struct Scratch {
    let work: Floats, sum: Floats, dot: Floats, slope: Floats, base: Floats
  }

  /// The gradients of x, γ and β from that of y.
  ///
  /// - Parameters:
  ///   - output: y itself where a residual was added before the activation; nil recomputes it.
  ///   - masked: receives the gradient before the activation, which is the residual's; may be `dy`.
  ///   - gating: applied to `dy` first.
  ///   - usesBatch: whether mean and variance are the batch's and carry gradient themselves.
  func backward(
    _ dx: Numbers, _ dy: Numbers, _ x: Numbers, output: Numbers?, masked: Numbers?,
    gating: Gating? = nil, mean: Floats, variance: Floats, gain: Floats, offset: Floats,
    scaleGradient: Floats?, shiftGradient: Floats,
    scratch: Scratch, usesBatch: Bool
  ) {
    let (kind, limit) = activation.code
    if dx.isHalf {
      nk_batch_gradient_sums_half(
        dy.halves, x.halves, output?.halves, masked?.halves, scratch.work, scratch.sum, scratch.dot,
        gain, offset, mean, gating?.gate.halves, gating?.base?.halves, kind, limit, layout.outer,
        blocks, layout.spatial, layout.inner)
    } else {
      nk_batch_gradient_sums(
        dy.floats, x.floats, output?.floats, masked?.floats, scratch.work, scratch.sum, scratch.dot,
        gain, offset, mean, gating?.gate.floats, gating?.base?.floats, kind, limit, layout.outer,
        blocks, layout.spatial, layout.inner)
    }
    for k in 0..<padded {
      guard k < channels else {
        scratch.slope[k] = 0
        scratch.base[k] = 0
        continue
      }
      let inverse = 1 / (variance[k] + epsilon).squareRoot()
      scaleGradient?[k] = scratch.dot[k] * inverse
      shiftGradient[k] = scratch.sum[k]
      let slope =
        usesBatch ? -gain[k] * inverse * inverse * scratch.dot[k] / Float(count) : 0
      scratch.slope[k] = slope
      scratch.base[k] =
        usesBatch ? -gain[k] * scratch.sum[k] / Float(count) - slope * mean[k] : 0
    }
    // What was masked into its own memory needs no second mask.
    let (g, mask) = (masked ?? dy, masked == nil ? kind : 0)
    let rest = masked == nil ? gating : nil
    if dx.isHalf {
      nk_batch_gradient_apply_half(
        dx.halves, g.halves, x.halves, gain, offset, scratch.slope, scratch.base,
        rest?.gate.halves, rest?.base?.halves, mask, limit, layout.outer, blocks, layout.spatial,
        layout.inner)
    } else {
      nk_batch_gradient_apply(
        dx.floats, g.floats, x.floats, gain, offset, scratch.slope, scratch.base,
        rest?.gate.floats, rest?.base?.floats, mask, limit, layout.outer, blocks, layout.spatial,
        layout.inner)
    }
  }
}
