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
  /// Nil without activation, infinity for ReLU, 6 for ReLU6.
  let limit: Float?

  /// Blocks of channels per image.
  private var blocks: Int { (channels + layout.inner - 1) / layout.inner }
  /// Channels in memory, padding included.
  var padded: Int { blocks * layout.inner }
  /// Floats of scratch memory that the sums need.
  var workCount: Int { 2 * layout.outer * layout.inner }

  /// The batch's mean and (biased) variance per channel.
  func moments(_ x: Floats, work: Floats, mean: Floats, variance: Floats) {
    nk_batch_moments(
      x, work, mean, variance, layout.outer, blocks, layout.spatial, layout.inner)
  }

  /// y = activation(γ (x − mean) / √(variance + ε) + β + residual). Leaves the factor and the
  /// offset of x in `gain` and `offset`, zero for padding.
  func forward(
    _ y: Floats, _ x: Floats, residual: Floats?, scale: Floats?, shift: Floats, mean: Floats,
    variance: Floats, gain: Floats, offset: Floats
  ) {
    for k in 0..<padded {
      let isReal = k < channels
      gain[k] = isReal ? (scale?[k] ?? 1) / (variance[k] + epsilon).squareRoot() : 0
      offset[k] = isReal ? shift[k] - mean[k] * gain[k] : 0
    }
    nk_batch_apply(
      y, x, residual, gain, offset, limit == nil ? 0 : 1, limit ?? 0, layout.outer, blocks,
      layout.spatial, layout.inner)
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
  ///   - usesBatch: whether mean and variance are the batch's and carry gradient themselves.
  func backward(
    _ dx: Floats, _ dy: Floats, _ x: Floats, output: Floats?, masked: Floats?, mean: Floats,
    variance: Floats, gain: Floats, offset: Floats, scaleGradient: Floats?, shiftGradient: Floats,
    scratch: Scratch, usesBatch: Bool
  ) {
    let isActive: Int32 = limit == nil ? 0 : 1
    nk_batch_gradient_sums(
      dy, x, output, masked, scratch.work, scratch.sum, scratch.dot, gain, offset, mean, isActive,
      limit ?? 0, layout.outer, blocks, layout.spatial, layout.inner)
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
    nk_batch_gradient_apply(
      dx, masked ?? dy, x, gain, offset, scratch.slope, scratch.base,
      masked == nil ? isActive : 0, limit ?? 0, layout.outer, blocks, layout.spatial, layout.inner)
  }
}
