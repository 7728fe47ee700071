// What one layer computes, as data.

/// The computation of one layer. Shapes are per image: C channels, H rows, W columns.
public enum Operation: Sendable, Equatable {
  /// The images themselves.
  case input
  case convolution(Convolution)
  case batchNorm(BatchNorm)
  case activation(Activation)
  case pooling(Pooling)
  /// The mean over H and W; the output is C, 1, 1.
  case globalAveragePooling
  /// Means over a fixed grid of (overlapping, if need be) windows, as PyTorch's adaptive pooling.
  case adaptiveAveragePooling(height: Int, width: Int)
  /// A matrix product with all C·H·W inputs (flattened in that order); the output is `outputs`, 1, 1.
  case linear(outputs: Int, bias: Bool)
  /// Zeroes each element with this probability in training, scaling the others up.
  case dropout(Float)
  /// Zeroes a whole image's branch with this probability in training, scaling the others up.
  case stochasticDepth(Float)
  /// The sum of two inputs of one shape.
  case add
  /// All inputs, one after the other along C.
  case concat
  /// The first input (C, H, W) times the second (C, 1, 1): squeeze and excitation's last step.
  case channelScale
  /// Every element times a constant.
  case scaling(Float)
  case localResponseNorm(LocalResponseNorm)
}

/// Rows and columns added around an image.
public struct Padding: Sendable, Equatable {
  public var top: Int, left: Int, bottom: Int, right: Int

  public init(top: Int, left: Int, bottom: Int, right: Int) {
    self.top = top
    self.left = left
    self.bottom = bottom
    self.right = right
  }

  /// The same amount on all four sides.
  public init(_ all: Int) { self.init(top: all, left: all, bottom: all, right: all) }

  /// TensorFlow's SAME: ⌈size / stride⌉ outputs, the odd row or column at the end.
  public static func same(
    height: Int, width: Int, kernel: (Int, Int), stride: Int, dilation: Int = 1
  ) -> Padding {
    func total(_ size: Int, _ kernel: Int) -> Int {
      max(((size + stride - 1) / stride - 1) * stride + (kernel - 1) * dilation + 1 - size, 0)
    }
    let rows = total(height, kernel.0)
    let columns = total(width, kernel.1)
    return Padding(
      top: rows / 2, left: columns / 2, bottom: rows - rows / 2, right: columns - columns / 2)
  }
}

/// A two-dimensional convolution (cross-correlation, as every deep-learning library has it).
public struct Convolution: Sendable, Equatable {
  public var outputs: Int
  public var kernel: (height: Int, width: Int)
  public var stride: Int
  public var padding: Padding
  /// 1 is an ordinary convolution.
  public var dilation: Int
  /// Channels are split into this many groups; as many as there are channels is depthwise.
  public var groups: Int
  public var bias: Bool

  public static func == (a: Convolution, b: Convolution) -> Bool {
    a.outputs == b.outputs && a.kernel == b.kernel && a.stride == b.stride
      && a.padding == b.padding && a.dilation == b.dilation && a.groups == b.groups
      && a.bias == b.bias
  }
}

/// Normalisation by the batch's mean and variance per channel (doi 10.48550/arXiv.1502.03167).
public struct BatchNorm: Sendable, Equatable {
  public var epsilon: Float
  /// The weight of the newest batch in the running statistics (PyTorch's convention).
  public var momentum: Float
  /// Whether a trained scale and shift follow.
  public var scale: Bool
}

/// An element-wise non-linearity.
public enum Activation: String, Sendable, CaseIterable {
  /// max(x, 0)
  case relu
  /// min(max(x, 0), 6)
  case relu6
  /// x · sigmoid(x), also called swish
  case silu
  case sigmoid
  /// x · relu6(x + 3) / 6
  case hardSwish
  /// relu6(x + 3) / 6
  case hardSigmoid
  case tanh
}

/// A maximum or mean over windows.
public struct Pooling: Sendable, Equatable {
  public enum Kind: Sendable { case max, average }
  public var kind: Kind
  public var kernel: Int
  public var stride: Int
  public var padding: Padding
  /// Whether a last window that is only partly covered counts.
  public var ceilMode: Bool
  /// Whether padding counts as zeros in a mean.
  public var countsPadding: Bool
}

/// Normalisation over neighbouring channels: x / (k + α/n · Σx²)^β (AlexNet, section 3.3).
public struct LocalResponseNorm: Sendable, Equatable {
  public var size: Int
  public var alpha: Float
  public var beta: Float
  public var k: Float
}
