// 3×3 convolutions in bfloat16 by the engine's own Winograd kernels.

import CNeuralKernels
import COneDNN

/// One convolution forward, or the gradient of its input, by Winograd's F(2×2, 3×3): 2.25 times fewer
/// multiplications. oneDNN has the algorithm in single precision only, where F(4×4, 3×3) does four
/// times fewer with instructions of half the speed; these kernels need neither its larger transforms
/// nor copies in single precision.
///
/// Sums of up to four inputs are rounded to bfloat16 before they are multiplied, as are transformed
/// weights: a result is off by 0.38 % of its size in the root mean square where oneDNN's is by 0.24 %,
/// the rounding of results (0.17 %) included. SqueezeNet 1.1 with its ImageNet weights gives logits of
/// photographs 0.29 % off single precision's by either.
struct WinogradConvolution {
  /// Blocks of 16 channels: what it reads and writes.
  let source: TensorLayout, destination: TensorLayout
  /// What weights are transformed from, and the room for the result.
  let weights: TensorLayout, transformed: TensorLayout
  /// Scratch memory.
  let work: TensorLayout
  /// Tiles of 2×2 pixels of the result.
  let tileCount: Int
  let shape: nk_winograd_shape
  private let isBackward: Bool
  private let threads: Int32
  private let extents: (outputs: Int, inputs: Int)

  /// What follows the convolution in the same pass.
  struct Ends {
    var adds = false
    /// The largest value of a ReLU that cuts off above, infinity for ReLU itself; nil for none.
    var limit: Float?

    init() {}

    /// Nil for what the kernels do not have.
    init?(_ operations: [PostOperation]) {
      for operation in operations {
        switch operation {
        case .sum where !adds && limit == nil: adds = true
        case .elementwise(dnnl_eltwise_relu, 0, _) where limit == nil: limit = .infinity
        case .elementwise(dnnl_eltwise_clip, 0, let most) where limit == nil: limit = most
        default: return nil
        }
      }
    }
  }

  /// Nil where the kernels do not exist, or not for such a convolution.
  init?(_ convolution: ConvolutionShape, _ pass: AlgorithmLedger.Pass) {
    let padding = convolution.convolution.padding
    guard convolution.type == dnnl_bf16, nk_winograd_half_exists() != 0,
      AlgorithmLedger.isEligible(convolution.convolution, inputs: convolution.source[1]),
      (0...2).contains(padding.top), (0...2).contains(padding.left)
    else { return nil }
    isBackward = pass == .backwardData
    let (from, to) =
      isBackward
      ? (convolution.destination, convolution.source)
      : (convolution.source, convolution.destination)
    extents = (convolution.destination[1], convolution.source[1])
    source = TensorLayout(from, dnnl_nChw16c, dnnl_bf16)
    destination = TensorLayout(to, dnnl_nChw16c, dnnl_bf16)
    weights = TensorLayout(convolution.weights, dnnl_OIhw16i16o)
    transformed = .plain(
      [nk_winograd_half_weights_count(extents.outputs, extents.inputs)], dnnl_bf16)
    shape = nk_winograd_shape(
      images: from[0], inputs: from[1], height: from[2], width: from[3], outputs: to[1],
      out_height: to[2], out_width: to[3], top: isBackward ? 2 - padding.top : padding.top,
      left: isBackward ? 2 - padding.left : padding.left)
    tileCount = to[0] * ((to[2] + 1) / 2) * ((to[3] + 1) / 2)
    threads = nk_max_threads()
    work = .plain([nk_winograd_half_work(shape, threads) / 4])
  }

  /// Weights in the layout `weights` to what `run` reads.
  func transform(_ weights: UnsafePointer<Float>, to transformed: Numbers) {
    nk_winograd_half_weights(
      transformed.halves, weights, extents.outputs, extents.inputs, isBackward ? 1 : 0)
  }

  /// y = ends(x ∗ weights + bias).
  func run(
    _ y: Numbers, _ x: Numbers, _ transformed: Numbers, bias: UnsafePointer<Float>?, _ ends: Ends,
    work: UnsafeMutablePointer<Float>
  ) {
    let ends = nk_winograd_ends(
      bias: bias, adds: ends.adds ? 1 : 0, clips: ends.limit == nil ? 0 : 1,
      limit: ends.limit ?? 0)
    nk_winograd_half(y.halves, x.halves, transformed.halves, work, threads, shape, ends)
  }

  /// The least processor time of a run, of the weights' transform too where they change with each.
  func seconds(transforming: Bool) -> Double {
    let (x, y) = (Value(persistent: source), Value(persistent: destination))
    let (w, u) = (Value(persistent: weights), Value(persistent: transformed))
    let scratch = Value(persistent: work)
    return withExtendedLifetime((x, y, w, u, scratch)) {
      PrimitiveTrial.seconds {
        if transforming { transform(w.floats, to: u.numbers) }
        run(y.numbers, x.numbers, u.numbers, bias: nil, Ends(), work: scratch.floats)
      }
    }
  }
}
