// The weights' gradient of depthwise convolutions that oneDNN has no fast code for.

import CNeuralKernels
import COneDNN

/// Extents of a depthwise convolution whose weights' gradient the engine computes itself: oneDNN 2.6
/// does those with 5×5 kernels as one small matrix product per channel, tens of times slower.
struct DepthwiseGradient {
  /// Channels in blocks of 16, kernel rows, kernel columns, 16 channels.
  let weights: TensorLayout
  private let shape: nk_depthwise_shape

  /// Floats of scratch memory.
  var workCount: Int { shape.images * shape.blocks * shape.kernel * shape.kernel * 16 }

  /// Nil where oneDNN has code of its own or the layouts are not those of the kernel.
  init?(
    _ convolution: ConvolutionShape, _ forward: PrimitiveDescriptor,
    _ backwardWeights: PrimitiveDescriptor
  ) {
    let (source, destination) = (convolution.source, convolution.destination)
    let kernel = convolution.convolution.kernel
    guard convolution.convolution.groups == source[1], source[1] == destination[1],
      convolution.convolution.dilation == 1, kernel.height == kernel.width,
      [3, 5, 7].contains(kernel.height), !backwardWeights.implementation.hasPrefix("jit_dw"),
      forward.source.channels?.tag == dnnl_nChw16c,
      forward.destination.channels?.tag == dnnl_nChw16c
    else { return nil }
    weights = TensorLayout(convolution.weights, dnnl_Goihw16g)
    shape = nk_depthwise_shape(
      images: source[0], blocks: (source[1] + 15) / 16, height: source[2], width: source[3],
      out_height: destination[2], out_width: destination[3], kernel: kernel.height,
      stride: convolution.convolution.stride, top: convolution.convolution.padding.top,
      left: convolution.convolution.padding.left)
  }

  /// Sums over images, output rows and columns of dy · x, per channel and kernel position.
  func run(
    _ weights: UnsafeMutablePointer<Float>, _ x: Numbers, _ dy: Numbers,
    work: UnsafeMutablePointer<Float>
  ) {
    if x.isHalf {
      _ = nk_depthwise_weights_half(weights, x.halves, dy.halves, work, shape)
    } else {
      _ = nk_depthwise_weights(weights, x.floats, dy.floats, work, shape)
    }
  }
}
