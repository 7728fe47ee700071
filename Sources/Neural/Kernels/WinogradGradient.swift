// The weights' gradient of 3×3 convolutions in bfloat16 by the engine's own Winograd kernels.

import CNeuralKernels
import COneDNN

/// The third pass of a convolution beside the two of `WinogradConvolution`. Both sides of its products
/// are rounded once more after their transform, which puts it off by 0.33 % in the root mean square.
struct WinogradGradient {
  /// Blocks of 16 channels.
  let source: TensorLayout, destination: TensorLayout
  /// Blocks of 16 by 16 floats.
  let weights: TensorLayout
  /// Scratch memory.
  let work: TensorLayout
  private let shape: nk_winograd_shape
  private let threads: Int32

  /// Nil where the kernels do not exist, or not for such a convolution.
  init?(_ convolution: ConvolutionShape) {
    guard let forward = WinogradConvolution(convolution, .forward) else { return nil }
    (source, destination, weights) = (forward.source, forward.destination, forward.weights)
    shape = forward.shape
    threads = nk_max_threads()
    work = .plain([nk_winograd_half_gradient_work(shape, threads) / 4])
  }

  /// Sums over all images and pixels, of the bias too where it is given.
  func run(
    _ weights: UnsafeMutablePointer<Float>, bias: UnsafeMutablePointer<Float>?, _ x: Numbers,
    _ dy: Numbers, work: UnsafeMutablePointer<Float>
  ) {
    nk_winograd_half_gradient(weights, bias, x.halves, dy.halves, work, threads, shape)
  }

  /// The least processor time of a run.
  func seconds() -> Double {
    let (x, dy) = (Value(persistent: source), Value(persistent: destination))
    let (dw, scratch) = (Value(persistent: weights), Value(persistent: work))
    return withExtendedLifetime((x, dy, dw, scratch)) {
      PrimitiveTrial.seconds {
        run(dw.floats, bias: nil, x.numbers, dy.numbers, work: scratch.floats)
      }
    }
  }
}
