// The shape a layer's output has.

/// Output shapes from input shapes; all are C, H, W.
enum ShapeInference {
  /// The output shape, or nil where the inputs do not fit the operation. Extents below 1 mean that
  /// the image is too small.
  static func output(of operation: Operation, shapes: [[Int]]) -> [Int]? {
    guard let first = shapes.first else { return nil }
    let (channels, height, width) = (first[0], first[1], first[2])
    switch operation {
    case .input: return nil
    case .convolution(let convolution):
      guard channels % convolution.groups == 0, convolution.outputs % convolution.groups == 0
      else { return nil }
      let padding = convolution.padding
      return [
        convolution.outputs,
        windows(
          height + padding.top + padding.bottom,
          (convolution.kernel.height - 1) * convolution.dilation + 1, convolution.stride),
        windows(
          width + padding.left + padding.right,
          (convolution.kernel.width - 1) * convolution.dilation + 1, convolution.stride),
      ]
    case .batchNorm, .activation, .dropout, .stochasticDepth, .scaling, .localResponseNorm:
      return first
    case .pooling(let pooling):
      let padding = pooling.padding
      return [
        channels,
        pooled(height, padding.top, padding.bottom, pooling),
        pooled(width, padding.left, padding.right, pooling),
      ]
    case .globalAveragePooling: return [channels, 1, 1]
    case .adaptiveAveragePooling(let rows, let columns): return [channels, rows, columns]
    case .linear(let outputs, _): return [outputs, 1, 1]
    case .add: return shapes.count == 2 && shapes[1] == first ? first : nil
    case .concat:
      guard shapes.allSatisfy({ $0.dropFirst() == first.dropFirst() }) else { return nil }
      return [shapes.reduce(0) { $0 + $1[0] }, height, width]
    case .channelScale: return shapes.count == 2 && shapes[1] == [channels, 1, 1] ? first : nil
    }
  }

  private static func windows(_ size: Int, _ kernel: Int, _ stride: Int) -> Int {
    size < kernel ? 0 : (size - kernel) / stride + 1
  }

  /// A last window of the ceiling mode must start inside the image or its leading padding.
  private static func pooled(_ size: Int, _ before: Int, _ after: Int, _ pooling: Pooling) -> Int {
    let padded = size + before + after
    guard padded >= pooling.kernel else { return 0 }
    guard pooling.ceilMode else { return windows(padded, pooling.kernel, pooling.stride) }
    let count = (padded - pooling.kernel + pooling.stride - 1) / pooling.stride + 1
    return (count - 1) * pooling.stride >= size + before ? count - 1 : count
  }
}
